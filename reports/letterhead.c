/* letterhead.c -- who a report is from and for. */
#include "reports/letterhead.h"

#include <stdio.h>
#include <string.h>

#include "base/period.h"
#include "reports/format.h"
#include "reports/model.h"

static const char *setting(const struct compliance *report, const char *key)
{
	return model_string(json_object_get(report->model, "issuer"), key);
}

/* A province reports through its People's Committee. */
static void add_issuer(struct text *out, const struct compliance *report)
{
	if (*setting(report, "name")) {
		format_add_upper(out, setting(report, "name"));
	} else if (!*report->agency) {
		text_add(out, compliance_choose(report, "VĂN PHÒNG CHÍNH PHỦ",
						"OFFICE OF THE GOVERNMENT"));
	} else {
		if (strcmp(report->agency_kind, "province") == 0)
			text_add(out, compliance_choose(report, "ỦY BAN NHÂN DÂN\n",
							"PEOPLE’S COMMITTEE\n"));
		format_add_upper(out, report->agency_name);
	}
}

/* "08/BC-VPCP": a number of one digit has a zero before it. */
static void add_number(struct text *out, const struct compliance *report)
{
	const char *symbol = setting(report, "symbol"),
		   *number = setting(report, "number");

	if (!*symbol && !*report->agency)
		symbol = "VPCP";
	else if (!*symbol)
		symbol = strcmp(report->agency_kind, "province") == 0 ? "UBND"
								      : "........";
	if (!*number)
		number = "..........";
	text_addf(out, "%s%s/BC-%s", strlen(number) == 1 ? "0" : "", number, symbol);
}

/* "ngày 07 tháng 3 năm 2019": days below 10 and the first two months have a zero. */
static void add_issued(struct text *out, const struct compliance *report)
{
	static const char *const months[] = { "January", "February", "March",
					      "April",   "May",      "June",
					      "July",    "August",   "September",
					      "October", "November", "December" };
	int year, month, day;

	if (sscanf(setting(report, "issued"), "%4d-%2d-%2d", &year, &month, &day) != 3 ||
	    month < 1 || month > 12)
		text_add(out,
			 compliance_choose(report, "ngày ..... tháng ..... năm .........",
					   "..... ............... ........."));
	else if (strcmp(report->language, "en") == 0)
		text_addf(out, "%d %s %d", day, months[month - 1], year);
	else
		text_addf(out,
			  month < 3 ? "ngày %02d tháng %02d năm %d"
				    : "ngày %02d tháng %d năm %d",
			  day, month, year);
}

/* The lines of NAMES as a list, that ends with a full stop. */
static void add_list(struct text *out, const char *names)
{
	for (const char *at = names; *at;) {
		size_t length = strcspn(at, "\n");

		text_add(out, "- ");
		text_add_bytes(out, at, length);
		at += length + (at[length] == '\n');
		text_add(out, *at ? ";\n" : ".");
	}
}

static struct text *next_part(struct letterhead *letterhead)
{
	if (letterhead->parts_count ==
	    sizeof letterhead->parts / sizeof *letterhead->parts)
		BUG("a letterhead has more parts");
	return &letterhead->parts[letterhead->parts_count++];
}

static void read_opening(struct letterhead *letterhead, const struct compliance *report,
			 const char *subject)
{
	struct text *parent = next_part(letterhead), *issuer = next_part(letterhead);
	struct text *number = next_part(letterhead), *date = next_part(letterhead);
	struct text *receivers = next_part(letterhead);
	const char *place = setting(report, "place"),
		   *names = setting(report, "receivers");

	format_add_upper(parent, setting(report, "parent"));
	add_issuer(issuer, report);
	text_addf(number, "%s ", compliance_choose(report, "Số:", "No."));
	add_number(number, report);
	text_addf(date, "%s, ", *place ? place : "................");
	add_issued(date, report);
	if (strchr(names, '\n'))
		add_list(receivers, names);
	else
		text_add(receivers, names);
	letterhead->opening = (struct document_opening){
		.parent = text_string(parent),
		.issuer = text_string(issuer),
		.number = text_string(number),
		.draft = compliance_choose(report, "DỰ THẢO – hệ thống lập tự động",
					   "DRAFT – written by the system"),
		.place_date = text_string(date),
		.title = compliance_choose(report, "BÁO CÁO", "REPORT"),
		.subject = subject,
		.receivers = compliance_choose(report, "Kính gửi: ", "To: "),
		.receivers_names = text_string(receivers),
	};
}

