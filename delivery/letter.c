/* letter.c -- a message as it goes over the wire. */
#include "delivery/letter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "delivery/mime.h"

/* Boundaries come from the message's own number, so that the same letter is the same
 * bytes; base64 and quoted-printable cannot hold them ("=_" is no escape). */
static void add_boundary(struct text *out, const struct letter *letter, char level)
{
	text_addf(out, "=_%c_%.32s", level, letter->message_id);
}

static void begin_multipart(struct text *out, const struct letter *letter,
			    const char *kind, char level)
{
	text_addf(out, "Content-Type: multipart/%s;\r\n boundary=\"", kind);
	add_boundary(out, letter, level);
	text_add(out, "\"\r\n\r\n");
}

static void next_part(struct text *out, const struct letter *letter, char level)
{
	text_add(out, "--");
	add_boundary(out, letter, level);
	text_add(out, "\r\n");
}

static void end_multipart(struct text *out, const struct letter *letter, char level)
{
	text_add(out, "--");
	add_boundary(out, letter, level);
	text_add(out, "--\r\n");
}

static void add_date(struct text *out, const struct letter *letter)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed",
					    "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t local = (time_t)(letter->date + letter->offset_seconds);
	struct tm parts;

	gmtime_r(&local, &parts);
	text_addf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d %s\r\n",
		  days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon],
		  parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec,
		  letter->zone_offset);
}

static void add_headers(struct text *out, const struct letter *letter)
{
	mime_add_mailbox(out, "From", letter->from_words, letter->from);
	mime_add_mailbox(out, "To", "", letter->to);
	mime_add_header(out, "Subject", letter->subject);
	add_date(out, letter);
	text_addf(out, "Message-ID: <%s>\r\n", letter->message_id);
	if (letter->in_reply_to)
		text_addf(out, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n",
			  letter->in_reply_to, letter->in_reply_to);
	text_addf(out,
		  "MIME-Version: 1.0\r\n"
		  "Auto-Submitted: auto-generated\r\n"
		  "Content-Language: %s\r\n",
		  letter->language);
	if (letter->unsubscribe)
		text_addf(out, "List-Unsubscribe: <mailto:%s?subject=unsubscribe>\r\n",
			  letter->unsubscribe);
}

static void add_words(struct text *out, const char *media_type, const char *words)
{
	text_addf(out,
		  "Content-Type: %s; charset=UTF-8\r\n"
		  "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		  media_type);
	mime_add_quoted(out, words);
}

static void add_html(struct text *out, const struct letter *letter)
{
	if (!letter->picture_length) {
		add_words(out, "text/html", letter->html);
		return;
	}
	begin_multipart(out, letter, "related", 'r');
	next_part(out, letter, 'r');
	add_words(out, "text/html", letter->html);
	next_part(out, letter, 'r');
	text_add(out, "Content-Type: image/png\r\n"
		      "Content-ID: <" LETTER_PICTURE ">\r\n"
		      "Content-Disposition: inline; filename=\"targets.png\"\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\n");
	mime_add_base64(out, letter->picture, letter->picture_length);
	end_multipart(out, letter, 'r');
}

/* The plain one first: who can show more takes the last. */
static void add_body(struct text *out, const struct letter *letter)
{
	if (!letter->html) {
		add_words(out, "text/plain", letter->text);
		return;
	}
	begin_multipart(out, letter, "alternative", 'a');
	next_part(out, letter, 'a');
	add_words(out, "text/plain", letter->text);
	next_part(out, letter, 'a');
	add_html(out, letter);
	end_multipart(out, letter, 'a');
}

static void add_file(struct text *out, const struct letter_file *file)
{
	text_addf(out, "Content-Type: %s\r\nContent-Disposition: attachment",
		  file->media_type);
	mime_add_file_name(out, file->name);
	text_add(out, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	mime_add_base64(out, file->bytes, file->length);
}

void letter_write(struct text *out, const struct letter *letter)
{
	add_headers(out, letter);
	if (!letter->files_count) {
		add_body(out, letter);
		return;
	}
	begin_multipart(out, letter, "mixed", 'm');
	next_part(out, letter, 'm');
	add_body(out, letter);
	for (size_t i = 0; i < letter->files_count; i++) {
		next_part(out, letter, 'm');
		add_file(out, &letter->files[i]);
	}
	end_multipart(out, letter, 'm');
}
