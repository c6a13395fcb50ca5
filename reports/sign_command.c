/* sign_command.c -- nq17 sign: the office's digital signature into a report. */
#include "reports/reports.h"

#include "base/file.h"
#include "base/log.h"
#include "base/office.h"
#include "reports/pdf_sign.h"

enum { FILE_MOST = 256 << 20, PEM_MOST = 1 << 20 };

static const char USAGE[] =
	"usage: nq17 sign FILE.pdf --output SIGNED.pdf\n"
	"\n"
	"Signs a report with the certificate and key of the settings sign_certificate and\n"
	"sign_key. The signature is appended: what was signed stays as it was, and `nq17\n"
	"verify` knows the file with it. `pdfsig` (poppler-utils) checks it.\n";

/* A file that a setting names; its bytes belong to the caller. */
static int read_setting(const struct config *config, const char *name, struct text *bytes,
			struct error *err)
{
	const char *path = config_get(config, name);

	if (!path)
		return error_set(err, ERROR_INVALID, "the setting %s names no file",
				 name);
	return file_read(path, PEM_MOST, bytes, err);
}

int sign_command(int argc, char **argv, const struct config *config)
{
	const char *output = NULL;
	const struct office_option options[] = { { "output", &output, NULL }, { 0 } };
	struct text file = { 0 }, certificate = { 0 }, key = { 0 }, out = { 0 };
	struct error err;
	int first, code = office_options(argc, argv, USAGE, options, 1, 1, &first);

	if (code >= 0)
		return code;
	if (!output) {
		log_line("sign", "where to?  --output FILE is missing");
		return 2;
	}
	if (read_setting(config, "sign_certificate", &certificate, &err) != 0 ||
	    read_setting(config, "sign_key", &key, &err) != 0 ||
	    file_read(argv[first], FILE_MOST, &file, &err) != 0 ||
	    pdf_sign(&file, &certificate, &key, &out, &err) != 0 ||
	    file_replace(output, text_string(&out), out.length, &err) != 0) {
		log_line("sign", "%s", err.message);
		code = 1;
	} else {
		code = 0;
	}
	text_free(&file);
	text_free(&certificate);
	text_free(&key);
	text_free(&out);
	return code;
}
