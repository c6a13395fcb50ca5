/* reports.h -- the door of the room that turns stored records into answers. */
#ifndef REPORTS_REPORTS_H
#define REPORTS_REPORTS_H

#include <jansson.h>

#include "base/config.h"
#include "base/error.h"
#include "base/text.h"
#include "reports/edition.h" /* a report with what goes with it in a letter */
#include "reports/format.h"  /* how figures and days are printed */
#include "reports/report_make.h"
#include "reports/report_models.h" /* for many of one period */

/* Subcommands; each returns the exit code. */
int kpi_command(int argc, char **argv, const struct config *config);
int ranking_command(int argc, char **argv, const struct config *config);
int explain_command(int argc, char **argv, const struct config *config);
int method_command(int argc, char **argv, const struct config *config);
int milestones_command(int argc, char **argv, const struct config *config);
int act_command(int argc, char **argv, const struct config *config);
int report_command(int argc, char **argv, const struct config *config);
int sign_command(int argc, char **argv, const struct config *config);
int verify_command(int argc, char **argv, const struct config *config);
int publish_command(int argc, char **argv, const struct config *config);
int vintages_command(int argc, char **argv, const struct config *config);
int restatements_command(int argc, char **argv, const struct config *config);
int dispute_command(int argc, char **argv, const struct config *config);
int note_command(int argc, char **argv, const struct config *config);

/* Charts.  NAME is a kind, unless the model names its own; the models are described in
 * docs/charts.md.  LANG is "vi" or "en".  The bytes are appended to OUT.  An unknown
 * kind is ERROR_NOT_FOUND, an unfit model or width ERROR_INVALID. */
int chart_svg(const char *name, const json_t *model, const char *lang, struct text *out,
	      struct error *err);
/* As a part of a page, with its classes and links; QUERY stands behind the links. */
int chart_inside(const char *name, const json_t *model, const char *lang,
		 const char *query, struct text *out, struct error *err);
int chart_png(const char *name, const json_t *model, const char *lang, int width,
	      struct text *out, struct error *err);

#endif
