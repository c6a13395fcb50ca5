/* routes.c -- the site map: which address is answered by what. */
#include "web/routes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/schema.h"
#include "web/account_page.h"
#include "web/admin_page.h"
#include "web/batches.h"
#include "web/data_page.h"
#include "web/delivery_page.h"
#include "web/docket_page.h"
#include "web/intake.h"
#include "web/metrics.h"
#include "web/owned_page.h"
#include "web/page.h"
#include "web/report_page.h"
#include "web/schedule_form.h"
#include "web/schedule_page.h"
#include "web/sign_in.h"
#include "web/site.h"
#include "web/sso.h"
#include "web/upload_page.h"
#include "web/workbook.h"

/* ---- Answers without a model -------------------------------------------- */

static const char METRICS_AUDIT[] =
#include "sql/queries/metrics_audit.sql.inc"
	;

static int answer_health(const struct visit *visit, struct reply *reply,
			 struct error *err)
{
	(void)visit;
	(void)err;
	reply->status = 200;
	reply->type = "text/plain; charset=utf-8";
	text_add(&reply->body, "ok\n");
	return 0;
}

static int answer_ready(const struct visit *visit, struct reply *reply, struct error *err)
{
	if (schema_check(visit->db, err) != 0) {
		/* Either way it is this server that cannot serve. */
		err->kind = ERROR_UNAVAILABLE;
		return -1;
	}
	return answer_health(visit, reply, err);
}

/* A database that does not answer must not hide the server's own counts. */
static void add_audit(const struct visit *visit, struct text *out)
{
	struct db_rows *rows = NULL;
	struct error ignored;

	if (visit->db &&
	    db_query(visit->db, METRICS_AUDIT, NULL, 0, &rows, &ignored) == 0 &&
	    db_rows_count(rows) > 0)
		metrics_print_audit(db_value(rows, 0, "differences"),
				    db_value(rows, 0, "age"), out);
	db_rows_free(rows);
}

static int answer_metrics(const struct visit *visit, struct reply *reply,
			  struct error *err)
{
	(void)err;
	reply->status = 200;
	reply->type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_print(visit->metrics, visit->jobs_waiting,
		      waiter_count(visit->intake->waiter), &reply->body);
	add_audit(visit, &reply->body);
	return 0;
}

static int answer_static(const struct visit *visit, struct reply *reply,
			 struct error *err)
{
	const char *name = request_value(visit->request, ":file");

	if (!name || site_static_file(visit->site, name,
				      request_value(visit->request, "v"), reply) != 0)
		return error_set(err, ERROR_NOT_FOUND, "no such file");
	return 0;
}

/* ---- Pages over a model ------------------------------------------------- */

static const char SELECT_OVERVIEW[] =
#include "sql/queries/page_overview.sql.inc"
	;

/* Figures as lines of a table, in the words of `nq17 kpi`. */
#define FIGURE_COLUMNS                                                                   \
	"period,agency,agency_name_vi,indicator,indicator_name_vi,numerator,"            \
	"denominator,value,target,status,rank,coverage,maturity,recast,"                 \
	"dispute.due_on,as_of"

static const struct page overview = {
	.name = "overview",
	.sql = SELECT_OVERVIEW,
	.parameters = "period indicator as_of vintage show recast",
	.table = &(const struct page_table){ "targets.figure", FIGURE_COLUMNS },
};

static const char SELECT_RANKINGS[] =
#include "sql/queries/page_rankings.sql.inc"
	;

static const struct page rankings = {
	.name = "rankings",
	.sql = SELECT_RANKINGS,
	.parameters =
		"period group indicator as_of vintage recast peers compare sort columns state",
	.table =
		&(const struct page_table){
			"ranked.cells unranked.cells",
			"period,group,agency,agency_name_vi,region_name_vi,indicator,numerator,"
			"denominator,value,target,status,rank,tied,tie_group,low,high,"
			"coverage_percent,maturity,recast,unranked_reason,peer_place,compare,"
			"numerator_before,denominator_before,percent_before,rank_before,"
			"dispute.due_on,as_of" },
};

static const char SELECT_MOVE[] =
#include "sql/queries/page_move.sql.inc"
	;

static const struct page rank_moves = {
	.name = "move",
	.sql = SELECT_MOVE,
	.parameters = "period agency indicator from as_of vintage recast",
	.table =
		&(const struct page_table){
			"move.steps", "agency,indicator,from,period,cause,places,rank,"
				      "percent,as_of" },
	.charts = "waterfall",
};

static const char SELECT_MAP[] =
#include "sql/queries/page_map.sql.inc"
	;

static const struct page map = {
	.name = "map",
	.sql = SELECT_MAP,
	.parameters = "period indicator show as_of vintage recast",
	.table = &(const struct page_table){ "parts.figures", FIGURE_COLUMNS },
};

static const char SELECT_RESOLUTION[] =
#include "sql/queries/page_resolution.sql.inc"
	;

