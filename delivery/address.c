/* address.c -- to whom something goes, and by which way. */
#include "delivery/address.h"

#include <string.h>
#include <strings.h>

static const char LOCAL_EXTRA[] = ".!#$%&'*+-/=?^_`{|}~";

static int is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int is_domain(const char *domain)
{
	size_t label = 0;

	for (; *domain; domain++) {
		if (*domain == '.' || *domain == '-') {
			if (label == 0)
				return 0;
			label = *domain == '.' ? 0 : label + 1;
		} else if (is_letter_or_digit(*domain)) {
			label++;
		} else {
			return 0;
		}
		if (label > 63)
			return 0;
	}
	return label > 0 && domain[-1] != '-';
}

/* name@domain of plain letters, as RFC 5321 has it without quotes. */
static int is_mail(const char *address)
{
	const char *at = strchr(address, '@');
	size_t length = at ? (size_t)(at - address) : 0;

	if (!at || length == 0 || length > 64 || strlen(address) > 254 ||
	    address[0] == '.' || at[-1] == '.')
		return 0;
	for (const char *c = address; c < at; c++)
		if (!is_letter_or_digit(*c) && !strchr(LOCAL_EXTRA, *c))
			return 0;
	return is_domain(at + 1);
}

/* Is DOMAIN the ALLOWED one of LENGTH, or below it? */
static int is_below(const char *domain, const char *allowed, size_t length)
{
	size_t size = strlen(domain);

	if (length == 0 || size < length ||
	    strncasecmp(domain + size - length, allowed, length) != 0)
		return 0;
	return size == length || domain[size - length - 1] == '.';
}

static int is_allowed(const char *address, const char *domains)
{
	const char *domain = strchr(address, '@') + 1;

	while (*domains) {
		size_t length;

		domains += strspn(domains, ", ");
		length = strcspn(domains, ", ");
		if (is_below(domain, domains, length))
			return 1;
		domains += length;
	}
	return 0;
}

static int read_mail(const char *address, const char *domains, struct error *err)
{
	if (!is_mail(address))
		return error_set(err, ERROR_INVALID,
				 "\"%s\" is no address (name@domain, folder:/path, "
				 "https://, sftp:// or hook:https://)",
				 address);
	if (!is_allowed(address, domains))
		return error_set(err, ERROR_INVALID,
				 "nothing is mailed to %s: the setting mail_domains "
				 "allows %s",
				 address, domains);
	return 0;
}

static int begins_with(const char *value, const char *start)
{
	return strncasecmp(value, start, strlen(start)) == 0;
}

static int check_url(const char *url, struct error *err)
{
	const char *host = strstr(url, "://") + 3, *at;
	size_t length = strcspn(host, "/?#");

	at = memchr(host, '@', length);
	if (at && memchr(host, ':', (size_t)(at - host)))
		return error_set(err, ERROR_INVALID,
				 "no password in an address: put it into the file of "
				 "--credentials");
	for (const char *c = url; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c > '~')
			return error_set(err, ERROR_INVALID,
					 "\"%s\": only plain characters in an address",
					 url);
	return length ? 0 : error_set(err, ERROR_INVALID, "\"%s\" has no host", url);
}

int address_read(const char *recipient, const char *domains, enum way *way,
		 const char **place, struct error *err)
{
	static const struct {
		const char *start;
		enum way way;
		size_t skip;
	} starts[] = {
		{ "folder:/", WAY_FOLDER, 7 },    { "https://", WAY_PUT, 0 },
		{ "http://", WAY_PUT, 0 },        { "sftp://", WAY_SFTP, 0 },
		{ "hook:https://", WAY_HOOK, 5 }, { "hook:http://", WAY_HOOK, 5 },
	};

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (begins_with(recipient, starts[i].start)) {
			*way = starts[i].way;
			*place = recipient + starts[i].skip;
			return *way == WAY_FOLDER ? 0 : check_url(*place, err);
		}
	*way = WAY_MAIL;
	*place = recipient;
	return read_mail(recipient, domains, err);
}

int address_is_loopback(const char *url)
{
	static const char *const names[] = { "localhost", "[::1]" };
	const char *host = strstr(url, "://"), *at;
	size_t length, digits;

	host = host ? host + 3 : url;
	length = strcspn(host, "/?#");
	at = memchr(host, '@', length);
	if (at) {
		length -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t size = strlen(names[i]);

		if (length >= size && strncasecmp(host, names[i], size) == 0 &&
		    (length == size || host[size] == ':'))
			return 1;
	}
	/* Digits only: 127.example.org is somewhere else. */
	digits = strspn(host, "0123456789.");
	return strncmp(host, "127.", 4) == 0 && (digits == length || host[digits] == ':');
}
