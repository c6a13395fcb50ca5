/* question.h -- what a figure command asks for: its flags, checked against the
 * register before anything is computed. */
#ifndef REPORTS_QUESTION_H
#define REPORTS_QUESTION_H

#include "base/config.h"
#include "base/db.h"

struct cluster;

struct question {
	const char *period;    /* as given, and well formed */
	const char *agency;    /* VN, a code or CODE@YEAR; NULL: all */
	const char *indicator; /* slug; NULL: all */
	const char *as_of;     /* NULL: now, or VINTAGE */
	const char *vintage;   /* its number; NULL: now, or AS_OF */
	const char *lang;      /* "vi" or "en" */
	const char *format;    /* of the output, as given; NULL: the command's default */
	const char *output, *page;   /* a file; NULL: standard output */
	const char *number, *issued; /* of a document; NULL: left blank */
	const char *set;             /* of targets; NULL: the Resolution's */
	const char *variant;   /* of the indicators that have it; NULL: as defined */
	const char *what_if;   /* a threshold to try; NULL: none */
	const char *top;       /* how many; NULL: the command's default */
	const char *after;     /* where a page begins; NULL: at the first */
	const char *procedure; /* NULL: all */
	int dossiers;
	int unverified;
	int recast; /* on today's agencies */
	const char *
		group; /* of a ranking: central, province, a peer group; NULL: both kinds */
	const char *score;       /* of a ranking: instead of an indicator */
	const char *from;        /* the period before, when a move is to be explained */
	int explain;             /* the move of AGENCY's rank */
	int each;                /* of every agency */
	int both;                /* in both languages */
	const char *workers;     /* how many threads; NULL: as many as processors */
	struct cluster *cluster; /* while it is answered: for more connections */
};

/* A whole number from 1 to 999,999? */
int question_is_count(const char *value);

/* Reads the flags that the letters of ACCEPTS allow: p(eriod) a(gency) i(ndicator)
 * t(ime, --as-of) V(intage) u(nverified) r(ecast) g(roup) S(core) e(xplain)
 * b(efore, --from) f(ormat) l(ang) o(utput) s(et) v(ariant)
 * w(hat-if) E(ach) B(oth) W(orkers) n(umber, --top or --limit) N(umber of a document) I(ssued)
 * d(ossiers) k(ey, --after) c(ode, --procedure);
 * the period is needed unless there is a P among them.  Returns 0 to go on, else the
 * exit code plus 1: the help was asked for (1) or the usage is wrong (3), both
 * already printed.  Strings are borrowed from ARGV and CONFIG. */
int question_read(struct question *question, int argc, char **argv, const char *accepts,
		  const char *usage, const struct config *config);

/* For a list of rows: a table where no format was named; -1 with a line in the log where it
 * is none of table, csv and json, and USAGE. */
int question_settle_format(struct question *question, const char *usage);

/* Opens the database, checks that the agency and the indicator are known, and lets
 * ANSWER do the rest.  Returns the exit code, with the failure logged: 2 for what was
 * malformed, else 1. */
int question_answer(const struct question *question, const struct config *config,
		    int (*answer)(const struct question *question, struct db *db,
				  const void *context, struct error *err),
		    const void *context);

#endif
