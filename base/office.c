/* office.c -- what the commands of the office share. */
#include "base/office.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cluster.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/period.h"
#include "base/text.h"
#include "base/usage.h"

enum { OPTIONS_MAX = 24 };

/* ---- Options ------------------------------------------------------------ */

int office_options(int argc, char **argv, const char *usage,
		   const struct office_option *options, int least, int most, int *first)
{
	struct option table[OPTIONS_MAX + 2] = { { "help", no_argument, NULL, 'h' } };
	int option, index = 0;

	for (int i = 0; options[i].name; i++)
		table[i + 1] = (struct option){ options[i].name,
						options[i].value ? required_argument
								 : no_argument,
						NULL, 'o' };
	optind = 0; /* a subcommand's arguments are read from their beginning */
	while ((option = usage_next_option(argc, argv, table, &index)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (option != 'o')
			return usage_refuse(usage);
		if (options[index - 1].value)
			*options[index - 1].value = optarg;
		else
			*options[index - 1].flag = 1;
	}
	*first = optind;
	if (argc - optind < least || argc - optind > most) {
		if (argc - optind > most)
			usage_say("what is \"%s\"?", argv[optind + most]);
		else
			usage_say("an argument is missing after \"%s\"", argv[argc - 1]);
		return usage_refuse(usage);
	}
	return -1;
}

int office_is_number(const char *value)
{
	return value && *value && strlen(value) <= 18 &&
	       strspn(value, "0123456789") == strlen(value);
}

int office_is_day(const char *value)
{
	struct period period;
	struct error ignored;

	return value && strlen(value) == 10 &&
	       period_parse(&period, value, &ignored) == 0;
}

const char *office_account(void)
{
	const struct passwd *account = getpwuid(getuid());

	return account ? account->pw_name : "?";
}

/* ---- The database ------------------------------------------------------- */

int office_sign(struct db *db, struct error *err)
{
	const char *const params[] = { office_account() };

	return db_query(db, "SELECT set_config('nq17.user', $1, false)", params, 1, NULL,
			err);
}

int office_run(const struct config *config, enum db_role role, const char *name,
	       int (*act)(struct db *db, void *context, struct error *err), void *context)
{
	struct cluster *cluster = NULL;
	struct db *db = NULL;
	struct error err = { 0 };
	int status = -1;

	if (cluster_open(&cluster, config, &err) == 0 &&
	    cluster_connect(cluster, role, &db, &err) == 0)
		status = act(db, context, &err);
	if (status != 0)
		log_line(name, "%s", err.message);
	db_close(db);
	cluster_close(cluster);
	return status ? 1 : 0;
}

/* ---- Commands with actions ---------------------------------------------- */

static const struct office_action *find_action(const struct office_command *command,
					       const char *name)
{
	for (const struct office_action *a = command->actions; name && a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

/* The command's own options, and those that many have. */
static void gather_options(const struct office_command *command, const char **format,
			   struct office_option *options)
{
	int count = 0;

	for (; command->options && command->options[count].name; count++)
		options[count] = command->options[count];
	if (command->format)
		options[count++] = (struct office_option){ "format", format, NULL };
	if (command->by)
		options[count++] = (struct office_option){ "by", command->by, NULL };
	options[count] = (struct office_option){ 0 };
}

static size_t count_actions(const struct office_command *command)
{
	size_t count = 0;

	while (command->actions[count].name)
		count++;
	return count;
}

static int is_well_formed(const struct office_command *command,
			  const struct office_action *action, const char *format)
{
	if (command->format && list_format_find(format, command->format) != 0)
		return 0;
	if (command->by && !**command->by)
		return usage_say("--by is empty");
	if (action->is_right && !action->is_right(command->request))
		return usage_say("%s: a value is missing or malformed, or some do not go "
				 "together",
				 action->name);
	return 1;
}

int office_command(int argc, char **argv, const struct config *config,
		   const struct office_command *command)
{
	/* Where an action may be left out, options may stand in its place. */
	int named = argc > 1 && !(command->usual && argv[1][0] == '-');
	const struct office_action *action =
		find_action(command, named ? argv[1] : command->usual);
	struct office_option options[OPTIONS_MAX + 1];
	const char *format = NULL;
	int first, code;

	gather_options(command, &format, options);
	if (!action)
		named = 0; /* there may be a --help */
	code = office_options(argc - named, argv + named, command->usage, options,
			      action ? action->least : 0, action ? action->most : argc,
			      &first);
	if (code >= 0)
		return code;
	if (!action)
		usage_no_row("action", argv[1], command->actions, count_actions(command),
			     sizeof *command->actions);
	if (action)
		for (int i = 0; first + i < argc - named; i++)
			*command->arguments[i] = argv[named + first + i];
	if (!action || !is_well_formed(command, action, format)) {
		return usage_refuse(command->usage);
	}
	return office_run(config, action->role, argv[0], action->run, command->request);
}

/* ---- Lists -------------------------------------------------------------- */

int list_format_find(const char *name, enum list_format *format)
{
	static const char *const names[] = { "table", "csv", "json" };

	*format = LIST_TABLE;
	for (int i = 0; name && i < 3; i++)
		if (strcmp(name, names[i]) == 0) {
			*format = (enum list_format)i;
			return 0;
		}
	if (name)
		usage_no_such("--format", name, "table csv json");
	return name ? -1 : 0;
}

/* Characters, not bytes. */
static size_t width_of(const char *value)
{
	size_t width = 0;

	for (; *value; value++)
		width += (*value & 0xc0) != 0x80;
	return width;
}

static const char *cell(const struct db_rows *rows, size_t row, size_t column)
{
	const char *value = db_cell(rows, row, column);

	return value ? value : "";
}

void list_print_lines(const struct db_rows *rows)
{
	for (size_t c = 0; c < db_columns_count(rows); c++)
		if (db_cell(rows, 0, c))
			printf("%-18s %s\n", db_column_name(rows, c),
			       db_cell(rows, 0, c));
}

static void print_table(const struct db_rows *rows)
{
	size_t columns = db_columns_count(rows), count = db_rows_count(rows);
	size_t *widths = memory_zeroed(columns, sizeof *widths);

	for (size_t c = 0; c < columns; c++) {
		widths[c] = width_of(db_column_name(rows, c));
		for (size_t r = 0; r < count; r++)
			if (width_of(cell(rows, r, c)) > widths[c])
				widths[c] = width_of(cell(rows, r, c));
	}
	for (size_t r = 0; r <= count; r++)
		for (size_t c = 0; c < columns; c++) {
			const char *value =
				r ? cell(rows, r - 1, c) : db_column_name(rows, c);
			int last = c + 1 == columns;

			printf("%s%*s%s", value,
			       last ? 0 : (int)(widths[c] - width_of(value)), "",
			       last ? "\n" : "  ");
		}
	free(widths);
}

static void print_csv(const struct db_rows *rows)
{
	size_t columns = db_columns_count(rows);
	struct text out = { 0 };

	for (size_t r = 0; r <= db_rows_count(rows); r++)
		for (size_t c = 0; c < columns; c++) {
			text_add_csv_cell(&out, r ? cell(rows, r - 1, c)
						  : db_column_name(rows, c));
			text_add_char(&out, c + 1 == columns ? '\n' : ',');
		}
	fputs(text_string(&out), stdout);
	text_free(&out);
}

int list_query(struct db *db, const char *sql, const char *const *params, int param_count,
	       enum list_format format, size_t *count, struct error *err)
{
	struct db_rows *rows = NULL;
	struct text wrapped = { 0 };
	int status;

	/* The database writes numbers as numbers. */
	text_addf(&wrapped,
		  format == LIST_JSON
			  ? "SELECT count(*) AS n, coalesce(json_agg(t), '[]') AS list "
			    "FROM (\n%s) t"
			  : "%s",
		  sql);
	status = db_query(db, text_string(&wrapped), params, param_count, &rows, err);
	text_free(&wrapped);
	if (status != 0)
		return -1;
	if (format == LIST_JSON)
		puts(db_value(rows, 0, "list"));
	else if (format == LIST_CSV)
		print_csv(rows);
	else
		print_table(rows);
	if (count)
		*count = format == LIST_JSON ? strtoull(db_value(rows, 0, "n"), NULL, 10)
					     : db_rows_count(rows);
	db_rows_free(rows);
	return 0;
}
