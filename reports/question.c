/* question.c -- what a figure command asks for. */
#include "reports/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cluster.h"
#include "base/log.h"
#include "base/period.h"
#include "base/usage.h"

static const char KNOWN_NAMES[] =
#include "sql/queries/known_names.sql.inc"
	;
static const char INDICATOR_SLUGS[] =
#include "sql/queries/indicator_slugs.sql.inc"
	;

static const char CHOOSE[] =
#include "sql/queries/choose.sql.inc"
	;

static const struct option options[] = {
	{ "period", required_argument, NULL, 'p' },
	{ "agency", required_argument, NULL, 'a' },
	{ "indicator", required_argument, NULL, 'i' },
	{ "as-of", required_argument, NULL, 't' },
	{ "vintage", required_argument, NULL, 'V' },
	{ "what-if", required_argument, NULL, 'w' },
	{ "dossiers", no_argument, NULL, 'd' },
	{ "after", required_argument, NULL, 'k' },
	{ "procedure", required_argument, NULL, 'c' },
	{ "limit", required_argument, NULL, 'n' },
	{ "top", required_argument, NULL, 'n' },
	{ "unverified", no_argument, NULL, 'u' },
	{ "recast", no_argument, NULL, 'r' },
	{ "group", required_argument, NULL, 'g' },
	{ "score", required_argument, NULL, 'S' },
	{ "explain", required_argument, NULL, 'e' },
	{ "from", required_argument, NULL, 'b' },
	{ "format", required_argument, NULL, 'f' },
	{ "lang", required_argument, NULL, 'l' },
	{ "output", required_argument, NULL, 'o' },
	{ "page", required_argument, NULL, 'G' },
	{ "number", required_argument, NULL, 'N' },
	{ "issued", required_argument, NULL, 'I' },
	{ "set", required_argument, NULL, 's' },
	{ "variant", required_argument, NULL, 'v' },
	{ "each", no_argument, NULL, 'E' },
	{ "both", no_argument, NULL, 'B' },
	{ "workers", required_argument, NULL, 'W' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void take(struct question *question, int letter, const char *value)
{
	switch (letter) {
	case 'p':
		question->period = value;
		break;
	case 'a':
		question->agency = value;
		break;
	case 'i':
		question->indicator = value;
		break;
	case 't':
		question->as_of = value;
		break;
	case 'V':
		question->vintage = value;
		break;
	case 'f':
		question->format = value;
		break;
	case 'l':
		question->lang = value;
		break;
	case 'o':
		question->output = value;
		break;
	case 'G':
		question->page = value;
		break;
	case 'N':
		question->number = value;
		break;
	case 'I':
		question->issued = value;
		break;
	case 's':
		question->set = value;
		break;
	case 'v':
		question->variant = value;
		break;
	case 'g':
		question->group = value;
		break;
	case 'S':
		question->score = value;
		break;
	case 'e':
		question->agency = value;
		question->explain = 1;
		break;
	case 'b':
		question->from = value;
		break;
	case 'w':
		question->what_if = value;
		break;
	case 'n':
		question->top = value;
		break;
	case 'k':
		question->after = value;
		break;
	case 'c':
		question->procedure = value;
		break;
	case 'd':
		question->dossiers = 1;
		break;
	case 'u':
		question->unverified = 1;
		break;
	case 'r':
		question->recast = 1;
		break;
	case 'E':
		question->each = 1;
		break;
	case 'B':
		question->both = 1;
		break;
	case 'W':
		question->workers = value;
		break;
	default:
		BUG("flag %c", letter);
	}
}

enum { OPTIONS = sizeof options / sizeof *options };

/* Those that the letters of ACCEPTS allow: no other is to be guessed at. */
static void choose_options(struct option chosen[OPTIONS], const char *accepts)
{
	for (size_t i = 0; options[i].name; i++)
		if (options[i].val == 'h' || strchr(accepts, options[i].val))
			*chosen++ = options[i];
	*chosen = (struct option){ 0 };
}

/* Whole and well formed?  Says what is wrong. */
static int check_form(const struct question *question, int needs_period)
{
	struct period period, before;
	struct error err;

	if (!question->period && needs_period) {
		log_line("nq17", "--period is missing");
		return -1;
	}
	if ((question->period && period_parse(&period, question->period, &err) != 0) ||
	    (question->from && period_parse(&before, question->from, &err) != 0)) {
		log_line("nq17", "%s", err.message);
		return -1;
	}
	if (strcmp(question->lang, "vi") != 0 && strcmp(question->lang, "en") != 0) {
		usage_no_such("--lang", question->lang, "vi en");
		return -1;
	}
	if (question->page && !question_is_count(question->page)) {
		log_line("nq17", "--page is a number from 1 on, not \"%s\"",
			 question->page);
		return -1;
	}
	if (question->workers && !question_is_count(question->workers)) {
		log_line("nq17", "--workers is a number from 1 on, not \"%s\"",
			 question->workers);
		return -1;
	}
	if ((question->as_of || question->vintage) &&
	    (question->set || question->variant)) {
		log_line("nq17", "what was published is of the Resolution's targets as "
				 "defined: --as-of and --vintage take neither --set nor "
				 "--variant");
		return -1;
	}
	if (question->recast && (question->as_of || question->vintage)) {
		log_line("nq17", "--recast is computed now: it takes neither --as-of nor "
				 "--vintage");
		return -1;
	}
	return 0;
}

int question_is_count(const char *value)
{
	size_t length = strlen(value);

	return length > 0 && length <= 6 && strspn(value, "0123456789") == length &&
	       strspn(value, "0") < length;
}

int question_read(struct question *question, int argc, char **argv, const char *accepts,
		  const char *usage, const struct config *config)
{
	struct option chosen[OPTIONS];
	int letter;

	*question = (struct question){ .lang = config_get(config, "lang") };
	choose_options(chosen, accepts);
	optind = 1;
	while ((letter = usage_next_option(argc, argv, chosen, NULL)) != -1) {
		if (letter == 'h') {
			fputs(usage, stdout);
			return 1;
		}
		if (letter == '?')
			return usage_refuse(usage) + 1;
		take(question, letter, optarg);
	}
	if (optind < argc) {
		log_line("nq17", "what is \"%s\"?", argv[optind]);
		return usage_refuse(usage) + 1;
	}
	if (check_form(question, strchr(accepts, 'P') == NULL) != 0)
		return usage_refuse(usage) + 1;
	return 0;
}

int question_settle_format(struct question *question, const char *usage)
{
	static const char *const formats[] = { "table", "csv", "json" };

	if (!question->format)
		question->format = formats[0];
	for (int i = 0; i < 3; i++)
		if (strcmp(question->format, formats[i]) == 0)
			return 0;
	usage_no_such("--format", question->format, "table csv json");
	usage_refuse(usage);
	return -1;
}

/* With the indicator that was meant perhaps. */
static int refuse_indicator(const struct question *question, struct db *db,
			    struct error *err)
{
	char *slugs = NULL;
	char nearest[USAGE_NAME + 1];

	if (db_value_of(db, INDICATOR_SLUGS, NULL, 0, &slugs, err) != 0)
		return -1;
	if (slugs && usage_find_nearest(question->indicator, slugs, nearest))
		error_set(err, ERROR_NOT_FOUND,
			  "no indicator \"%s\"; did you mean \"%s\"?",
			  question->indicator, nearest);
	else
		error_set(err, ERROR_NOT_FOUND,
			  "no indicator \"%s\"; `nq17 kpi` and `nq17 method` name them",
			  question->indicator);
	free(slugs);
	return -1;
}

/* ERROR_NOT_FOUND if the agency or the indicator is unknown. */
static int check_names(const struct question *question, struct db *db, struct error *err)
{
	const char *const params[] = { question->period, question->agency,
				       question->indicator,
				       question->recast ? "true" : "false" };
	struct db_rows *rows = NULL;
	int status = 0;

	if (db_query(db, KNOWN_NAMES, params, 4, &rows, err) != 0)
		return -1;
	if (strcmp(db_value(rows, 0, "agency"), "0") == 0)
		status = error_set(err, ERROR_NOT_FOUND, "no agency \"%s\"",
				   question->agency);
	else if (strcmp(db_value(rows, 0, "indicator"), "0") == 0)
		status = refuse_indicator(question, db, err);
	db_rows_free(rows);
	return status;
}

/* The set and the variant hold for the whole session. */
static int choose(const struct question *question, struct db *db, struct error *err)
{
	const char *const params[] = { question->set, question->variant };

	if (!question->set && !question->variant)
		return 0;
	return db_query(db, CHOOSE, params, 2, NULL, err);
}

int question_answer(const struct question *question, const struct config *config,
		    int (*answer)(const struct question *question, struct db *db,
				  const void *context, struct error *err),
		    const void *context)
{
	struct question asked = *question;
	struct db *db = NULL;
	struct error err;
	int code = 0;

	if (cluster_open(&asked.cluster, config, &err) != 0 ||
	    cluster_connect(asked.cluster, DB_REPORTS, &db, &err) != 0 ||
	    check_names(question, db, &err) != 0 || choose(question, db, &err) != 0 ||
	    answer(&asked, db, context, &err) != 0) {
		/* 22007, 22008: a time that cannot be read; 22023: a period. */
		code = strncmp(err.sqlstate, "220", 3) == 0 ? 2 : 1;
		if (strncmp(err.sqlstate, "2200", 4) == 0 && question->as_of)
			error_set(&err, ERROR_INVALID,
				  "--as-of \"%s\" is not a time; write it like "
				  "2020-12-31T23:59:59+07:00",
				  question->as_of);
		log_line("nq17", "%s", err.message);
	}
	db_close(db);
	cluster_close(asked.cluster);
	return code;
}