static const struct page resolution = {
	.name = "resolution",
	.sql = SELECT_RESOLUTION,
	.parameters = "period as_of vintage recast",
	.table =
		&(const struct page_table){
			"sentences.targets",
			"place,clause,target_id,indicator,name_vi,name_en,"
			"direction,target_percent,deadline,verified,period,numerator,"
			"denominator,value,status,coverage,maturity,dispute.due_on,as_of" },
};

static const char SELECT_BRIEFING[] =
#include "sql/queries/page_briefing.sql.inc"
	;

static const struct page briefing = {
	.name = "briefing",
	.sql = SELECT_BRIEFING,
	.parameters = "period slide",
};

static const char SELECT_AGENCIES[] =
#include "sql/queries/page_agencies.sql.inc"
	;

static const struct page agencies = {
	.name = "agencies",
	.sql = SELECT_AGENCIES,
	.parameters = "period as_of vintage recast",
	.table =
		&(const struct page_table){
			"parts.agencies",
			"period,group,agency,agency_name_vi,agency_name_en,region,met,"
			"judged,attainment_percent,rank,recast,as_of" },
};

static const char SELECT_AGENCY[] =
#include "sql/queries/page_agency.sql.inc"
	;

static const struct page agency = {
	.name = "agency",
	.sql = SELECT_AGENCY,
	.parameters = "period agency indicator as_of vintage recast",
	.table = &(const struct page_table){ "targets.figure others.figure",
					     FIGURE_COLUMNS },
	.charts = "trend rank_history rank_move",
};

static const char SELECT_EXPLAIN[] =
#include "sql/queries/page_explain.sql.inc"
	;

static const struct page explain = {
	.name = "explain",
	.sql = SELECT_EXPLAIN,
	.parameters = "period agency indicator as_of vintage batches recast",
	.table =
		&(const struct page_table){
			"lines", "period,agency,agency_name_vi,indicator,procedure,"
				 "name_vi,name_en,numerator,denominator,provided,"
				 "percent,status,recast,as_of" },
	.charts = "trend rank_history",
};

static const char SELECT_DOSSIERS[] =
#include "sql/queries/page_dossiers.sql.inc"
	;

static const struct page dossiers = {
	.name = "dossiers",
	.sql = SELECT_DOSSIERS,
	.parameters = "period agency indicator procedure after",
	.table =
		&(const struct page_table){
			"list.dossiers",
			"agency,dossier,procedure,channel,received_at,resolved_at,numerator,denominator,batch" },
};

static const char SELECT_PROCEDURES[] =
#include "sql/queries/page_procedures.sql.inc"
	;

#define PROCEDURE_COLUMNS                                                                \
	"resolved,online,online_percent,due_known,on_time,on_time_percent"

static const struct page procedures = {
	.name = "procedures",
	.sql = SELECT_PROCEDURES,
	.parameters = "period q page",
	.table =
		&(const struct page_table){ "rows",
					    "period,procedure,name_vi,name_en,agencies,"
					    "with_dossiers," PROCEDURE_COLUMNS ",as_of" },
};

static const char SELECT_PROCEDURE[] =
#include "sql/queries/page_procedure.sql.inc"
	;

static const struct page procedure = {
	.name = "procedure",
	.sql = SELECT_PROCEDURE,
	.parameters = "period procedure order",
	.table =
		&(const struct page_table){
			"rows",
			"period,procedure,agency,agency_name_vi,"
			"group,level,received,level4," PROCEDURE_COLUMNS ",as_of" },
	.charts = "distribution",
};

static const char SELECT_SEARCH[] =
#include "sql/queries/page_search.sql.inc"
	;

static const struct page search = {
	.name = "search",
	.sql = SELECT_SEARCH,
	.parameters = "period q",
};

static const char SELECT_INDICATORS[] =
#include "sql/queries/page_indicators.sql.inc"
	;

static const struct page indicators = {
	.name = "indicators",
	.sql = SELECT_INDICATORS,
	.parameters = "period as_of vintage recast",
	.table = &(const struct page_table){ "parts.rows.figure", FIGURE_COLUMNS },
};

static const char SELECT_INDICATOR[] =
#include "sql/queries/page_indicator.sql.inc"
	;

static const struct page indicator = {
	.name = "indicator",
	.sql = SELECT_INDICATOR,
	.parameters = "period indicator group as_of vintage recast show",
	.table = &(const struct page_table){ "rows alone", FIGURE_COLUMNS },
	.charts = "ranking trend strip",
};

static const char SELECT_METHOD[] =
#include "sql/queries/page_method.sql.inc"
	;

static const struct page method = {
	.name = "method",
	.sql = SELECT_METHOD,
	.parameters = "period as_of vintage",
	.table =
		&(const struct page_table){
			"aims",
			"target_id,indicator,name_vi,name_en,direction,target,deadline,scope,clause_vi,clause_en,verified" },
};

static const char SELECT_MILESTONES[] =
#include "sql/queries/page_milestones.sql.inc"
	;

