/* job.h -- one row of the outbox while it is delivered; only job.c, issue.c and compose.c
 * include it. */
#ifndef DELIVERY_JOB_H
#define DELIVERY_JOB_H

#include "delivery/address.h"
#include "delivery/worker.h"

struct job {
	struct worker *worker;
	struct db_rows *rows; /* what outbox_claim.sql answered: one row */
	enum way way;
	const char *place; /* address, path or URL */
	char *edition;     /* its number; belongs to the job */
	char *message_id;  /* likewise, without brackets */
};

/* The column NAME of the row; NULL for SQL null. */
const char *job_value(const struct job *job, const char *name);
int job_is(const struct job *job, const char *kind);

/* issue.c: the edition of the job, found or drawn, kept in the archive and in the
 * database; its number goes to job->edition. */
int issue_make(struct job *job, struct error *err);
/* A file of it, appended to OUT; *MEDIA_TYPE may be NULL. */
struct issue_file {
	char *format, *name, *media_type;
	struct text bytes;
};
struct issue_files {
	struct issue_file *items;
	size_t count;
};
/* All files, those that are parts of the letter without a name.  Free with
 * issue_files_free(). */
int issue_load(const struct job *job, struct issue_files *files, struct error *err);
void issue_files_free(struct issue_files *files);
/* The part called FORMAT, or NULL. */
const struct text *issue_part(const struct issue_files *files, const char *format);

/* compose.c: the message of the job, as it goes over the wire, appended to OUT. */
int compose_letter(const struct job *job, const struct issue_files *files,
		   struct text *out, struct error *err);
int compose_alert(const struct job *job, struct text *out, struct error *err);
int compose_hook(const struct job *job, const struct issue_files *files, struct text *out,
		 struct error *err);
/* "bao-cao-nq17_38_2020-Q3_vi.pdf", "bao-cao-nq17-ranking_VN_2020-Q3_vi.pdf" */
void compose_file_name(struct text *out, const struct job *job, const char *format);

#endif
