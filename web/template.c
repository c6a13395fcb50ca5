/* template.c -- compiles a template to a list of nodes, and walks it over a model. */
#include "web/template.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "reports/reports.h"
#include "web/messages.h"
#include "web/reason.h"

enum node_kind {
	NODE_TEXT,
	NODE_VALUE,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL,
	NODE_CHART
};

struct node {
	enum node_kind kind;
	char *text; /* the literal, or the name */
	size_t length;
	const struct formatter *formatter; /* NULL: as it is */
	char *message;                     /* "status" of {{name|t.status}}, or NULL */
	size_t end; /* of a section: the index after its last node */
	int line;
};

struct template
{
	char *name;
	struct node *nodes;
	size_t count, room;
};

/* Sections and partials inside one another; models are not deeper. */
enum { DEPTH = 32 };

/* ---- Formatters --------------------------------------------------------- */

static void add_as_it_is(struct text *out, const char *language, const char *value)
{
	(void)language;
	text_add(out, value);
}

static void add_url(struct text *out, const char *language, const char *value)
{
	(void)language;
	text_add_url(out, value);
}

/* As wide as two digits, so that ranks stand below one another. */
static void add_rank(struct text *out, const char *language, const char *value)
{
	(void)language;
	if (value[0] && !value[1])
		text_add(out, "\u2007");
	text_add(out, value);
}

static const struct formatter {
	const char *name;
	void (*add)(struct text *out, const char *language, const char *value);
	int is_count; /* of which there may be one, or many */
} formatters[] = {
	{ "text", add_as_it_is, 0 },
	{ "url", add_url, 0 },
	{ "percent", format_add_percent, 0 },
	{ "integer", format_add_decimal, 1 },
	{ "decimal", format_add_decimal, 1 },
	{ "date", format_add_date, 0 },
	{ "time", format_add_moment, 0 },
	{ "period", format_add_period, 0 },
	{ "rank", add_rank, 0 },
	{ "reason", reason_add, 0 }, /* a message that rooms below say in English */
};

static const struct formatter *find_formatter(const char *name)
{
	for (size_t i = 0; i < sizeof formatters / sizeof *formatters; i++)
		if (strcmp(formatters[i].name, name) == 0)
			return &formatters[i];
	return NULL;
}

/* ---- Compiling ---------------------------------------------------------- */

struct reader {
	struct template *template;
	const char *source, *at;
	int line;
	size_t open[DEPTH]; /* the sections not yet closed */
	size_t opened;
};

static int fail(const struct reader *reader, struct error *err, const char *what,
		const char *name)
{
	return error_set(err, ERROR_INVALID, "%s:%d: %s%s%s", reader->template->name,
			 reader->line, what, name ? " " : "", name ? name : "");
}

static struct node *add_node(struct reader *reader, enum node_kind kind, const char *text,
			     size_t length)
{
	struct template *template = reader->template;
	struct node *node;

	if (template->count == template->room) {
		template->room = template->room ? 2 * template->room : 16;
		template->nodes = memory_resize(template->nodes, template->room,
						sizeof *template->nodes);
	}
	node = &template->nodes[template->count++];
	*node = (struct node){ .kind = kind, .length = length, .line = reader->line };
	node->text = memory_copy_bytes(text, length);
	return node;
}

static void add_literal(struct reader *reader, const char *from, const char *to)
{
	if (to > from)
		add_node(reader, NODE_TEXT, from, (size_t)(to - from));
	for (; from < to; from++)
		reader->line += *from == '\n';
}

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The tag between FROM and TO without the blanks around it. */
static char *trimmed(const char *from, const char *to)
{
	while (from < to && is_space(*from))
		from++;
	while (to > from && is_space(to[-1]))
		to--;
	return memory_copy_bytes(from, (size_t)(to - from));
}

static int is_name(const char *name)
{
	if (strcmp(name, ".") == 0)
		return 1;
	if (!*name || *name == '.' || strstr(name, "..") || name[strlen(name) - 1] == '.')
		return 0;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_-.")] == '\0';
}

