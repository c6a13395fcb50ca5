/* sample_registers.c -- made-up services, facts, totals and milestones, so that every
 * indicator has something to count. */
#include "collector/sample.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/parse_value.h"

enum { FIELDS_MAX = 20 };

/* A file of records whose values are given row by row; they need no escaping but
 * that of the CSV and JSON writers. */
struct table {
	FILE *out;
	int json, columns;
	const char *const *names;
	struct text line;
};

/* How a value is told in JSON. */
static int is_bare(const char *value)
{
	return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
}

static void begin_table(struct table *table, FILE *out,
			const struct sample_options *options, const char *const *names)
{
	*table = (struct table){ .out = out, .json = options->ndjson, .names = names };
	for (; names[table->columns]; table->columns++)
		if (!table->json)
			fprintf(out, "%s%s", table->columns ? "," : "",
				names[table->columns]);
	if (!table->json)
		fputc('\n', out);
}

/* VALUES in the order of the names; NULL is not provided. */
static void write_row(struct table *table, const char *const *values)
{
	int any = 0;

	text_clear(&table->line);
	for (int i = 0; i < table->columns; i++) {
		const char *value = values[i];

		if (!table->json) {
			if (i)
				text_add_char(&table->line, ',');
			if (value)
				text_add_csv(&table->line, value);
		} else if (value) {
			text_addf(&table->line, "%s\"%s\":", any++ ? "," : "{",
				  table->names[i]);
			if (is_bare(value))
				text_add(&table->line, value);
			else
				text_add_json(&table->line, value);
		}
	}
	text_add(&table->line, table->json ? "}\n" : "\n");
	fwrite(table->line.data, 1, table->line.length, table->out);
}

static int end_table(struct table *table, struct error *err)
{
	text_free(&table->line);
	if (ferror(table->out))
		return error_set(err, ERROR_UNAVAILABLE, "cannot write the sample");
	return 0;
}

static const char *yes(int value)
{
	return value ? "true" : "false";
}

/* The seed of one agency's choice of KIND about THING. */
static double lot(const struct sample_options *options, int agency, int kind, int thing)
{
	return sample_chance(sample_hash(options->seed, (uint64_t)(1000 + kind),
					 (uint64_t)agency, (uint64_t)thing));
}

static int32_t day_of(const char *date)
{
	int32_t day;

	if (parse_date(&day, date, 10))
		BUG("not a date: %s", date);
	return day;
}

/* ---- Services ----------------------------------------------------------- */

/* The days on which a service may change: half-yearly, and when Decree 42/2022
 * brought the levels `partial` and `full`. */
static const char *const service_days[] = { "2019-01-01", "2019-07-01", "2020-01-01",
					    "2020-07-01", "2021-01-01", "2021-07-01",
					    "2022-01-01", "2022-08-15", "2023-01-01",
					    "2024-01-01", "2025-01-01", "2025-03-01",
					    "2025-07-01" };

enum { SERVICE_DAYS = sizeof service_days / sizeof *service_days };

static const char *level_name(int level, int32_t day)
{
	static const char *const numbers[] = { "1", "2", "3", "4" };

	if (day < day_of("2022-08-15"))
		return numbers[level - 1];
	return level == 4 ? "full" : level == 3 ? "partial" : numbers[level - 1];
}

struct service {
	const struct sample_options *options;
	const struct sample_character *character;
	int agency, index, step;
	int level; /* of the row before; 0: none */
};

/* By this evidence an import knows a sample record that is no dossier. */
static const char EVIDENCE[] = "sample:nq17";

/* Attributes that come one after the other, the keener agencies first. */
static const char *attribute(const struct service *service, int kind, double pace)
{
	double turn = lot(service->options, service->agency, kind, service->index);

	return yes(turn < pace * (service->step + 1) / SERVICE_DAYS);
}

