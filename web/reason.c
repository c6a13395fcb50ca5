/* reason.c -- why something was refused, in the visitor's words. */
#include "web/reason.h"

#include <string.h>

enum { PARTS_MOST = 4 };

/* In a pattern % stands for any text, in its translation {1}, {2}, ... for what stood there.
 * `en` only where the message is PostgreSQL's own, and not for visitors.  Among patterns that
 * fit the first counts. */
static const struct {
	const char *pattern, *vi, *en;
} reasons[] = {
	/* of every address */
	{ "not a period: \"%\"; data from % to %; periods: %",
	  "“{1}” không phải một kỳ. Kỳ viết như 2025 (năm), 2025-H1 (nửa năm), 2025-Q3 (quý), 2025-09 (tháng), 2025-W23 (tuần) hoặc 2025-06-30 (ngày); theo kỳ báo cáo của Nghị định 09/2019 viết như ND09-2025, ND09-2025-H1, ND09-2025-Q3 hoặc ND09-2025-09. Có số liệu từ năm {2} đến năm {3}; mới nhất: {4}.",
	  "not a period: \"{1}\". A period is written like 2025 (year), 2025-H1 (half year), 2025-Q3 (quarter), 2025-09 (month), 2025-W23 (week) or 2025-06-30 (day); in the calendar of Decree 09/2019 like ND09-2025, ND09-2025-H1, ND09-2025-Q3 or ND09-2025-09. There is data from {2} to {3}; the latest: {4}." },
	{ "not a period: \"%\"",
	  "“{1}” không phải một kỳ; viết như 2025, 2025-Q3 hoặc 2025-09.", NULL },
	{ "which period, like 2020-Q3?", "Cần một kỳ, ví dụ 2025-Q3.", NULL },
	{ "no agency \"%\" in period %", "Kỳ {2} không có cơ quan “{1}”.", NULL },
	{ "there is no agency \"%\" in the period %", "Kỳ {2} không có cơ quan “{1}”.",
	  NULL },
	{ "there is no agency \"%\" in the register", "Danh mục không có cơ quan “{1}”.",
	  NULL },
	{ "there is no agency %", "Không có cơ quan {1}.", NULL },
	{ "no agency \"%\"", "Không có cơ quan “{1}”.", NULL },
	{ "there is no indicator %", "Không có chỉ tiêu {1}.", NULL },
	{ "no indicator \"%\"", "Không có chỉ tiêu “{1}”.", NULL },
	{ "there is no figure \"%\" of % in the period %",
	  "Kỳ {3} không có số liệu “{1}” của {2}.", NULL },
	{ "there is no variant \"%\"", "Không có cách tính “{1}”.", NULL },
	{ "there is no set of targets \"%\"", "Không có bộ mục tiêu “{1}”.", NULL },
	{ "there is no vintage %", "Không có bản công bố {1}.", NULL },
	{ "there is no such vintage", "Không có bản công bố này.", NULL },
	{ "not the number of a vintage: \"%\"", "“{1}” không phải số của bản công bố.",
	  NULL },
	{ "vintage % is of the period %, not of %",
	  "Bản công bố {1} là của kỳ {2}, không phải {3}.", NULL },
	{ "as of a moment or of a vintage, not both",
	  "Chọn thời điểm hoặc bản công bố, không chọn cả hai.", NULL },
	{ "nothing of % was published", "Kỳ {1} chưa có gì được công bố.", NULL },
	{ "nothing% was published at or before %", "Chưa có gì được công bố đến {2}.",
	  NULL },
	{ "procedures are compared over months, % not over %; periods: %",
	  "Thủ tục được so sánh theo tháng, quý, nửa năm và năm, không theo {2}: tổng của từng thủ tục được giữ theo nửa tháng, còn tuần hoặc ngày thì phải đọc lại mọi hồ sơ của cả nước.",
	  "procedures are compared over months, quarters, half years and years, not over {2}: their totals are kept by half months, and a week or a day would take reading every dossier of the country" },
	{ "no % here: nothing of this is published",
	  "Trang này không có bản công bố, nên không dùng được {1}.", NULL },
	{ "no % here: ask %", "Ở đây không dùng được {1}: hãy hỏi {2}.", NULL },
	{ "the nation has no rank", "Cả nước không xếp hạng.", NULL },
	{ "% has no rank in % (nothing was published of it)",
	  "{1} không có hạng: khi đó kỳ {2} chưa được công bố.", NULL },
	{ "% has no rank in % (%)", "{1} không có hạng trong kỳ {2}.", NULL },
	{ "no such report", "Không có báo cáo này.", NULL },
	{ "no such chart; there are: %", "Không có biểu đồ này; có: {1}.", NULL },
	{ "no such file", "Không có tệp này.", NULL },
	{ "nothing at this address", "Không có gì ở địa chỉ này.", NULL },
	{ "no state \"%\"%", "Không có trạng thái “{1}”.", NULL },
	{ "state is one of %", "Trạng thái là một trong: {1}.", NULL },
	{ "no order \"%\"%", "Không có cách sắp xếp “{1}”.", NULL },
	{ "no group \"%\"%", "Không có khối “{1}”.", NULL },
	{ "no columns \"%\"%", "Không có nhóm cột “{1}”.", NULL },
	{ "no verdict \"%\"%", "Không có kết quả “{1}”.", NULL },
	{ "no page \"%\"", "Không có trang “{1}”.", NULL },
	{ "a map shows status, value or rank, not \"%\"",
	  "Bản đồ tô theo kết quả, giá trị hoặc hạng, không theo “{1}”.", NULL },
	{ "until is a day, as %", "until là một ngày, ví dụ {1}.", NULL },
	{ "limit is a number from 1 to 1000", "limit là một số từ 1 đến 1000.", NULL },
	{ "after is what next said, limit a number from 1 to 1000",
	  "after là giá trị next của trang trước, limit là một số từ 1 đến 1000.", NULL },
	{ "before is the number of an entry", "before là số của một mục nhật ký.", NULL },
	/* forms */
	{ "no such action", "Không có thao tác này.", NULL },
	{ "no such action, or %", "Không có thao tác này, hoặc đối tượng không còn.",
	  NULL },
	{ "no action \"%\"", "Không có thao tác “{1}”.", NULL },
	{ "an action, an agency, a period", "Biểu mẫu thiếu thao tác, cơ quan hoặc kỳ.",
	  NULL },
	{ "an action, a dispute", "Biểu mẫu thiếu thao tác hoặc khiếu nại.", NULL },
	/* what agencies say */
	{ "the reason is missing", "Chưa ghi lý do.", NULL },
	{ "the note is missing", "Chưa ghi nội dung ghi chú.", NULL },
	{ "the answer is missing", "Chưa ghi nội dung trả lời.", NULL },
	{ "the reason is longer than % characters", "Lý do dài quá {1} ký tự.", NULL },
	{ "the note is longer than % characters", "Ghi chú dài quá {1} ký tự.", NULL },
	{ "the answer is longer than % characters", "Trả lời dài quá {1} ký tự.", NULL },
	{ "the evidence is no address: \"%\"",
	  "Bằng chứng phải là một địa chỉ http:// hoặc https://, không phải “{1}”.",
	  NULL },
	{ "this figure is contested already", "Số liệu này đang bị khiếu nại rồi.",
	  NULL },
	{ "a dispute is open: %",
	  "Còn khiếu nại chưa xong: hãy rút hoặc chờ trả lời rồi mới đồng ý.", NULL },
	{ "nothing is said of % in the period %", "Kỳ {2} không có số liệu nào của {1}.",
	  NULL },
	{ "there is no dispute %", "Không có khiếu nại {1}.", NULL },
	{ "dispute % is closed: it was %", "Khiếu nại {1} đã đóng.", NULL },
	{ "nobody answers their own dispute: somebody else than % must",
	  "Không ai trả lời khiếu nại của chính mình: cần người khác ngoài {1}.", NULL },
	{ "what is rejected is mended by no batch",
	  "Khiếu nại bị bác thì không có lô sửa.", NULL },
	{ "batch % brought nothing of this agency",
	  "Lô {1} không có bản ghi nào của cơ quan này.", NULL },
	{ "a batch has a number", "Lô được gọi bằng số.", NULL },
	{ "there is no note %", "Không có ghi chú {1}.", NULL },
	/* files */
	{ "no such record type", "Không có loại bản ghi này.", NULL },
	{ "the name of the file", "Tên tệp không đọc được hoặc quá dài.", NULL },
	{ "no such trial any more",
	  "Lần kiểm tra này không còn hoặc đã quá một giờ: hãy chọn tệp và kiểm tra lại.",
	  NULL },
	/* accounts and keys */
	{ "there is, or was, an account \"%\"", "Tên đăng nhập “{1}” đã được dùng.",
	  NULL },
	{ "a login has %",
	  "Tên đăng nhập có 2–63 chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối; họ tên không quá 100 ký tự.",
	  NULL },
	{ "viewer, sender and leader belong to an agency; %",
	  "Người xem, người gửi và lãnh đạo thuộc một cơ quan; văn phòng, kiểm toán và quản trị thì không.",
	  NULL },
	{ "roles are %", "Vai trò là một trong: {1}.", NULL },
	{ "your own password and second step are changed on %",
	  "Mật khẩu và bước thứ hai của chính mình được đổi ở trang tài khoản, nơi mật khẩu "
	  "cũ được hỏi lại.",
	  NULL },
	{ "the last administrator stays one", "Phải còn ít nhất một quản trị viên.",
	  NULL },
	{ "no account \"%\"", "Không có tài khoản “{1}”.", NULL },
	{ "no account", "Không có tài khoản này.", NULL },
	{ "no key \"%\"", "Không có khóa “{1}”.", NULL },
	{ "no key %", "Không có khóa {1}.", NULL },
	{ "no session %", "Không có phiên {1}.", NULL },
	{ "an account needs a login", "Tài khoản cần có tên đăng nhập.", NULL },
	{ "a key is for an agency", "Khóa phải thuộc một cơ quan.", NULL },
	{ "a key cannot send \"%\"; it is for %",
	  "Khóa không gửi được loại “{1}”; chọn trong: {2}.", NULL },
	{ "a key ends today or later, not on %",
	  "Khóa phải còn hạn từ hôm nay trở đi, không phải {1}.", NULL },
	/* targets, populations, letterheads */
	{ "a threshold is written like %", "Ngưỡng viết như 25%, 62,5% hoặc 78.", NULL },
	{ "a draft needs the day from which it holds, and a reason",
	  "Dự thảo cần ngày bắt đầu hiệu lực và lý do.", NULL },
	{ "a reason is missing", "Chưa ghi lý do.", NULL },
	{ "there is no target \"%\"%", "Không có mục tiêu “{1}”.", NULL },
	{ "the draft changes nothing", "Dự thảo không thay đổi gì.", NULL },
	{ "who drafted a change (%) does not approve it",
	  "Người soạn thay đổi ({1}) không tự phê duyệt.", NULL },
	{ "change % was % already by %", "Thay đổi {1} đã được {3} quyết định.", NULL },
	{ "there is no draft %", "Không có dự thảo này.", NULL },
	{ "the set % holds for days after %: no period is left until %",
	  "Bộ mục tiêu {1} có hiệu lực sau {2}: không còn kỳ nào đến {3}.", NULL },
	{ "a later version of % is in force from % or after; %",
	  "{1} đã có phiên bản hiệu lực từ {2} trở đi: hãy chọn ngày muộn hơn.", NULL },
	{ "a direction is %", "Chiều của mục tiêu là >=, = hoặc <=.", NULL },
	{ "a population needs %", "Phạm vi cần loại cơ quan.", NULL },
	{ "invalid input value for enum agency_kind: \"%\"%",
	  "Không có loại cơ quan “{1}”.", "there is no kind of agency \"{1}\"" },
	{ "a letterhead is of an agency%",
	  "Thể thức thuộc một cơ quan, bằng tiếng Việt hoặc tiếng Anh.", NULL },
	{ "the letterhead's % is too long", "Nội dung một ô của thể thức quá dài.",
	  NULL },
	{ "the letterhead's parent holds \"%\", %",
	  "Ô “Cơ quan chủ quản” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's name holds \"%\", %",
	  "Ô “Cơ quan ban hành” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's symbol holds \"%\", %",
	  "Ô “Ký hiệu sau “BC-”” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's place holds \"%\", %",
	  "Ô “Địa danh” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's receivers holds \"%\", %",
	  "Ô “Kính gửi” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's recipients holds \"%\", %",
	  "Ô “Nơi nhận” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's position holds \"%\", %",
	  "Ô “Quyền hạn, chức vụ của người ký” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "the letterhead's signer holds \"%\", %",
	  "Ô “Họ và tên người ký” có chữ “{1}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	{ "% holds \"%\", a letter that the typeface of reports lacks",
	  "Nội dung có chữ “{2}” mà phông chữ của báo cáo không có: hãy bỏ hoặc thay chữ này.",
	  NULL },
	/* schedules and what was sent */
	{ "there is a schedule % already", "Đã có lịch {1}.", NULL },
	{ "there is no schedule %", "Không có lịch {1}.", NULL },
	{ "there is no delivery %", "Không có lần gửi {1}.", NULL },
	{ "nothing of this hash was sent to you",
	  "Không có tệp nào mang mã này được gửi cho tài khoản này.", NULL },
	{ "delivery % is % by now, which % does not fit",
	  "Lần gửi {1} nay đã ở trạng thái {2}.", NULL },
	{ "an agency sends its own report, or the nation's",
	  "Cơ quan chỉ gửi báo cáo của mình hoặc của cả nước.", NULL },
	{ "\"%\" is no address (%)", "“{1}” không phải địa chỉ thư.", NULL },
	{ "nothing is mailed to %: the setting mail_domains allows %",
	  "Không gửi thư tới {1}: chỉ được gửi tới các tên miền {2}.", NULL },
	{ "\"%\" is no rule of RFC 5545, like %",
	  "“{1}” không phải quy tắc RFC 5545, ví dụ {2}.", NULL },
	{ "\"%\" never comes true", "Quy tắc “{1}” không rơi vào ngày nào.", NULL },
	{ "a report once a day is the most that can be had",
	  "Báo cáo được gửi nhiều nhất mỗi ngày một lần.", NULL },
	{ "there is no time zone \"%\" (like %)", "Không có múi giờ “{1}”, ví dụ {2}.",
	  NULL },
	{ "whoever waits for data needs a --deadline %",
	  "Lịch chờ số liệu cần có hạn chót; lịch khác thì không.", NULL },
	{ "the report % cannot be had as %", "Báo cáo {1} không có dạng {2}.", NULL },
	{ "a name has letters%: \"%\"",
	  "Tên lịch gồm chữ không dấu, chữ số, dấu chấm, gạch dưới và gạch nối, không phải “{2}”.",
	  NULL },
	{ "there is no report \"%\" that is sent", "Không có báo cáo “{1}” để gửi.",
	  NULL },
	{ "--agency or --each, not both",
	  "Chọn một cơ quan hoặc một nhóm, không chọn cả hai.", NULL },
	{ "--each is %", "Nhóm cơ quan là một trong: {1}.",
	  "a group of agencies is {1}" },
	{ "--lang is vi or en", "Ngôn ngữ là vi hoặc en.", "the language is vi or en" },
	{ "--covers is %", "Kỳ báo cáo là một trong: {1}.",
	  "the period reported on is {1}" },
	{ "--when is %", "Thời điểm gửi là một trong: {1}.", "when it is sent is {1}" },
	{ "coverage is 1 to 100 percent", "Tỷ lệ từ 1 đến 100%.", NULL },
	{ "--from wants a day like %, --at a time like %",
	  "Ngày viết như {1}, giờ viết như {2}.",
	  "a day is written like {1}, a time like {2}" },
	{ "--workdays is %", "Cách dời ngày là một trong: {1}.",
	  "the choice for days off is {1}" },
	{ "--credentials wants a path from the root",
	  "Tệp chứa mật khẩu cần đường dẫn đầy đủ.",
	  "the file of credentials needs a path from the root" },
	{ "no password in an address%", "Địa chỉ không được chứa mật khẩu.", NULL },
	{ "\"%\": only plain characters in an address",
	  "“{1}”: địa chỉ chỉ gồm chữ không dấu.", NULL },
	{ "\"%\" has no host", "“{1}” không có tên máy chủ.", NULL },
	/* what became of a delivery */
	{ "mail is off: %",
	  "Chưa bật gửi thư: cần đặt smtp_url và mail_from trong cấu hình.", NULL },
	{ "sample data is mailed to this machine only",
	  "Dữ liệu mẫu chỉ được gửi trong máy này.", NULL },
	{ "the schedule does not send this there any more",
	  "Lịch không còn gửi tới nơi này.", NULL },
	{ "another process has it by now", "Một tiến trình khác đang gửi.", NULL },
	{ "handed over, but not answered: %", "Đã giao thư nhưng chưa có trả lời: {1}",
	  NULL },
	{ "there is no single sign-on here", "Ở đây không có đăng nhập một lần.", NULL },
	/* PostgreSQL's own */
	{ "date/time field value out of range: \"%\"%", "Không có ngày “{1}”.",
	  "there is no day \"{1}\"" },
	{ "invalid input syntax for type %: \"%\"%", "“{2}” không được viết đúng.",
	  "\"{2}\" is not written as it should be" },
	{ "value \"%\" is out of range for type %", "“{1}” quá lớn.",
	  "\"{1}\" is too large" },
};

