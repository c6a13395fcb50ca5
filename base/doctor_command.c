/* doctor_command.c -- nq17 doctor: is everything there, and how to mend it. */
#include "base/commands.h"

#include <errno.h>
#include <glob.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/cluster.h"
#include "base/credentials.h"
#include "base/memory.h"
#include "base/secret_key.h"
#include "base/usage.h"

#define FONTS "/usr/share/fonts/truetype/liberation*/"
#define ZONE  "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"

static const char USAGE[] =
	"usage: nq17 doctor\n"
	"\n"
	"Checks data folder, database, schema, roles, encoding, audit, the key of secrets,\n"
	"spool, clock, time zone, fonts, mail and outbox; says how to mend what is wrong.\n"
	"Exit 1 if anything is.\n";

static const char SELECT_FACTS[] =
#include "sql/queries/doctor.sql.inc"
	;

static const char SELECT_SECRETS[] =
#include "sql/queries/totp_secrets.sql.inc"
	;

struct patient {
	const struct config *config;
	struct cluster *cluster; /* NULL if it does not open */
};

/* A check adds what it found to FOUND; -1 with the remedy in ERR. */
typedef int check_function(const struct patient *patient, struct text *found,
			   struct error *err);

static int check_data(const struct patient *patient, struct text *found,
		      struct error *err)
{
	const char *data = config_get(patient->config, "data");
	struct statvfs disk;
	unsigned long long free_megabytes;

	if (config_get(patient->config, "database") && access(data, F_OK) != 0) {
		text_addf(found, "%s, made when it is needed", data);
		return 0;
	}
	if (statvfs(data, &disk) != 0)
		return error_set(err, ERROR_UNAVAILABLE,
				 "%s: %s; name another folder with --data or NQ17_DATA",
				 data, strerror(errno));
	free_megabytes = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
	text_addf(found, "%s, %llu MB free", data, free_megabytes);
	if (free_megabytes < 1024)
		return error_set(err, ERROR_UNAVAILABLE,
				 "less than 1 GB is free in %s: make room", data);
	return 0;
}

static int load_fact(const struct patient *patient, const char *column, struct text *fact,
		     struct error *err)
{
	struct db_rows *rows = NULL;
	struct db *db = NULL;
	int status = -1;

	if (!patient->cluster)
		return error_set(err, ERROR_UNAVAILABLE, "mend the database first");
	if (cluster_connect(patient->cluster, DB_REPORTS, &db, err) != 0)
		return -1;
	if (db_query(db, SELECT_FACTS, NULL, 0, &rows, err) == 0) {
		text_add(fact, db_value(rows, 0, column));
		status = 0;
	}
	db_rows_free(rows);
	db_close(db);
	return status;
}

static int check_version(const struct patient *patient, struct text *found,
			 struct error *err)
{
	text_add(found, "PostgreSQL ");
	return load_fact(patient, "version", found, err);
}

static int check_encoding(const struct patient *patient, struct text *found,
			  struct error *err)
{
	if (load_fact(patient, "encoding", found, err) != 0)
		return -1;
	if (strcmp(text_string(found), "UTF8") != 0)
		return error_set(err, ERROR_CONFLICT,
				 "the database is encoded in %s: make it anew with "
				 "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0",
				 text_string(found));
	return 0;
}

static int check_durability(const struct patient *patient, struct text *found,
			    struct error *err)
{
	text_add(found, "fsync ");
	if (load_fact(patient, "fsync", found, err) != 0)
		return -1;
	if (strcmp(text_string(found), "fsync on") != 0)
		return error_set(err, ERROR_CONFLICT,
				 "the server does not wait for the disk: an acknowledged "
				 "batch may be lost; set fsync = on");
	return 0;
}

static int check_roles(const struct patient *patient, struct text *found,
		       struct error *err)
{
	if (!patient->cluster)
		return error_set(err, ERROR_UNAVAILABLE, "mend the database first");
	for (int role = DB_OWNER; role <= DB_REPORTS; role++) {
		const char *name = db_role_name((enum db_role)role);
		struct db *db = NULL;

		if (cluster_connect(patient->cluster, (enum db_role)role, &db, err) != 0)
			return -1;
		db_close(db);
		text_addf(found, "%s%s", role ? ", " : "", name);
	}
	return 0;
}