/* {{name}}, {{name|formatter}} or {{name|t.texts}}; cuts NAME at the bar. */
static int read_value(struct reader *reader, char *name, struct error *err)
{
	char *bar = strchr(name, '|');
	const struct formatter *formatter = NULL;
	struct node *node;

	if (bar)
		*bar++ = '\0';
	if (!is_name(name))
		return fail(reader, err, "not a name:", name);
	if (bar && strncmp(bar, "t.", 2) != 0) {
		formatter = find_formatter(bar);
		if (!formatter)
			return fail(reader, err, "no formatter", bar);
	}
	if (strncmp(name, "t.", 2) == 0 && !message_find(name + 2, "vi"))
		return fail(reader, err, "no text", name);
	node = add_node(reader, NODE_VALUE, name, strlen(name));
	node->formatter = formatter;
	if (bar && !formatter)
		node->message = memory_copy(bar + 2);
	return 0;
}

static int open_section(struct reader *reader, enum node_kind kind, const char *name,
			struct error *err)
{
	if (!is_name(name))
		return fail(reader, err, "not a name:", name);
	if (reader->opened == DEPTH)
		return fail(reader, err, "too many sections inside one another", NULL);
	reader->open[reader->opened++] = reader->template->count;
	add_node(reader, kind, name, strlen(name));
	return 0;
}

static int close_section(struct reader *reader, const char *name, struct error *err)
{
	struct node *section;

	if (reader->opened == 0)
		return fail(reader, err, "nothing is open at", name);
	section = &reader->template->nodes[reader->open[reader->opened - 1]];
	if (strcmp(section->text, name) != 0)
		return fail(reader, err, "closed before its inside:", name);
	section->end = reader->template->count;
	reader->opened--;
	return 0;
}

/* TAG is what stands between the braces, NAME what stands behind its sigil. */
static int read_tag(struct reader *reader, char *tag, const char *name, struct error *err)
{
	switch (*tag) {
	case '!':
		return 0;
	case '#':
		return open_section(reader, NODE_SECTION, name, err);
	case '^':
		return open_section(reader, NODE_INVERTED, name, err);
	case '/':
		return close_section(reader, name, err);
	case '>':
		if (!is_name(name))
			return fail(reader, err, "not a name:", name);
		add_node(reader, NODE_PARTIAL, name, strlen(name));
		return 0;
	case '{':
	case '&':
		return fail(reader, err, "there is no raw form:", tag);
	case '=':
		return fail(reader, err, "delimiters cannot be changed:", tag);
	default:
		return read_value(reader, tag, err);
	}
}

static int read_chart(struct reader *reader, const char *name, struct error *err)
{
	if (!is_name(name))
		return fail(reader, err, "not a name:", name);
	add_node(reader, NODE_CHART, name, strlen(name));
	return 0;
}

/* Does the tag from OPEN to CLOSE have its line for itself?  Then *BEGIN and
 * *END are the bounds of that line. */
static int stands_alone(const struct reader *reader, const char *open, const char *close,
			const char **begin, const char **end)
{
	const char *left = open, *right = close;

	while (left > reader->source && (left[-1] == ' ' || left[-1] == '\t'))
		left--;
	if (left > reader->source && left[-1] != '\n')
		return 0;
	while (*right == ' ' || *right == '\t')
		right++;
	if (*right == '\r' && right[1] == '\n')
		right++;
	if (*right && *right != '\n')
		return 0;
	*begin = left;
	*end = *right ? right + 1 : right;
	return 1;
}

/* The next tag and the literal before it; reader->at moves behind both. */
static int read_next(struct reader *reader, const char *open, struct error *err)
{
	const char *close = strstr(open + 2, "}}");
	const char *begin = open, *end, *from;
	char *tag, *name;
	int status, is_chart;

	if (!close) {
		add_literal(reader, reader->at, open);
		return fail(reader, err, "a tag is not closed", NULL);
	}
	end = close + 2;
	tag = trimmed(open + 2, close);
	is_chart = strncmp(tag, "chart ", 6) == 0;
	if (*tag && strchr("!#^/>", *tag))
		stands_alone(reader, open, close + 2, &begin, &end);
	/* A line may begin with a tag that took what is before it. */
	if (begin < reader->at)
		begin = reader->at;
	add_literal(reader, reader->at, begin);

	from = tag + (is_chart ? 6 : *tag != '\0');
	name = trimmed(from, tag + strlen(tag));
	status = is_chart ? read_chart(reader, name, err)
			  : read_tag(reader, tag, name, err);
	free(name);
	free(tag);
	for (const char *at = begin; at < end; at++)
		reader->line += *at == '\n';
	reader->at = end;
	return status;
}

