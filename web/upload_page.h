/* upload_page.h -- /data/upload: a file through a page, as a trial first. */
#ifndef WEB_UPLOAD_PAGE_H
#define WEB_UPLOAD_PAGE_H

#include "web/routes.h"

enum { UPLOAD_FORM_BYTES = 50 * 1024 * 1024 };

/* Takes the file and has it judged; nothing of it is stored. */
int post_upload(const struct visit *visit, struct reply *reply, struct error *err);
/* The same of the refused records of a batch, as they are (/data/batches/BATCH). */
int post_batch(const struct visit *visit, struct reply *reply, struct error *err);
/* What came out, or the batch once it was sent in earnest. */
int answer_trial(const struct visit *visit, struct reply *reply, struct error *err);
/* Sends it in earnest. */
int post_trial(const struct visit *visit, struct reply *reply, struct error *err);

#endif
