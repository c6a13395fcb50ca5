/* sample.h -- made-up records that look like the real ones.
 *
 * Everything follows from a seed: no clock, no other source of chance.  All records
 * say that they are samples: dossier codes begin SAMPLE-, names end in "(mẫu)". */
#ifndef COLLECTOR_SAMPLE_H
#define COLLECTOR_SAMPLE_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"

struct sample_agency {
	const char *code;
	int is_province;
	const char *first_day, *last_day;
	int weight;
};

extern const struct sample_agency sample_agencies[];
extern const int sample_agencies_count;

struct sample_options {
	int64_t records;
	uint64_t seed;
	int32_t from, to;                        /* days from 2000-01-01, both included */
	double duplicates, bad, late, corrected; /* percent */
	int ndjson;
};

/* Each writes one file of records to OUT. */
int sample_dossiers(FILE *out, const struct sample_options *options, struct error *err);
int sample_services(FILE *out, const struct sample_options *options, struct error *err);
int sample_facts(FILE *out, const struct sample_options *options, struct error *err);
int sample_counts(FILE *out, const struct sample_options *options, struct error *err);
int sample_milestones(FILE *out, const struct sample_options *options, struct error *err);

/* ---- sample_model.c: what the agencies of the sample are like ------------ */

enum { SAMPLE_PROCEDURES = 15 };

struct sample_procedure {
	char code[16];
	const char *sector, *name;
	int days;        /* to settle a dossier in */
	int enterprises; /* 0..100: how many of its applicants are enterprises */
};

/* Of one row of sample_agencies[].  Shares are 0..1. */
struct sample_character {
	double online_at_first, online_at_last; /* 2019, 2026 */
	double one_stop;                        /* share of true */
	int one_stop_missing;                   /* the attribute is never sent */
	double late;                            /* settled after the due time */
	double satisfied;
	double level4_at_first, level4_at_last; /* of its services */
	struct sample_procedure procedures[SAMPLE_PROCEDURES];
	int32_t first, last; /* days in force */
};

void sample_character(struct sample_character *character, int agency, uint64_t seed);
/* The share of online filing on DAY. */
double sample_online_share(const struct sample_character *character, int32_t day);
/* The share of its services at level 4 on DAY. */
double sample_level4_share(const struct sample_character *character, int32_t day);
/* The level of a procedure: TURN (0..1) is when its turn comes, in that share. */
int sample_level(double level4_share, double turn);
double sample_turn(int agency, int index, uint64_t seed);
/* How busy a day is: growth, week, Tet, holidays, summer. */
double sample_busyness(int32_t day);

/* A number that follows from SEED and up to three others; and one in 0..1. */
uint64_t sample_hash(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);
double sample_chance(uint64_t hash);

#endif
