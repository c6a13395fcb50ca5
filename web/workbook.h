/* workbook.h -- empty workbooks to fill in. */
#ifndef WEB_WORKBOOK_H
#define WEB_WORKBOOK_H

#include "web/routes.h"

/* /templates/TYPE.xlsx */
int answer_template(const struct visit *visit, struct reply *reply, struct error *err);

#endif
