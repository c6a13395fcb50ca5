/* ranking_command.c -- `nq17 ranking`: who is ranked where, and why a rank moved. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/usage.h"
#include "reports/question.h"
#include "reports/ranking_table.h"
#include "reports/reports.h"

static const char RANKING[] =
#include "sql/queries/ranking_model.sql.inc"
	;
static const char SCORE[] =
#include "sql/queries/score_model.sql.inc"
	;
static const char MOVE[] =
#include "sql/queries/rank_move.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 ranking --period P --indicator SLUG [--group G] [--recast] [--as-of T]\n"
	"       nq17 ranking --period P --score NAME [--group G] [--recast]\n"
	"       nq17 ranking --period P --indicator SLUG --explain AGENCY --from P1 [--recast]\n"
	"                    [--as-of T]\n"
	"                    [--lang vi|en] [--format table|csv|json]\n"
	"\n"
	"Who is ranked, by an indicator or by a score over many; the others with the reason.\n"
	"\n"
	"  --group G    central, province, or a peer group: cities, red-river-delta,\n"
	"               northern-midlands, north-south-central-coast, central-highlands,\n"
	"               north-central, south-central-highlands, southeast, mekong-delta;\n"
	"               both kinds without it\n"
	"  --score NAME targets (of the Resolution) or decision-766\n"
	"  --recast     on today's agencies\n"
	"  --explain    why the rank of AGENCY within its kind moved between P1 and P: ranked\n"
	"               again with one thing changed at a time, so that the parts add up\n"
	"  --as-of T    the figures as published by then; of a move, those of P1: what came\n"
	"               since is told apart as late records and restatement\n";

static int fetch(const struct question *question, struct db *db, char **model,
		 struct error *err)
{
	const char *recast = question->recast ? "true" : "false";
	const char *const indicator[] = { question->period, question->indicator,
					  question->group, recast, question->as_of };
	const char *const score[] = { question->period, question->score, question->group,
				      recast };
	const char *const move[] = { question->from,   question->period,
				     question->agency, question->indicator,
				     question->as_of,  recast };

	if (question->explain)
		return db_value_of(db, MOVE, move, 6, model, err);
	if (question->score)
		return db_value_of(db, SCORE, score, 4, model, err);
	return db_value_of(db, RANKING, indicator, 5, model, err);
}

static void print(const struct question *question, const json_t *model)
{
	int csv = strcmp(question->format, "csv") == 0;

	if (question->explain && csv)
		move_print_csv(model);
	else if (question->explain)
		move_print_table(model, question->lang);
	else if (csv)
		ranking_print_csv(model);
	else
		ranking_print_table(model, question->lang);
}

static int answer(const struct question *question, struct db *db, const void *context,
		  struct error *err)
{
	char *bytes = NULL;
	json_error_t where;
	json_t *model;

	(void)context;
	if (fetch(question, db, &bytes, err) != 0)
		return -1;
	if (strcmp(question->format, "json") == 0) {
		puts(bytes);
		free(bytes);
		return 0;
	}
	model = json_loads(bytes, 0, &where);
	free(bytes);
	if (!model)
		return error_set(err, ERROR_INTERNAL, "the model of a ranking: %s",
				 where.text);
	print(question, model);
	json_decref(model);
	return 0;
}

/* Flags that go together?  Says what is wrong. */
static int is_complete(const struct question *question)
{
	if (!question->indicator == !question->score)
		return usage_say("by one of --indicator and --score");
	if (question->explain && !question->indicator)
		return usage_say("--explain takes --indicator");
	if (question->explain && !question->from)
		return usage_say("--explain takes --from: the period before");
	if (question->explain && question->group)
		return usage_say("--explain takes no --group");
	if (!question->explain && question->from)
		return usage_say("--from goes with --explain");
	if (question->score && question->as_of)
		return usage_say("--score takes no --as-of");
	return 1;
}

int ranking_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	int code = question_read(&question, argc, argv, "pitrgSebfl", USAGE, config);

	if (code != 0)
		return code - 1;
	if (question_settle_format(&question, USAGE) != 0)
		return 2;
	if (!is_complete(&question))
		return usage_refuse(USAGE);
	return question_answer(&question, config, answer, NULL);
}
