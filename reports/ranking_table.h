/* ranking_table.h -- the models of rankings as a table for people, or as CSV. */
#ifndef REPORTS_RANKING_TABLE_H
#define REPORTS_RANKING_TABLE_H

#include <jansson.h>

/* MODEL holds "groups", each with "rows"; or, of a move, "steps".  LANG chooses names. */
void ranking_print_table(const json_t *model, const char *lang);
void ranking_print_csv(const json_t *model);

void move_print_table(const json_t *model, const char *lang);
void move_print_csv(const json_t *model);

#endif