/* Of a form: who sends it to whom, for which days, in what it counts. */
static void read_form(struct letterhead *letterhead, const struct compliance *report,
		      const char *number)
{
	struct text *parties = next_part(letterhead), *period = next_part(letterhead);
	const char *receiver = setting(report, "receivers");

	text_addf(parties, "%s %s\n%s %.*s",
		  compliance_choose(report, "Đơn vị báo cáo:", "Reported by:"),
		  report->agency_name,
		  compliance_choose(report, "Đơn vị nhận báo cáo:", "Reported to:"),
		  *receiver ? (int)strcspn(receiver, "\n") : 100,
		  *receiver ? receiver : "....................");
	text_add(period, compliance_choose(report, "Kỳ báo cáo: ", "Period: "));
	compliance_add_sentence(period, report->period_name);
	text_add(period, compliance_choose(report, "\n(Từ ngày ", "\n(from "));
	format_add_date(period, report->language,
			model_string(report->model, "first_day"));
	text_add(period, compliance_choose(report, " đến ngày ", " to "));
	format_add_date(period, report->language,
			model_string(report->model, "last_day"));
	text_add(period, compliance_choose(report, ")\nĐơn vị tính: Số hồ sơ TTHC",
					   ")\nUnit: dossiers"));
	letterhead->opening.form = number;
	letterhead->opening.parties = text_string(parties);
	letterhead->opening.period = text_string(period);
}

static void read_closing(struct letterhead *letterhead, const struct compliance *report,
			 const struct report_kind *kind)
{
	struct text *words = next_part(letterhead), *recipients = next_part(letterhead);
	struct text *position = next_part(letterhead);
	const char *url = model_string(report->model, "verify_url");
	const char *signer = setting(report, "signer");

	text_addf(words, "%s %s%s%s",
		  compliance_choose(report, "Mã kiểm tra", "Verification code"),
		  report->verification, *url ? " " : "", url);
	if (*setting(report, "recipients"))
		add_list(recipients, setting(report, "recipients"));
	else
		text_addf(recipients,
			  "- ..............................;\n"
			  "- ..............................;\n%s",
			  compliance_choose(report, "- Lưu: VT.", "- Archive."));
	format_add_upper(position, setting(report, "position"));
	if (position->length == 0)
		text_add(position,
			 compliance_choose(report, "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ",
					   "AUTHORITY AND POSITION"));
	letterhead->closing = (struct document_closing){
		.sentence = kind->ending_vi ? compliance_choose(report, kind->ending_vi,
								kind->ending_en)
					    : "",
		.receivers_title = compliance_choose(report, "Nơi nhận:", "Recipients:"),
		.receivers = text_string(recipients),
		.signer = text_string(position),
		.signature =
			*signer ? compliance_choose(report, "(để trống: chữ ký, dấu)",
						    "(left blank: signature, seal)")
				: compliance_choose(
					  report, "(để trống: chữ ký, dấu, họ và tên)",
					  "(left blank: signature, seal, name)"),
		.signer_name = signer,
		.verify_url = url,
		.verify_words = text_string(words),
	};
}

void letterhead_read(struct letterhead *letterhead, const struct compliance *report,
		     const struct report_kind *kind, const char *subject)
{
	*letterhead = (struct letterhead){ 0 };
	read_opening(letterhead, report, subject);
	if (kind->form)
		read_form(letterhead, report, kind->form);
	read_closing(letterhead, report, kind);
}

void letterhead_free(struct letterhead *letterhead)
{
	for (size_t i = 0; i < letterhead->parts_count; i++)
		text_free(&letterhead->parts[i]);
}

void letterhead_add_belongs(struct text *out, const struct compliance *report)
{
	struct text issuer = { 0 };

	text_add(out, compliance_choose(report, "(Kèm theo Báo cáo số ",
					"(Annexed to Report No. "));
	add_number(out, report);
	text_add(out, compliance_choose(report, " ", " of "));
	add_issued(out, report);
	if (*setting(report, "name"))
		text_addf(&issuer, "%s", setting(report, "name"));
	else if (!*report->agency)
		text_add(&issuer, compliance_choose(report, "Văn phòng Chính phủ",
						    "the Office of the Government"));
	else
		words_add_inline(&issuer, report->agency_name, compliance_group(report),
				 report->language);
	text_addf(out, "%s%s)", compliance_choose(report, " của ", ", "),
		  text_string(&issuer));
	text_free(&issuer);
}

int letterhead_is_right(const char *number, const char *issued)
{
	int year, month, day, length = 0;

	if (number && (!*number || strlen(number) > 20 || strpbrk(number, "\r\n\t")))
		return 0;
	return !issued ||
	       (sscanf(issued, "%4d-%2d-%2d%n", &year, &month, &day, &length) == 3 &&
		length == 10 && !issued[length] && month >= 1 && month <= 12 &&
		day >= 1 && day <= period_days_in_month(year, month));
}

void letterhead_set(json_t *model, const char *number, const char *issued)
{
	json_t *issuer = json_object_get(model, "issuer");

	if (!number && !issued)
		return;
	if (!json_is_object(issuer)) {
		issuer = json_object();
		json_object_set_new(model, "issuer", issuer);
	}
	if (number)
		json_object_set_new(issuer, "number", json_string(number));
	if (issued)
		json_object_set_new(issuer, "issued", json_string(issued));
}