#define MILESTONE_COLUMNS                                                                \
	"task,kind,year,agency,agency_name_vi,due,done_on,status,days,document_number,"  \
	"issuer,evidence,verified"

static const struct page milestones = {
	.name = "milestones",
	.sql = SELECT_MILESTONES,
	.parameters = "period agency as_of state",
	.table = &(const struct page_table){ "milestones.parts.tasks.instances",
					     MILESTONE_COLUMNS },
	.charts = "timeline",
};

static const char SELECT_REPORTS[] =
#include "sql/queries/page_reports.sql.inc"
	;

static const struct page reports = {
	.name = "reports",
	.sql = SELECT_REPORTS,
	.parameters = "period as_of vintage recast",
};

static const char SELECT_VERIFY[] =
#include "sql/queries/page_verify.sql.inc"
	;

static const struct page verify = {
	.name = "verify",
	.sql = SELECT_VERIFY,
	.parameters = "code",
};

static const char SELECT_RESTATEMENTS[] =
#include "sql/queries/page_restatements.sql.inc"
	;
static const char SELECT_VINTAGES[] =
#include "sql/queries/page_vintages.sql.inc"
	;
static const char SELECT_VINTAGE[] =
#include "sql/queries/page_vintage.sql.inc"
	;
static const char SELECT_FORM[] =
#include "sql/queries/vintage_form.sql.inc"
	;

static const struct page restatements = {
	.name = "restatements",
	.sql = SELECT_RESTATEMENTS,
	.parameters = "period agency indicator as_of vintage",
	.table =
		&(const struct page_table){
			"ledger", "period,agency,indicator,old_numerator,old_denominator,"
				  "new_numerator,new_denominator,cause,batch" },
};

static const struct page vintages = {
	.name = "vintages",
	.sql = SELECT_VINTAGES,
	.parameters = "",
	.table =
		&(const struct page_table){
			"vintages", "vintage,period,state,published_at,published_by,"
				    "observations,sha256,previous" },
};

static const struct page vintage = {
	.name = "vintage",
	.sql = SELECT_VINTAGE,
	.parameters = "number",
};

/* The bytes that the hash of a vintage is of (docs/vintages.md). */
static int answer_canonical(const struct visit *visit, struct reply *reply,
			    struct error *err)
{
	const char *const params[] = { request_value(visit->request, ":number") };
	char *form = NULL;

	if (db_value_of(visit->db, SELECT_FORM, params, 1, &form, err) != 0)
		return -1;
	if (!form)
		return error_set(err, ERROR_NOT_FOUND, "there is no such vintage");
	reply->status = 200;
	reply->type = "application/x-ndjson";
	text_add(&reply->body, form);
	text_addf(&reply->file_name, "nq17-vintage-%s.ndjson", params[0]);
	free(form);
	return 0;
}

/* ---- Schedules and what was sent ----------------------------------------- */

static const char SELECT_SCHEDULES[] =
#include "sql/queries/page_schedules.sql.inc"
	;
static const char SELECT_DELIVERIES[] =
#include "sql/queries/page_deliveries.sql.inc"
	;
static const char SELECT_DELIVERY[] =
#include "sql/queries/page_delivery.sql.inc"
	;
static const char SELECT_COMPARISON[] =
#include "sql/queries/page_delivery_compare.sql.inc"
	;

static const struct page schedules = {
	.name = "schedules",
	.sql = SELECT_SCHEDULES,
	.parameters = "note",
	.table =
		&(const struct page_table){
			"schedules",
			"schedule,name,state,owner_code,report,scope_code,"
			"covers,lang,formats,rrule,zone,next_run_at,next_period" },
};
static const struct page deliveries = {
	.name = "deliveries",
	.sql = SELECT_DELIVERIES,
	.parameters = "schedule period state recipient after limit",
	.table =
		&(const struct page_table){
			"deliveries",
			"delivery,schedule_name,period,agency_code,recipient,"
			"letter,state,attempts,queued_at,settled_at,answer,"
			"sha256" },
};
static const struct page delivery = { .name = "delivery",
				      .sql = SELECT_DELIVERY,
				      .parameters = "delivery note" };
static const struct page delivery_comparison = {
	.name = "comparison",
	.sql = SELECT_COMPARISON,
	.parameters = "delivery other",
	.table =
		&(const struct page_table){
			"changes",
			"agency,indicator,old_numerator,old_denominator,old_value,"
			"new_numerator,new_denominator,new_value" },
};

/* Who sees and does what: sql/functions/delivery_access.sql. */
static const struct admission scheduling = { .roles = VISITOR_SIGNED_IN,
					     .post = post_schedule };
static const struct admission drafting = { .roles = VISITOR_LEADER | VISITOR_OFFICE |
						    VISITOR_ADMINISTRATOR,
					   .post = post_schedule_form };
static const struct admission api_drafting = { .roles = VISITOR_SIGNED_IN,
					       .post = post_schedule_form };
static const struct admission deciding = { .roles = VISITOR_SIGNED_IN,
					   .post = post_delivery };

