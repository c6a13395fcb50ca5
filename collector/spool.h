/* spool.h -- requests on disk, between whoever receives bytes and whoever commits them.
 *
 *   FOLDER/new/ID.body       the bytes as they came (packed or not), complete
 *   FOLDER/new/ID.note       what they are, as JSON; its appearance hands the item over
 *   FOLDER/receipts/ID.json  what became of it, for a waiting sender; kept for a day
 *   FOLDER/part/             bodies that are still being received
 *   FOLDER/kept/ID.body      bodies that may be handed over later; kept for two hours
 *   FOLDER/aside/            items that failed again and again, for a person to look at
 *
 * Both files are flushed and renamed, the body first, so an item is there whole or not
 * at all, and one that is there survives a crash.  ID is the name of the delivery in
 * the store (batch.delivery): an item that was committed before a crash is known by it
 * and only its receipt is written again.  Receivers and the committer may be different
 * processes of one account. */
#ifndef COLLECTOR_SPOOL_H
#define COLLECTOR_SPOOL_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "collector/message.h"

struct spool;       /* the folder */
struct spool_draft; /* a body that is being received */

enum { SPOOL_ID_MAX = 80 }; /* letters, digits, '-', '_', '.' */

/* What a body is.  Strings are borrowed on the way in, owned on the way out. */
struct spool_note {
	char id[SPOOL_ID_MAX + 1];
	char *type, *format; /* as for nq17 import */
	char *agency;        /* of records that name none, or NULL */
	char *file;          /* what to call it in the store, or NULL */
	char *way;           /* "http", "folder", "pull" */
	char *profile;       /* a mapping profile, or NULL */
	int32_t scope;       /* batch_request.scope */
	int dry_run;
	enum message_language language;
	int tries; /* of spool_next(): how often it was begun and not ended */
};
void spool_note_free(struct spool_note *note); /* of spool_next() only */

/* Makes the folders where they are missing. */
int spool_open(struct spool **spool, const char *folder, struct error *err);
void spool_close(struct spool *spool);
/* Bytes free for this account on the disk of the spool, and in all. */
int spool_room(const struct spool *spool, uint64_t *free_bytes, uint64_t *all_bytes,
	       struct error *err);

/* Receiving.  ERROR_UNAVAILABLE: no room, or the disk failed; the draft is then only
 * good for spool_abandon(), which unlinks it (fine on NULL). */
int spool_begin(struct spool *spool, struct spool_draft **draft, struct error *err);
int spool_write(struct spool_draft *draft, const void *bytes, size_t length,
		struct error *err);
uint64_t spool_length(const struct spool_draft *draft);
/* Makes the item durable and visible: after it returns 0 a crash loses nothing.  With
 * an empty NOTE->id a random one is made and written there.  An item of that id that
 * waits already is left as it is, and the draft dropped.  Frees the draft. */
int spool_hand_over(struct spool *spool, struct spool_draft *draft,
		    struct spool_note *note, struct error *err);
void spool_abandon(struct spool_draft *draft);
/* Keeps the body of DRAFT, which it frees, under the name ID, to be handed over later. */
int spool_keep(struct spool *spool, struct spool_draft *draft, const char *id,
	       struct error *err);
/* The body that was kept under ID as a draft again; NULL in *DRAFT if there is none. */
int spool_resume(struct spool *spool, const char *id, struct spool_draft **draft,
		 struct error *err);

/* Was ID handed over, and has not come to its end? */
int spool_is_waiting(const struct spool *spool, const char *id);
/* The receipt of ID, or NULL in *RECEIPT while there is none; belongs to the caller. */
int spool_receipt(struct spool *spool, const char *id, char **receipt, struct error *err);

/* Committing; one process at a time (it holds FOLDER/lock). */
int spool_lock(struct spool *spool, struct error *err);
/* A descriptor that becomes readable when something was handed over (inotify). */
int spool_watch(struct spool *spool, struct error *err);
/* Looks what waits.  Then spool_next() answers one item after the other, the oldest
 * first; *FOUND 0 at the end of the list.  BODY is the path of its bytes. */
int spool_list(struct spool *spool, struct error *err);
int spool_next(struct spool *spool, int *found, struct spool_note *note,
	       struct text *body, struct error *err);
/* Notes that a try begins, so that an item that ends the process does not come first
 * again; and that it was not the item's fault. */
int spool_try(struct spool *spool, const char *id, struct error *err);
void spool_untry(struct spool *spool, const char *id);
/* Writes the receipt, then removes the item; or keeps it aside. */
int spool_done(struct spool *spool, const char *id, const char *receipt,
	       struct error *err);
int spool_set_aside(struct spool *spool, const char *id, const char *receipt,
		    struct error *err);
/* Removes what is older than a day: receipts, and what a crash left half received; and
 * bodies that were kept and not asked for. */
void spool_tidy(struct spool *spool);

#endif
