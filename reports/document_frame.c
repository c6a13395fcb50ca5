/* document_frame.c -- the heads of the first page and the signature at the end. */
#include <math.h>

#include "reports/document_page.h"
#include "reports/fonts.h"
#include "reports/format.h"

#define LEFT_SHARE     0.39 /* of the text width: the issuing agency */
#define CLOSING_HEIGHT 160.0
#define CODE_SIZE      58.0 /* points: modules of half a millimetre and more */

static double left_centre(void)
{
	return PAGE_LEFT + document_text_width() * LEFT_SHARE / 2;
}

static double right_centre(void)
{
	return PAGE_LEFT + document_text_width() * (1 + LEFT_SHARE) / 2;
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
	double width = document_text_width() * (1 - LEFT_SHARE), x = right_centre();

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
	right += document_centre(document, TAG_P, right_centre(), right,
				 document_text_width() * (1 - LEFT_SHARE), &date,
				 opening->place_date);
	return fmax(left, right);
}

void document_open(struct document *document, const struct document_opening *opening)
{
	double x = (PAGE_LEFT + PAGE_RIGHT) / 2, width = document_text_width() * 0.86;
	struct canvas_style title = document_style(14, true);
	double y;

	if (document->sink) {
		document->sink->heading(document->sink->context, 0, opening->subject);
		return;
	}
	y = draw_issuer(document, opening, PAGE_TOP);
	y = fmax(y, draw_state(document, PAGE_TOP));
	y = draw_number(document, opening, y) + 16;
	y += document_centre(document, TAG_H1, x, y, width, &title, opening->title);
	y += document_centre(document, TAG_P, x, y, width, &title, opening->subject);
	rule(document, x, y + 3, document_text_width() / 4);
	document->y = y + 18;
}

static double draw_receiver(struct document *document, double y, double height,
			    const struct canvas_style *style, const char *string)
{
	struct flow_lines lines = { 0 };
	size_t i;

	flow_break(&lines, &style->font, string, document_text_width() * LEFT_SHARE, 0);
	canvas_tag_begin(document->canvas, TAG_P, NULL);
	for (i = 0; i < lines.count; i++, y += height)
		document_line(document, PAGE_LEFT, y, height, style, &lines.items[i]);
	canvas_tag_end(document->canvas, TAG_P);
	flow_free(&lines);
	return y;
}

/* Where the report can be verified: the code for a telephone, the address for a reader. */
static void draw_verification(struct document *document,
			      const struct document_closing *closing, double y)
{
	struct canvas_style style = document_style(9, false);
	struct flow_lines lines = { 0 };
	double x = PAGE_LEFT;
	size_t i;

	if (*closing->verify_url) {
		document_code(document, x, y + 8, CODE_SIZE, closing->verify_url);
		x += CODE_SIZE + 8;
	}
	y += 14;
	flow_break(&lines, &style.font, closing->verify_words,
		   document_text_width() * LEFT_SHARE - (x - PAGE_LEFT), 0);
	canvas_tag_begin(document->canvas, TAG_P, NULL);
	if (*closing->verify_url)
		canvas_tag_begin(document->canvas, TAG_LINK, closing->verify_url);
	for (i = 0; i < lines.count; i++, y += 11.5)
		document_line(document, x, y, 11.5, &style, &lines.items[i]);
	if (*closing->verify_url)
		canvas_tag_end(document->canvas, TAG_LINK);
	canvas_tag_end(document->canvas, TAG_P);
	flow_free(&lines);
}

static void draw_receivers(struct document *document,
			   const struct document_closing *closing)
{
	struct canvas_style style = document_style(12, true);
	double y;
	size_t i;

	style.font.italic = true;
	y = draw_receiver(document, document->y, 16, &style, closing->receivers_title);
	style = document_style(11, false);
	for (i = 0; i < closing->receivers_count; i++)
		y = draw_receiver(document, y, 14, &style, closing->receivers[i]);
	draw_verification(document, closing, y);
}

void document_end(struct document *document, const struct document_closing *closing)
{
	double width = document_text_width() * (1 - LEFT_SHARE), y;
	struct canvas_style style = document_style(13, true);

	if (document->sink)
		return;
	document_make_room(document, CLOSING_HEIGHT);
	document->y += 10;
	draw_receivers(document, closing);
	y = document->y;
	y += document_centre(document, TAG_P, right_centre(), y, width, &style,
			     closing->signer);
	style = document_style(12, false);
	style.font.italic = true;
	style.colour = COLOUR_MUTED;
	document_centre(document, TAG_P, right_centre(), y, width, &style,
			closing->signature);
	document->y += CLOSING_HEIGHT - 10;
}