static void write_service(struct table *table, struct service *service,
			  const char *valid_from, int level)
{
	const struct sample_procedure *procedure =
		&service->character->procedures[service->index];
	char name[160], fields[16], prefilled[16];
	int total = 12 + (int)(sample_hash(service->options->seed, 44,
					   (uint64_t)service->index, 0) %
			       20);
	const char *const values[] = {
		sample_agencies[service->agency].code,
		procedure->code,
		name,
		level_name(level, day_of(valid_from)),
		valid_from,
		level >= 3 ? attribute(service, 1, 1.3) : "false",
		attribute(service, 2, 1.6),
		level >= 3 ? attribute(service, 3, 0.5) : NULL,
		level >= 3 ? attribute(service, 4, 0.8) : NULL,
		level >= 3 && procedure->enterprises >= 50 ? attribute(service, 5, 0.9)
							   : NULL,
		level >= 3 ? fields : NULL,
		level >= 3 ? prefilled : NULL,
		EVIDENCE,
	};

	snprintf(name, sizeof name, "%s (mẫu)", procedure->name);
	snprintf(fields, sizeof fields, "%d", total);
	snprintf(prefilled, sizeof prefilled, "%d",
		 total * (service->step + 2) / (2 * SERVICE_DAYS + 6));
	write_row(table, values);
}

/* A row whenever the level changes, when the agency begins, and every two years for
 * the attributes. */
static void write_services_of(struct table *table, struct service *service)
{
	const struct sample_options *options = service->options;
	double turn = sample_turn(service->agency, service->index, options->seed);

	for (service->step = 0; service->step < SERVICE_DAYS; service->step++) {
		int32_t day = day_of(service_days[service->step]);
		int level =
			sample_level(sample_level4_share(service->character, day), turn);
		int scheme = day == day_of("2022-08-15");

		if (day < service->character->first || day > service->character->last ||
		    day < options->from || day > options->to)
			continue;
		if (level <= service->level && !scheme && service->step % 4 != 0)
			continue;
		if (level < service->level)
			level = service->level;
		write_service(table, service, service_days[service->step], level);
		service->level = level;
	}
}

int sample_services(FILE *out, const struct sample_options *options, struct error *err)
{
	static const char *const names[] = { "agency",
					     "procedure",
					     "name_vi",
					     "level",
					     "valid_from",
					     "npsp_integrated",
					     "help_channel",
					     "mobile_signature",
					     "electronic_dossier",
					     "business_registry",
					     "form_fields",
					     "form_fields_prefilled",
					     "evidence_url",
					     NULL };
	struct sample_character *character = memory_zeroed(1, sizeof *character);
	struct table table;

	begin_table(&table, out, options, names);
	for (int agency = 0; agency < sample_agencies_count; agency++) {
		sample_character(character, agency, options->seed);
		for (int i = 0; i < SAMPLE_PROCEDURES; i++) {
			struct service service = { options, character, agency, i, 0, 0 };
			int seen = 0;

			for (int k = 0; k < i; k++)
				seen |= strcmp(character->procedures[k].code,
					       character->procedures[i].code) == 0;
			if (!seen)
				write_services_of(&table, &service);
		}
	}
	free(character);
	return end_table(&table, err);
}

/* ---- Facts -------------------------------------------------------------- */

static const struct {
	const char *fact;
	double share_at_first, share_at_last;
	int items;
} facts[] = {
	{ "mobile-portal", 0.15, 0.95, 1 },
	{ "information-disclosure", 0.45, 1.00, 3 },
	{ "document-axis", 0.60, 1.00, 1 },
	{ "npsp-connected", 0.10, 1.00, 1 },
	{ "one-stop-system", 0.75, 1.00, 1 },
	{ "reporting-system", 0.05, 0.90, 1 },
	{ "data-network", 0.50, 0.98, 1 },
	{ "business-registry-sharing", 0.20, 0.90, 1 },
};

static void write_fact(struct table *table, const char *code, const char *fact, int value,
		       const char *from, const char *to, const char *item)
{
	const char *const values[] = { code, fact, yes(value),     from,
				       to,   item, "mẫu (sample)", EVIDENCE };

	write_row(table, values);
}

