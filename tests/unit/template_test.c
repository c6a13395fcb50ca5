/* template_test.c -- templates, against the cases of the Mustache specification
 * that apply (interpolation, sections, inverted, comments, partials), and what is
 * ours: formatters, texts in two languages, pictures, no raw form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "web/messages.h"
#include "web/template.h"

struct example {
	const char *template, *model, *expected; /* expected NULL: must fail */
};

static const struct example interpolation[] = {
	{ "Hello from {Mustache}!\n", "{}", "Hello from {Mustache}!\n" },
	{ "Hello, {{subject}}!\n", "{\"subject\": \"world\"}", "Hello, world!\n" },
	{ "{{planet}} test", "{\"planet\": \"&{{planet}} x\"}",
	  "&amp;{{planet}} x test" },
	{ "{{forbidden}}", "{\"forbidden\": \"& \\\" < > '\"}",
	  "&amp; &quot; &lt; &gt; &#39;" },
	{ "{{mph}} miles an hour!", "{\"mph\": 85}", "85 miles an hour!" },
	{ "{{power}} jiggawatts!", "{\"power\": 1.21}", "1.21 jiggawatts!" },
	{ "I ({{cannot}}) be seen!", "{\"cannot\": null}", "I () be seen!" },
	{ "I ({{cannot}}) be seen!", "{}", "I () be seen!" },
	{ "{{person.name}}", "{\"person\": {\"name\": \"Joe\"}}", "Joe" },
	{ "{{a.b.c.d.e.name}}",
	  "{\"a\": {\"b\": {\"c\": {\"d\": {\"e\": {\"name\": \"Phil\"}}}}}}", "Phil" },
	{ "{{a.b.c}} == ", "{\"a\": {}}", " == " },
	{ "{{a.b.c.name}} == ", "{\"a\": {\"b\": {}}, \"c\": {\"name\": \"Jim\"}}",
	  " == " },
	{ "{{#a}}{{b.c.d.e.name}}{{/a}}",
	  "{\"a\": {\"b\": {\"c\": {\"d\": {\"e\": {\"name\": \"Phil\"}}}}},"
	  " \"b\": {\"c\": {\"d\": {\"e\": {\"name\": \"Wrong\"}}}}}",
	  "Phil" },
	{ "{{#a}}{{b.c}}{{/a}}", "{\"a\": {\"b\": {}}, \"b\": {\"c\": \"ERROR\"}}", "" },
	{ "Hello, {{.}}!\n", "\"world\"", "Hello, world!\n" },
	{ "{{.}}", "\"& \\\" < >\"", "&amp; &quot; &lt; &gt;" },
	{ "| {{string}} |", "{\"string\": \"---\"}", "| --- |" },
	{ "  {{string}}\n", "{\"string\": \"---\"}", "  ---\n" },
	{ "|{{ string }}|", "{\"string\": \"---\"}", "|---|" },
	{ "{{yes}} {{no}}", "{\"yes\": true, \"no\": false}", "true false" },
	{ "{{n}}", "{\"n\": 9007199254740993}", "9007199254740993" },
};

static const struct example addresses[] = {
	{ "<a href=\"{{a}}\">", "{\"a\": \"https://x.vn/?a=1\"}",
	  "<a href=\"https://x.vn/?a=1\">" },
	{ "<a href=\"{{a}}{{q}}\">", "{\"a\": \"/x\", \"q\": \"?b\"}",
	  "<a href=\"/x?b\">" },
	{ "<a href=\"{{a}}\">", "{\"a\": \"\"}", "<a href=\"\">" },
	{ "<a href=\"{{a}}\">", "{\"a\": \"javascript:alert(1)\"}", "<a href=\"#\">" },
	{ "<a href=\"{{a}}\">", "{\"a\": \" JavaScript:alert(1)\"}", "<a href=\"#\">" },
	{ "<a href=\"{{a}}\">", "{\"a\": \"//evil.example/\"}", "<a href=\"#\">" },
	{ "<a href=\"{{a}}\">", "{\"a\": \"/\\\\evil.example/\"}", "<a href=\"#\">" },
	{ "<img src=\"{{a}}\">", "{\"a\": \"data:text/html,x\"}", "<img src=\"#\">" },
	{ "<img src=\"{{a}}\">", "{\"a\": \"data:image/png;base64,x\"}",
	  "<img src=\"data:image/png;base64,x\">" },
	{ "<form action=\"{{a}}\">", "{\"a\": \"data:x\"}", "<form action=\"#\">" },
	{ "<p title=\"{{a}}\">", "{\"a\": \"javascript: a word\"}",
	  "<p title=\"javascript: a word\">" },
	{ "<a href=\"/x?next={{a}}\">", "{\"a\": \"x:\"}", "<a href=\"/x?next=x:\">" },
};