/* Ours against the server's; intake refuses what lies in the future. */
static int check_clock(const struct patient *patient, struct text *found,
		       struct error *err)
{
	struct text server = { 0 };
	struct timeval now;
	double difference;

	if (load_fact(patient, "clock", &server, err) != 0)
		return -1;
	gettimeofday(&now, NULL);
	difference = strtod(text_string(&server), NULL) - (double)now.tv_sec;
	text_free(&server);
	text_addf(found, "%.0f s between server and this machine", difference);
	if (difference > 60 || difference < -60)
		return error_set(err, ERROR_CONFLICT,
				 "the clocks of the database server and of this machine "
				 "differ: let both follow a time server (NTP)");
	return 0;
}

static int check_zone(const struct patient *patient, struct text *found,
		      struct error *err)
{
	(void)patient;
	text_add(found, "Asia/Ho_Chi_Minh");
	if (access(ZONE, R_OK) != 0)
		return error_set(err, ERROR_NOT_FOUND,
				 "no " ZONE ": apt-get install tzdata");
	return 0;
}

static int check_fonts(const struct patient *patient, struct text *found,
		       struct error *err)
{
	static const char *const wanted[] = { "LiberationSerif-Regular.ttf",
					      "LiberationSans-Regular.ttf" };

	(void)patient;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct text pattern = { 0 };
		glob_t files;
		int status;

		text_addf(&pattern, FONTS "%s", wanted[i]);
		status = glob(text_string(&pattern), 0, NULL, &files);
		text_free(&pattern);
		if (status != 0)
			return error_set(err, ERROR_NOT_FOUND,
					 "no %s: apt-get install fonts-liberation2",
					 wanted[i]);
		text_addf(found, "%s%s", i ? ", " : "", wanted[i]);
		globfree(&files);
	}
	return 0;
}

/* "smtp://host:port/..." taken apart; both belong to the caller. */
static void split_url(const char *url, char **host, char **port)
{
	const char *start = strstr(url, "://") + 3;
	size_t length = strcspn(start, ":/");

	*host = memory_copy_bytes(start, length);
	start += length;
	if (*start == ':')
		*port = memory_copy_bytes(start + 1, strcspn(start + 1, "/"));
	else
		*port = memory_copy(strncmp(url, "smtps", 5) == 0 ? "465" : "25");
}

/* Connects within SECONDS and, where the server speaks first, hears its greeting: a port
 * that is open need not be that of a mail server. */