/* One row when the agency begins, another when the fact comes true. */
static void write_facts_of(struct table *table, const struct sample_options *options,
			   const struct sample_character *character, int agency)
{
	static const char *const items[] = { "procedures", "progress", "results" };

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		for (int item = 0; item < facts[i].items; item++) {
			double turn = lot(options, agency, 20 + (int)i, item / 2);
			int before = 0, any = 0;

			for (int step = 0; step < SERVICE_DAYS; step++) {
				int32_t day = day_of(service_days[step]);
				double share = facts[i].share_at_first +
					       (facts[i].share_at_last -
						facts[i].share_at_first) *
						       step / (SERVICE_DAYS - 3);
				int value = turn < share;

				if (day < character->first || day > character->last ||
				    day < options->from || day > options->to ||
				    (any && value <= before))
					continue;
				write_fact(table, sample_agencies[agency].code,
					   facts[i].fact, value, service_days[step], NULL,
					   facts[i].items > 1 ? items[item] : NULL);
				before = value;
				any = 1;
			}
		}
}

/* Published, or not, in the last month of each quarter. */
static void write_disclosures_of(struct table *table,
				 const struct sample_options *options,
				 const struct sample_character *character, int agency)
{
	for (int quarter = 0; quarter < 4 * 9; quarter++) {
		int year = 2019 + quarter / 4, month = quarter % 4 * 3 + 3;
		char from[16], to[16];

		snprintf(from, sizeof from, "%04d-%02d-05", year, month);
		snprintf(to, sizeof to, "%04d-%02d-28", year, month);
		if (day_of(from) < character->first || day_of(from) > character->last ||
		    day_of(from) < options->from || day_of(from) > options->to)
			continue;
		write_fact(table, sample_agencies[agency].code, "satisfaction-disclosure",
			   lot(options, agency, 30, 0) < 0.35 + 0.02 * quarter, from, to,
			   NULL);
	}
}

int sample_facts(FILE *out, const struct sample_options *options, struct error *err)
{
	static const char *const names[] = { "agency",     "fact",         "value",
					     "valid_from", "valid_to",     "item",
					     "note",       "evidence_url", NULL };
	struct sample_character *character = memory_zeroed(1, sizeof *character);
	struct table table;

	begin_table(&table, out, options, names);
	for (int agency = 0; agency < sample_agencies_count; agency++) {
		sample_character(character, agency, options->seed);
		write_facts_of(&table, options, character, agency);
		write_disclosures_of(&table, options, character, agency);
	}
	free(character);
	return end_table(&table, err);
}

/* ---- Totals ------------------------------------------------------------- */

static void write_count(struct table *table, const char *agency, const char *measure,
			const char *period, const char *breakdown, double value)
{
	char number[24];
	const char *const values[] = { agency,    measure, period,
				       breakdown, number,  EVIDENCE };

	snprintf(number, sizeof number, "%" PRId64, (int64_t)value);
	write_row(table, values);
}

/* TOTAL and a share of it under a second name. */
static void write_pair(struct table *table, const char *agency, const char *total_name,
		       const char *share_name, const char *period, const char *breakdown,
		       double total, double share)
{
	total = (double)(int64_t)total;
	write_count(table, agency, total_name, period, breakdown, total);
	write_count(table, agency, share_name, period, breakdown,
		    total * (share > 1 ? 1 : share));
}