static const struct example sections[] = {
	{ "{{#boolean}}This should be rendered.{{/boolean}}", "{\"boolean\": true}",
	  "This should be rendered." },
	{ "\"{{#boolean}}no{{/boolean}}\"", "{\"boolean\": false}", "\"\"" },
	{ "\"{{#null}}no{{/null}}\"", "{\"null\": null}", "\"\"" },
	{ "\"{{#context}}Hi {{name}}.{{/context}}\"",
	  "{\"context\": {\"name\": \"Joe\"}}", "\"Hi Joe.\"" },
	{ "{{#sec}}{{a}}, {{b}}, {{c.d}}{{/sec}}",
	  "{\"a\": \"foo\", \"b\": \"wrong\", \"sec\": {\"b\": \"bar\"},"
	  " \"c\": {\"d\": \"baz\"}}",
	  "foo, bar, baz" },
	{ "{{#foo}}{{.}} is {{foo}}{{/foo}}", "{\"foo\": \"bar\"}", "bar is bar" },
	{ "{{#list}}{{item}}{{/list}}",
	  "{\"list\": [{\"item\": 1}, {\"item\": 2}, {\"item\": 3}]}", "123" },
	{ "{{#list}}Yay lists!{{/list}}", "{\"list\": []}", "" },
	{ "{{#bool}}\n* first\n{{/bool}}\n* {{two}}\n{{#bool}}\n* third\n{{/bool}}\n",
	  "{\"bool\": true, \"two\": \"second\"}", "* first\n* second\n* third\n" },
	{ "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", "{\"bool\": true}",
	  "| A B C D E |" },
	{ "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", "{\"bool\": false}",
	  "| A  E |" },
	{ "[{{#missing}}Found key 'missing'!{{/missing}}]", "{}", "[]" },
	{ "\"{{#list}}({{.}}){{/list}}\"", "{\"list\": [\"a\", \"b\", \"c\"]}",
	  "\"(a)(b)(c)\"" },
	{ "\"{{#list}}({{#.}}{{.}}{{/.}}){{/list}}\"", "{\"list\": [[1, 2], [\"a\"]]}",
	  "\"(12)(a)\"" },
	{ "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"Here\"", "{\"a\": {\"b\": {\"c\": true}}}",
	  "\"Here\" == \"Here\"" },
	{ "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"\"", "{\"a\": {}}", "\"\" == \"\"" },
	{ " | {{#boolean}}\t|\t{{/boolean}} | \n", "{\"boolean\": true}",
	  " | \t|\t | \n" },
	{ " {{#boolean}}YES{{/boolean}}\n {{#boolean}}GOOD{{/boolean}}\n",
	  "{\"boolean\": true}", " YES\n GOOD\n" },
	{ "| This Is\n{{#boolean}}\n|\n{{/boolean}}\n| A Line\n", "{\"boolean\": true}",
	  "| This Is\n|\n| A Line\n" },
	{ "| This Is\n  {{#boolean}}\n|\n  {{/boolean}}\n| A Line\n",
	  "{\"boolean\": true}", "| This Is\n|\n| A Line\n" },
	{ "|\r\n{{#boolean}}\r\n{{/boolean}}\r\n|", "{\"boolean\": true}", "|\r\n|" },
	{ "  {{#boolean}}\n#{{/boolean}}\n/", "{\"boolean\": true}", "#\n/" },
	{ "#{{#boolean}}\n/\n  {{/boolean}}", "{\"boolean\": true}", "#\n/\n" },
	{ "|{{# boolean }}={{/ boolean }}|", "{\"boolean\": true}", "|=|" },
	/* A number is something, also 0: only what is missing is nothing. */
	{ "{{#n}}[{{n}}]{{/n}}{{^n}}none{{/n}}", "{\"n\": 0}", "[0]" },
	{ "{{#s}}x{{/s}}{{^s}}none{{/s}}", "{\"s\": \"\"}", "none" },
	{ "{{#l}}", "{\"l\": []}", NULL },
	{ "{{/l}}", "{}", NULL },
	{ "{{#a}}{{#b}}{{/a}}{{/b}}", "{}", NULL },
};

