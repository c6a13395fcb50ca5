/* mime_test.c -- the encodings of mail, whole letters, addresses, and the wait between
 * tries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "delivery/address.h"
#include "delivery/letter.h"
#include "delivery/mime.h"
#include "delivery/worker.h"

static void check(struct text *out, const char *expected)
{
	assert_string_equal(text_string(out), expected);
	text_free(out);
}

static void headers_are_plain_or_encoded(void **state)
{
	struct text out = { 0 };

	(void)state;
	mime_add_header(&out, "Subject", "Report 2020");
	check(&out, "Subject: Report 2020\r\n");
	mime_add_header(&out, "Subject", "Hà Nội");
	check(&out, "Subject: =?UTF-8?B?SMOgIE7hu5lp?=\r\n");
	/* Nothing begins another header, or looks like an encoded word. */
	mime_add_header(&out, "Subject", "a\r\nBcc: b@x");
	check(&out, "Subject: a  Bcc: b@x\r\n");
	mime_add_header(&out, "Subject", "=?UTF-8?B?eA==?=");
	check(&out, "Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n");
	mime_add_mailbox(&out, "From", "Bộ Y tế", "a@x.vn");
	check(&out, "From: =?UTF-8?B?QuG7mSBZIHThur8=?=\r\n <a@x.vn>\r\n");
}

static void long_headers_break_between_characters(void **state)
{
	struct text value = { 0 }, out = { 0 };

	(void)state;
	for (int i = 0; i < 60; i++)
		text_add(&value, i % 7 ? "ệ" : " ");
	mime_add_header(&out, "Subject", value.data);
	for (const char *line = out.data; *line; line = strstr(line, "\r\n") + 2) {
		assert_true(strcspn(line, "\r") <= 76);
		/* Each word alone is whole characters: a multiple of 3 bytes and blanks. */
		assert_non_null(strstr(line, "=?UTF-8?B?"));
	}
	text_free(&value);
	text_free(&out);
}

static void quoted_printable(void **state)
{
	struct text out = { 0 }, line = { 0 };

	(void)state;
	mime_add_quoted(&out, "a = 1\nĐạt \n.\n");
	check(&out, "a =3D 1\r\n=C4=90=E1=BA=A1t=20\r\n.\r\n");
	for (int i = 0; i < 80; i++)
		text_add_char(&line, 'x');
	mime_add_quoted(&out, line.data);
	assert_int_equal(strcspn(out.data, "\r"), 76);
	assert_string_equal(out.data + 76, "\r\nxxxxx\r\n");
	text_free(&line);
	text_free(&out);
}

static void base64(void **state)
{
	struct text out = { 0 };

	(void)state;
	mime_add_base64(&out, "", 0);
	check(&out, "");
	mime_add_base64(&out, "\0\xff", 2);
	check(&out, "AP8=\r\n");
	mime_add_base64(&out,
			"0123456789012345678901234567890123456789012345678901234567", 58);
	check(&out,
	      "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzND"
	      "U2\r\nNw==\r\n");
}

static void names_of_files(void **state)
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
		{ "Báo cáo - Tỉnh Điện Biên - quý III năm 2020.pdf",
		  "Bao-cao-Tinh-Dien-Bien-quy-III-nam-2020.pdf" },
		{ "../../etc/passwd", "etc-passwd" },
		{ "bao-cao_44@2025_2020-Q3_vi", "bao-cao_44-2025_2020-Q3_vi" },
		{ "-rf", "rf" },
		{ ".hidden", "hidden" },
		{ "\"; x=\r\ny", "x-y" },
		{ "報", "file" },
	};
	struct text out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		mime_add_safe_name(&out, cases[i].name);
		assert_string_equal(text_string(&out), cases[i].safe);
		text_clear(&out);
	}
	mime_add_file_name(&out, "quý.pdf");
	check(&out, ";\r\n filename=\"quy.pdf\";\r\n filename*0*=UTF-8''qu%C3%BD.pdf");
	mime_add_file_name(&out, "plain.pdf");
	check(&out, ";\r\n filename=\"plain.pdf\"");
}

