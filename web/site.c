/* site.c -- what all pages share: templates, the style sheet, error pages. */
#include "web/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/period.h"
#include "web/messages.h"
#include "web/picture.h"
#include "web/problem.h"
#include "web/reason.h"
#include "web/template.h"
#include "web/visitor.h"

/* Every file of web/templates, by its name without .html. */
static const struct {
	const char *name, *source;
} sources[] = {
#include "web/templates.inc"
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
		"chart.js",
		"text/javascript; charset=utf-8",
#include "web/static/chart.js.inc"
	},
	{
		"openapi.json",
		"application/json",
#include "web/static/openapi.json.inc"
	},
	{
		"briefing.js",
		"text/javascript; charset=utf-8",
#include "web/static/briefing.js.inc"
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
	const char *address;
	struct template *templates[TEMPLATES];
	uint64_t tags[STATIC_FILES];
};

/* ---- Opening ------------------------------------------------------------ */

static void fill_static(struct reply *reply, size_t file)
{
	reply->status = 200;
	reply->type = static_files[file].type;
	text_add(&reply->body, static_files[file].text);
}

int site_open(struct site **result, const char *address, struct error *err)
{
	struct site *site = memory_zeroed(1, sizeof *site);
	struct text name = { 0 };
	int status = 0;

	site->address = address;
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
		reply_finish(&reply, ENCODING_NONE);
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

const char *site_address(const struct site *site)
{
	return site->address;
}

void site_close(struct site *site)
{
	if (!site)
		return;
	for (size_t i = 0; i < TEMPLATES; i++)
		template_free(site->templates[i]);
	free(site);
}

static void print_version(const struct site *site, size_t file, struct text *out)
{
	text_addf(out, "%" PRIx64, site->tags[file]);
}

int site_static_file(const struct site *site, const char *name, const char *version,
		     struct reply *reply)
{
	struct text current = { 0 };

	for (size_t i = 0; i < STATIC_FILES; i++) {
		if (strcmp(static_files[i].name, name) != 0)
			continue;
		fill_static(reply, i);
		print_version(site, i, &current);
		reply->is_lasting =
			version && strcmp(version, text_string(&current)) == 0;
		text_free(&current);
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

/* Links inside the site take parameters of this page with them.  Who looks at what was
 * published stays there, but where nothing is ever published (query_live); query_was goes
 * back from recast figures; query_rest stands behind a period of the link's own. */
static const struct {
	const char *name, *parameters;
} links[] = {
	{ "query", "period as_of vintage lang recast" },
	{ "query_was", "period as_of vintage lang" },
	{ "query_live", "period lang" },
	{ "query_rest", "as_of lang recast" },
};

static void add_pairs(struct text *query, const char *parameters,
		      const struct request *request, const char *period)
{
	while (*parameters) {
		char *name = memory_copy_bytes(parameters, strcspn(parameters, " "));
		const char *value = strcmp(name, "period") == 0
					    ? period
					    : request_value(request, name);

		if (value)
			add_pair(query, name,
				 strcmp(name, "lang") == 0 ? request->language : value);
		parameters += strlen(name);
		parameters += strspn(parameters, " ");
		free(name);
	}
}

/* `query_and` is query with room for one more parameter behind it. */
static void add_links(json_t *page, const struct request *request, const json_t *model)
{
	const char *period = json_string_value(json_object_get(model, "period"));
	struct text query = { 0 };

	if (!period)
		period = request_value(request, "period");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		text_clear(&query);
		add_pairs(&query, links[i].parameters, request, period);
		if (strcmp(links[i].name, "query_rest") == 0 && query.length > 0)
			query.data[0] = '&';
		set_text(page, links[i].name, &query);
		if (i > 0)
			continue;
		text_add_char(&query, query.length > 0 ? '&' : '?');
		set_text(page, "query_and", &query);
	}
	text_free(&query);
}

/* What a form or a link to this page has to repeat: `keep` for the choice of the
 * period, `self_and` for that of the language; `self_all` is the same page in another form,
 * `self_was` back from recast figures. */
static void add_self(json_t *page, const struct request *request)
{
	struct text self = { 0 }, all = { 0 }, was = { 0 };
	json_t *keep = json_array();

	for (size_t i = 0; i < request->count; i++) {
		const char *name = request->values[i].name;
		const char *value = request->values[i].value;

		if (name[0] == ':')
			continue;
		add_pair(&all, name, value);
		if (strcmp(name, "recast") != 0)
			add_pair(&was, name, value);
		if (strcmp(name, "lang") != 0)
			add_pair(&self, name, value);
		/* A vintage is one period's. */
		if (strcmp(name, "period") != 0 && strcmp(name, "vintage") != 0)
			json_array_append_new(keep, json_pack("{s:s, s:s}", "name", name,
							      "value", value));
	}
	set_text(page, "self_all", &all);
	text_add_char(&all, all.length > 0 ? '&' : '?');
	set_text(page, "self_all_and", &all);
	text_free(&all);
	set_text(page, "self_was", &was);
	text_free(&was);
	set_text(page, "self", &self);
	text_add_char(&self, self.length > 0 ? '&' : '?');
	set_text(page, "self_and", &self);
	json_object_set_new(page, "keep", keep);
	text_free(&self);
}

/* `asset.style_css`: the address of a static file, which changes with what it holds. */
static void add_assets(json_t *page, const struct site *site)
{
	json_t *assets = json_object();
	struct text address = { 0 };

	for (size_t i = 0; i < STATIC_FILES; i++) {
		char *name = memory_copy(static_files[i].name);

		for (char *at = name; *at; at++)
			if (*at == '.' || *at == '-')
				*at = '_';
		text_clear(&address);
		text_addf(&address, "/static/%s?v=", static_files[i].name);
		print_version(site, i, &address);
		json_object_set_new(assets, name, json_string(text_string(&address)));
		free(name);
	}
	json_object_set_new(page, "asset", assets);
	text_free(&address);
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
	/* The part of the site it belongs to is the first word of its address. */
	json_object_set_new(page, "in",
			    json_pack("{s%:b}", address, strcspn(address, "/?"), 1));
	/* With one slash: links from "//host" would lead away from here. */
	text_add_char(&path, '/');
	text_add_bytes(&path, address, strcspn(address, "?"));
	set_text(page, "path", &path);
	/* The same page as data is this and an ending; "/" has a name for that. */
	if (strcmp(text_string(&path), "/") == 0)
		text_add(&path, "overview");
	set_text(page, "path_data", &path);
	text_free(&path);
	print_version(site, 0, &tag);
	set_text(page, "style_version", &tag);
	text_free(&tag);
	add_assets(page, site);
	add_links(page, request, model);
	add_self(page, request);
	add_visitor(page, request);
	return page;
}

/* What a template may ask for on its way. */
struct scene {
	const struct site *site;
	const struct request *request;
	const char *query; /* of links inside the site */
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

	return picture_inside(name, model, scene->request->language, scene->query, out,
			      err);
}

int site_render(const struct site *site, const char *name, const struct request *request,
		const json_t *model, struct reply *reply, struct error *err)
{
	struct scene scene = { site, request, "" };
	const struct template_setting setting = { .language = request->language,
						  .partial = give_template,
						  .chart = give_picture,
						  .context = &scene };
	const struct template *template = find_template(site, name);
	json_t *page = page_around(site, name, request, model);
	int status;

	if (!template)
		BUG("no template %s", name);
	scene.query = json_string_value(json_object_get(page, "query"));
	reply->status = 200;
	reply->type = "text/html; charset=utf-8";
	status = template_render(template, model, page, &setting, &reply->body, err);
	json_decref(page);
	return status;
}

int site_print_head(const struct site *site, const char *name,
		    const struct request *request, const json_t *model, struct text *out,
		    struct error *err)
{
	const struct template_setting setting = { .language = request->language,
						  .is_text = 1 };
	json_t *page = page_around(site, name, request, model);
	int status = template_render(find_template(site, "workbook"), model, page,
				     &setting, out, err);

	json_decref(page);
	return status;
}

/* ---- Refusals ----------------------------------------------------------- */

/* What is said of CODE, or else of every refusal with its status. */
static const char *text_of(const char *code, const char *what, const char *language)
{
	char key[64];
	const char *found;

	snprintf(key, sizeof key, "error.%s.%s", code, what);
	found = message_find(key, language);
	if (!found) {
		snprintf(key, sizeof key, "error.%d.%s", problem_status(code), what);
		found = message_find(key, language);
	}
	if (!found)
		BUG("no text %s", key);
	return found;
}

/* What a form brought is not a fault of the address. */
static const char *code_of_page(const struct request *request, const char *code)
{
	int is_of_form =
		strcmp(code, "bad_request") == 0 || strcmp(code, "not_found") == 0;

	return request->is_post && is_of_form ? "bad_form" : code;
}

/* What people wrote themselves into the form that is refused, so that it is not lost; NULL:
 * nothing.  Not of forms from elsewhere: this page would say what strangers wrote. */
static json_t *typed_in(const struct request *request)
{
	static const char *const names[] = { "said",       "evidence", "reason",
					     "clause",     "position", "receivers",
					     "recipients", "to" };
	json_t *typed = json_array();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *text = request_field(request, names[i]);

		if (text && request->is_post && request->is_from_here)
			json_array_append_new(typed, json_pack("{s:s}", "text", text));
	}
	if (json_array_size(typed) > 0)
		return typed;
	json_decref(typed);
	return NULL;
}

/* The same page over PERIOD, with whatever else was asked. */
static json_t *address_over(const struct request *request, const char *period)
{
	static const char *const dropped[] = { "period", "as_of", "vintage" };
	struct text query = { 0 }, address = { 0 };
	json_t *found;

	add_pair(&query, "period", period);
	for (size_t i = 0; i < request->count; i++) {
		const char *name = request->values[i].name;
		int is_kept = name[0] != ':';

		for (size_t j = 0; j < sizeof dropped / sizeof *dropped; j++)
			is_kept &= strcmp(name, dropped[j]) != 0;
		if (is_kept)
			add_pair(&query, name, request->values[i].value);
	}
	text_add_char(&address, '/');
	text_add(&address, request->path + strspn(request->path, "/\\"));
	text_add(&address, text_string(&query));
	found = json_pack("{s:s, s:s}", "code", period, "address", text_string(&address));
	text_free(&query);
	text_free(&address);
	return found;
}

/* Where the DETAIL of a refusal ends with "; periods: 2025-09, 2025", as that of a period does:
 * those, as links.  NULL: it does not. */
static json_t *other_periods(const struct request *request, const char *detail)
{
	static const char before[] = "; periods: ";
	json_t *periods = json_array();
	const char *at = NULL;
	struct period ignored;
	struct error err;

	for (const char *next = detail; next && (next = strstr(next, before)); next++)
		at = next + strlen(before);
	while (at && *at) {
		size_t length = strcspn(at, ",");
		char *code = memory_copy_bytes(at, length);

		if (period_parse(&ignored, code, &err) == 0)
			json_array_append_new(periods, address_over(request, code));
		free(code);
		at += length + strspn(at + length, ", ");
	}
	if (json_array_size(periods) > 0)
		return periods;
	json_decref(periods);
	return NULL;
}

/* Without the period that was refused: no link is to bring it along. */
static void drop_period(struct request *request)
{
	size_t kept = 0;

	for (size_t i = 0; i < request->count; i++)
		if (strcmp(request->values[i].name, "period") != 0)
			request->values[kept++] = request->values[i];
	request->count = kept;
}

/* The page of a form, to open it again; NULL: there is none. */
static const char *page_of_form(const struct request *request)
{
	return request->is_post && strcmp(request->path, "/logout") != 0
		       ? request->address
		       : NULL;
}

static void refuse_as_page(const struct site *site, const struct request *request,
			   const char *code, const char *detail, json_t *periods,
			   struct reply *reply)
{
	struct request shown = *request;
	const char *named = code_of_page(request, code);
	json_t *typed = typed_in(request);
	/* A form is refused before it is asked who sent it. */
	int is_unasked = request->session && !request->visitor;
	json_t *model = json_pack(
		"{s:i, s:s, s:s, s:s*, s:b, s:b, s:s*, s:b, s:o*, s:b, s:o*}", "status",
		problem_status(code), "title", text_of(named, "title", request->language),
		"text", text_of(named, "text", request->language), "detail", detail,
		"has_no_period", 1, "is_unasked", is_unasked, "again",
		page_of_form(request), "has_typed", typed != NULL, "typed", typed,
		"has_periods", periods != NULL, "periods", periods);
	struct error err;

	if (periods)
		drop_period(&shown);
	if (!model || site_render(site, "error", &shown, model, reply, &err) != 0)
		BUG("the error page");
	json_decref(model);
}

void site_refuse(const struct site *site, const struct request *request, int as_problem,
		 const char *code, const char *detail, struct reply *reply)
{
	const char *language = as_problem ? request->error_language : request->language;
	json_t *periods = as_problem ? NULL : other_periods(request, detail);
	struct text reason = { 0 };

	/* To say once more that there is nothing at the address helps nobody. */
	if (detail && !as_problem && strcmp(detail, SITE_NOTHING_HERE) == 0)
		detail = NULL;
	if (detail)
		reason_add(&reason, language, detail);
	detail = detail ? text_string(&reason) : NULL;
	reply_free(reply);
	if (as_problem) {
		problem_fill(reply, code, language, request->address, detail, NULL);
	} else {
		refuse_as_page(site, request, code, detail, periods, reply);
		reply->status = problem_status(code);
	}
	text_free(&reason);
}
