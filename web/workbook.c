/* workbook.c -- empty workbooks to fill in. */
#include "web/workbook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/collector.h"
#include "web/sheet.h"

/* The file stays readable while it is sent, though its name is gone. */
static int write_template(const struct visit *visit, const char *type,
			  struct reply *reply, struct error *err)
{
	char path[] = "/tmp/nq17-template-XXXXXX";
	int file = mkstemp(path), status;

	if (file < 0)
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
	close(file);
	status = collector_write_template(
		type, path, strcmp(visit->request->language, "en") == 0, err);
	if (status == 0 && !(reply->file = fopen(path, "rb")))
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s", path,
				   strerror(errno));
	unlink(path);
	return status;
}

int answer_template(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *type = request_value(visit->request, ":type");

	if (!type)
		return error_set(err, ERROR_NOT_FOUND, "no such template");
	if (write_template(visit, type, reply, err) != 0)
		return -1;
	reply->status = 200;
	reply->type = SHEET_TYPE;
	text_addf(&reply->file_name, "nq17-%s.xlsx", type);
	return 0;
}