/* ---- Pictures of their own ---------------------------------------------- */

static const char SELECT_MAP_PICTURE[] =
#include "sql/queries/chart_map.sql.inc"
	;

static const struct page map_picture = {
	.sql = SELECT_MAP_PICTURE,
	.parameters = "period indicator as_of vintage show recast",
	.charts = "map",
};

static const char SELECT_HEAT[] =
#include "sql/queries/chart_heat.sql.inc"
	;

static const struct page heat_picture = {
	.sql = SELECT_HEAT,
	.parameters =
		"period group indicator as_of vintage recast peers compare sort columns state",
	.charts = "heat",
};

/* ---- The API ------------------------------------------------------------ */

static const char API_OBSERVATIONS[] =
#include "sql/queries/api_observations.sql.inc"
	;
static const char API_AGENCIES[] =
#include "sql/queries/api_agencies.sql.inc"
	;
static const char API_INDICATORS[] =
#include "sql/queries/api_indicators.sql.inc"
	;
static const char API_TARGETS[] =
#include "sql/queries/api_targets.sql.inc"
	;
static const char API_VINTAGES[] =
#include "sql/queries/api_vintages.sql.inc"
	;

static const struct page api_observations = {
	.sql = API_OBSERVATIONS,
	.parameters =
		"period agency indicator unverified as_of vintage recast set variant",
	.table =
		&(const struct page_table){
			"observations",
			"period,agency,indicator,numerator,denominator,value,"
			"target,status,rank,coverage,maturity" },
};

static const char API_MILESTONES[] =
#include "sql/queries/milestones_model.sql.inc"
	;

static const struct page api_milestones = {
	.sql = API_MILESTONES,
	.parameters = "as_of agency",
	.table = &(const struct page_table){ "parts.tasks.instances", MILESTONE_COLUMNS },
};

static const char API_RANKING[] =
#include "sql/queries/api_ranking.sql.inc"
	;

static const struct page api_ranking = {
	.sql = API_RANKING,
	.parameters = "period indicator group as_of vintage recast",
	.table =
		&(const struct page_table){
			"groups.rows",
			"period,group,place,shared,agency,indicator,numerator,denominator,"
			"value,status,rank,unranked_reason,low,high,rank_best,rank_worst,met,"
			"judged,attainment" },
};

static const char API_ACT[] =
#include "sql/queries/act.sql.inc"
	;

static const struct page api_act = {
	.sql = API_ACT,
	.parameters = "period agency indicator what_if top",
};

static const char API_EXPLAIN[] =
#include "sql/queries/api_explain.sql.inc"
	;
static const char API_EXPLAIN_DOSSIERS[] =
#include "sql/queries/api_explain_dossiers.sql.inc"
	;

static const struct page api_explain = {
	.sql = API_EXPLAIN,
	.parameters = "period agency indicator batches as_of vintage recast set variant",
};

static const struct page api_explain_dossiers = {
	.sql = API_EXPLAIN_DOSSIERS,
	.parameters = "period agency indicator procedure after limit",
};

static const char API_PROCEDURES[] =
#include "sql/queries/api_procedures.sql.inc"
	;

static const struct page api_procedures = {
	.sql = API_PROCEDURES,
	.parameters = "q agency after limit",
};

static const struct page api_agencies = { .sql = API_AGENCIES, .parameters = "" };
static const struct page api_indicators = { .sql = API_INDICATORS, .parameters = "" };
static const struct page api_vintages = { .sql = API_VINTAGES, .parameters = "period" };
static const struct page api_targets = { .sql = API_TARGETS, .parameters = "" };

static int answer_openapi(const struct visit *visit, struct reply *reply,
			  struct error *err)
{
	if (site_static_file(visit->site, "openapi.json", NULL, reply) != 0)
		return error_set(err, ERROR_NOT_FOUND, "no such file");
	return 0;
}

/* ---- Accounts and administration ---------------------------------------- */

static const char SELECT_ADMIN[] =
#include "sql/queries/page_admin.sql.inc"
	;
static const char SELECT_USERS[] =
#include "sql/queries/page_users.sql.inc"
	;
static const char SELECT_KEYS[] =
#include "sql/queries/page_keys.sql.inc"
	;
static const char SELECT_LOG[] =
#include "sql/queries/page_log.sql.inc"
	;
static const char SELECT_TARGETS[] =
#include "sql/queries/page_targets.sql.inc"
	;
static const char SELECT_LETTERHEAD[] =
#include "sql/queries/page_letterhead.sql.inc"
	;
static const char SELECT_REVISION[] =
#include "sql/queries/page_revision.sql.inc"
	;

static const struct page admin = { .name = "admin",
				   .sql = SELECT_ADMIN,
				   .parameters = "" };
