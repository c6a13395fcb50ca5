/* publish.c -- `nq17 publish`: the figures of a period, frozen. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/office.h"
#include "base/period.h"
#include "base/text.h"
#include "base/usage.h"
#include "reports/reports.h"

static const char CHECK[] =
#include "sql/queries/publish_check.sql.inc"
	;
static const char PUBLISH[] =
#include "sql/queries/publish.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 publish --period P [--by NAME] [--accept REASON --second NAME]\n"
	"\n"
	"Freezes the figures of a period as a vintage, for good, with the SHA-256 of their\n"
	"canonical form (docs/vintages.md), and prints\n"
	"{\"vintage\", \"period\", \"published_at\", \"sha256\", \"observations\"}.\n"
	"Published again, a period is restated: the vintages before stay as they are.\n"
	"\n"
	"First it shows who is silent, the coverage, open disputes and an audit.  While the\n"
	"period is still open, where the audit finds differences and where too few agencies\n"
	"have sent anything (the setting publish_coverage), it takes two people:\n"
	"\n"
	"  --by NAME        who publishes (the account that runs the command)\n"
	"  --accept REASON  why it is published all the same\n"
	"  --second NAME    who else says so\n"
	"  -h, --help       this help\n";

/* What is shown before, in both languages. */
static const struct words {
	const char *heard, *silent, *none, *coverage, *disputes, *agreed, *audit, *window,
		*due;
	const char *against[3], *identical, *restates;
} words[2] = {
	{ "%s: %lld trên %lld cơ quan đã có số liệu",
	  "chưa có số liệu: %s",
	  "không có",
	  "độ đầy đủ %s: %s",
	  "khiếu nại đang mở: %lld",
	  "cơ quan đã đồng ý với số liệu hiện tại: %lld",
	  "kiểm tra: %lld số liệu, %lld sai khác",
	  "chốt số liệu ngày %s",
	  "hạn báo cáo ngày %s",
	  { "kỳ chưa chốt số liệu", "kiểm tra phát hiện sai khác",
	    "số cơ quan có số liệu thấp hơn %lld%%" },
	  "nội dung giống hệt bản công bố %s",
	  "điều chỉnh bản công bố %s" },
	{ "%s: %lld of %lld agencies have sent something",
	  "silent: %s",
	  "none",
	  "coverage of %s: %s",
	  "open disputes: %lld",
	  "agencies that agreed with the figures as they are: %lld",
	  "audit: %lld figures, %lld differences",
	  "the window closes on %s",
	  "the report is due on %s",
	  { "the period is still open", "the audit found differences",
	    "less than %lld%% of the agencies have sent something" },
	  "the content is that of vintage %s",
	  "restates vintage %s" },
};

struct publication {
	const char *period, *by, *accept, *second, *enough, *lang;
	const struct words *words;
};

static long long number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void show_day(const struct publication *publication, const char *format,
		     const json_t *day)
{
	struct text printed = { 0 };

	if (!json_is_string(day))
		return;
	format_add_date(&printed, publication->lang, json_string_value(day));
	log_line("publish", format, text_string(&printed));
	text_free(&printed);
}

static void show_silent(const struct words *w, const json_t *silent)
{
	struct text list = { 0 };
	const json_t *agency;
	size_t i;

	json_array_foreach(silent, i, agency)
		text_addf(&list, "%s%s", i ? ", " : "", json_string_value(agency));
	log_line("publish", w->silent, i ? text_string(&list) : w->none);
	text_free(&list);
}

static void show_coverage(const struct publication *publication, const json_t *coverage)
{
	const char *slug;
	const json_t *percent;

	json_object_foreach((json_t *)coverage, slug, percent) {
		struct text printed = { 0 };

		format_add_percent(&printed, publication->lang,
				   json_string_value(percent));
		log_line("publish", publication->words->coverage, slug,
			 text_string(&printed));
		text_free(&printed);
	}
}

static void show_against(const struct words *w, const json_t *findings)
{
	static const char *const names[3] = { "open", "audit", "coverage" };
	const json_t *reason;
	size_t i;

	json_array_foreach(json_object_get(findings, "against"), i, reason)
		for (int n = 0; n < 3; n++)
			if (strcmp(json_string_value(reason), names[n]) == 0)
				log_line("publish", w->against[n],
					 number_of(findings, "enough"));
}

