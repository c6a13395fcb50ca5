/* personal.c -- personal data that comes by mistake. */
#include "collector/personal.h"

#include <string.h>

struct match {
	enum personal what;
	size_t start, end;
};

/* ---- Characters --------------------------------------------------------- */

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

/* Part of a longer code or number, if it stands beside a number? */
static int joins(char c)
{
	return is_digit(c) || is_letter(c) || (c && strchr("_-./", c));
}

static size_t word_end(const char *bytes, size_t length, size_t at)
{
	while (at < length && is_letter(bytes[at]))
		at++;
	return at;
}

/* ---- Numbers ------------------------------------------------------------ */

/* Is one of these words among the last bytes before a number? */
static int is_announced(const char *bytes, size_t at)
{
	static const char *const words[] = {
		"cmnd", "cccd", "cmt",          "căn cước",  "chứng minh",
		"CMND", "CCCD", "CMT",          "Căn cước",  "Chứng minh",
		"CĂN",  "ID:",  "so_dinh_danh", "định danh", "passport"
	};
	size_t from = at;

	/* Not beyond another value. */
	while (from > 0 && at - from < 32 && !is_digit(bytes[from - 1]) &&
	       !strchr(",;", bytes[from - 1]))
		from--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(bytes + from, at - from, words[i], strlen(words[i])))
			return 1;
	return 0;
}

/* The digits of a number that is written in groups, and how long each group is. */
struct number {
	char digits[16];
	int count;
	char shape[8]; /* "433": groups of 4, 3 and 3 */
	int groups;
	size_t end;
};

static void read_groups(struct number *number, const char *bytes, size_t length,
			size_t at)
{
	*number = (struct number){ .end = at };
	while (at < length && is_digit(bytes[at]) && number->groups < 7) {
		size_t from = at;

		while (at < length && is_digit(bytes[at]) && number->count < 15)
			number->digits[number->count++] = bytes[at++];
		number->shape[number->groups++] = (char)('0' + (at - from));
		number->end = at;
		if (at + 1 < length && strchr(" .-", bytes[at]) &&
		    is_digit(bytes[at + 1]))
			at++;
	}
}

static int has_shape(const struct number *number, const char *const *shapes)
{
	for (; *shapes; shapes++)
		if (strcmp(number->shape, *shapes) == 0)
			return 1;
	return 0;
}

/* 0912345678, 0912.345.678, +84 912 345 678. */
static int is_phone(const struct number *number, int plus)
{
	static const char *const local[] = {
		":", "433", "334", "46", "37", "4222", NULL
	};
	static const char *const abroad[] = { ";", "2333", "29", NULL };
	const char *digits = number->digits;

	if (number->count == 10)
		return !plus && digits[0] == '0' && strchr("35789", digits[1]) &&
		       has_shape(number, local);
	return number->count == 11 && strncmp(digits, "84", 2) == 0 &&
	       strchr("35789", digits[2]) && has_shape(number, abroad) &&
	       (plus || number->groups == 1);
}

/* A citizen's number: province 001-096, then century and sex. */
static int is_citizen(const struct number *number)
{
	static const char *const shapes[] = { "<", "3333", "444", NULL };
	const char *digits = number->digits;
	int province = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';

	return number->count == 12 && province >= 1 && province <= 96 &&
	       digits[3] <= '3' && has_shape(number, shapes);
}

static enum personal judge_number(const struct number *number, const char *bytes,
				  size_t length, size_t start)
{
	int plus = start > 0 && bytes[start - 1] == '+';
	int quoted = start == 1 && *bytes == '"';
	int is_whole = start == (size_t)quoted && number->end + (size_t)quoted == length;

	if (is_phone(number, plus))
		return PERSONAL_PHONE;
	if (is_citizen(number))
		return PERSONAL_IDENTITY;
	if (number->groups == 1 && (number->count == 9 || number->count == 12) &&
	    (is_announced(bytes, start) || (is_whole && number->count == 9)))
		return PERSONAL_IDENTITY;
	return PERSONAL_NONE;
}

static int find_number(struct match *match, const char *bytes, size_t length, size_t at)
{
	struct number number;

	if (at > 0 && joins(bytes[at - 1]))
		return 0;
	read_groups(&number, bytes, length, at);
	if (number.end < length && joins(bytes[number.end]) &&
	    /* the end of a sentence joins nothing */
	    !(strchr(".-", bytes[number.end]) &&
	      (number.end + 1 == length || !joins(bytes[number.end + 1]))))
		return 0;
	match->what = judge_number(&number, bytes, length, at);
	match->start = at;
	match->end = number.end;
	return match->what != PERSONAL_NONE;
}

