/* site.c -- what all pages share: templates, the style sheet, error pages. */
#include "web/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "web/messages.h"
#include "web/picture.h"
#include "web/problem.h"
#include "web/template.h"
#include "web/visitor.h"

static const struct {
	const char *name, *source;
} sources[] = {
	{
		"head",
#include "web/templates/head.html.inc"
	},
	{
		"foot",
#include "web/templates/foot.html.inc"
	},
	{
		"error",
#include "web/templates/error.html.inc"
	},
	{
		"asof",
#include "web/templates/asof.html.inc"
	},
	{
		"status",
#include "web/templates/status.html.inc"
	},
	{
		"value",
#include "web/templates/value.html.inc"
	},
	{
		"plain",
#include "web/templates/plain.html.inc"
	},
	{
		"fraction",
#include "web/templates/fraction.html.inc"
	},
	{
		"counts",
#include "web/templates/counts.html.inc"
	},
	{
		"goal",
#include "web/templates/goal.html.inc"
	},
	{
		"goal_full",
#include "web/templates/goal_full.html.inc"
	},
	{
		"recast",
#include "web/templates/recast.html.inc"
	},
	{
		"formats",
#include "web/templates/formats.html.inc"
	},
	{
		"cells",
#include "web/templates/cells.html.inc"
	},
	{
		"figure_row",
#include "web/templates/figure_row.html.inc"
	},
	{
		"trend_table",
#include "web/templates/trend_table.html.inc"
	},
	{
		"overview",
#include "web/templates/overview.html.inc"
	},
	{
		"rankings",
#include "web/templates/rankings.html.inc"
	},
	{
		"agencies",
#include "web/templates/agencies.html.inc"
	},
	{
		"agency",
#include "web/templates/agency.html.inc"
	},
	{
		"explain",
#include "web/templates/explain.html.inc"
	},
	{
		"indicators",
#include "web/templates/indicators.html.inc"
	},
	{
		"indicator",
#include "web/templates/indicator.html.inc"
	},
	{
		"milestones",
#include "web/templates/milestones.html.inc"
	},
	{
		"method",
#include "web/templates/method.html.inc"
	},
	{
		"login",
#include "web/templates/login.html.inc"
	},
	{
		"login_code",
#include "web/templates/login_code.html.inc"
	},
	{
		"account",
#include "web/templates/account.html.inc"
	},
	{
		"note",
#include "web/templates/note.html.inc"
	},
	{
		"secret",
#include "web/templates/secret.html.inc"
	},
	{
		"admin",
#include "web/templates/admin.html.inc"
	},
	{
		"users",
#include "web/templates/users.html.inc"
	},
	{
		"keys",
#include "web/templates/keys.html.inc"
	},
	{
		"log",
#include "web/templates/log.html.inc"
	},
	{
		"change",
#include "web/templates/change.html.inc"
	},
	{
		"targets",
#include "web/templates/targets.html.inc"
	},
	{
		"revision",
#include "web/templates/revision.html.inc"
	},
	{
		"data_tabs",
#include "web/templates/data_tabs.html.inc"
	},
	{
		"data",
#include "web/templates/data.html.inc"
	},
	{
		"batches",
#include "web/templates/batches.html.inc"
	},
	{
		"batch",
#include "web/templates/batch.html.inc"
	},
	{
		"refused",
#include "web/templates/refused.html.inc"
	},
	{
		"codes",
#include "web/templates/codes.html.inc"
	},
	{
		"quarantine",
#include "web/templates/quarantine.html.inc"
	},
	{
		"upload",
#include "web/templates/upload.html.inc"
	},
	{
		"uploaded",
#include "web/templates/uploaded.html.inc"
	},
	{
		"dispute",
#include "web/templates/dispute.html.inc"
	},
	{
		"disputes",
#include "web/templates/disputes.html.inc"
	},
	{
		"preview",
#include "web/templates/preview.html.inc"
	},
	{
		"preview_line",
#include "web/templates/preview_line.html.inc"
	},
};

static const struct {
	const char *name, *type, *text;
} static_files[] = {
	{
		"style.css",
		"text/css; charset=utf-8",
#include "web/static/style.css.inc"
	},
	{
		"openapi.json",
		"application/json",
#include "web/static/openapi.json.inc"
	},
	{
		"icon.svg",
		"image/svg+xml",
#include "web/static/icon.svg.inc"
	},
};

enum {
	TEMPLATES = sizeof sources / sizeof *sources,
	STATIC_FILES = sizeof static_files / sizeof *static_files
};

