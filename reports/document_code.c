/* document_code.c -- the QR code that leads from paper to the page of verification. */
#include <qrencode.h>

#include "reports/document_page.h"

static void add_square(struct canvas_path *path, double x, double y, double width,
		       double height)
{
	path_move(path, x, y);
	path_line(path, x + width, y);
	path_line(path, x + width, y + height);
	path_line(path, x, y + height);
	path_close(path);
}

/* Runs of dark modules as one path: squares side by side would show seams. */
static void trace_row(struct canvas_path *path, const unsigned char *row, int count,
		      double x, double y, double module)
{
	for (int i = 0, end; i < count; i = end + 1) {
		for (end = i; end < count && row[end] & 1; end++)
			;
		if (end > i)
			add_square(path, x + i * module, y, (end - i) * module, module);
	}
}

void document_code(struct document *document, double x, double y, double size,
		   const char *address)
{
	const struct canvas_stroke none = { COLOUR_NONE, 0, 0 };
	QRcode *code = QRcode_encodeString8bit(address, 0, QR_ECLEVEL_M);
	struct canvas_path path = { 0 };

	if (!code)
		return; /* longer than any code holds; the address stands beside it */
	for (int i = 0; i < code->width; i++)
		trace_row(&path, code->data + (size_t)i * (size_t)code->width,
			  code->width, x, y + i * size / code->width, size / code->width);
	canvas_tag_begin(document->canvas, TAG_FIGURE, address);
	canvas_path(document->canvas, &path, COLOUR_INK, &none);
	canvas_tag_end(document->canvas, TAG_FIGURE);
	canvas_path_free(&path);
	QRcode_free(code);
}