/* ---- E-mail ------------------------------------------------------------- */

static int is_mail_char(char c)
{
	return is_digit(c) || (is_letter(c) && !(c & 0x80)) || (c && strchr("._%+-", c));
}

/* The @ stands at AT. */
static int find_mail(struct match *match, const char *bytes, size_t length, size_t at)
{
	size_t start = at, end = at + 1, dot = 0;

	while (start > 0 && is_mail_char(bytes[start - 1]))
		start--;
	while (end < length && is_mail_char(bytes[end]) && !strchr("_%+", bytes[end])) {
		if (bytes[end] == '.')
			dot = end;
		end++;
	}
	if (start == at || dot < at + 2 || end - dot < 3 || is_digit(bytes[dot + 1]))
		return 0;
	*match = (struct match){ PERSONAL_EMAIL, start, end };
	return 1;
}

/* ---- Names -------------------------------------------------------------- */

static const char *const surnames[] = {
	"Nguyễn", "NGUYỄN", "Trần",  "TRẦN",  "Lê",     "LÊ",     "Phạm", "PHẠM", "Hoàng",
	"HOÀNG",  "Huỳnh",  "HUỲNH", "Phan",  "PHAN",   "Vũ",     "VŨ",   "Võ",   "VÕ",
	"Đặng",   "ĐẶNG",   "Bùi",   "BÙI",   "Đỗ",     "ĐỖ",     "Hồ",   "HỒ",   "Ngô",
	"NGÔ",    "Dương",  "DƯƠNG", "Lý",    "LÝ",     "Đinh",   "ĐINH", "Đào",  "ĐÀO",
	"Đoàn",   "ĐOÀN",   "Trịnh", "TRỊNH", "Trương", "TRƯƠNG", "Lâm",  "LÂM",  "Lương",
	"LƯƠNG",  "Phùng",  "PHÙNG", "Tạ",    "TẠ",     "Mai",    "MAI",  "Cao",  "CAO",
	"Vương",  "VƯƠNG",  "Triệu", "TRIỆU", "Quách",  "QUÁCH",  NULL
};

static const char *const middle_names[] = { "Văn", "VĂN", "Thị", "THỊ", NULL };

static const char *const titles[] = {
	"ông",      "Ông",       "ÔNG",           "bà",        "Bà",
	"BÀ",       "anh",       "Anh",           "chị",       "Chị",
	"đồng chí", "Đồng chí",  "đ/c",           "Đ/c",       "họ tên",
	"Họ tên",   "họ và tên", "Họ và tên",     "người nộp", "Người nộp",
	"công dân", "Công dân",  "chủ hộ",        "Chủ hộ",    "HỌ VÀ TÊN",
	"HỌ TÊN",   "NGƯỜI NỘP", "người yêu cầu", NULL
};

/* Where one of WORDS that begins at AT and is whole ends, or 0. */
static size_t match_word(const char *const *words, const char *bytes, size_t length,
			 size_t at)
{
	for (; *words; words++) {
		size_t size = strlen(*words);

		if (size <= length - at && memcmp(bytes + at, *words, size) == 0 &&
		    (at + size == length || !is_letter(bytes[at + size])))
			return at + size;
	}
	return 0;
}

/* Does a capital letter stand at AT?  Of those beyond ASCII, those that names have. */
static int is_capital(const char *bytes, size_t length, size_t at)
{
	static const char *const others[] = { "Á", "À", "Ả", "Ã", "Ạ", "Ă", "Â", "Đ",
					      "É", "Ê", "Í", "Ó", "Ô", "Ơ", "Ú", "Ư",
					      "Ý", "Ấ", "Ẩ", "Ế", "Ổ", "Ứ", "Ỷ", NULL };

	if (at >= length)
		return 0;
	if (bytes[at] >= 'A' && bytes[at] <= 'Z')
		return 1;
	for (int i = 0; others[i]; i++)
		if (strlen(others[i]) <= length - at &&
		    memcmp(bytes + at, others[i], strlen(others[i])) == 0)
			return 1;
	return 0;
}

