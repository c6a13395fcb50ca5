/* bounce.c -- a mail that says that one of ours came back. */
#include "delivery/bounce.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Bytes of the mail, between two pointers; nothing is copied until it is found. */
struct span {
	const char *at, *end;
};

enum { BOUNDARY_MOST = 70, PARTS_MOST = 20, VALUE_SIZE = 1024 };

static size_t left(const struct span *span)
{
	return (size_t)(span->end - span->at);
}

/* The next line without its end; 0: there is none. */
static int next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->at >= rest->end)
		return 0;
	end = memchr(rest->at, '\n', left(rest));
	*line = (struct span){ rest->at, end ? end : rest->end };
	rest->at = end ? end + 1 : rest->end;
	if (line->end > line->at && line->end[-1] == '\r')
		line->end--;
	return 1;
}

/* ---- Fields -------------------------------------------------------------- */

/* Appends what is printable of LINE to VALUE. */
static void append(char *value, size_t size, const struct span *line)
{
	size_t length = strlen(value);

	for (const char *c = line->at; c < line->end && length + 1 < size; c++)
		if ((unsigned char)*c >= ' ' && *c != 127)
			value[length++] = *c;
		else if (*c == '\t')
			value[length++] = ' ';
	value[length] = '\0';
}

/* One field with its continuations, from REST on; 0 at the blank line that ends a block, or
 * at the end. */
static int next_field(struct span *rest, char name[64], char value[VALUE_SIZE])
{
	struct span line, after;
	const char *colon;

	*name = *value = '\0';
	if (!next_line(rest, &line) || line.at == line.end)
		return 0;
	colon = memchr(line.at, ':', left(&line));
	if (colon && colon - line.at < 63) {
		memcpy(name, line.at, (size_t)(colon - line.at));
		name[colon - line.at] = '\0';
		line.at = colon + 1;
		append(value, VALUE_SIZE, &line);
	}
	for (after = *rest; next_line(&after, &line) && line.at < line.end &&
			    (*line.at == ' ' || *line.at == '\t');
	     *rest = after)
		append(value, VALUE_SIZE, &line);
	return 1;
}

static const char *trimmed(char *value)
{
	size_t length = strlen(value);

	while (length > 0 && value[length - 1] == ' ')
		value[--length] = '\0';
	return value + strspn(value, " ");
}

/* "rfc822; a@b" is a@b; of "<a@b>" too. */
static void set_address(char *out, size_t size, char *value)
{
	const char *address = trimmed(value), *type = strchr(address, ';');
	size_t length;

	if (type)
		address = type + 1 + strspn(type + 1, " ");
	address += *address == '<';
	length = strcspn(address, "> ");
	snprintf(out, size, "%.*s", (int)(length < size ? length : size - 1), address);
}

/* ---- Parts --------------------------------------------------------------- */

/* What stands between the quotes, or up to the next separator, behind "boundary=". */
static int find_boundary(const char *type, char boundary[BOUNDARY_MOST + 1])
{
	const char *at = strcasestr(type, "boundary=");
	size_t length;

	if (!at)
		return -1;
	at += strlen("boundary=");
	if (*at == '"')
		length = strcspn(++at, "\"");
	else
		length = strcspn(at, "; \t");
	if (length == 0 || length > BOUNDARY_MOST)
		return -1;
	memcpy(boundary, at, length);
	boundary[length] = '\0';
	return 0;
}

static int is_border(const struct span *line, const char *boundary)
{
	size_t length = strlen(boundary);

	return left(line) >= length + 2 && line->at[0] == '-' && line->at[1] == '-' &&
	       memcmp(line->at + 2, boundary, length) == 0;
}

/* The next part between two borders; REST begins behind the first of them. */
static int next_part(struct span *rest, const char *boundary, struct span *part)
{
	struct span line;

	*part = (struct span){ rest->at, rest->at };
	while (next_line(rest, &line)) {
		if (is_border(&line, boundary))
			return 1;
		part->end = rest->at;
	}
	return part->end > part->at;
}

/* Reads the head of PART, which begins behind it afterwards; the type in lower case. */
static void read_type(struct span *part, char type[VALUE_SIZE])
{
	char name[64], value[VALUE_SIZE];

	*type = '\0';
	while (next_field(part, name, value))
		if (strcasecmp(name, "Content-Type") == 0)
			snprintf(type, VALUE_SIZE, "%s", trimmed(value));
}

/* ---- What they say ------------------------------------------------------- */

/* Of the groups of fields that which was given up; 0: none was. */
static int read_status(struct span part, struct bounce *bounce)
{
	char name[64], value[VALUE_SIZE], status[16] = "", said[VALUE_SIZE] = "";
	int failed = 0;

	while (part.at < part.end && !failed) {
		*bounce->original = *bounce->final = *status = *said = '\0';
		while (next_field(&part, name, value)) {
			if (strcasecmp(name, "Original-Recipient") == 0)
				set_address(bounce->original, sizeof bounce->original,
					    value);
			else if (strcasecmp(name, "Final-Recipient") == 0)
				set_address(bounce->final, sizeof bounce->final, value);
			else if (strcasecmp(name, "Action") == 0)
				failed = strcasecmp(trimmed(value), "failed") == 0;
			else if (strcasecmp(name, "Status") == 0)
				snprintf(status, sizeof status, "%.15s", trimmed(value));
			else if (strcasecmp(name, "Diagnostic-Code") == 0)
				snprintf(said, sizeof said, "%s", trimmed(value));
		}
	}
	snprintf(bounce->reason, sizeof bounce->reason, "%s%s%.400s", status,
		 *status && *said ? " " : "", said);
	return failed;
}

static void read_number(struct span part, struct bounce *bounce)
{
	char name[64], value[VALUE_SIZE];

	while (next_field(&part, name, value))
		if (strcasecmp(name, "Message-ID") == 0 && !*bounce->message_id)
			set_address(bounce->message_id, sizeof bounce->message_id, value);
}

static int begins_with(const char *type, const char *start)
{
	return strncasecmp(type, start, strlen(start)) == 0;
}

int bounce_read(const char *bytes, size_t length, struct bounce *bounce)
{
	struct span rest = { bytes, bytes + length }, part;
	char type[VALUE_SIZE], boundary[BOUNDARY_MOST + 1];
	int failed = 0;

	*bounce = (struct bounce){ 0 };
	read_type(&rest, type);
	if (!begins_with(type, "multipart/report") ||
	    find_boundary(type, boundary) != 0 || !next_part(&rest, boundary, &part))
		return 0;
	for (int i = 0; i < PARTS_MOST && next_part(&rest, boundary, &part); i++) {
		read_type(&part, type);
		if (begins_with(type, "message/delivery-status") && !failed)
			failed = read_status(part, bounce);
		else if (begins_with(type, "message/rfc822") ||
			 begins_with(type, "text/rfc822-headers"))
			read_number(part, bounce);
	}
	return failed && *bounce->message_id;
}