static const struct example inverted[] = {
	{ "{{^boolean}}shown{{/boolean}}", "{\"boolean\": false}", "shown" },
	{ "[{{^boolean}}no{{/boolean}}]", "{\"boolean\": true}", "[]" },
	{ "{{^null}}shown{{/null}}", "{\"null\": null}", "shown" },
	{ "[{{^context}}Hi {{name}}.{{/context}}]", "{\"context\": {\"name\": \"Joe\"}}",
	  "[]" },
	{ "[{{^list}}{{n}}{{/list}}]", "{\"list\": [{\"n\": 1}]}", "[]" },
	{ "{{^list}}Yay lists!{{/list}}", "{\"list\": []}", "Yay lists!" },
	{ "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", "{\"bool\": false}",
	  "| A B C D E |" },
	{ "[{{^missing}}Cannot find key 'missing'!{{/missing}}]", "{}",
	  "[Cannot find key 'missing'!]" },
	{ "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", "{\"a\": {\"b\": {}}}", "\"Not Here\"" },
	{ "| This Is\n{{^boolean}}\n|\n{{/boolean}}\n| A Line\n", "{\"boolean\": false}",
	  "| This Is\n|\n| A Line\n" },
};

static const struct example comments[] = {
	{ "12345{{! Comment Block! }}67890", "{}", "1234567890" },
	{ "12345{{!\n  This is a\n  multi-line comment...\n}}67890", "{}", "1234567890" },
	{ "Begin.\n{{! Comment Block! }}\nEnd.\n", "{}", "Begin.\nEnd.\n" },
	{ "Begin.\n  {{! Indented Comment Block! }}\nEnd.\n", "{}", "Begin.\nEnd.\n" },
	{ "|\r\n{{! Standalone Comment }}\r\n|", "{}", "|\r\n|" },
	{ "  {{! I'm Still Standalone }}\n!", "{}", "!" },
	{ "!\n  {{! I'm Still Standalone }}", "{}", "!\n" },
	{ "Begin.\n{{!\nSomething's going on here...\n}}\nEnd.\n", "{}",
	  "Begin.\nEnd.\n" },
	{ "  12 {{! 34 }}\n", "{}", "  12 \n" },
	{ "12345 {{! Comment Block! }} 67890", "{}", "12345  67890" },
};

static const struct example partials[] = {
	{ "\"{{>text}}\"", "{}", "\"from partial\"" },
	{ "\"{{>missing}}\"", "{}", NULL },
	{ "\"{{>greeting}}\"", "{\"name\": \"<i>\"}", "\"*&lt;i&gt;*\"" },
	{ "{{>tree}}",
	  "{\"content\": \"X\", \"nodes\": [{\"content\": \"Y\", \"nodes\": []}]}",
	  "X<Y<>>" },
	{ "| {{> text }} |", "{}", "| from partial |" },
	{ "{{>endless}}", "{}", NULL },
};

static const struct example ours[] = {
	/* There is no raw form, and no way to change what a tag looks like. */
	{ "{{{a}}}", "{\"a\": \"<b>\"}", NULL },
	{ "{{&a}}", "{\"a\": \"<b>\"}", NULL },
	{ "{{=<% %>=}}", "{}", NULL },
	{ "{{a", "{}", NULL },
	{ "{{}}", "{}", NULL },
	{ "{{a b}}", "{}", NULL },
	{ "{{a}}", "{\"a\": {}}", NULL },
	{ "{{a}}", "{\"a\": []}", NULL },
	{ "{{a|unheard_of}}", "{\"a\": 1}", NULL },
	/* Figures are localised, never rounded. */
	{ "{{v|percent}}", "{\"v\": \"99.99\"}", "99,99%" },
	{ "{{v|percent}}", "{\"v\": \"1234.50\"}", "1.234,50%" },
	{ "{{v|percent}}", "{\"v\": null}", "" },
	{ "{{v|integer}}", "{\"v\": 11960}", "11.960" },
	{ "{{v|integer}}", "{\"v\": 0}", "0" },
	{ "{{v|integer}}", "{\"v\": \"<1>\"}", "&lt;1&gt;" },
	{ "{{v|decimal}}", "{\"v\": \"0.458000\"}", "0,458000" },
	{ "{{v|rank}} {{w|rank}}", "{\"v\": 7, \"w\": 63}", "\u20077 63" },
	{ "{{v|date}}", "{\"v\": \"2020-12-14\"}", "14/12/2020" },
	{ "{{v|date}}", "{\"v\": \"soon\"}", "soon" },
	{ "{{n|integer}} {{unit}}", "{\"n\": 1, \"unit\": \"hồ sơ\"}", "1 hồ sơ" },
	{ "{{a|reason}}", "{\"a\": \"no such file\"}", "Không có tệp này." },
	{ "{{v|url}}", "{\"v\": \"44@2025 &\"}", "44%402025%20%26" },
	/* Names in the language of the page. */
	{ "{{name}}", "{\"name_vi\": \"Huế\", \"name_en\": \"Hue\"}", "Huế" },
	{ "{{a.name}}", "{\"a\": {\"name_vi\": \"Huế\", \"name_en\": null}}", "Huế" },
	{ "{{n}}", "{\"n\": {\"vi\": \"năm\", \"en\": \"year\"}}", "năm" },
	{ "{{status|t.status}}", "{\"status\": \"not_met\"}", "Chưa đạt" },
	{ "{{status|t.status}}", "{\"status\": \"unheard_of\"}", NULL },
	{ "{{t.unheard_of}}", "{}", NULL },
	{ "{{chart bars}}", "{\"bars\": [1, 2]}", "<svg>bars 2</svg>" },
	{ "{{chart bars}}", "{}", "" },
	{ "{{chart broken}}", "{\"broken\": [1]}", NULL },
};

