/* bounce_test.c -- reports of failed delivery, and what only looks like one. */
#include "delivery/bounce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                             \
	"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.x.gov.vn\r\nMIME-Version: 1.0\r\n"    \
	"Content-Type: multipart/report; report-type=delivery-status;\r\n"               \
	"\tboundary=\"B1/x\"\r\nSubject: failure\r\n\r\nThis is MIME.\r\n"
#define WORDS "--B1/x\r\nContent-Type: text/plain\r\n\r\nAction: failed\r\nsorry\r\n"
#define STATUS(fields)                                                                   \
	"--B1/x\r\nContent-Type: message/delivery-status\r\n\r\n"                        \
	"Reporting-MTA: dns; mx.x.gov.vn\r\n\r\n" fields "\r\n"
#define FAILED                                                                             \
	"Original-Recipient: rfc822;38@x.gov.vn\r\nFinal-Recipient: rfc822; "              \
	"<an@y.gov.vn>\r\n"                                                                \
	"Action: Failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n no such " \
	"user\r\n"
#define OURS                                                                             \
	"--B1/x\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n"              \
	"Message-Id:\r\n <0123456789abcdef@vpcp.gov.vn>\r\n\r\n"
#define END "--B1/x--\r\n"

static const char whole[] = HEAD WORDS STATUS(FAILED)
OURS END;

static void a_report_is_read(void **state)
{
	struct bounce bounce;

	(void)state;
	assert_int_equal(bounce_read(whole, strlen(whole), &bounce), 1);
	assert_string_equal(bounce.message_id, "0123456789abcdef@vpcp.gov.vn");
	assert_string_equal(bounce.original, "38@x.gov.vn");
	assert_string_equal(bounce.final, "an@y.gov.vn");
	assert_string_equal(bounce.reason, "5.1.1 smtp; 550 5.1.1 no such user");
}

static void others_are_not(void **state)
{
	static const char *const others[] = {
		"",
		"\r\n",
		"no mail at all",
		HEAD,
		HEAD END,
		HEAD WORDS OURS END,
		HEAD WORDS STATUS(FAILED) END, /* of no mail */
		HEAD WORDS STATUS("Final-Recipient: rfc822; a@x\r\nAction: delayed\r\n"
				  "Status: 4.4.1\r\n") OURS END,
		HEAD WORDS STATUS("Action: relayed\r\n") OURS END,
		/* not a report, or one without borders */
		"Content-Type: multipart/mixed; boundary=\"B1/x\"\r\n\r\n" STATUS(FAILED)
			OURS END,
		"Content-Type: multipart/report; boundary=\r\n\r\n" STATUS(FAILED)
			OURS END,
		/* only quoted in words */
		HEAD "--B1/x\r\nContent-Type: text/plain\r\n\r\n"
		     "Content-Type: message/delivery-status\r\n\r\n" FAILED OURS END,
	};
	struct bounce bounce;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(bounce_read(others[i], strlen(others[i]), &bounce), 0);
}

/* Cut anywhere, and with any byte changed, in a block of its own length: the sanitisers
 * see a step too far. */
static void nothing_does_harm(void **state)
{
	static const char bytes[] = { 0,   '\n', '\r', ':', '-',
				      ' ', ';',  '"',  '<', (char)0xff };
	size_t length = strlen(whole);
	struct bounce bounce;

	(void)state;
	for (size_t cut = 0; cut <= length; cut++) {
		char *copy = malloc(cut ? cut : 1);

		memcpy(copy, whole, cut);
		bounce_read(copy, cut, &bounce);
		for (size_t i = 0; cut == length && i < length * sizeof bytes; i++) {
			char was = copy[i / sizeof bytes];

			copy[i / sizeof bytes] = bytes[i % sizeof bytes];
			if (bounce_read(copy, cut, &bounce))
				for (const char *c = bounce.reason; *c; c++)
					assert_true((unsigned char)*c >= ' ');
			copy[i / sizeof bytes] = was;
		}
		free(copy);
	}
}

static void what_is_long_is_cut(void **state)
{
	size_t length = 100000;
	char *mail = malloc(length + 1);
	struct bounce bounce;

	(void)state;
	memset(mail, 'a', length);
	memcpy(mail, HEAD, strlen(HEAD));
	mail[length] = '\0';
	assert_int_equal(bounce_read(mail, length, &bounce), 0);
	memset(mail, 'x', length);
	memcpy(mail, HEAD STATUS(""), strlen(HEAD STATUS("")));
	memcpy(mail + strlen(HEAD STATUS("")), "Diagnostic-Code: ", 17);
	memcpy(mail + length - strlen("\r\nAction: failed\r\n" OURS END),
	       "\r\nAction: failed\r\n" OURS END,
	       strlen("\r\nAction: failed\r\n" OURS END));
	assert_int_equal(bounce_read(mail, length, &bounce), 1);
	assert_in_range(strlen(bounce.reason), 300, sizeof bounce.reason - 1);
	free(mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_read),
		cmocka_unit_test(others_are_not),
		cmocka_unit_test(nothing_does_harm),
		cmocka_unit_test(what_is_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