/* The words of a name from AT on, a surname first; its end, or 0 with fewer than LEAST
 * words. */
static size_t name_end(const char *bytes, size_t length, size_t at, int least)
{
	size_t end = match_word(surnames, bytes, length, at);
	int words = end > 0;

	while (words > 0 && words < 6 && end + 1 < length && bytes[end] == ' ' &&
	       is_capital(bytes, length, end + 1)) {
		end = word_end(bytes, length, end + 1);
		words++;
	}
	return words >= least ? end : 0;
}

/* A title at AT, and a name behind it. */
static int find_titled(struct match *match, const char *bytes, size_t length, size_t at)
{
	size_t end = match_word(titles, bytes, length, at);

	if (!end)
		return 0;
	while (end < length && strchr(" :", bytes[end]))
		end++;
	match->what = PERSONAL_NAME;
	match->start = end;
	match->end = name_end(bytes, length, end, 2);
	return match->end > 0;
}

/* A cell of its own that is a name beyond doubt: Nguyễn Văn An.  Only for what is not
 * stored as a value: wards and districts are called so too. */
static int find_cell(struct match *match, const char *bytes, size_t length, size_t at)
{
	size_t end = match_word(surnames, bytes, length, at);

	if (!end || end + 1 >= length || bytes[end] != ' ' ||
	    !match_word(middle_names, bytes, length, end + 1))
		return 0;
	match->what = PERSONAL_NAME;
	match->start = at;
	match->end = name_end(bytes, length, at, 3);
	return match->end > 0;
}

/* ---- The scan ----------------------------------------------------------- */

/* Where names are looked for: nowhere, behind titles, and also alone, as in a record. */
enum names { NAMES_NONE, NAMES_TITLED, NAMES_CELLS };

/* The first match from AT on. */
static int find_next(struct match *match, const char *bytes, size_t length, size_t at,
		     enum names names)
{
	for (; at < length; at++) {
		char c = bytes[at];

		if (is_digit(c) && find_number(match, bytes, length, at))
			return 1;
		if (c == '@' && find_mail(match, bytes, length, at))
			return 1;
		if (names == NAMES_NONE || !is_letter(c) ||
		    (at > 0 && is_letter(bytes[at - 1])))
			continue;
		if (find_titled(match, bytes, length, at) ||
		    (names == NAMES_CELLS && find_cell(match, bytes, length, at)))
			return 1;
	}
	return 0;
}

enum personal personal_find(const char *bytes, size_t length)
{
	struct match match;

	return find_next(&match, bytes, length, 0, NAMES_TITLED) ? match.what
								 : PERSONAL_NONE;
}

int personal_is_opaque(const char *bytes, size_t length)
{
	struct match match;
	size_t digits = 0;

	for (size_t i = 0; i < length; i++) {
		if (is_digit(bytes[i]))
			digits++;
		else if ((bytes[i] & 0x80) || !bytes[i] ||
			 (!is_letter(bytes[i]) && !strchr("+/=_:.-", bytes[i])))
			return 0;
	}
	/* Digits alone, as long as an identity or a phone number. */
	return !(digits == length && length >= 8 && length <= 13) &&
	       !find_next(&match, bytes, length, 0, NAMES_NONE);
}

const char *personal_name(enum personal found)
{
	static const char *const names[] = { "", "CCCD/CMND", "điện thoại/phone",
					     "e-mail", "họ tên/name" };

	return names[found];
}

/* An x for each digit and each letter, whatever its length in bytes. */
static void add_masked(struct text *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			text_add_char(out, is_digit(bytes[i]) || is_letter(bytes[i])
						   ? 'x'
						   : bytes[i]);
}

int personal_mask(struct text *out, const char *bytes, size_t length, const char *keep)
{
	size_t kept = keep ? strlen(keep) : 0, at = 0;
	struct match match;
	int masked = 0;

	for (size_t from = 0; find_next(&match, bytes, length, from, NAMES_CELLS);
	     from = match.end) {
		if (kept && match.end - match.start == kept &&
		    memcmp(bytes + match.start, keep, kept) == 0)
			continue;
		text_add_bytes(out, bytes + at, match.start - at);
		add_masked(out, bytes + match.start, match.end - match.start);
		at = match.end;
		masked = 1;
	}
	text_add_bytes(out, bytes + at, length - at);
	return masked;
}
