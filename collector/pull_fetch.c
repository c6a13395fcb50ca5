/* pull_fetch.c -- one answer of a server, streamed to the spool. */
#include "collector/pull_fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/credentials.h"
#include "base/digest.h"
#include "base/memory.h"
#include "collector/input.h"

enum {
	CONNECT_SECONDS = 20,
	WHOLE_SECONDS = 2 * 3600,
	SLOWEST = 100, /* bytes in a second */
	REDIRECTS_MAX = 3,
	SPARE = 64 << 20, /* bytes of the spool's disk that are left free */
};
#define BODY_MAX ((curl_off_t)1 << 30)

struct fetch {
	const struct pull_request *request;
	struct spool *spool;
	struct pull_answer *answer;
	CURL *curl;
	struct curl_slist *headers;
	struct credentials credentials;
	struct digest *digest;
	struct error *err; /* of our own side */
	int failed;        /* ERR is set */
	int chunked;
	char reason[CURL_ERROR_SIZE];
};

int pull_fetch_begin(struct error *err)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return error_set(err, ERROR_INTERNAL, "libcurl does not begin");
	return 0;
}

void pull_answer_free(struct pull_answer *answer)
{
	spool_abandon(answer->draft);
	free(answer->etag);
	*answer = (struct pull_answer){ 0 };
}

/* ---- What comes --------------------------------------------------------- */

static int begin_body(struct fetch *fetch)
{
	curl_off_t length = -1;
	uint64_t room, all;

	curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (spool_room(fetch->spool, &room, &all, fetch->err) != 0)
		return -1;
	if (room < SPARE + (uint64_t)(length > 0 ? length : 0))
		return error_set(fetch->err, ERROR_UNAVAILABLE, "no room in the spool");
	fetch->digest = digest_begin();
	return spool_begin(fetch->spool, &fetch->answer->draft, fetch->err);
}

static size_t take_body(char *bytes, size_t one, size_t length, void *context)
{
	struct fetch *fetch = context;

	(void)one;
	if ((!fetch->answer->draft && begin_body(fetch) != 0) ||
	    spool_write(fetch->answer->draft, bytes, length, fetch->err) != 0) {
		fetch->failed = 1;
		return 0;
	}
	if (spool_length(fetch->answer->draft) > (uint64_t)BODY_MAX) {
		fetch->failed = 1;
		error_set(fetch->err, ERROR_INVALID, "the answer is larger than 1 GB");
		return 0;
	}
	digest_add(fetch->digest, bytes, length);
	return length;
}

/* The value of the header NAME (with its colon) in LINE, without blanks around it, or
 * NULL; belongs to the caller. */
static char *header_value(const char *line, size_t length, const char *name)
{
	size_t size = strlen(name);

	if (length < size || strncasecmp(line, name, size) != 0)
		return NULL;
	while (size < length && strchr(" \t", line[size]))
		size++;
	while (length > size && strchr(" \t\r\n", line[length - 1]))
		length--;
	return memory_copy_bytes(line + size, length - size);
}

static size_t take_header(char *line, size_t one, size_t length, void *context)
{
	struct fetch *fetch = context;
	char *value;

	(void)one;
	if (length > 5 && memcmp(line, "HTTP/", 5) == 0) {
		/* A new answer, after a redirection. */
		fetch->chunked = 0;
		free(fetch->answer->etag);
		fetch->answer->etag = NULL;
	}
	value = header_value(line, length, "transfer-encoding:");
	if (value && strcasestr(value, "chunked"))
		fetch->chunked = 1;
	free(value);
	value = header_value(line, length, "etag:");
	if (value && strlen(value) < 256) {
		free(fetch->answer->etag);
		fetch->answer->etag = value;
	} else {
		free(value);
	}
	return length;
}

static int watch_end(void *context, curl_off_t all, curl_off_t now, curl_off_t all_up,
		     curl_off_t now_up)
{
	const struct fetch *fetch = context;

	(void)all, (void)now, (void)all_up, (void)now_up;
	return atomic_load(fetch->request->is_closing);
}

/* ---- How it is asked for ------------------------------------------------ */

static void set_limits(struct fetch *fetch)
{
	CURL *curl = fetch->curl;
	long patience = fetch->request->patience;

	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,sftp");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			 patience < CONNECT_SECONDS ? patience : (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, patience);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, BODY_MAX);
}

/* To another host libcurl takes these two along no more, but any other header. */
static int stays_here(const char *header)
{
	return !header || strncasecmp(header, "Authorization:", 14) == 0 ||
	       strncasecmp(header, "Cookie:", 7) == 0;
}

