/* office.h -- what the commands of the office share in this room. */
#ifndef COLLECTOR_OFFICE_H
#define COLLECTOR_OFFICE_H

#include "base/office.h"
#include "collector/message.h"

enum message_language office_language(const struct config *config);

#endif
