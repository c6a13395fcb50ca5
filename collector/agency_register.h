/* agency_register.h -- the register in memory: whom a name means on a day, and who
 * answers for a dossier on the day it is settled.  Days count from 2000-01-01. */
#ifndef COLLECTOR_AGENCY_REGISTER_H
#define COLLECTOR_AGENCY_REGISTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"

struct agency_register;

enum agency_answer {
	AGENCY_FOUND,
	AGENCY_UNKNOWN,
	AGENCY_NOT_IN_FORCE,
	AGENCY_SUCCESSOR, /* named as CODE@YEAR, not in force, but has predecessors */
};

int agency_register_load(struct agency_register **agencies, struct db *db,
			 struct error *err);
void agency_register_free(struct agency_register *agencies);

/* *AGENCY_ID is set for AGENCY_FOUND and AGENCY_SUCCESSOR. */
enum agency_answer agency_register_find(struct agency_register *agencies,
					const char *name, size_t length, int32_t day,
					int32_t *agency_id);
/* Does NAME mean an agency on any day? */
int agency_register_knows(struct agency_register *agencies, const char *name,
			  size_t length);
/* May SENDER send records of AGENCY_ID?  A row answers for itself and its predecessors;
 * nobody for the nation (0). */
int agency_register_answers_for(const struct agency_register *agencies, int32_t sender,
				int32_t agency_id);
/* A number that AGENCY_ID shares with its predecessors and successors. */
int32_t agency_register_family(const struct agency_register *agencies, int32_t agency_id);
/* The row that AGENCY_ID's dossiers count for on DAY. */
int32_t agency_register_heir(const struct agency_register *agencies, int32_t agency_id,
			     int32_t day);

#endif