static const struct example english[] = {
	{ "{{v|percent}}", "{\"v\": \"1234.50\"}", "1,234.50%" },
	{ "{{v|date}}", "{\"v\": \"2020-12-14\"}", "2020-12-14" },
	/* One is not many. */
	{ "{{#risen}}{{t.rankings.risen}}{{/risen}}", "{\"risen\": 1}", "1 place up" },
	{ "{{#risen}}{{t.rankings.risen}}{{/risen}}", "{\"risen\": 2}", "2 places up" },
	{ "{{t.schedule.deadline_days}}", "{\"deadline_days\": 1}",
	  "after 1 day at the latest, naming who is missing" },
	{ "{{t.schedule.deadline_days}}", "{\"deadline_days\": 11}",
	  "after 11 days at the latest, naming who is missing" },
	{ "{{n|integer}} {{unit}}", "{\"n\": 1, \"unit\": \"agencies\"}", "1 agency" },
	{ "<b>{{n|integer}}</b> {{unit}}", "{\"n\": \"1\", \"unit\": \"dossiers\"}",
	  "<b>1</b> dossier" },
	{ "{{n|integer}} {{unit}}", "{\"n\": 21, \"unit\": \"dossiers\"}",
	  "21 dossiers" },
	{ "{{n|integer}}<p>{{unit}}", "{\"n\": 1, \"unit\": \"dossiers\"}",
	  "1<p>dossiers" },
	{ "[a|b]", "{}", "[a|b]" },
	{ "{{name}}", "{\"name_vi\": \"Huế\", \"name_en\": \"Hue\"}", "Hue" },
	{ "{{name}}", "{\"name_vi\": \"Huế\", \"name_en\": null}", "Huế" },
	{ "{{status|t.status}}", "{\"status\": \"not_met\"}", "Not met" },
};

static struct template *partial_text, *partial_greeting, *partial_tree, *partial_endless;

static const struct template *find_partial(void *context, const char *name)
{
	(void)context;
	return strcmp(name, "text") == 0       ? partial_text
	       : strcmp(name, "greeting") == 0 ? partial_greeting
	       : strcmp(name, "tree") == 0     ? partial_tree
	       : strcmp(name, "endless") == 0  ? partial_endless
					       : NULL;
}

static int draw(void *context, const char *name, const json_t *model, struct text *out,
		struct error *err)
{
	(void)context;
	if (strcmp(name, "broken") == 0)
		return error_set(err, ERROR_INTERNAL, "no ink");
	text_addf(out, "<svg>%s %zu</svg>", name, json_array_size(model));
	return 0;
}

static void check(const struct example *example, const char *language)
{
	const struct template_setting setting = { .language = language,
						  .partial = find_partial,
						  .chart = draw };
	json_t *model = json_loads(example->model, JSON_DECODE_ANY, NULL);
	struct template *template = NULL;
	struct text out = { 0 };
	struct error err = { 0 };
	int status;

	assert_non_null(model);
	status = template_compile(&template, "case", example->template, &err);
	if (status == 0)
		status = template_render(template, model, NULL, &setting, &out, &err);
	if (!example->expected) {
		if (status == 0)
			fail_msg("%s should fail, but gives %s", example->template,
				 text_string(&out));
		assert_true(*err.message);
	} else if (status != 0) {
		fail_msg("%s: %s", example->template, err.message);
	} else if (strcmp(text_string(&out), example->expected) != 0) {
		fail_msg("%s gives\n%s\ninstead of\n%s", example->template,
			 text_string(&out), example->expected);
	}
	text_free(&out);
	template_free(template);
	json_decref(model);
}