struct part {
	const char *text;
	size_t length;
};

/* Does MESSAGE fit PATTERN?  PARTS: what stood for each %. */
static int fits(const char *pattern, const char *message, struct part *parts, int count)
{
	for (; *pattern && *pattern != '%'; pattern++, message++)
		if (*pattern != *message)
			return 0;
	if (!*pattern)
		return !*message;
	for (size_t length = 0; count < PARTS_MOST; length++) {
		parts[count] = (struct part){ message, length };
		if (fits(pattern + 1, message + length, parts, count + 1))
			return 1;
		if (!message[length])
			break;
	}
	return 0;
}

static void fill_in(struct text *out, const char *words, const struct part *parts)
{
	for (; *words; words++) {
		const int number =
			words[0] == '{' && words[2] == '}' ? words[1] - '1' : -1;

		if (number < 0 || number >= PARTS_MOST) {
			text_add_char(out, *words);
			continue;
		}
		text_add_bytes(out, parts[number].text, parts[number].length);
		words += 2;
	}
}

void reason_add(struct text *out, const char *language, const char *message)
{
	const int is_english = strcmp(language, "en") == 0;

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		struct part parts[PARTS_MOST] = { 0 };
		const char *words = is_english ? reasons[i].en : reasons[i].vi;

		if (!words || !fits(reasons[i].pattern, message, parts, 0))
			continue;
		fill_in(out, words, parts);
		return;
	}
	text_add(out, message);
}