static const struct page users = {
	.name = "users",
	.sql = SELECT_USERS,
	.parameters = "note",
	.table =
		&(const struct page_table){
			"users",
			"login,full_name,role,agency_code,is_locked,second_step,signed_in_at,sessions" }
};
static const struct page keys = {
	.name = "keys",
	.sql = SELECT_KEYS,
	.parameters = "note",
	.table =
		&(const struct page_table){
			"keys",
			"id,agency_code,types_text,state,created_at,last_used_at,expires_at,revoked_at" }
};
static const struct page audit_log = {
	.name = "log",
	.sql = SELECT_LOG,
	.parameters = "before actor action object limit",
	.table =
		&(const struct page_table){
			"entries",
			"id,at,actor,role,action,object,details_text,sha256,previous" },
	.complete = name_entries,
};
static const struct page targets = { .name = "targets",
				     .sql = SELECT_TARGETS,
				     .parameters = "note" };
static const struct page letterhead = { .name = "letterhead",
					.sql = SELECT_LETTERHEAD,
					.parameters = "note agency of" };
static const struct page revision = { .name = "revision",
				      .sql = SELECT_REVISION,
				      .parameters = "revision period" };

/* Whoever has people or keys in hand. */
#define KEEPERS (VISITOR_ADMINISTRATOR | VISITOR_AUDITOR | VISITOR_LEADER)

static const struct admission own_account = { .roles = VISITOR_SIGNED_IN,
					      .post = post_account };
static const struct admission administering = { .roles = KEEPERS | VISITOR_OFFICE };
static const struct admission keeping_users = { .roles = KEEPERS, .post = post_users };
static const struct admission keeping_keys = { .roles = KEEPERS, .post = post_keys };
static const struct admission reading_log = { .roles = KEEPERS | VISITOR_OFFICE };
static const struct admission setting_targets = { .roles = VISITOR_CENTRAL,
						  .post = post_targets };
static const struct admission heading_letters = { .roles = KEEPERS | VISITOR_OFFICE,
						  .post = post_letterhead };
static const struct admission previewing = { .roles = VISITOR_CENTRAL };

/* ---- Data ---------------------------------------------------------------- */

static const char SELECT_DATA[] =
#include "sql/queries/page_data.sql.inc"
	;
static const char SELECT_DAYS[] =
#include "sql/queries/page_days.sql.inc"
	;
static const char SELECT_BATCHES[] =
#include "sql/queries/page_batches.sql.inc"
	;
static const char SELECT_BATCH[] =
#include "sql/queries/page_batch.sql.inc"
	;
static const char SELECT_QUARANTINE[] =
#include "sql/queries/page_quarantine.sql.inc"
	;

static const struct page data = {
	.name = "data",
	.sql = SELECT_DATA,
	.parameters = "",
	.table = &(
		const struct page_table){ "parts.agencies.cells",
					  "agency,agency_name_vi,type,state,last_record,"
					  "last_arrival,every_days,expected,days_late" },
};
static const struct page days = {
	.name = "days",
	.sql = SELECT_DAYS,
	.parameters = "until",
	.table = &(const struct page_table){ "parts.agencies.cells",
					     "agency,agency_name_vi,day,state,received,"
					     "resolved" },
};
static const struct page batches = {
	.name = "batches",
	.sql = SELECT_BATCHES,
	.parameters = "agency type state before",
	.table =
		&(const struct page_table){
			"batches",
			"batch,type,state,received_at,file,way,received,"
			"accepted,corrected,duplicate,stale,rejected,waiting" },
};
static const struct page batch = { .name = "batch",
				   .sql = SELECT_BATCH,
				   .parameters = "batch",
				   .complete = explain_refused };
static const struct page quarantine = {
	.name = "quarantine",
	.sql = SELECT_QUARANTINE,
	.parameters = "agency code words batch state after limit",
	.table =
		&(const struct page_table){
			"errors", "batch,line,type,agency,dossier,field,value,code,"
				  "message,settled_by,settled_as" },
	.complete = explain_refused,
};

static const char SELECT_UPLOAD[] =
#include "sql/queries/page_upload.sql.inc"
	;
static const struct page upload_form = { .name = "upload",
					 .sql = SELECT_UPLOAD,
					 .parameters = "type note" };

static const char SELECT_PREVIEW[] =
#include "sql/queries/page_preview.sql.inc"
	;
static const char SELECT_DISPUTES[] =
#include "sql/queries/page_disputes.sql.inc"
	;
static const struct page preview = {
	.name = "preview",
	.sql = SELECT_PREVIEW,
	.parameters = "period agency note",
	.table = &(const struct page_table){ "lines.figure roll", FIGURE_COLUMNS
					     ",agreed_by,agreed_at,holds,open" },
};
static const struct page disputes = {
	.name = "disputes",
	.sql = SELECT_DISPUTES,
	.parameters = "state agency note",
	.table =
		&(const struct page_table){
			"disputes", "dispute,agency,period,indicator,state,due_on,days,"
				    "opened_at,opened_by,reason,evidence_url,closed_at,"
				    "closed_by,answer,batch" },
};

/* Who may say which of these things: sql/functions/page_preview.sql. */
static const struct admission speaking = { .roles = VISITOR_SIGNED_IN,
					   .post = post_preview };