int template_compile(struct template **template, const char *name, const char *source,
		     struct error *err)
{
	struct reader reader = { .source = source, .at = source, .line = 1 };
	const char *open;

	*template = memory_zeroed(1, sizeof **template);
	(*template)->name = memory_copy(name);
	reader.template = *template;
	while ((open = strstr(reader.at, "{{")) != NULL)
		if (read_next(&reader, open, err) != 0)
			goto failed;
	add_literal(&reader, reader.at, reader.at + strlen(reader.at));
	if (reader.opened > 0) {
		const struct node *node =
			&(*template)->nodes[reader.open[reader.opened - 1]];

		reader.line = node->line;
		fail(&reader, err, "never closed:", node->text);
		goto failed;
	}
	return 0;
failed:
	template_free(*template);
	*template = NULL;
	return -1;
}

void template_free(struct template *template)
{
	if (!template)
		return;
	for (size_t i = 0; i < template->count; i++) {
		free(template->nodes[i].text);
		free(template->nodes[i].message);
	}
	free(template->nodes);
	free(template->name);
	free(template);
}

/* ---- Looking up --------------------------------------------------------- */

struct walk {
	const struct template_setting *setting;
	const json_t *stack[DEPTH + 2]; /* outermost first */
	size_t depth;
	int nested;      /* partials and texts inside one another */
	int is_one;      /* what was counted last */
	int in_messages; /* inside one another */
	int is_english;
	struct text *out;
	struct error *err;
};

/* Member NAME (LENGTH bytes) of OBJECT, or its form in the page's language. */
static const json_t *member(const struct walk *walk, const json_t *object,
			    const char *name, size_t length)
{
	const char *const endings[] = { "", walk->is_english ? "_en" : "_vi",
					walk->is_english ? "_vi" : "_en" };
	const json_t *found = NULL;
	char key[96];

	if (!json_is_object(object) || length > sizeof key - 3)
		return NULL;
	memcpy(key, name, length);
	for (size_t i = 0; i < 3; i++) {
		if (i > 0)
			memcpy(key + length, endings[i], 3);
		found = json_object_getn(object, key, length + (i > 0 ? 3 : 0));
		/* A null translation gives way to the other language. */
		if (found && (i != 1 || !json_is_null(found)))
			return found;
	}
	return found;
}

/* The value of a dotted name: its first part from the innermost context that has
 * it, the rest inside that.  NULL if there is none. */
static const json_t *look_up(const struct walk *walk, const char *name)
{
	const json_t *value = NULL;
	size_t length = strcspn(name, ".");

	if (strcmp(name, ".") == 0)
		return walk->stack[walk->depth - 1];
	for (size_t i = walk->depth; i > 0 && !value; i--)
		value = member(walk, walk->stack[i - 1], name, length);
	while (value && name[length] == '.') {
		name += length + 1;
		length = strcspn(name, ".");
		value = member(walk, value, name, length);
	}
	return value;
}

static int is_something(const json_t *value)
{
	if (!value || json_is_null(value) || json_is_false(value))
		return 0;
	if (json_is_string(value))
		return json_string_length(value) > 0;
	if (json_is_array(value))
		return json_array_size(value) > 0;
	return 1;
}

/* ---- Rendering ---------------------------------------------------------- */

static int walk_nodes(struct walk *walk, const struct template *template, size_t from,
		      size_t to);

static int fail_at(const struct walk *walk, const struct template *template,
		   const struct node *node, const char *what)
{
	return error_set(walk->err, ERROR_INTERNAL, "%s:%d: %s: %s", template->name,
			 node->line, node->text, what);
}

/* A scalar as text; -1 for an object or a list. */
static int print_scalar(struct text *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		text_add(out, json_string_value(value));
		return 0;
	case JSON_INTEGER:
		text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return 0;
	case JSON_REAL: /* models carry decimals as text; this is for completeness */
		text_addf(out, "%.15g", json_real_value(value));
		return 0;
	case JSON_TRUE:
		text_add(out, "true");
		return 0;
	case JSON_FALSE:
		text_add(out, "false");
		return 0;
	case JSON_NULL:
		return 0;
	default:
		return -1;
	}
}

