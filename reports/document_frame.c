/* document_frame.c -- the heads of the first page and the signature at the end. */
#include <math.h>

#include "reports/document_page.h"
#include "reports/fonts.h"
#include "reports/format.h"

#define LEFT_SHARE     0.39 /* of the text width: the issuing agency */
#define SIGNING_SPACE  70.0 /* points: the signature and the seal */
#define RECEIVERS_LINE 14.0
#define CODE_SIZE      58.0 /* points: modules of half a millimetre and more */

static double left_centre(void)
{
	return PAGE_LEFT + document_text_width() * LEFT_SHARE / 2;
}

static double right_centre(const struct document *document)
{
	return PAGE_LEFT + document_width(document) * (1 + LEFT_SHARE) / 2;
}

static void rule(struct document *document, double x, double y, double width)
{
	const struct canvas_stroke line = { COLOUR_INK, 0.7, 0 };

	canvas_line(document->canvas, x - width / 2, y, x + width / 2, y, &line);
}

static double widest_line(const struct canvas_font *font, const char *string,
			  double width)
{
	struct flow_lines lines = { 0 };
	double widest;

	flow_break(&lines, font, string, width, 0);
	widest = lines.widest;
	flow_free(&lines);
	return widest;
}

/* The agency above, its number below; the height taken. */
static double draw_issuer(struct document *document,
			  const struct document_opening *opening, double y)
{
	double width = document_text_width() * LEFT_SHARE - 8, x = left_centre();
	struct canvas_style parent = document_style(12, false);
	struct canvas_style issuer = document_style(12, true);

	if (*opening->parent)
		y += document_centre(document, TAG_P, x, y, width, &parent,
				     opening->parent);
	y += document_centre(document, TAG_P, x, y, width, &issuer, opening->issuer);
	rule(document, x, y + 2, widest_line(&issuer.font, opening->issuer, width) * 0.4);
	return y + 10;
}

/* The name of the state and its motto. */
static double draw_state(struct document *document, double y)
{
	const char *language = document->settings.language;
	const char *motto = format_choose(language, "Độc lập - Tự do - Hạnh phúc",
					  "Independence - Freedom - Happiness");
	struct canvas_style state = document_style(12, true);
	struct canvas_style style = document_style(13, true);
	double width = document_text_width() * (1 - LEFT_SHARE),
	       x = right_centre(document);

	y += document_centre(document, TAG_P, x, y, width, &state,
			     format_choose(language, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
					   "SOCIALIST REPUBLIC OF VIET NAM"));
	y += document_centre(document, TAG_P, x, y, width, &style, motto);
	rule(document, x, y + 2, fonts_width(&style.font, motto));
	return y + 10;
}

static double draw_number(struct document *document,
			  const struct document_opening *opening, double y)
{
	double width = document_text_width() * LEFT_SHARE - 8, left = y, right = y;
	struct canvas_style number = document_style(13, false), draft, date;

	date = number;
	date.font.italic = true;
	draft = document_style(11, false);
	draft.font.italic = true;
	left += document_centre(document, TAG_P, left_centre(), left, width, &number,
				opening->number);
	left += document_centre(document, TAG_P, left_centre(), left, width, &draft,
				opening->draft);
	right += document_centre(document, TAG_P, right_centre(document), right,
				 document_text_width() * (1 - LEFT_SHARE), &date,
				 opening->place_date);
	return fmax(left, right);
}

static size_t count_lines(const char *string)
{
	size_t count = 1;

	for (; *string; string++)
		count += *string == '\n';
	return count;
}

