/* sample_dossiers.c -- made-up dossiers, in the order in which they are received. */
#include "collector/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "collector/parse_value.h"

enum { LATE_SLOTS = 2048, DAY_SECONDS = 86400 };

/* An agency as it is on the day in hand. */
struct office {
	struct sample_character character;
	double turns[SAMPLE_PROCEDURES];
	double online, level4;
	int serial; /* of the day */
};

struct dossier {
	int agency, procedure, serial;
	int32_t day;
	int64_t received, due, resolved, updated; /* seconds from 2000-01-01, local;
						     0: not given */
	const char *channel, *status, *applicant;
	int one_stop, paid_online, satisfaction; /* -1: not given */
	const char *filed_by;
};

struct writer {
	FILE *out;
	const struct sample_options *options;
	struct office *offices;
	double *reach; /* running sum of the weights of the agencies in force */
	int *in_force; /* their indexes */
	int in_force_count;
	int32_t reach_day_known; /* the last day for which the two above hold */
	struct text line;
	struct text late[LATE_SLOTS];              /* records that will arrive later */
	int64_t made, count;                       /* dossiers so far, and in all */
	int64_t duplicates, corrected, bad, lates; /* still due, of the whole */
	uint64_t random;
};

static uint64_t draw(struct writer *writer)
{
	writer->random += 0x9e3779b97f4a7c15u;
	return sample_hash(writer->random, 7, 7, 7);
}

static double chance(struct writer *writer)
{
	return sample_chance(draw(writer));
}

/* ---- Text --------------------------------------------------------------- */