static int greeted_within(const struct addrinfo *address, int speaks, int seconds)
{
	const struct timeval patience = { .tv_sec = seconds };
	int status, end = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char greeting[4] = "";

	if (end < 0)
		return -1;
	setsockopt(end, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	status = connect(end, address->ai_addr, address->ai_addrlen);
	if (status == 0 && speaks &&
	    (recv(end, greeting, 3, MSG_WAITALL) != 3 || strcmp(greeting, "220") != 0))
		status = -1;
	close(end);
	return status;
}

/* A password that everybody can read is none. */
static int check_mail_credentials(const struct config *config, struct error *err)
{
	struct credentials credentials = { 0 };
	int status = credentials_read(&credentials,
				      config_get(config, "mail_credentials"), err);

	credentials_free(&credentials);
	return status;
}

static int check_mail(const struct patient *patient, struct text *found,
		      struct error *err)
{
	const char *url = config_get(patient->config, "smtp_url");
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses = NULL;
	char *host, *port;
	int status = -1;

	if (!url || !config_get(patient->config, "mail_from")) {
		text_add(found, "off (smtp_url and mail_from turn it on)");
		return 0;
	}
	if (check_mail_credentials(patient->config, err) != 0)
		return -1;
	split_url(url, &host, &port);
	if (getaddrinfo(host, port, &hints, &addresses) == 0)
		for (const struct addrinfo *a = addresses; a && status != 0;
		     a = a->ai_next)
			status = greeted_within(a, strncmp(url, "smtps", 5) != 0, 5);
	if (status == 0)
		text_addf(found, "%s port %s answers, for %s", host, port,
			  config_get(patient->config, "mail_domains"));
	else
		error_set(
			err, ERROR_UNAVAILABLE,
			"%s port %s does not greet as a mail server: correct smtp_url, or start the "
			"mail server",
			host, port);
	if (addresses)
		freeaddrinfo(addresses);
	free(host);
	free(port);
	return status;
}

enum { SPOOL_PATIENCE = 10 * 60 }; /* seconds an item may wait for the collector */

/* How many files are in FOLDER/PATTERN, and when the first of them came (0: none). */
static size_t count_files(const char *folder, const char *pattern, time_t *first)
{
	struct text path = { 0 };
	size_t count = 0;
	struct stat file;
	glob_t files;

	*first = 0;
	text_addf(&path, "%s/%s", folder, pattern);
	if (glob(text_string(&path), GLOB_NOSORT, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			if (stat(files.gl_pathv[i], &file) == 0 && ++count &&
			    (!*first || file.st_mtime < *first))
				*first = file.st_mtime;
		globfree(&files);
	}
	text_free(&path);
	return count;
}

static int judge_spool(const char *folder, struct text *found, struct error *err)
{
	time_t first, aside_first;
	size_t waiting = count_files(folder, "new/*.note", &first);
	size_t aside = count_files(folder, "aside/*.note", &aside_first);

	text_addf(found, "%s, %zu waiting", folder, waiting);
	if (access(folder, W_OK | X_OK) != 0)
		return error_set(
			err, ERROR_UNAVAILABLE,
			"%s: %s; give it to the account of nq17, or name another "
			"with --spool",
			folder, strerror(errno));
	if (waiting && first < time(NULL) - SPOOL_PATIENCE)
		return error_set(
			err, ERROR_UNAVAILABLE,
			"%zu bodies wait in %s, the first for %lld minutes: start "
			"nq17 collect (nq17 run does)",
			waiting, folder, (long long)(time(NULL) - first) / 60);
	if (aside)
		return error_set(err, ERROR_CONFLICT,
				 "%zu bodies in %s/aside failed again and again: the log "
				 "of nq17 collect says why; move both files of each to "
				 "%s/new to try it again",
				 aside, folder, folder);
	return 0;
}

/* What was received and not yet committed; the folder is that of collector/spool.h. */
static int check_spool(const struct patient *patient, struct text *found,
		       struct error *err)
{
	char *folder = NULL;
	int status;

	if (!patient->cluster)
		return error_set(err, ERROR_UNAVAILABLE, "mend the database first");
	if (cluster_work_folder(patient->cluster, patient->config, "spool", &folder,
				err) != 0)
		return -1;
	status = judge_spool(folder, found, err);
	free(folder);
	return status;
}

/* What the newest audit found, whoever ran it. */
static int check_audit(const struct patient *patient, struct text *found,
		       struct error *err)
{
	struct text differences = { 0 };
	int status = -1;

	if (load_fact(patient, "audit", found, err) != 0 ||
	    load_fact(patient, "audit_differences", &differences, err) != 0)
		goto done;
	if (strcmp(text_string(&differences), "0") != 0)
		error_set(err, ERROR_CONFLICT,
			  "%s: nq17 audit --full lists them; restore the last backup, or "
			  "send the records of these agencies again",
			  text_string(found));
	else
		status = 0;
done:
	text_free(&differences);
	return status;
}

/* What was not sent, whoever should have been told. */
static int check_outbox(const struct patient *patient, struct text *found,
			struct error *err)
{
	struct text troubles = { 0 };
	int status = -1;

	if (load_fact(patient, "outbox", found, err) != 0 ||
	    load_fact(patient, "outbox_troubles", &troubles, err) != 0)
		goto done;
	if (strcmp(text_string(&troubles), "0") != 0)
		error_set(
			err, ERROR_CONFLICT,
			"%s: nq17 outbox list shows them; nq17 outbox retry and resolve "
			"mend them; nq17 deliver (nq17 run does it, too) sends what waits",
			text_string(found));
	else
		status = 0;
done:
	text_free(&troubles);
	return status;
}

enum { SECRET_MOST = 64 };

static int judge_secrets(struct db *db, const struct secret_key *key, struct text *found,
			 struct error *err)
{
	size_t length, sealed = 0, plain = 0;
	unsigned char secret[SECRET_MOST];
	struct db_rows *rows = NULL;
	int status = db_query(db, SELECT_SECRETS, NULL, 0, &rows, err);

	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++) {
		const char *lies = db_value(rows, i, "secret");

		if (secret_key_is_plain(lies)) {
			plain++;
			continue;
		}
		sealed++;
		status = !key ? error_set(err, ERROR_NOT_FOUND,
					  "the key of sealed secrets is gone: put the "
					  "file back, or nq17 user totp LOGIN for each")
			      : secret_key_open(key, db_value(rows, i, "login"), lies,
						secret, sizeof secret, &length, err);
	}
	explicit_bzero(secret, sizeof secret);
	db_rows_free(rows);
	if (status == 0 && plain)
		status = error_set(err, ERROR_CONFLICT,
				   "%zu secrets of the second step are not sealed: "
				   "nq17 user seal",
				   plain);
	if (status == 0)
		text_addf(found, ", %zu secrets", sealed);
	return status;
}

/* Does the key of secrets open those that lie in the database?  Until there is one, it
 * need not be there. */
static int check_secrets(const struct patient *patient, struct text *found,
			 struct error *err)
{
	struct secret_key *key = NULL;
	struct db *db = NULL;
	int status;

	if (!patient->cluster)
		return error_set(err, ERROR_UNAVAILABLE, "mend the database first");
	secret_key_path(patient->config, found);
	status = secret_key_load(&key, patient->config, 0, err);
	if (status != 0 && err->kind == ERROR_NOT_FOUND) {
		text_add(found, ", made when it is needed");
		status = 0;
	}
	if (status == 0)
		status = cluster_connect(patient->cluster, DB_OWNER, &db, err);
	if (status == 0)
		status = judge_secrets(db, key, found, err);
	db_close(db);
	secret_key_free(key);
	return status;
}

static const struct {
	const char *name;
	check_function *check;
} checks[] = {
	{ "data folder", check_data },      { "server", check_version },
	{ "roles", check_roles },           { "encoding", check_encoding },
	{ "durability", check_durability }, { "audit", check_audit },
	{ "secrets", check_secrets },       { "spool", check_spool },
	{ "clock", check_clock },           { "time zone", check_zone },
	{ "fonts", check_fonts },           { "mail", check_mail },
	{ "outbox", check_outbox },
};

static int print(const char *name, int status, const struct text *found,
		 const struct error *err)
{
	printf("%-7s %-12s %s\n", status == 0 ? "ok" : "WRONG", name,
	       status == 0 ? text_string(found) : err->message);
	return status != 0;
}

static int examine(const struct config *config)
{
	struct patient patient = { .config = config };
	struct text found = { 0 };
	struct error err;
	int wrong, status;

	status = cluster_open(&patient.cluster, config, &err);
	text_add(&found, config_get(config, "database") ? "configured" : "embedded");
	text_add(&found, ", with the schema of this program");
	wrong = print("database", status, &found, &err);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		text_clear(&found);
		status = checks[i].check(&patient, &found, &err);
		wrong |= print(checks[i].name, status, &found, &err);
	}
	text_free(&found);
	cluster_close(patient.cluster);
	return wrong;
}

int doctor_command(int argc, char **argv, const struct config *config)
{
	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		fputs(USAGE, stdout);
		return 0;
	}
	if (argc != 1 && !usage_say("doctor takes no \"%s\"", argv[1]))
		return usage_refuse(USAGE);
	return examine(config);
}
