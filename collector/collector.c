/* collector.c -- small questions that are asked at the door. */
#include "collector/collector.h"

#include "collector/csv_rows.h"
#include "collector/decoder.h"
#include "collector/receipt.h"
#include "collector/template.h"

int collector_takes_type(const char *type)
{
	return record_type_find(type) != NULL;
}

int collector_takes_format(const char *format)
{
	return decoder_find(format) != NULL;
}

int collector_write_errors(const char *path, struct db *db, const char *batch,
			   const char *type, const char *header, struct error *err)
{
	const struct record_type *found = record_type_find(type);

	if (!found)
		return error_set(err, ERROR_INTERNAL, "no record type \"%s\"", type);
	return receipt_write_errors(path, db, batch, found, header,
				    header ? csv_rows_delimiter(header) : ',', err);
}

int collector_write_template(const char *type, const char *path, int english,
			     struct error *err)
{
	const struct record_type *found = record_type_find(type);

	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "no record type \"%s\"", type);
	return template_write(found, path, english, err);
}
