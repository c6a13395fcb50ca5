/* inbox.h -- the folder of one agency, and moving its files about safely.
 *
 *   INBOX/LABEL/NAME          what an agency's system puts there
 *   INBOX/LABEL/work/NAME     taken, on its way into the store
 *   INBOX/LABEL/done/NAME     stored, with NAME.receipt.json, and NAME.errors.csv if
 *                             records of it were refused
 *   INBOX/LABEL/refused/NAME  the same, where nothing of it could be stored
 *
 * LABEL/ may be writable for whoever sends; the three folders in it must be ours, and
 * links are followed nowhere. */
#ifndef COLLECTOR_INBOX_H
#define COLLECTOR_INBOX_H

#include <sys/stat.h>

#include "base/db.h"
#include "base/error.h"

enum inbox_place { INBOX_NEW, INBOX_WORK, INBOX_DONE, INBOX_REFUSED, INBOX_PLACES };

struct inbox {
	int folders[INBOX_PLACES]; /* descriptors, or -1 */
};

/* Opens INBOX/LABEL, made if needed.  inbox_close() in any case. */
int inbox_open(struct inbox *inbox, const char *folder, const char *label,
	       struct error *err);
void inbox_close(struct inbox *inbox);

/* Opens a plain file for reading; ERROR_INVALID if it is something else,
 * ERROR_NOT_FOUND if it is gone. */
int inbox_open_file(const struct inbox *inbox, enum inbox_place place, const char *name,
		    int *fd, struct stat *facts, struct error *err);

/* Moves a new file to work/, durably.  ERROR_CONFLICT: one of that name is there. */
int inbox_take(const struct inbox *inbox, const char *name, struct error *err);

/* Writes the receipt and the refused records (read on DB) beside the place where the
 * file in work/ belongs now, then moves it there under a free name.  May be done again
 * after a crash at any step. */
int inbox_finish(const struct inbox *inbox, const char *name, const char *receipt,
		 struct db *db, struct error *err);

#endif