static const struct admission answering = { .roles = VISITOR_SIGNED_IN,
					    .post = post_disputes };

/* Whoever sends for an agency, and the office for any. */
#define SENDERS (VISITOR_SENDER | VISITOR_LEADER | VISITOR_OFFICE)

static const struct admission uploading = { .roles = SENDERS,
					    .post = post_upload,
					    .form_bytes = UPLOAD_FORM_BYTES };
static const struct admission confirming = { .roles = SENDERS, .post = post_trial };
static const struct admission checking = { .roles = VISITOR_SIGNED_IN };
/* Who may: sql/functions/page_upload.sql. */
static const struct admission retrying = { .roles = VISITOR_SIGNED_IN,
					   .post = post_batch };

/* ---- The site map ------------------------------------------------------- */

enum {
	PAGE = FORMAT_HTML | FORMAT_JSON,
	TABLE_PAGE = PAGE | FORMAT_CSV | FORMAT_XLSX,
	PICTURE = FORMAT_SVG | FORMAT_PNG,
	REPORT = FORMAT_PDF | FORMAT_PNG | FORMAT_SVG | FORMAT_XLSX | FORMAT_CSV |
		 FORMAT_JSON,
};

static const struct admission sending = { .is_open = 1, .takes_records = 1 };
static const struct admission of_signed_in = { .roles = VISITOR_SIGNED_IN };
static const struct admission of_all = { .is_open = 1 };
static const struct admission signing_in = { .is_open = 1, .post = post_login };
static const struct admission signing_in_code = { .is_open = 1, .post = post_code };
static const struct admission signing_in_outside = { .is_open = 1, .calls_out = 1 };
static const struct admission signing_out = { .is_open = 1, .post = post_logout };