#define CHECK_ALL(table, language)                                                       \
	for (size_t i = 0; i < sizeof(table) / sizeof *(table); i++)                     \
	check(&(table)[i], language)

static void test_interpolation(void **state)
{
	(void)state;
	CHECK_ALL(interpolation, "vi");
	CHECK_ALL(addresses, "vi");
}

static void test_sections(void **state)
{
	(void)state;
	CHECK_ALL(sections, "vi");
	CHECK_ALL(inverted, "vi");
}

static void test_comments(void **state)
{
	(void)state;
	CHECK_ALL(comments, "vi");
}

static void test_partials(void **state)
{
	(void)state;
	CHECK_ALL(partials, "vi");
}

static void test_ours(void **state)
{
	(void)state;
	CHECK_ALL(ours, "vi");
	CHECK_ALL(english, "en");
}

static void test_page_stands_behind_model(void **state)
{
	const struct template_setting setting = { .language = "vi" };
	json_t *model = json_pack("{s:s}", "a", "model");
	json_t *page = json_pack("{s:s, s:s}", "a", "page", "b", "page");
	struct template *template = NULL;
	struct text out = { 0 };
	struct error err;

	(void)state;
	assert_int_equal(template_compile(&template, "x", "{{a}} {{b}}", &err), 0);
	assert_int_equal(template_render(template, model, page, &setting, &out, &err), 0);
	assert_string_equal(text_string(&out), "model page");
	text_free(&out);
	template_free(template);
	json_decref(model);
	json_decref(page);
}

static void test_faults_name_their_line(void **state)
{
	struct template *template = NULL;
	struct error err;

	(void)state;
	assert_int_equal(template_compile(&template, "page.html", "a\nb\n{{#c}}\n", &err),
			 -1);
	assert_string_equal(err.message, "page.html:3: never closed: c");
	assert_int_equal(
		template_compile(&template, "page.html", "{{! x\n }}\n\n{{a|b}}", &err),
		-1);
	assert_string_equal(err.message, "page.html:4: no formatter b");
	assert_null(template);
}

/* ---- The texts of the pages --------------------------------------------- */

static size_t count_of(const char *haystack, const char *needle)
{
	size_t count = 0;

	while ((haystack = strstr(haystack, needle)) != NULL) {
		haystack += strlen(needle);
		count++;
	}
	return count;
}

static void test_messages_are_sorted_and_complete(void **state)
{
	struct template *template = NULL;
	struct error err;

	(void)state;
	assert_true(messages_count > 50);
	for (size_t i = 0; i < messages_count; i++) {
		const struct message *message = &messages[i];

		if (i > 0 && strcmp(messages[i - 1].key, message->key) >= 0)
			fail_msg("%s is out of order", message->key);
		if (!message->vi || !*message->vi || !message->en || !*message->en)
			fail_msg("%s lacks a language", message->key);
		if (count_of(message->vi, "{{") != count_of(message->en, "{{"))
			fail_msg("%s has other tags in English", message->key);
		if (strchr(message->en, '[') && !strstr(message->en, "{{"))
			fail_msg("%s holds no number to choose a form by", message->key);
		assert_ptr_equal(message_find(message->key, "vi"), message->vi);
		assert_ptr_equal(message_find(message->key, "en"), message->en);
		if (template_compile(&template, message->key, message->vi, &err) != 0)
			fail_msg("%s", err.message);
		template_free(template);
		if (template_compile(&template, message->key, message->en, &err) != 0)
			fail_msg("%s", err.message);
		template_free(template);
	}
	assert_null(message_find("unheard.of", "vi"));
}

static int compile_partials(void **state)
{
	struct error err;

	(void)state;
	return template_compile(&partial_text, "text", "from partial", &err) ||
	       template_compile(&partial_greeting, "greeting", "*{{name}}*", &err) ||
	       template_compile(&partial_tree, "tree",
				"{{content}}<{{#nodes}}{{>tree}}{{/nodes}}>", &err) ||
	       template_compile(&partial_endless, "endless", "{{>endless}}", &err);
}

static int free_partials(void **state)
{
	(void)state;
	template_free(partial_text);
	template_free(partial_greeting);
	template_free(partial_tree);
	template_free(partial_endless);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interpolation),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_partials),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_page_stands_behind_model),
		cmocka_unit_test(test_faults_name_their_line),
		cmocka_unit_test(test_messages_are_sorted_and_complete),
	};

	return cmocka_run_group_tests(tests, compile_partials, free_partials);
}