static void set_credentials(struct fetch *fetch)
{
	const struct credentials *credentials = &fetch->credentials;
	CURL *curl = fetch->curl;
	long ways = 0;

	if (credentials->user)
		curl_easy_setopt(curl, CURLOPT_USERNAME, credentials->user);
	if (credentials->password) {
		curl_easy_setopt(curl, CURLOPT_PASSWORD, credentials->password);
		ways |= CURLSSH_AUTH_PASSWORD;
	}
	if (credentials->key) {
		curl_easy_setopt(curl, CURLOPT_SSH_PRIVATE_KEYFILE, credentials->key);
		ways |= CURLSSH_AUTH_PUBLICKEY;
	}
	if (credentials->passphrase)
		curl_easy_setopt(curl, CURLOPT_KEYPASSWD, credentials->passphrase);
	if (credentials->known_hosts)
		curl_easy_setopt(curl, CURLOPT_SSH_KNOWNHOSTS, credentials->known_hosts);
	curl_easy_setopt(curl, CURLOPT_SSH_AUTH_TYPES, ways);
	curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION,
			 (long)stays_here(credentials->header));
	if (credentials->header)
		fetch->headers = curl_slist_append(fetch->headers, credentials->header);
}

static int prepare(struct fetch *fetch, struct error *err)
{
	const struct pull_request *request = fetch->request;
	CURL *curl = fetch->curl;
	struct text line = { 0 };

	if (credentials_read(&fetch->credentials, request->credential_file, err) != 0)
		return -1;
	if (strncmp(request->url, "sftp:", 5) == 0 && !fetch->credentials.known_hosts)
		return error_set(err, ERROR_INVALID,
				 "SFTP wants known_hosts in the file of credentials");
	set_limits(fetch);
	set_credentials(fetch);
	if (request->etag) {
		text_addf(&line, "If-None-Match: %s", request->etag);
		fetch->headers = curl_slist_append(fetch->headers, text_string(&line));
		text_free(&line);
	}
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "nq17");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fetch->headers);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->reason);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, fetch);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_end);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, fetch);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	return 0;
}

/* ---- What came ---------------------------------------------------------- */

static int explain(struct fetch *fetch, CURLcode code, struct error *err)
{
	curl_off_t wait = 0;
	long status = 0;

	curl_easy_getinfo(fetch->curl, CURLINFO_RETRY_AFTER, &wait);
	fetch->answer->retry_after = wait;
	if (fetch->failed)
		return -1;
	curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return error_set(err, ERROR_UNAVAILABLE, "HTTP %ld", status);
	return error_set(err, ERROR_UNAVAILABLE, "%s",
			 *fetch->reason ? fetch->reason : curl_easy_strerror(code));
}

/* Could a cut-off answer look like this one? */
static int is_length_known(const struct fetch *fetch)
{
	curl_off_t length = -1;
	long version = 0;

	curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	curl_easy_getinfo(fetch->curl, CURLINFO_HTTP_VERSION, &version);
	return length >= 0 || fetch->chunked || version >= CURL_HTTP_VERSION_2_0;
}

static int judge(struct fetch *fetch, struct error *err)
{
	long status = 0;

	if (strncmp(fetch->request->url, "sftp:", 5) != 0) {
		curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
		if (status == 204 || (status == 304 && fetch->request->etag))
			return 0;
		if (status != 200)
			return error_set(err, ERROR_UNAVAILABLE, "HTTP %ld", status);
		if (!is_length_known(fetch))
			return error_set(err, ERROR_INVALID,
					 "the server does not say how long its answer "
					 "is; one that is cut off would look whole");
	}
	/* An empty answer is one, too; the import says what is wrong with it. */
	if (!fetch->answer->draft && begin_body(fetch) != 0)
		return -1;
	digest_end(fetch->digest, fetch->answer->sha256);
	fetch->digest = NULL;
	return 0;
}

int pull_fetch(const struct pull_request *request, struct spool *spool,
	       struct pull_answer *answer, struct error *err)
{
	struct fetch fetch = { .request = request,
			       .spool = spool,
			       .answer = answer,
			       .curl = curl_easy_init(),
			       .err = err };
	char ignored[65];
	int status = -1;
	CURLcode code;

	*answer = (struct pull_answer){ 0 };
	if (!fetch.curl) {
		error_set(err, ERROR_INTERNAL, "libcurl does not begin");
		goto done;
	}
	if (prepare(&fetch, err) != 0)
		goto done;
	code = curl_easy_perform(fetch.curl);
	if (code != CURLE_OK) {
		explain(&fetch, code, err);
		goto done;
	}
	status = judge(&fetch, err);
done:
	if (status != 0) {
		spool_abandon(answer->draft);
		answer->draft = NULL;
	}
	digest_end(fetch.digest, ignored);
	curl_slist_free_all(fetch.headers);
	curl_easy_cleanup(fetch.curl);
	credentials_free(&fetch.credentials);
	return status;
}
