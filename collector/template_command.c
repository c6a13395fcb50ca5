/* template_command.c -- nq17 template: empty workbooks for officials. */
#include "collector/collector.h"

#include <stdio.h>

#include "base/log.h"
#include "base/usage.h"
#include "collector/office.h"
#include "collector/template.h"

static const char USAGE[] =
	"usage: nq17 template TYPE --output FILE.xlsx [--lang vi|en]\n"
	"\n"
	"Writes an empty workbook for records of TYPE (dossier, service, fact, count, agency,\n"
	"task, milestone or national): a column for each field (with a * where a value is\n"
	"required), lists to choose from, and a sheet that explains, with examples.  Filled in, nq17 import takes it.\n"
	"\n"
	"  --output FILE    where to\n"
	"  -h, --help       this help\n";

int template_command(int argc, char **argv, const struct config *config)
{
	const char *output = NULL;
	const struct office_option options[] = { { "output", &output, NULL }, { 0 } };
	const struct record_type *type;
	struct error err;
	int first, code = office_options(argc, argv, USAGE, options, 1, 1, &first);

	if (code >= 0)
		return code;
	type = record_type_find(argv[first]);
	if (!type) {
		record_type_refuse(argv[first]);
		return usage_refuse(USAGE);
	}
	if (!output && !usage_say("--output is missing"))
		return usage_refuse(USAGE);
	if (template_write(type, output, office_language(config) == MESSAGE_EN, &err) ==
	    0)
		return 0;
	log_line("template", "%s", err.message);
	return 1;
}