/* One name stands behind "Kính gửi:" in the middle; several are a list behind it. */
static void draw_addressees(struct document *document,
			    const struct document_opening *opening)
{
	struct canvas_style style = document_style(13, false);
	double height = 13 * LINE_HEIGHT,
	       lead = fonts_width(&style.font, opening->receivers);
	double x = PAGE_LEFT + document_text_width() * 0.2;
	struct flow_lines lines = { 0 };
	struct text whole = { 0 };
	size_t i;

	if (count_lines(opening->receivers_names) == 1) {
		text_addf(&whole, "%s%s", opening->receivers, opening->receivers_names);
		document->y += document_centre(document, TAG_P,
					       (PAGE_LEFT + document->sheet.right) / 2,
					       document->y, document_text_width() * 0.86,
					       &style, text_string(&whole)) +
			       12;
		text_free(&whole);
		return;
	}
	flow_break(&lines, &style.font, opening->receivers_names,
		   document->sheet.right - x - lead, 0);
	canvas_tag_begin(document->canvas, TAG_P, NULL);
	canvas_text(document->canvas, x,
		    document->y + (height + fonts_cap_height(&style.font)) / 2, &style,
		    opening->receivers);
	for (i = 0; i < lines.count; i++, document->y += height)
		document_line(document, x + lead, document->y, height, &style,
			      &lines.items[i]);
	canvas_tag_end(document->canvas, TAG_P);
	document->y += 12;
	flow_free(&lines);
}

static double draw_lines(struct document *document, double x, double y, double width,
			 const struct canvas_style *style, const char *string)
{
	double height = style->font.size * LINE_HEIGHT;
	struct flow_lines lines = { 0 };
	size_t i;

	flow_break(&lines, &style->font, string, width, 0);
	canvas_tag_begin(document->canvas, TAG_P, NULL);
	for (i = 0; i < lines.count; i++, y += height)
		document_line(document, x, y, height, style, &lines.items[i]);
	canvas_tag_end(document->canvas, TAG_P);
	flow_free(&lines);
	return y;
}

/* Its number at the left, the title in the middle, who sends it to whom at the right. */
static void open_form(struct document *document, const struct document_opening *opening)
{
	double whole = document_width(document), side = whole * 0.24, y = PAGE_TOP;
	double middle = (PAGE_LEFT + document->sheet.right) / 2, left, right;
	struct canvas_style title = document_style(13, true), plain, small;

	plain = document_style(12, false);
	small = plain;
	small.font.italic = true;
	left = draw_lines(document, PAGE_LEFT, y, side, &plain, opening->form);
	left = draw_lines(document, PAGE_LEFT, left, side, &small, opening->draft);
	right = draw_lines(document, document->sheet.right - side, y, side, &plain,
			   opening->parties);
	y += document_centre(document, TAG_H1, middle, y, whole * 0.48, &title,
			     opening->subject);
	y += document_centre(document, TAG_P, middle, y, whole * 0.48, &plain,
			     opening->period);
	document->y = fmax(fmax(left, right), y) + 10;
}

void document_open(struct document *document, const struct document_opening *opening)
{
	double x = (PAGE_LEFT + document->sheet.right) / 2,
	       width = document_text_width() * 0.86;
	struct canvas_style title = document_style(14, true);
	double y;

	if (document->sink) {
		document->sink->heading(document->sink->context, 0, opening->subject);
		return;
	}
	if (opening->form) {
		open_form(document, opening);
		return;
	}
	y = draw_issuer(document, opening, PAGE_TOP);
	y = fmax(y, draw_state(document, PAGE_TOP));
	y = draw_number(document, opening, y) + 16;
	y += document_centre(document, TAG_H1, x, y, width, &title, opening->title);
	y += document_centre(document, TAG_P, x, y, width, &title, opening->subject);
	rule(document, x, y + 3, document_text_width() / 4);
	document->y = y + 18;
	if (*opening->receivers_names)
		draw_addressees(document, opening);
}

/* Draws STRING, behind which LINK stands, from Y down at the left; only measures it with
 * DOCUMENT NULL.  Its end. */
