/* office.c -- the language that the commands of the office speak. */
#include "collector/office.h"

#include <string.h>

enum message_language office_language(const struct config *config)
{
	return strcmp(config_get(config, "lang"), "en") == 0 ? MESSAGE_EN : MESSAGE_VI;
}