struct site {
	struct template *templates[TEMPLATES];
	uint64_t tags[STATIC_FILES];
};

/* ---- Opening ------------------------------------------------------------ */

static void fill_static(struct reply *reply, size_t file)
{
	reply->status = 200;
	reply->type = static_files[file].type;
	reply->is_lasting = 1;
	text_add(&reply->body, static_files[file].text);
}

int site_open(struct site **result, struct error *err)
{
	struct site *site = memory_zeroed(1, sizeof *site);
	struct text name = { 0 };
	int status = 0;

	for (size_t i = 0; i < TEMPLATES && status == 0; i++) {
		/* Without the newline that ends the file: a partial stands inside lines. */
		size_t length = strlen(sources[i].source) - 1;
		char *source = memory_copy_bytes(sources[i].source, length);

		text_clear(&name);
		text_addf(&name, "%s.html", sources[i].name);
		status = template_compile(&site->templates[i], text_string(&name), source,
					  err);
		free(source);
	}
	for (size_t i = 0; i < STATIC_FILES; i++) {
		struct reply reply = { 0 };

		fill_static(&reply, i);
		reply_finish(&reply, 0);
		site->tags[i] = reply.tag;
		reply_free(&reply);
	}
	text_free(&name);
	if (status != 0) {
		site_close(site);
		site = NULL;
	}
	*result = site;
	return status;
}

void site_close(struct site *site)
{
	if (!site)
		return;
	for (size_t i = 0; i < TEMPLATES; i++)
		template_free(site->templates[i]);
	free(site);
}

int site_static_file(const struct site *site, const char *name, struct reply *reply)
{
	(void)site;
	for (size_t i = 0; i < STATIC_FILES; i++)
		if (strcmp(static_files[i].name, name) == 0) {
			fill_static(reply, i);
			return 0;
		}
	return -1;
}

/* ---- What stands around every model ------------------------------------- */

static void add_pair(struct text *out, const char *name, const char *value)
{
	text_add_char(out, out->length > 0 ? '&' : '?');
	text_add_url(out, name);
	text_add_char(out, '=');
	text_add_url(out, value);
}

static void set_text(json_t *page, const char *name, const struct text *text)
{
	if (json_object_set_new(page, name, json_string(text_string(text))) != 0)
		BUG("%s is not text", name);
}

/* Links inside the site: `query` keeps the period, the moment and the language, `query_and`
 * is the same with room for one more parameter behind it. */
static void add_links(json_t *page, const struct request *request, const json_t *model)
{
	const char *period = json_string_value(json_object_get(model, "period"));
	/* Who looks at what was published stays there. */
	static const char *const pins[] = { "as_of", "vintage" };
	struct text query = { 0 };

	if (!period)
		period = request_value(request, "period");
	if (period)
		add_pair(&query, "period", period);
	for (int i = 0; i < 2; i++)
		if (request_value(request, pins[i]))
			add_pair(&query, pins[i], request_value(request, pins[i]));
	if (request_value(request, "lang"))
		add_pair(&query, "lang", request->language);
	if (request_value(request, "recast"))
		add_pair(&query, "recast", request_value(request, "recast"));
	set_text(page, "query", &query);
	text_add_char(&query, query.length > 0 ? '&' : '?');
	set_text(page, "query_and", &query);
	text_free(&query);
}

/* What a form or a link to this page has to repeat: `keep` for the choice of the
 * period, `self_and` for that of the language. */
static void add_self(json_t *page, const struct request *request)
{
	struct text self = { 0 };
	json_t *keep = json_array();

	for (size_t i = 0; i < request->count; i++) {
		const char *name = request->values[i].name;
		const char *value = request->values[i].value;

		if (name[0] == ':')
			continue;
		if (strcmp(name, "lang") != 0)
			add_pair(&self, name, value);
		/* A vintage is one period's. */
		if (strcmp(name, "period") != 0 && strcmp(name, "vintage") != 0)
			json_array_append_new(keep, json_pack("{s:s, s:s}", "name", name,
							      "value", value));
	}
	set_text(page, "self", &self);
	text_add_char(&self, self.length > 0 ? '&' : '?');
	set_text(page, "self_and", &self);
	json_object_set_new(page, "keep", keep);
	text_free(&self);
}