static void put_digits(char *at, int64_t value, int count)
{
	while (count-- > 0) {
		at[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void add_time(struct text *line, int64_t seconds)
{
	char time[48];
	int64_t clock = seconds % DAY_SECONDS;

	print_day((int32_t)(seconds / DAY_SECONDS), time);
	memcpy(time + 10, "T00:00:00+07:00", 15);
	put_digits(time + 11, clock / 3600, 2);
	put_digits(time + 14, clock / 60 % 60, 2);
	put_digits(time + 17, clock % 60, 2);
	text_add_bytes(line, time, 25);
}

static void add_code(struct text *line, const struct dossier *dossier)
{
	char date[16], serial[6];

	print_day(dossier->day, date);
	text_add(line, "SAMPLE-");
	text_add(line, sample_agencies[dossier->agency].code);
	text_add_char(line, '-');
	text_add_bytes(line, date + 2, 2);
	text_add_bytes(line, date + 5, 2);
	text_add_bytes(line, date + 8, 2);
	text_add_char(line, '-');
	put_digits(serial, dossier->serial, 6);
	text_add_bytes(line, serial, 6);
}

static const char HEADER[] =
	"agency,dossier,procedure,channel,received_at,due_at,resolved_at,status,updated_at,"
	"sector,applicant_type,one_stop,paid_online,satisfaction,filed_by\n";

/* Before each field: a comma, or its name for NDJSON. */
struct fields {
	struct text *line;
	int json, any;
};

static void begin_field(struct fields *fields, const char *name)
{
	if (fields->json) {
		text_add(fields->line, fields->any ? ",\"" : "{\"");
		text_add(fields->line, name);
		text_add(fields->line, "\":");
	} else if (fields->any) {
		text_add_char(fields->line, ',');
	}
	fields->any = 1;
}

static void add_string(struct fields *fields, const char *name, const char *value)
{
	if (!value && fields->json)
		return;
	begin_field(fields, name);
	if (!value)
		return;
	if (fields->json)
		text_add_json(fields->line, value);
	else
		text_add(fields->line, value);
}

static void add_moment(struct fields *fields, const char *name, int64_t seconds)
{
	if (!seconds && fields->json)
		return;
	begin_field(fields, name);
	if (!seconds)
		return;
	if (fields->json)
		text_add_char(fields->line, '"');
	add_time(fields->line, seconds);
	if (fields->json)
		text_add_char(fields->line, '"');
}

static void add_boolean(struct fields *fields, const char *name, int value)
{
	if (value < 0 && fields->json)
		return;
	begin_field(fields, name);
	if (value >= 0)
		text_add(fields->line, value ? "true" : "false");
}

static void print(struct writer *writer, const struct dossier *dossier)
{
	const struct office *office = &writer->offices[dossier->agency];
	const struct sample_procedure *procedure =
		&office->character.procedures[dossier->procedure];
	struct fields fields = { &writer->line, writer->options->ndjson, 0 };
	struct text *line = &writer->line;

	text_clear(line);
	add_string(&fields, "agency", sample_agencies[dossier->agency].code);
	begin_field(&fields, "dossier");
	if (fields.json)
		text_add_char(line, '"');
	add_code(line, dossier);
	if (fields.json)
		text_add_char(line, '"');
	add_string(&fields, "procedure", procedure->code);
	add_string(&fields, "channel", dossier->channel);
	add_moment(&fields, "received_at", dossier->received);
	add_moment(&fields, "due_at", dossier->due);
	add_moment(&fields, "resolved_at", dossier->resolved);
	add_string(&fields, "status", dossier->status);
	add_moment(&fields, "updated_at", dossier->updated);
	add_string(&fields, "sector", procedure->sector);
	add_string(&fields, "applicant_type", dossier->applicant);
	add_boolean(&fields, "one_stop", dossier->one_stop);
	add_boolean(&fields, "paid_online", dossier->paid_online);
	if (dossier->satisfaction >= 0 || !fields.json)
		begin_field(&fields, "satisfaction");
	if (dossier->satisfaction >= 0)
		text_add_char(line, (char)('0' + dossier->satisfaction));
	add_string(&fields, "filed_by", dossier->filed_by);
	text_add(line, fields.json ? "}\n" : "\n");
}

/* ---- One dossier -------------------------------------------------------- */

static int64_t working_day_after(int64_t day, int64_t working_days)
{
	/* 2000-01-01 was a Saturday. */
	while (working_days > 0) {
		day++;
		working_days -= (day + 5) % 7 < 5;
	}
	return day;
}

static int64_t office_hour(struct writer *writer)
{
	double at = chance(writer);

	/* Half past seven to half past eleven, half past one to five. */
	if (at < 0.55)
		return 27000 + (int64_t)(at / 0.55 * 14400);
	return 48600 + (int64_t)((at - 0.55) / 0.45 * 12600);
}

static void choose_channel(struct writer *writer, struct dossier *dossier)
{
	const struct office *office = &writer->offices[dossier->agency];
	int level = sample_level(office->level4, office->turns[dossier->procedure]);
	double online = office->online * (level >= 3 ? 1.15 : 0.55), at = chance(writer);

	if (at < online)
		dossier->channel = "online";
	else if (at < online + (1 - online) * 0.93)
		dossier->channel = "counter";
	else if (at < online + (1 - online) * 0.98)
		dossier->channel = "post";
	else
		dossier->channel = at < 0.999 ? "phone" : "other";
}

/* When it is settled, if it is by the end of the sample. */
static void settle(struct writer *writer, struct dossier *dossier)
{
	const struct office *office = &writer->offices[dossier->agency];
	int days = office->character.procedures[dossier->procedure].days;
	int64_t end = ((int64_t)writer->options->to + 1) * DAY_SECONDS;
	int64_t due_day = working_day_after(dossier->day, days);
	double at = chance(writer);
	int64_t day;

	dossier->due = due_day * DAY_SECONDS + 61200; /* five o'clock */
	if (chance(writer) < office->character.late)
		day = working_day_after(due_day, 1 + (int64_t)(at * at * 20));
	else
		day = working_day_after(dossier->day, (int64_t)(days * sqrt(at)));
	dossier->resolved = day * DAY_SECONDS + 34200 + (int64_t)(chance(writer) * 25200);
	if (dossier->resolved <= dossier->received)
		dossier->resolved = dossier->received + 600 + (int64_t)(at * 3000);
	at = chance(writer);
	dossier->status = at < 0.955   ? "resolved"
			  : at < 0.975 ? "refused"
			  : at < 0.990 ? "withdrawn"
				       : "supplement";
	if (dossier->resolved >= end || at >= 0.990) {
		dossier->resolved = 0;
		if (at < 0.990)
			dossier->status = at < 0.5 ? "processing" : "received";
	}
}

static void describe(struct writer *writer, struct dossier *dossier)
{
	const struct sample_character *character =
		&writer->offices[dossier->agency].character;
	int online = dossier->channel[1] == 'n';
	double at = chance(writer), year = (dossier->day - 6940) / 365.25;

	dossier->applicant =
		at * 100 < character->procedures[dossier->procedure].enterprises
			? "enterprise"
			: "citizen";
	dossier->one_stop =
		character->one_stop_missing ? -1 : chance(writer) < character->one_stop;
	dossier->paid_online =
		online && chance(writer) < 0.7 ? chance(writer) < 0.05 + 0.09 * year : -1;
	if (online && chance(writer) < 0.75) {
		at = chance(writer);
		dossier->filed_by = at < 0.45 + 0.04 * year ? "self"
				    : at < 0.85             ? "assisted"
							    : "staff";
	}
	if (dossier->resolved && chance(writer) < 0.18)
		dossier->satisfaction = chance(writer) < character->satisfied
						? 4 + (chance(writer) < 0.6)
						: 1 + (int)(chance(writer) * 3);
}

static int choose_agency(struct writer *writer)
{
	double at = chance(writer) * writer->reach[writer->in_force_count - 1];
	int low = 0, high = writer->in_force_count - 1;

	while (low < high) {
		int middle = (low + high) / 2;

		if (writer->reach[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return writer->in_force[low];
}

static void make_dossier(struct writer *writer, int32_t day, struct dossier *dossier)
{
	double at = chance(writer);

	*dossier = (struct dossier){ .day = day, .satisfaction = -1 };
	dossier->agency = choose_agency(writer);
	/* A few procedures make most of the work. */
	dossier->procedure = (int)(at * at * SAMPLE_PROCEDURES);
	dossier->serial = ++writer->offices[dossier->agency].serial;
	dossier->received = (int64_t)day * DAY_SECONDS + office_hour(writer);
	choose_channel(writer, dossier);
	settle(writer, dossier);
	describe(writer, dossier);
}

/* ---- Sending it: once, twice, late, corrected, wrong -------------------- */

static void send(struct writer *writer, int may_be_late)
{
	struct text *slot = &writer->late[draw(writer) % LATE_SLOTS];
	struct text swap;

	if (!may_be_late) {
		fwrite(writer->line.data, 1, writer->line.length, writer->out);
		return;
	}
	if (slot->length)
		fwrite(slot->data, 1, slot->length, writer->out);
	swap = *slot;
	*slot = writer->line;
	writer->line = swap;
}

static void spoil(struct writer *writer, struct dossier *dossier)
{
	switch (draw(writer) % 4) {
	case 0:
		dossier->resolved = dossier->received - 3600;
		dossier->status = "resolved";
		break;
	case 1:
		dossier->channel = "trực tuyến";
		break;
	case 2:
		dossier->status = "resolved";
		dossier->resolved = 0;
		break;
	default:
		dossier->satisfaction = 9;
	}
	print(writer, dossier);
	send(writer, 0);
}

/* First the dossier as it was before it was settled. */
static void send_earlier(struct writer *writer, const struct dossier *dossier)
{
	struct dossier earlier = *dossier;

	earlier.status = "processing";
	earlier.resolved = 0;
	earlier.satisfaction = -1;
	earlier.updated = dossier->received;
	print(writer, &earlier);
	send(writer, 0);
}

/* How many of something that befalls TOTAL dossiers are due by now.  Spread evenly,
 * and done a little before the end, as only one thing befalls a dossier. */
static int64_t due(const struct writer *writer, int64_t total)
{
	int64_t span = writer->count > 20 ? writer->count - 10 : 1;
	int64_t by_now = (int64_t)((__int128)writer->made * total / span);

	return by_now < total ? by_now : total;
}

static void send_dossier(struct writer *writer, struct dossier *dossier)
{
	const struct sample_options *options = writer->options;
	int64_t records = options->records;
	int64_t bad = llround((double)records * options->bad / 100);
	int64_t duplicates = llround((double)records * options->duplicates / 100);
	int64_t corrected = llround((double)records * options->corrected / 100);
	int64_t late = llround((double)records * options->late / 100);

	writer->made++;
	if (writer->bad < due(writer, bad)) {
		writer->bad++;
		spoil(writer, dossier);
		return;
	}
	if (writer->corrected < due(writer, corrected)) {
		writer->corrected++;
		send_earlier(writer, dossier);
		dossier->updated =
			dossier->resolved ? dossier->resolved : dossier->received + 600;
		print(writer, dossier);
		send(writer, 0);
		return;
	}
	print(writer, dossier);
	if (writer->duplicates < due(writer, duplicates)) {
		writer->duplicates++;
		fwrite(writer->line.data, 1, writer->line.length, writer->out);
		send(writer, 1);
	} else if (writer->lates < due(writer, late)) {
		writer->lates++;
		send(writer, 1);
	} else {
		send(writer, 0);
	}
}

/* ---- Days --------------------------------------------------------------- */

static void open_day(struct writer *writer, int32_t day)
{
	double sum = 0;

	writer->in_force_count = 0;
	for (int i = 0; i < sample_agencies_count; i++) {
		struct office *office = &writer->offices[i];

		if (day < office->character.first || day > office->character.last)
			continue;
		office->serial = 0;
		office->online = sample_online_share(&office->character, day);
		office->level4 = sample_level4_share(&office->character, day);
		sum += sample_agencies[i].weight;
		writer->reach[writer->in_force_count] = sum;
		writer->in_force[writer->in_force_count++] = i;
	}
}

static void write_days(struct writer *writer)
{
	const struct sample_options *options = writer->options;
	double total = 0, passed = 0;
	struct dossier dossier;

	for (int32_t day = options->from; day <= options->to; day++)
		total += sample_busyness(day);
	for (int32_t day = options->from; day <= options->to; day++) {
		int64_t until;

		passed += sample_busyness(day);
		until = day == options->to
				? writer->count
				: (int64_t)((double)writer->count * passed / total);
		if (writer->made < until)
			open_day(writer, day);
		while (writer->made < until) {
			make_dossier(writer, day, &dossier);
			send_dossier(writer, &dossier);
		}
	}
	for (int i = 0; i < LATE_SLOTS; i++)
		if (writer->late[i].length)
			fwrite(writer->late[i].data, 1, writer->late[i].length,
			       writer->out);
}

int sample_dossiers(FILE *out, const struct sample_options *options, struct error *err)
{
	struct writer *writer = memory_zeroed(1, sizeof *writer);
	size_t agencies = (size_t)sample_agencies_count;
	int status = 0;

	writer->out = out;
	writer->options = options;
	writer->random = options->seed * 0x2545f4914f6cdd1du + 1;
	writer->offices = memory_zeroed(agencies, sizeof(struct office));
	writer->reach = memory_zeroed(agencies, sizeof(double));
	writer->in_force = memory_zeroed(agencies, sizeof(int));
	for (int i = 0; i < sample_agencies_count; i++) {
		sample_character(&writer->offices[i].character, i, options->seed);
		for (int k = 0; k < SAMPLE_PROCEDURES; k++)
			writer->offices[i].turns[k] = sample_turn(i, k, options->seed);
	}
	writer->count = options->records -
			llround((double)options->records * options->duplicates / 100) -
			llround((double)options->records * options->corrected / 100);
	if (!options->ndjson)
		fputs(HEADER, out);
	if (writer->count > 0)
		write_days(writer);
	if (ferror(out))
		status = error_set(err, ERROR_UNAVAILABLE, "cannot write the sample");
	for (int i = 0; i < LATE_SLOTS; i++)
		text_free(&writer->late[i]);
	text_free(&writer->line);
	free(writer->offices);
	free(writer->reach);
	free(writer->in_force);
	free(writer);
	return status;
}