const struct route routes[] = {
	{ "/", FORMAT_HTML, answer_page, &overview, 1, 1, 0, 0 },
	{ "/overview", TABLE_PAGE, answer_page, &overview, 1, 1, 0, 0 },
	{ "/overview/:chart", PICTURE, answer_page, &map_picture, 1, 1, 0, 0 },
	{ "/rankings", TABLE_PAGE, answer_page, &rankings, 1, 1, 0, 0 },
	{ "/map", TABLE_PAGE, answer_page, &map, 1, 1, 0, 0 },
	{ "/resolution", TABLE_PAGE, answer_page, &resolution, 1, 1, 0, 0 },
	{ "/briefing", PAGE, answer_page, &briefing, 1, 1, 0, 0 },
	{ "/rankings/:chart", PICTURE, answer_page, &heat_picture, 1, 1, 0, 0 },
	{ "/agencies", TABLE_PAGE, answer_page, &agencies, 1, 1, 0, 0 },
	{ "/agencies/:agency", TABLE_PAGE, answer_page, &agency, 1, 1, 0, 0 },
	{ "/agencies/:agency/charts/:chart", PICTURE, answer_page, &agency, 1, 1, 0, 0 },
	{ "/agencies/:agency/:indicator/dossiers", TABLE_PAGE, answer_owned_page,
	  &dossiers, 1, 0, 0, &of_signed_in },
	{ "/agencies/:agency/:indicator", TABLE_PAGE, answer_page, &explain, 1, 1, 0, 0 },
	{ "/agencies/:agency/:indicator/move", TABLE_PAGE, answer_page, &rank_moves, 1, 1,
	  0, 0 },
	{ "/agencies/:agency/:indicator/move/:chart", PICTURE, answer_page, &rank_moves,
	  1, 1, 0, 0 },
	{ "/agencies/:agency/:indicator/:chart", PICTURE, answer_page, &explain, 1, 1, 0,
	  0 },
	{ "/indicators", TABLE_PAGE, answer_page, &indicators, 1, 1, 0, 0 },
	{ "/indicators/:indicator", TABLE_PAGE, answer_page, &indicator, 1, 1, 0, 0 },
	{ "/indicators/:indicator/map", PICTURE, answer_page, &map_picture, 1, 1, 0, 0 },
	{ "/indicators/:indicator/:chart", PICTURE, answer_page, &indicator, 1, 1, 0, 0 },
	{ "/procedures", TABLE_PAGE, answer_page, &procedures, 1, 1, 0, 0 },
	{ "/procedures/:procedure", TABLE_PAGE, answer_page, &procedure, 1, 1, 0, 0 },
	{ "/procedures/:procedure/:chart", PICTURE, answer_page, &procedure, 1, 1, 0, 0 },
	{ "/search", PAGE, answer_page, &search, 1, 0, 0, 0 },
	{ "/milestones", TABLE_PAGE, answer_page, &milestones, 1, 1, 0, 0 },
	{ "/milestones/:chart", PICTURE, answer_page, &milestones, 1, 1, 0, 0 },
	{ "/data", TABLE_PAGE, answer_page, &data, 1, 0, 0, 0 },
	{ "/data/days", TABLE_PAGE, answer_page, &days, 1, 0, 0, 0 },
	{ "/data/batches", TABLE_PAGE, answer_page, &batches, 1, 0, 0, &checking },
	{ "/data/batches/:batch", PAGE, answer_refused_page, &batch, 1, 0, 0, &retrying },
	{ "/data/quarantine", TABLE_PAGE, answer_refused_page, &quarantine, 1, 0, 0,
	  &checking },
	{ "/data/preview", TABLE_PAGE, answer_page, &preview, 1, 0, 0, &speaking },
	{ "/data/disputes", TABLE_PAGE, answer_page, &disputes, 1, 0, 0, &answering },
	{ "/data/upload", FORMAT_HTML, answer_page, &upload_form, 1, 0, 0, &uploading },
	{ "/data/upload/:trial", FORMAT_HTML, answer_trial, NULL, 1, 0, 0, &confirming },
	{ "/method", TABLE_PAGE, answer_page, &method, 1, 1, 0, 0 },
	{ "/reports", PAGE, answer_page, &reports, 1, 1, 0, 0 },
	{ "/reports/schedules", TABLE_PAGE, answer_page, &schedules, 1, 0, 0,
	  &scheduling },
	{ "/reports/schedules/new", FORMAT_HTML, answer_schedule_form, NULL, 1, 0, 0,
	  &drafting },
	{ "/reports/schedules/:schedule", PAGE, answer_schedule, NULL, 1, 0, 0,
	  &scheduling },
	{ "/reports/schedules/:schedule/edit", FORMAT_HTML, answer_schedule_form, NULL, 1,
	  0, 0, &drafting },
	{ "/reports/deliveries", TABLE_PAGE, answer_page, &deliveries, 1, 0, 0,
	  &of_signed_in },
	{ "/reports/deliveries/:delivery", PAGE, answer_page, &delivery, 1, 0, 0,
	  &deciding },
	{ "/reports/deliveries/:delivery/compare/:other", TABLE_PAGE, answer_page,
	  &delivery_comparison, 1, 0, 0, &of_signed_in },
	{ "/reports/sent/:sha256", FORMAT_HTML, answer_archive, NULL, 1, 0, 0,
	  &of_signed_in },
	{ "/reports/:report", REPORT, answer_report, NULL, 1, 0, 0, 0 },
	{ "/restatements", TABLE_PAGE, answer_page, &restatements, 1, 1, 0, 0 },
	{ "/vintages", TABLE_PAGE, answer_page, &vintages, 1, 1, 0, 0 },
	{ "/vintages/:number", PAGE, answer_page, &vintage, 1, 0, 0, 0 },
	{ "/vintages/:number/canonical", FORMAT_HTML, answer_canonical, NULL, 1, 0, 0,
	  0 },
	{ "/verify", PAGE, answer_page, &verify, 1, 0, 0, 0 },
	{ "/verify/:code", PAGE, answer_page, &verify, 1, 0, 0, 0 },
	{ "/login", FORMAT_HTML, answer_login, NULL, 1, 0, 0, &signing_in },
	{ "/login/code", FORMAT_HTML, answer_code, NULL, 1, 0, 0, &signing_in_code },
	{ "/login/sso", FORMAT_HTML, answer_sso, NULL, 1, 0, 0, &signing_in_outside },
	{ "/login/sso/back", FORMAT_HTML, answer_sso_back, NULL, 1, 0, 0,
	  &signing_in_outside },
	{ "/login/sso/out", FORMAT_HTML, answer_sso_out, NULL, 1, 0, 0,
	  &signing_in_outside },
	{ "/logout", FORMAT_HTML, NULL, NULL, 1, 0, 0, &signing_out },
	{ "/account", FORMAT_HTML, answer_account, NULL, 1, 0, 0, &own_account },
	{ "/admin", FORMAT_HTML, answer_page, &admin, 1, 0, 0, &administering },
	{ "/admin/users", TABLE_PAGE, answer_page, &users, 1, 0, 0, &keeping_users },
	{ "/admin/keys", TABLE_PAGE, answer_page, &keys, 1, 0, 0, &keeping_keys },
	{ "/admin/audit", TABLE_PAGE, answer_page, &audit_log, 1, 0, 0, &reading_log },
	{ "/admin/letterhead", FORMAT_HTML, answer_page, &letterhead, 1, 0, 0,
	  &heading_letters },
	{ "/admin/targets", FORMAT_HTML, answer_page, &targets, 1, 0, 0,
	  &setting_targets },
	{ "/admin/targets/:revision", FORMAT_HTML, answer_page, &revision, 1, 0, 0,
	  &previewing },
	{ "/api/v1/observations", FORMAT_JSON | FORMAT_CSV, answer_page,
	  &api_observations, 1, 1, 1, 0 },
	{ "/api/v1/milestones", FORMAT_JSON | FORMAT_CSV, answer_page, &api_milestones, 1,
	  1, 1, 0 },
	{ "/api/v1/ranking", FORMAT_JSON | FORMAT_CSV, answer_page, &api_ranking, 1, 1, 1,
	  0 },
	{ "/api/v1/act", FORMAT_JSON, answer_page, &api_act, 1, 1, 1, 0 },
	{ "/api/v1/explain", FORMAT_JSON, answer_page, &api_explain, 1, 1, 1, 0 },
	{ "/api/v1/explain/dossiers", FORMAT_JSON, answer_owned_page,
	  &api_explain_dossiers, 1, 0, 1, 0 },
	{ "/api/v1/agencies", FORMAT_JSON, answer_page, &api_agencies, 1, 1, 1, 0 },
	{ "/api/v1/indicators", FORMAT_JSON, answer_page, &api_indicators, 1, 1, 1, 0 },
	{ "/api/v1/procedures", FORMAT_JSON, answer_page, &api_procedures, 1, 1, 1, 0 },
	{ "/api/v1/targets", FORMAT_JSON, answer_page, &api_targets, 1, 1, 1, 0 },
	{ "/api/v1/reports", FORMAT_JSON, answer_page, &reports, 1, 1, 1, 0 },
	{ "/api/v1/schedules", FORMAT_JSON | FORMAT_CSV, answer_page, &schedules, 1, 0, 1,
	  &api_drafting },
	{ "/api/v1/schedules/:schedule", FORMAT_JSON, answer_schedule, NULL, 1, 0, 1,
	  &scheduling },
	{ "/api/v1/deliveries", FORMAT_JSON | FORMAT_CSV, answer_page, &deliveries, 1, 0,
	  1, &of_signed_in },
	{ "/api/v1/deliveries/:delivery", FORMAT_JSON, answer_page, &delivery, 1, 0, 1,
	  &deciding },
	{ "/api/v1/deliveries/:delivery/compare/:other", FORMAT_JSON | FORMAT_CSV,
	  answer_page, &delivery_comparison, 1, 0, 1, &of_signed_in },
	{ "/api/v1/sent/:sha256", FORMAT_TEXT, answer_archive, NULL, 1, 0, 1,
	  &of_signed_in },
	{ "/api/v1/vintages", FORMAT_JSON, answer_page, &api_vintages, 1, 1, 1, 0 },
	{ "/api/v1/records/:type", FORMAT_JSON, .admission = &sending },
	{ "/api/v1/batches/:batch", FORMAT_JSON, answer_batch, NULL, 1, 0, 0, 0 },
	{ "/api/v1/batches/:batch/errors", FORMAT_CSV, answer_batch_errors, NULL, 1, 0, 0,
	  0 },
	{ "/api/v1/openapi", FORMAT_JSON, answer_openapi, NULL, 0, 1, 0, 0 },
	{ "/templates/:type", FORMAT_XLSX, answer_template, NULL, 0, 0, 0, 0 },
	{ "/static/:file", FORMAT_HTML, answer_static, NULL, 0, 1, 0, 0 },
	{ "/healthz", FORMAT_TEXT, answer_health, NULL, 0, 0, 0, 0 },
	{ "/readyz", FORMAT_TEXT, answer_ready, NULL, 1, 0, 0, &of_all },
	{ "/metrics", FORMAT_TEXT, answer_metrics, NULL, ASKS_IF_THERE, 0, 0, 0 },
};

