/* rule_words_test.c -- rules in words, in both languages; what cannot be said is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "delivery/recurrence.h"
#include "delivery/rule_words.h"

#define START "2026-01-31T08:00:00" /* a Saturday */

static const struct {
	const char *rule, *vi, *en; /* NULL: not in words */
} cases[] = {
	{ "FREQ=DAILY", "Mỗi ngày, lúc 08:00", "Every day, at 08:00" },
	{ "freq=daily", "Mỗi ngày, lúc 08:00", "Every day, at 08:00" },
	{ "FREQ=DAILY;INTERVAL=2", "2 ngày một lần, lúc 08:00",
	  "Every 2 days, at 08:00" },
	{ "FREQ=DAILY;BYMONTH=1", "Mỗi ngày trong tháng 1, lúc 08:00",
	  "Every day in January, at 08:00" },
	{ "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
	  "Mỗi tuần vào các ngày từ thứ Hai đến thứ Sáu, lúc 08:00",
	  "Every week on weekdays (Monday to Friday), at 08:00" },
	{ "FREQ=WEEKLY", "Mỗi tuần vào thứ Bảy, lúc 08:00",
	  "Every week on Saturday, at 08:00" },
	{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO;WKST=MO",
	  "2 tuần một lần, vào thứ Hai và thứ Năm, lúc 08:00",
	  "Every 2 weeks, on Monday and Thursday, at 08:00" },
	{ "FREQ=DAILY;BYDAY=SU", "Mỗi tuần vào Chủ nhật, lúc 08:00",
	  "Every week on Sunday, at 08:00" },
	{ "FREQ=MONTHLY;BYDAY=MO,WE,FR",
	  "Mỗi tuần vào thứ Hai, thứ Tư và thứ Sáu, lúc 08:00",
	  "Every week on Monday, Wednesday and Friday, at 08:00" },
	{ "FREQ=MONTHLY;BYMONTHDAY=25", "Mỗi tháng vào ngày 25, lúc 08:00",
	  "Every month on day 25, at 08:00" },
	{ "FREQ=DAILY;BYMONTHDAY=1,15", "Mỗi tháng vào ngày 1 và ngày 15, lúc 08:00",
	  "Every month on day 1 and day 15, at 08:00" },
	{ "FREQ=MONTHLY;BYMONTHDAY=-1", "Mỗi tháng vào ngày cuối tháng, lúc 08:00",
	  "Every month on the last day, at 08:00" },
	{ "FREQ=MONTHLY;BYMONTHDAY=-2",
	  "Mỗi tháng vào ngày thứ 2 từ cuối tháng, lúc 08:00",
	  "Every month on day 2 from the end, at 08:00" },
	{ "FREQ=MONTHLY",
	  "Mỗi tháng vào ngày 31 (bỏ qua khi không có ngày này), lúc 08:00",
	  "Every month on day 31 (passed over where there is no such day), at 08:00" },
	{ "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=10;COUNT=4",
	  "3 tháng một lần, vào ngày 10, lúc 08:00, 4 lần",
	  "Every 3 months, on day 10, at 08:00, 4 times" },
	{ "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
	  "Mỗi tháng vào thứ Hai đầu tiên của tháng, lúc 08:00",
	  "Every month on the first Monday of the month, at 08:00" },
	{ "FREQ=MONTHLY;BYDAY=2TU,-1FR",
	  "Mỗi tháng vào thứ Ba lần thứ 2 và thứ Sáu cuối cùng của tháng, lúc 08:00",
	  "Every month on the second Tuesday and the last Friday of the month, at 08:00" },
	{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
	  "Mỗi tháng vào ngày trong tuần (thứ Hai đến thứ Sáu) cuối cùng của tháng, lúc 08:00",
	  "Every month on the last weekday (Monday to Friday) of the month, at 08:00" },
	{ "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
	  "Mỗi tháng vào thứ Bảy hoặc Chủ nhật đầu tiên của tháng, lúc 08:00",
	  "Every month on the first Saturday or Sunday of the month, at 08:00" },
	{ "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
	  "Mỗi tháng vào ngày 13, nếu là thứ Sáu, lúc 08:00",
	  "Every month on day 13, if it is a Friday, at 08:00" },
	{ "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=25",
	  "Mỗi năm vào ngày 25 tháng 1, tháng 4, tháng 7 và tháng 10, lúc 08:00",
	  "Every year on day 25 of January, April, July and October, at 08:00" },
	{ "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1",
	  "Mỗi năm vào ngày cuối tháng 6 và tháng 12, lúc 08:00",
	  "Every year on the last day of June and December, at 08:00" },
	{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
	  "Mỗi năm vào ngày 29 tháng 2 (bỏ qua khi không có ngày này), lúc 08:00",
	  "Every year on day 29 of February (passed over where there is no such day), "
	  "at 08:00" },
	{ "FREQ=YEARLY", "Mỗi năm vào ngày 31 tháng 1, lúc 08:00",
	  "Every year on day 31 of January, at 08:00" },
	{ "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
	  "Mỗi năm vào Chủ nhật cuối cùng của tháng 3, lúc 08:00",
	  "Every year on the last Sunday of March, at 08:00" },
	{ "FREQ=YEARLY;BYDAY=MO;BYSETPOS=1",
	  "Mỗi năm vào thứ Hai đầu tiên của năm, lúc 08:00",
	  "Every year on the first Monday of the year, at 08:00" },
	{ "FREQ=YEARLY;BYMONTHDAY=5", "Mỗi tháng vào ngày 5, lúc 08:00",
	  "Every month on day 5, at 08:00" },
	{ "FREQ=DAILY;BYHOUR=9,14;BYMINUTE=30", "Mỗi ngày, lúc 09:30 và 14:30",
	  "Every day, at 09:30 and 14:30" },
	{ "FREQ=DAILY;COUNT=1", "Mỗi ngày, lúc 08:00, 1 lần",
	  "Every day, at 08:00, 1 time" },
	{ "FREQ=DAILY;UNTIL=20271231", "Mỗi ngày, lúc 08:00, đến hết ngày 31/12/2027",
	  "Every day, at 08:00, until 2027-12-31" },
	{ "FREQ=DAILY;UNTIL=20271231T100000Z",
	  "Mỗi ngày, lúc 08:00, đến 10:00 ngày 31/12/2027 (UTC)",
	  "Every day, at 08:00, until 10:00 on 2027-12-31 (UTC)" },
	/* Words would say another thing, or too little. */
	{ "FREQ=YEARLY;BYWEEKNO=20", NULL, NULL },
	{ "FREQ=YEARLY;BYYEARDAY=100", NULL, NULL },
	{ "FREQ=YEARLY;BYDAY=20MO", NULL, NULL },
	{ "FREQ=YEARLY;BYMONTH=1,7;BYDAY=MO;BYSETPOS=1", NULL, NULL },
	{ "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO", NULL, NULL },
	{ "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,3;BYMONTHDAY=1", NULL, NULL },
	{ "FREQ=MONTHLY;BYMONTHDAY=1,2,3;BYSETPOS=-1", NULL, NULL },
	{ "FREQ=MONTHLY;BYDAY=MO,1FR", NULL, NULL },
	{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", NULL, NULL },
	{ "FREQ=DAILY;INTERVAL=2;BYDAY=MO", NULL, NULL },
	{ "FREQ=DAILY;BYSECOND=30", NULL, NULL },
	{ "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7", NULL, NULL },
};

static void check(const char *rule, const char *language, const char *expected)
{
	struct text out = { 0 };
	int status = rule_words_add(&out, rule, START, language);

	if (expected && status != 0)
		fail_msg("%s is not in words", rule);
	assert_int_equal(status, expected ? 0 : -1);
	assert_string_equal(text_string(&out), expected ? expected : "");
	text_free(&out);
}

/* Each is a rule that the program takes, or words for it would help nobody. */
static void rules_are_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct recurrence recurrence = { .rule = cases[i].rule,
						       .start = START,
						       .zone = "Asia/Ho_Chi_Minh" };
		struct error err;

		if (recurrence_check(&recurrence, &err) != 0)
			fail_msg("%s: %s", cases[i].rule, err.message);
		check(cases[i].rule, "vi", cases[i].vi);
		check(cases[i].rule, "en", cases[i].en);
	}
}

static void what_is_no_rule_is_not_said(void **state)
{
	static const char *const wrong[] = { "",
					     "FREQ=HOURLY",
					     "INTERVAL=2",
					     "FREQ=MONTHLY;BYMONTHDAY=",
					     "FREQ=MONTHLY;BYMONTHDAY=1,",
					     "FREQ=MONTHLY;BYMONTHDAY=32",
					     "FREQ=MONTHLY;BYMONTHDAY=0",
					     "FREQ=WEEKLY;BYDAY=XX",
					     "FREQ=WEEKLY;BYDAY=MO,",
					     "FREQ=DAILY;INTERVAL=0",
					     "FREQ=DAILY;UNTIL=soon",
					     "FREQ=DAILY;UNTIL=20271231Tx",
					     "FREQ" };

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		check(wrong[i], "vi", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_words),
		cmocka_unit_test(what_is_no_rule_is_not_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
