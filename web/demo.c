/* demo.c -- accounts to look around with, on sample data only. */
#include "web/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "web/password.h"

static const char WANTED[] =
#include "sql/queries/demo_wanted.sql.inc"
	;
static const char ADD[] =
#include "sql/queries/account_add.sql.inc"
	;

static const struct {
	const char *login, *name, *role, *agency;
} people[] = {
	{ "vanphong", "Văn phòng (mẫu)", "office", NULL },
	{ "vanphong2", "Văn phòng, người thứ hai (mẫu)", "office", NULL },
	{ "quantri", "Quản trị (mẫu)", "administrator", NULL },
	{ "kiemtoan", "Kiểm toán (mẫu)", "auditor", NULL },
	{ "hanoi-lanhdao", "Hà Nội, lãnh đạo (mẫu)", "leader", "01" },
	{ "hanoi-gui", "Hà Nội, người gửi số liệu (mẫu)", "sender", "01" },
	{ "hanoi-xem", "Hà Nội, người xem (mẫu)", "viewer", "01" },
};

enum { PEOPLE = sizeof people / sizeof *people, PASSWORD_SIZE = PASSWORD_LEAST * 2 + 1 };

static int add_all(struct db *db, int megabytes, const char *password, struct error *err)
{
	char hash[PASSWORD_HASH_SIZE];
	int status = password_hash(password, megabytes, hash, err);

	if (status == 0)
		status = db_query(db, "BEGIN", NULL, 0, NULL, err);
	for (int i = 0; i < PEOPLE && status == 0; i++) {
		const char *const params[] = { people[i].login, people[i].name,
					       people[i].role, people[i].agency, hash };

		status = db_query(db, ADD, params, 5, NULL, err);
	}
	if (status == 0)
		return db_query(db, "COMMIT", NULL, 0, NULL, err);
	db_rollback(db);
	return -1;
}

static int write_note(const char *path, const char *password, struct error *err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int status = file >= 0 && dprintf(file, "%s\n", password) > 0 ? 0 : -1;

	if (file >= 0 && close(file) != 0)
		status = -1;
	return status == 0 ? 0
			   : error_set(err, ERROR_UNAVAILABLE, "%s: %s", path,
				       strerror(errno));
}

/* -1 where there is no note (any more). */
static int read_note(const char *path, char password[PASSWORD_SIZE])
{
	FILE *file = fopen(path, "r");
	int status = -1;

	if (!file)
		return -1;
	if (fgets(password, PASSWORD_SIZE, file))
		status = 0;
	fclose(file);
	return status;
}

static void tell(const char *password)
{
	puts("This store holds sample data.  Accounts to look around with (demonstration "
	     "only):");
	for (int i = 0; i < PEOPLE; i++)
		printf("  %-14s %-14s %s\n", people[i].login, people[i].role,
		       people[i].agency ? people[i].agency : "");
	printf("  password of all: %s\n", password);
	fflush(stdout);
}

int demo_accounts(struct cluster *cluster, const struct config *config, struct error *err)
{
	struct text note = { 0 };
	char password[PASSWORD_SIZE];
	struct db *db = NULL;
	char *wanted = NULL;
	int status = -1;

	text_addf(&note, "%s/demo-accounts.txt", config_get(config, "data"));
	if (cluster_connect(cluster, DB_OWNER, &db, err) != 0 ||
	    db_value_of(db, WANTED, NULL, 0, &wanted, err) != 0)
		goto done;
	status = 0;
	if (strcmp(wanted, "make") == 0) {
		password_make(password);
		status = write_note(text_string(&note), password, err);
		if (status == 0)
			status = add_all(db, atoi(config_get(config, "password_memory")),
					 password, err);
		if (status == 0)
			tell(password);
	} else if (strcmp(wanted, "made") == 0 &&
		   read_note(text_string(&note), password) == 0) {
		tell(password);
	}
	password_forget(password);
done:
	free(wanted);
	db_close(db);
	text_free(&note);
	return status;
}
