/* reports.h -- the door of the room that turns stored records into answers. */
#ifndef REPORTS_REPORTS_H
#define REPORTS_REPORTS_H

#include <jansson.h>

#include "base/config.h"
#include "base/error.h"
#include "base/text.h"
#include "reports/format.h" /* how figures and days are printed */

/* Subcommands; each returns the exit code. */
int kpi_command(int argc, char **argv, const struct config *config);
int ranking_command(int argc, char **argv, const struct config *config);
int explain_command(int argc, char **argv, const struct config *config);
int method_command(int argc, char **argv, const struct config *config);
int milestones_command(int argc, char **argv, const struct config *config);
int act_command(int argc, char **argv, const struct config *config);
int report_command(int argc, char **argv, const struct config *config);
int publish_command(int argc, char **argv, const struct config *config);
int vintages_command(int argc, char **argv, const struct config *config);
int restatements_command(int argc, char **argv, const struct config *config);
int dispute_command(int argc, char **argv, const struct config *config);
int note_command(int argc, char **argv, const struct config *config);

/* Charts.  NAME is "ranking", "trend" or "targets"; the model is described in
 * reports/chart.h.  LANG is "vi" or "en".  The bytes are appended to OUT.  An
 * unknown name is ERROR_NOT_FOUND, an unfit model or width ERROR_INVALID. */
int chart_svg(const char *name, const json_t *model, const char *lang, struct text *out,
	      struct error *err);
int chart_png(const char *name, const json_t *model, const char *lang, int width,
	      struct text *out, struct error *err);

#endif