static void a_letter_is_the_same_bytes(void **state)
{
	const struct letter_file file = { "a.pdf", "application/pdf", "%PDF", 4 };
	const struct letter letter = { .from_words = "NQ17",
				       .from = "a@x.vn",
				       .to = "b@x.vn",
				       .subject = "S",
				       .language = "vi",
				       .message_id =
					       "0123456789abcdef0123456789abcdef@x.vn",
				       .date = 0,
				       .zone_offset = "+0700",
				       .offset_seconds = 7 * 3600,
				       .text = "One\n",
				       .html = "<p>One</p>\n",
				       .picture = "PNG",
				       .picture_length = 3,
				       .files = &file,
				       .files_count = 1 };
	struct text first = { 0 }, second = { 0 };

	(void)state;
	letter_write(&first, &letter);
	letter_write(&second, &letter);
	assert_string_equal(first.data, second.data);
	assert_non_null(strstr(first.data, "Date: Thu, 01 Jan 1970 07:00:00 +0700\r\n"));
	assert_non_null(strstr(first.data, "Content-ID: <" LETTER_PICTURE ">\r\n"));
	assert_null(strstr(first.data, "List-Unsubscribe"));
	/* Never a line feed alone. */
	for (const char *c = strchr(first.data, '\n'); c; c = strchr(c + 1, '\n'))
		assert_int_equal(c[-1], '\r');
	text_free(&first);
	text_free(&second);
}

static void addresses(void **state)
{
	static const struct {
		const char *recipient;
		int way; /* -1: refused */
	} cases[] = {
		{ "a@gov.vn", WAY_MAIL },
		{ "a.b+c@moh.GOV.vn", WAY_MAIL },
		{ "a@localhost", WAY_MAIL },
		{ "a@notgov.vn", -1 },
		{ "a@gov.vn.example.com", -1 },
		{ "a@gov.vn\r\nRCPT TO:<b@gov.vn>", -1 },
		{ "a b@gov.vn", -1 },
		{ "<a@gov.vn>", -1 },
		{ "a@@gov.vn", -1 },
		{ "a@-x.gov.vn", -1 },
		{ ".a@gov.vn", -1 },
		{ "@gov.vn", -1 },
		{ "", -1 },
		{ "folder:/srv/reports", WAY_FOLDER },
		{ "folder:reports", -1 },
		{ "https://host/dav/", WAY_PUT },
		{ "https:///dav/", -1 },
		{ "https://u:p@host/", -1 },
		{ "https://host/a b", -1 },
		{ "sftp://host/folder", WAY_SFTP },
		{ "hook:https://host/x", WAY_HOOK },
		{ "ftp://host/", -1 },
	};
	struct error err;
	const char *place;
	enum way way;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int status = address_read(cases[i].recipient, "gov.vn, localhost", &way,
					  &place, &err);

		if ((status == 0 ? (int)way : -1) != cases[i].way)
			fail_msg("%s", cases[i].recipient);
	}
}

static void this_machine(void **state)
{
	static const char *const near[] = { "smtp://localhost:25", "smtp://127.0.0.1",
					    "smtp://127.1.2.3:2525/x", "http://[::1]:80/",
					    "http://user@localhost/" };
	static const char *const far[] = {
		"smtp://localhost.example.org:25", "smtp://127.0.0.1.example.org",
		"smtp://127.example.org",          "smtp://mail.gov.vn?localhost",
		"http://localhost@example.org/",   "http://10.0.0.1/127.0.0.1"
	};

	(void)state;
	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		if (!address_is_loopback(near[i]))
			fail_msg("%s", near[i]);
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		if (address_is_loopback(far[i]))
			fail_msg("%s", far[i]);
}

static void waits_grow_to_a_cap(void **state)
{
	(void)state;
	assert_int_equal(job_delay(1, 1000), 60);
	assert_int_equal(job_delay(1, 0), 48);
	assert_int_equal(job_delay(1, 2000), 72);
	assert_int_equal(job_delay(4, 1000), 480);
	for (int attempts = 9; attempts < 100000; attempts *= 3)
		assert_int_equal(job_delay(attempts, 1000), 4 * 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_plain_or_encoded),
		cmocka_unit_test(long_headers_break_between_characters),
		cmocka_unit_test(quoted_printable),
		cmocka_unit_test(base64),
		cmocka_unit_test(names_of_files),
		cmocka_unit_test(a_letter_is_the_same_bytes),
		cmocka_unit_test(addresses),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(waits_grow_to_a_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