static void show(const struct publication *publication, const json_t *findings)
{
	const struct words *w = publication->words;
	const json_t *audit = json_object_get(findings, "audit");

	show_day(publication, w->window, json_object_get(findings, "closes"));
	show_day(publication, w->due, json_object_get(findings, "due"));
	log_line("publish", w->heard, publication->period, number_of(findings, "heard"),
		 number_of(findings, "population"));
	show_silent(w, json_object_get(findings, "silent"));
	show_coverage(publication, json_object_get(findings, "coverage"));
	log_line("publish", w->disputes, number_of(findings, "disputes"));
	log_line("publish", w->agreed, number_of(findings, "agreed"));
	log_line("publish", w->audit, number_of(audit, "figures"),
		 number_of(audit, "differences"));
	show_against(w, findings);
}

static int check(struct db *db, const struct publication *publication, char **findings,
		 struct error *err)
{
	const char *const params[] = { publication->period, publication->enough };
	json_error_t where;
	json_t *model;

	if (db_value_of(db, CHECK, params, 2, findings, err) != 0)
		return -1;
	model = json_loads(*findings, 0, &where);
	if (!model)
		return error_set(err, ERROR_INTERNAL, "the findings: %s", where.text);
	show(publication, model);
	json_decref(model);
	return 0;
}

/* The answer is printed only when it is committed. */
static int freeze(struct db *db, const struct publication *publication,
		  const char *findings, struct error *err)
{
	const char *const params[] = { publication->period, publication->by,
				       publication->accept, publication->second,
				       findings };
	struct db_rows *rows = NULL;
	const char *previous;
	int status = -1;

	if (db_query(db, PUBLISH, params, 5, &rows, err) != 0 ||
	    db_query(db, "COMMIT", NULL, 0, NULL, err) != 0)
		goto done;
	previous = db_value(rows, 0, "previous");
	if (previous)
		log_line("publish",
			 strcmp(db_value(rows, 0, "identical"), "1") == 0
				 ? publication->words->identical
				 : publication->words->restates,
			 previous);
	puts(db_value(rows, 0, "answer"));
	status = 0;
done:
	db_rows_free(rows);
	return status;
}

/* One publication at a time; what is shown, audited and frozen is one snapshot, taken
 * after the lock.  A client that dies takes lock and transaction with it. */
static int publish(struct db *db, void *context, struct error *err)
{
	const struct publication *publication = context;
	char *findings = NULL;
	int status = -1;

	if (db_query(db, "SELECT pg_advisory_lock(20017, 10)", NULL, 0, NULL, err) != 0 ||
	    db_query(db, "BEGIN ISOLATION LEVEL REPEATABLE READ", NULL, 0, NULL, err) !=
		    0)
		return -1;
	if (check(db, publication, &findings, err) == 0)
		status = freeze(db, publication, findings, err);
	if (status != 0)
		db_rollback(db);
	free(findings);
	return status;
}

int publish_command(int argc, char **argv, const struct config *config)
{
	struct publication publication = { .by = office_account(),
					   .enough =
						   config_get(config, "publish_coverage"),
					   .lang = config_get(config, "lang") };
	const struct office_option options[] = { { "period", &publication.period, NULL },
						 { "by", &publication.by, NULL },
						 { "accept", &publication.accept, NULL },
						 { "second", &publication.second, NULL },
						 { 0 } };
	int first, code = office_options(argc, argv, USAGE, options, 0, 0, &first);
	struct period period;
	struct error err;

	if (code >= 0)
		return code;
	publication.words = &words[strcmp(publication.lang, "en") == 0];
	if (!publication.period || !*publication.by) {
		usage_say(publication.period ? "--by is empty" : "--period is missing");
		return usage_refuse(USAGE);
	}
	if (period_parse(&period, publication.period, &err) != 0) {
		log_line("publish", "%s", err.message);
		return 2;
	}
	return office_run(config, DB_REPORTS, "publish", publish, &publication);
}