const size_t routes_count = sizeof routes / sizeof *routes;

const struct admission *route_admission(const struct route *route)
{
	static const struct admission none = { 0 };

	return route->admission ? route->admission : &none;
}

/* ---- Finding ------------------------------------------------------------ */

/* Where the parts of PATH begin that stand for names of PATTERN; -1 if it does
 * not match. */
static int match(const char *pattern, const char *path, const char *parts[], int most)
{
	int count = 0;

	while (*pattern && *path) {
		if (*pattern == ':') {
			if (count == most || *path == '/')
				return -1;
			parts[count++] = path;
			pattern += strcspn(pattern, "/");
			path += strcspn(path, "/");
		} else if (*pattern++ != *path++) {
			return -1;
		}
	}
	return *pattern || *path ? -1 : count;
}

enum { MOST_PARTS = 4 };

static int add_parts(struct request *request, const char *pattern,
		     const char *const *parts, int count)
{
	int status = 0;

	for (int i = 0; i < count && status == 0; i++) {
		char *name, *value;

		pattern = strchr(pattern, ':');
		name = memory_copy_bytes(pattern, strcspn(pattern, "/"));
		value = memory_copy_bytes(parts[i], strcspn(parts[i], "/"));
		status = request_add(request, name, value);
		pattern += strlen(name);
		free(name);
		free(value);
	}
	return status;
}

const struct route *routes_find(struct request *request)
{
	const char *parts[MOST_PARTS];

	for (size_t i = 0; i < routes_count; i++) {
		int count = match(routes[i].pattern, request->path, parts, MOST_PARTS);

		if (count >= 0)
			return add_parts(request, routes[i].pattern, parts, count) == 0
				       ? &routes[i]
				       : NULL;
	}
	return NULL;
}