/* Who is signed in, and what a form has to bring along (the field csrf). */
static void add_visitor(json_t *page, const struct request *request)
{
	const struct visitor *visitor = request->visitor;
	const char *role;

	json_object_set_new(page, "csrf", json_string(request->csrf));
	json_object_set_new(page, "here", json_string(request->address));
	if (!visitor || visitor->session_id == 0)
		return;
	role = visitor_role_name(visitor->role);
	json_object_set_new(
		page, "visitor",
		json_pack("{s:s, s:s, s:s, s:s, s:{s:b}, s:b, s:b, s:b}", "login",
			  visitor->login, "name", visitor->name, "role", role, "agency",
			  visitor->agency, "is", role, 1, "is_central",
			  (visitor->role & VISITOR_CENTRAL) != 0, "is_agency",
			  (visitor->role & VISITOR_AGENCY) != 0, "keeps",
			  (visitor->role & (VISITOR_CENTRAL | VISITOR_LEADER)) != 0));
}

static json_t *page_around(const struct site *site, const char *name,
			   const struct request *request, const json_t *model)
{
	json_t *page = json_pack("{s:s, s:s, s:b, s:{s:b}}", "lang", request->language,
				 "page", name, "is_english",
				 strcmp(request->language, "en") == 0, "at", name, 1);
	const char *address = request->address + strspn(request->address, "/\\");
	struct text tag = { 0 }, path = { 0 };

	if (!page)
		BUG("the frame of page %s", name);
	/* With one slash: links from "//host" would lead away from here. */
	text_add_char(&path, '/');
	text_add_bytes(&path, address, strcspn(address, "?"));
	set_text(page, "path", &path);
	/* The same page as data is this and an ending; "/" has a name for that. */
	if (strcmp(text_string(&path), "/") == 0)
		text_add(&path, "overview");
	set_text(page, "path_data", &path);
	text_free(&path);
	text_addf(&tag, "%" PRIx64, site->tags[0]);
	set_text(page, "style_version", &tag);
	text_free(&tag);
	add_links(page, request, model);
	add_self(page, request);
	add_visitor(page, request);
	return page;
}

/* What a template may ask for on its way. */
struct scene {
	const struct site *site;
	const struct request *request;
};

static const struct template *find_template(const struct site *site, const char *name)
{
	for (size_t i = 0; i < TEMPLATES; i++)
		if (strcmp(sources[i].name, name) == 0)
			return site->templates[i];
	return NULL;
}

static const struct template *give_template(void *context, const char *name)
{
	const struct scene *scene = context;

	return find_template(scene->site, name);
}

static int give_picture(void *context, const char *name, const json_t *model,
			struct text *out, struct error *err)
{
	const struct scene *scene = context;

	return picture_svg(name, model, scene->request->language, out, err);
}

int site_render(const struct site *site, const char *name, const struct request *request,
		const json_t *model, struct reply *reply, struct error *err)
{
	struct scene scene = { site, request };
	const struct template_setting setting = { .language = request->language,
						  .partial = give_template,
						  .chart = give_picture,
						  .context = &scene };
	const struct template *template = find_template(site, name);
	json_t *page = page_around(site, name, request, model);
	int status;

	if (!template)
		BUG("no template %s", name);
	reply->status = 200;
	reply->type = "text/html; charset=utf-8";
	status = template_render(template, model, page, &setting, &reply->body, err);
	json_decref(page);
	return status;
}

/* ---- Refusals ----------------------------------------------------------- */

static const char *text_of(int status, const char *what, const char *language)
{
	char key[32];
	const char *found;

	snprintf(key, sizeof key, "error.%d.%s", status, what);
	found = message_find(key, language);
	if (!found)
		BUG("no text %s", key);
	return found;
}

static void refuse_as_page(const struct site *site, const struct request *request,
			   int status, const char *detail, struct reply *reply)
{
	json_t *model = json_pack("{s:i, s:s, s:s, s:s*, s:b}", "status", status, "title",
				  text_of(status, "title", request->language), "text",
				  text_of(status, "text", request->language), "detail",
				  detail, "has_no_period", 1);
	struct error err;

	if (!model || site_render(site, "error", request, model, reply, &err) != 0)
		BUG("the error page");
	json_decref(model);
}

void site_refuse(const struct site *site, const struct request *request, int as_problem,
		 const char *code, const char *detail, struct reply *reply)
{
	reply_free(reply);
	if (as_problem) {
		problem_fill(reply, code, request->error_language, request->address,
			     detail, NULL);
		return;
	}
	refuse_as_page(site, request, problem_status(code), detail, reply);
	reply->status = problem_status(code);
}