static void write_counts_of(struct table *table, const struct sample_options *options,
			    int agency, const char *period, int quarter)
{
	const struct sample_agency *row = &sample_agencies[agency];
	double size = row->weight * (0.9 + 0.2 * lot(options, agency, 40, quarter));
	double eager = lot(options, agency, 41, 0), time = quarter / 28.0;

	write_pair(table, row->code, "documents_exchanged",
		   "documents_exchanged_electronic", period, NULL, 4000 + size * 3,
		   0.45 + 0.3 * eager + 0.4 * time);
	write_pair(table, row->code, "work_files", "work_files_online", period,
		   "ministry_province", 2000 + size, 0.3 + 0.4 * eager + 0.4 * time);
	if (row->is_province) {
		write_pair(table, row->code, "work_files", "work_files_online", period,
			   "district", 3000 + size * 2, 0.2 + 0.4 * eager + 0.4 * time);
		write_pair(table, row->code, "work_files", "work_files_online", period,
			   "commune", 3000 + size * 3, 0.1 + 0.3 * eager + 0.4 * time);
	}
	write_count(table, row->code, "meeting_minutes_baseline", period, NULL,
		    9000 + size);
	write_count(table, row->code, "meeting_minutes", period, NULL,
		    (9000 + size) * (0.95 - 0.3 * eager * (0.3 + time)));
}

static void write_nation(struct table *table, const char *period, int quarter)
{
	double time = quarter / 28.0;

	write_pair(table, "VN", "participants", "participants_verified", period,
		   "citizen", 1.5e6 + 2.4e7 * time, 0.08 + 0.7 * time);
	write_pair(table, "VN", "participants", "participants_verified", period,
		   "enterprise", 1.2e5 + 7e5 * time, 0.30 + 0.6 * time);
	write_pair(table, "VN", "report_regimes", "report_regimes_online", period, NULL,
		   420, 0.04 + 0.8 * time);
	write_pair(table, "VN", "systems", "systems_connected", period, NULL,
		   180 + 200 * time, 0.15 + 0.8 * time);
}

int sample_counts(FILE *out, const struct sample_options *options, struct error *err)
{
	static const char *const names[] = { "agency",    "measure", "period",
					     "breakdown", "value",   "evidence_url",
					     NULL };
	struct sample_character *character = memory_zeroed(1, sizeof *character);
	struct table table;

	begin_table(&table, out, options, names);
	for (int quarter = 0; quarter < 4 * 9; quarter++) {
		char period[16], first[16];

		snprintf(period, sizeof period, "%d-Q%d", 2019 + quarter / 4,
			 quarter % 4 + 1);
		snprintf(first, sizeof first, "%d-%02d-01", 2019 + quarter / 4,
			 quarter % 4 * 3 + 1);
		/* A quarter that is over. */
		if (day_of(first) < options->from || day_of(first) + 91 > options->to + 1)
			continue;
		write_nation(&table, period, quarter);
		for (int agency = 0; agency < sample_agencies_count; agency++) {
			sample_character(character, agency, options->seed);
			if (day_of(first) >= character->first &&
			    day_of(first) <= character->last)
				write_counts_of(&table, options, agency, period, quarter);
		}
	}
	free(character);
	return end_table(&table, err);
}

/* ---- Milestones --------------------------------------------------------- */

int sample_milestones(FILE *out, const struct sample_options *options, struct error *err)
{
	static const char *const names[] = { "task",         "agency",   "due",
					     "completed_on", "progress", "updated_at",
					     "evidence_url", NULL };
	struct sample_character *character = memory_zeroed(1, sizeof *character);
	struct table table;

	begin_table(&table, out, options, names);
	for (int agency = 0; agency < sample_agencies_count; agency++) {
		double turn = lot(options, agency, 50, 0);
		char done[16];
		const char *const values[] = { "agency-architecture",
					       sample_agencies[agency].code,
					       "2019-09-30",
					       turn < 0.9 ? done : NULL,
					       turn < 0.9 ? "hoàn thành (mẫu)"
							  : "đang thực hiện (mẫu)",
					       "2020-12-31",
					       EVIDENCE };

		sample_character(character, agency, options->seed);
		if (character->first > day_of("2019-03-07") ||
		    day_of("2020-12-31") > options->to)
			continue;
		print_day(day_of("2019-06-01") + (int)(turn * 250), done);
		write_row(&table, values);
	}
	free(character);
	return end_table(&table, err);
}