/* Is OUT within the quotes of an address, which begins here? */
static int is_at_address(const struct text *out)
{
	static const char *const names[] = { " href=\"", " src=\"", " action=\"" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t length = strlen(names[i]);

		if (out->length >= length &&
		    memcmp(out->data + out->length - length, names[i], length) == 0)
			return 1;
	}
	return 0;
}

/* On this server, or a page elsewhere: "javascript:" and its kin are neither, and "//host"
 * is elsewhere under the looks of here. */
static int is_address(const char *value)
{
	static const char *const kinds[] = { "https://", "http://",
					     "mailto:", "data:image/" };

	if (*value == '/')
		return value[1] != '/' && value[1] != '\\';
	if (!*value || *value == '#' || *value == '?')
		return 1;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strncasecmp(value, kinds[i], strlen(kinds[i])) == 0)
			return 1;
	return 0;
}

/* An address is checked where it is printed, whoever let it in. */
static void add_safely(const struct walk *walk, const char *value)
{
	if (!walk->setting->is_text && is_at_address(walk->out) && !is_address(value))
		value = "#";
	(walk->setting->is_text ? text_add : text_add_html)(walk->out, value);
}

/* Where a text says [one|many], the one that what was counted last asks for. */
static const char *add_number_form(struct walk *walk, const char *text)
{
	const char *bar = strchr(text, '|'), *end = strchr(text, ']');

	if (!bar || !end || bar > end) {
		text_add_char(walk->out, *text);
		return text + 1;
	}
	if (walk->is_one)
		text_add_bytes(walk->out, text + 1, (size_t)(bar - text - 1));
	else
		text_add_bytes(walk->out, bar + 1, (size_t)(end - bar - 1));
	return end + 1;
}

/* "dossiers" of the register of indicators, of which there is one. */
static void add_singular(struct text *out, const char *unit)
{
	size_t length = strlen(unit);

	if (length > 3 && strcmp(unit + length - 3, "ies") == 0)
		text_addf(out, "%.*sy", (int)length - 3, unit);
	else if (length > 1 && unit[length - 1] == 's')
		text_addf(out, "%.*s", (int)length - 1, unit);
	else
		text_add(out, unit);
}

static void add_forms(struct walk *walk, const char *text)
{
	while (*text) {
		size_t plain = strcspn(text, "[");

		text_add_bytes(walk->out, text, plain);
		text += plain;
		if (*text)
			text = add_number_form(walk, text);
	}
}

static int opens_element(const char *text)
{
	while ((text = strchr(text, '<')) != NULL)
		if (*++text != '/')
			return 1;
	return 0;
}

static void add_literal_text(struct walk *walk, const struct node *node)
{
	if (walk->in_messages)
		add_forms(walk, node->text);
	else
		text_add_bytes(walk->out, node->text, node->length);
	/* Another element speaks of something else. */
	if (!walk->in_messages && opens_element(node->text))
		walk->is_one = 0;
}

/* The text KEY of messages.h, a template over the same stack. */
static int print_message(struct walk *walk, const struct template *template,
			 const struct node *node, const char *key)
{
	const char *message = message_find(key, walk->setting->language);
	struct template *compiled = NULL;
	int status;

	if (!message)
		return fail_at(walk, template, node, "no such text");
	if (!strstr(message, "{{")) {
		add_safely(walk, message);
		return 0;
	}
	if (walk->nested == DEPTH)
		return fail_at(walk, template, node, "texts without end");
	if (template_compile(&compiled, key, message, walk->err) != 0)
		return -1;
	walk->nested++;
	walk->in_messages++;
	status = walk_nodes(walk, compiled, 0, compiled->count);
	walk->in_messages--;
	walk->nested--;
	template_free(compiled);
	return status;
}

/* VALUE, which is text already, or is made so in ROOM; NULL for an object or a list. */
static const char *scalar_text(const json_t *value, struct text *room)
{
	if (json_is_string(value))
		return json_string_value(value);
	return print_scalar(room, value) == 0 ? text_string(room) : NULL;
}