static double left_lines(struct document *document, double x, double y, double height,
			 const struct canvas_style *style, const char *string,
			 const char *link)
{
	double width = PAGE_LEFT + document_text_width() * LEFT_SHARE - x;
	struct flow_lines lines = { 0 };
	size_t i;

	flow_break(&lines, &style->font, string, width, 0);
	if (!document) {
		y += height * (double)lines.count;
		flow_free(&lines);
		return y;
	}
	canvas_tag_begin(document->canvas, TAG_P, NULL);
	if (*link)
		canvas_tag_begin(document->canvas, TAG_LINK, link);
	for (i = 0; i < lines.count; i++, y += height)
		document_line(document, x, y, height, style, &lines.items[i]);
	if (*link)
		canvas_tag_end(document->canvas, TAG_LINK);
	canvas_tag_end(document->canvas, TAG_P);
	flow_free(&lines);
	return y;
}

/* Where the report can be verified: the code for a telephone, the address for a reader. */
static double draw_verification(struct document *document,
				const struct document_closing *closing, double y)
{
	struct canvas_style style = document_style(9, false);
	bool has_code = *closing->verify_url;
	double x = PAGE_LEFT + (has_code ? CODE_SIZE + 8 : 0), end;

	if (has_code && document)
		document_code(document, PAGE_LEFT, y + 8, CODE_SIZE, closing->verify_url);
	end = left_lines(document, x, y + 14, 11.5, &style, closing->verify_words,
			 closing->verify_url);
	return has_code ? fmax(end, y + 8 + CODE_SIZE) : end;
}

/* Draws, or only measures with DOCUMENT NULL; the end. */
static double draw_receivers(struct document *document,
			     const struct document_closing *closing, double y)
{
	struct canvas_style style = document_style(12, true);

	style.font.italic = true;
	y = left_lines(document, PAGE_LEFT, y, 16, &style, closing->receivers_title, "");
	style = document_style(11, false);
	y = left_lines(document, PAGE_LEFT, y, RECEIVERS_LINE, &style, closing->receivers,
		       "");
	return draw_verification(document, closing, y);
}

/* The office, room for signature and seal, the name. */
static void draw_signer(struct document *document, const struct document_closing *closing,
			double y)
{
	double width = document_text_width() * (1 - LEFT_SHARE);
	struct canvas_style style = document_style(13, true), below;

	below = document_style(12, false);
	below.font.italic = true;
	below.colour = COLOUR_MUTED;
	y += document_centre(document, TAG_P, right_centre(document), y, width, &style,
			     closing->signer);
	y += document_centre(document, TAG_P, right_centre(document), y, width, &below,
			     closing->signature);
	if (*closing->signer_name)
		document_centre(document, TAG_P, right_centre(document),
				y + SIGNING_SPACE, width, &style, closing->signer_name);
}

static double signer_height(const struct document_closing *closing)
{
	double width = document_text_width() * (1 - LEFT_SHARE), height = SIGNING_SPACE;
	const char *const parts[] = { closing->signer, closing->signature,
				      closing->signer_name };
	struct canvas_style style = document_style(13, true);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct flow_lines lines = { 0 };

		flow_break(&lines, &style.font, parts[i], width, 0);
		height += (double)lines.count * 13 * LINE_HEIGHT;
		flow_free(&lines);
	}
	return height;
}

double document_end_height(const struct document_closing *closing)
{
	struct canvas_style body = document_style(BODY_SIZE, false);
	double height =
		10 + fmax(draw_receivers(NULL, closing, 0), signer_height(closing));
	struct flow_lines lines = { 0 };

	if (*closing->sentence) {
		flow_break(&lines, &body.font, closing->sentence, document_text_width(),
			   12.7 * MILLIMETRE);
		height += (double)lines.count * BODY_SIZE * LINE_HEIGHT + BODY_SPACE;
		flow_free(&lines);
	}
	return height;
}

void document_end(struct document *document, const struct document_closing *closing)
{
	double top;

	if (document->sink)
		return;
	document_make_room(document, document_end_height(closing));
	if (*closing->sentence)
		document_paragraph(document, PARAGRAPH_BODY, closing->sentence);
	document->y += 10;
	top = document->y;
	document->y = fmax(draw_receivers(document, closing, top),
			   top + signer_height(closing));
	draw_signer(document, closing, top);
}
