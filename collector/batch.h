/* batch.h -- one file, one transaction: decode, check, stage, merge, receipt.
 * The one path behind every way in. */
#ifndef COLLECTOR_BATCH_H
#define COLLECTOR_BATCH_H

#include <stdint.h>

#include "base/db.h"
#include "collector/decoder.h"
#include "collector/message.h"
#include "collector/receipt.h"

struct batch_request {
	const struct record_type *type;
	const struct decoder *decoder;
	const char *path;   /* "-": standard input */
	const char *agency; /* of records that name none, or NULL */
	const char *period; /* of a form that names none, well formed; or NULL */
	int32_t scope;      /* only this agency's records and its predecessors'; 0: all */
	const char *profile;     /* a mapping profile, or NULL */
	const char *delivery;    /* its name, at most once in the store; NULL: unnamed */
	const char *way;         /* "import" (NULL), "http", "folder", "pull" */
	const char *file;        /* what to call it in the store; NULL: by its path */
	const char *errors_path; /* where refused records are written, or NULL */
	int dry_run;             /* do everything, store nothing */
	int progress;            /* show a bar on stderr */
	enum message_language language;
};

/* Imports a file on DB, a connection of the collector that is between
 * transactions.  0 with RECEIPT filled once all is committed (even if records were
 * refused), and when the whole file was refused: then *REFUSED is set and ERR says
 * why.  -1: nothing was stored.  receipt_free() in any case. */
int batch_import(struct db *db, const struct batch_request *request,
		 struct receipt *receipt, int *refused, struct error *err);

/* The receipt of DELIVERY as JSON, or NULL in *RECEIPT if it was not committed;
 * belongs to the caller. */
int batch_delivered(struct db *db, const char *delivery, char **receipt,
		    struct error *err);

#endif
