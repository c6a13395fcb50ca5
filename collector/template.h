/* template.h -- empty workbooks for officials, one for each record type. */
#ifndef COLLECTOR_TEMPLATE_H
#define COLLECTOR_TEMPLATE_H

#include "base/error.h"
#include "collector/record_types.h"

/* Writes the template of TYPE to PATH; what is filled into it is read by decode_xlsx.c. */
int template_write(const struct record_type *type, const char *path, int english,
		   struct error *err);

#endif
