/* delivery_page.c -- /reports/deliveries: what was sent, and what became of it. */
#include "web/delivery_page.h"

#include <string.h>

#include "delivery/delivery.h"
#include "web/api_reply.h"

static const char DECIDE[] =
#include "sql/queries/delivery_decide.sql.inc"
	;
static const char FILE_OF[] =
#include "sql/queries/archived_file.sql.inc"
	;
static const char NOTE[] =
#include "sql/queries/log_action.sql.inc"
	;

/* ---- Decisions ----------------------------------------------------------- */

int post_delivery(const struct visit *visit, struct reply *reply, struct error *err)
{
	static const char *const actions[] = { "retry", "accepted", "queued", "failed",
					       "bounced" };
	const struct request *request = visit->request;
	const char *action = request_field(request, "action");
	const char *id = request_value(request, ":delivery");
	const char *const params[] = { id, action };
	int is_known = 0;

	for (size_t i = 0; action && i < sizeof actions / sizeof *actions; i++)
		is_known |= strcmp(actions[i], action) == 0;
	if (!is_known || !id || id[strspn(id, "0123456789")] || strlen(id) > 18)
		return error_set(err, ERROR_INVALID, "no such action, or no delivery");
	if (db_query(visit->db, DECIDE, params, 2, NULL, err) == 0)
		return api_done(visit, "/reports/deliveries/", id, "done", reply);
	/* Somebody else, or the server, was first: the page says how it stands now. */
	if (err->kind != ERROR_CONFLICT || api_is_asked(visit))
		return -1;
	return api_done(visit, "/reports/deliveries/", id, "moved", reply);
}

/* ---- What was sent ------------------------------------------------------- */

/* Types are static, and nothing that a browser would run is among them. */
static const char *type_of(const char *media_type)
{
	static const char *const types[] = {
		"message/rfc822",
		"application/json",
		"application/pdf",
		"image/png",
		"text/csv",
		"text/plain",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], media_type) == 0)
			return types[i];
	return "application/octet-stream";
}

/* Who took which file is written down, as with records. */
static int note_reading(const struct visit *visit, const char *sha256, struct error *err)
{
	struct text object = { 0 };
	const char *agency = visit->visitor->agency;
	int status;

	text_addf(&object, "sent:%s", sha256);
	status = db_query(visit->db, NOTE,
			  (const char *const[]){ "read_sent", text_string(&object), "{}",
						 *agency ? agency : NULL, NULL },
			  5, NULL, err);
	text_free(&object);
	return status;
}

static int send_file(const struct visit *visit, const struct db_rows *rows,
		     struct reply *reply, struct error *err)
{
	const char *sha256 = db_value(rows, 0, "sha256");

	if (db_value(rows, 0, "removed_at"))
		return error_set(err, ERROR_NOT_FOUND,
				 "it was kept until %s (setting archive_days)",
				 db_value(rows, 0, "removed_at"));
	if (delivery_load(visit->archive, sha256, &reply->body, err) != 0)
		return -1;
	reply->status = 200;
	reply->type = type_of(db_value(rows, 0, "media_type"));
	delivery_add_file_name(&reply->file_name, db_value(rows, 0, "name"),
			       db_value(rows, 0, "media_type"));
	return note_reading(visit, sha256, err);
}

int answer_archive(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *digest = request_value(visit->request, ":sha256");
	struct db_rows *rows = NULL;
	int status = db_query(visit->db, FILE_OF, &digest, 1, &rows, err);

	if (status == 0 && db_rows_count(rows) == 0)
		status = error_set(err, ERROR_NOT_FOUND,
				   "nothing of this hash was sent to you");
	if (status == 0)
		status = send_file(visit, rows, reply, err);
	db_rows_free(rows);
	return status;
}