static int print_value(struct walk *walk, const struct template *template,
		       const struct node *node)
{
	struct text plain = { 0 }, other = { 0 };
	const json_t *value;
	const char *said;
	int status = 0;

	if (strncmp(node->text, "t.", 2) == 0)
		return print_message(walk, template, node, node->text + 2);
	value = look_up(walk, node->text);
	/* {"vi": ..., "en": ...}: the language of the page. */
	if (json_is_object(value) && json_object_get(value, walk->setting->language))
		value = json_object_get(value, walk->setting->language);
	if (!value || json_is_null(value))
		return 0;
	said = scalar_text(value, &plain);
	if (!said)
		status = fail_at(walk, template, node, "not a single value");
	else if (node->message) {
		text_addf(&other, "%s.%s", node->message, said);
		status = print_message(walk, template, node, text_string(&other));
	} else if (node->formatter) {
		node->formatter->add(&other, walk->setting->language, said);
		add_safely(walk, text_string(&other));
		if (node->formatter->is_count)
			walk->is_one = strcmp(said, "1") == 0;
	} else if (walk->is_one && walk->is_english && strcmp(node->text, "unit") == 0) {
		add_singular(&other, said);
		add_safely(walk, text_string(&other));
	} else {
		add_safely(walk, said);
		if (json_is_integer(value))
			walk->is_one = json_integer_value(value) == 1;
	}
	text_free(&plain);
	text_free(&other);
	return status;
}

static int print_section(struct walk *walk, const struct template *template,
			 const struct node *node)
{
	size_t from = (size_t)(node - template->nodes) + 1;
	const json_t *value = look_up(walk, node->text);
	size_t rounds = json_is_array(value) ? json_array_size(value) : 1;
	int status = 0;

	if (!is_something(value))
		return 0;
	if (walk->depth == sizeof walk->stack / sizeof *walk->stack)
		return fail_at(walk, template, node, "sections without end");
	walk->depth++;
	for (size_t i = 0; i < rounds && status == 0; i++) {
		walk->stack[walk->depth - 1] =
			json_is_array(value) ? json_array_get(value, i) : value;
		status = walk_nodes(walk, template, from, node->end);
	}
	walk->depth--;
	return status;
}

static int print_partial(struct walk *walk, const struct template *template,
			 const struct node *node)
{
	const struct template *partial = NULL;
	int status;

	if (walk->setting->partial)
		partial = walk->setting->partial(walk->setting->context, node->text);
	if (!partial)
		return fail_at(walk, template, node, "no such template");
	if (walk->nested == DEPTH)
		return fail_at(walk, template, node, "templates without end");
	walk->nested++;
	status = walk_nodes(walk, partial, 0, partial->count);
	walk->nested--;
	return status;
}

static int print_chart(struct walk *walk, const struct template *template,
		       const struct node *node)
{
	const json_t *model = look_up(walk, node->text);

	if (!is_something(model))
		return 0;
	if (!walk->setting->chart)
		return fail_at(walk, template, node, "no charts here");
	if (walk->setting->chart(walk->setting->context, node->text, model, walk->out,
				 walk->err) != 0)
		return error_context(walk->err, "%s:%d: chart %s", template->name,
				     node->line, node->text);
	return 0;
}

/* Prints NODE; *NEXT is the index of the node to go on with. */
static int walk_node(struct walk *walk, const struct template *template,
		     const struct node *node, size_t *next)
{
	switch (node->kind) {
	case NODE_TEXT:
		add_literal_text(walk, node);
		return 0;
	case NODE_VALUE:
		return print_value(walk, template, node);
	case NODE_SECTION:
		*next = node->end;
		return print_section(walk, template, node);
	case NODE_INVERTED:
		if (is_something(look_up(walk, node->text)))
			*next = node->end;
		return 0;
	case NODE_PARTIAL:
		return print_partial(walk, template, node);
	case NODE_CHART:
		return print_chart(walk, template, node);
	}
	BUG("node of kind %d", (int)node->kind);
}

static int walk_nodes(struct walk *walk, const struct template *template, size_t from,
		      size_t to)
{
	size_t next;

	for (size_t i = from; i < to; i = next) {
		next = i + 1;
		if (walk_node(walk, template, &template->nodes[i], &next) != 0)
			return -1;
	}
	return 0;
}

int template_render(const struct template *template, const json_t *model,
		    const json_t *page, const struct template_setting *setting,
		    struct text *out, struct error *err)
{
	struct walk walk = { .setting = setting,
			     .is_english = strcmp(setting->language, "en") == 0,
			     .out = out,
			     .err = err };

	if (page)
		walk.stack[walk.depth++] = page;
	walk.stack[walk.depth++] = model;
	return walk_nodes(&walk, template, 0, template->count);
}
