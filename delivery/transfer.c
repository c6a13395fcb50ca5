/* transfer.c -- one thing handed to a server, and what that came to. */
#include "delivery/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/memory.h"
#include "base/text.h"

enum { CONNECT_SECONDS = 20 };

/* One attempt as libcurl's callbacks see it. */
struct attempt {
	const struct transfer *transfer;
	size_t sent;
	int is_mail;
	int handed;  /* the end may have left */
	int refused; /* by the fence */
	int is_over; /* QUIT was said: what is answered now is of no message */
	char command[8];
	int code; /* of the newest whole answer; 0: none since the last command */
	char line[480];
	char reason[CURL_ERROR_SIZE];
};

struct mailer {
	CURL *curl;
};

int transfer_begin(struct error *err)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return error_set(err, ERROR_INTERNAL, "libcurl does not begin");
	return 0;
}

/* ---- What goes ----------------------------------------------------------- */

/* Of a mail the question after the last byte is the border, of a request with a known
 * length the last piece itself. */
static int is_border(const struct attempt *attempt, size_t piece)
{
	size_t left = attempt->transfer->length - attempt->sent;

	return !attempt->handed && (attempt->is_mail ? left == 0 : left <= piece);
}

static size_t give(char *buffer, size_t one, size_t size, void *context)
{
	struct attempt *attempt = context;
	const struct transfer *transfer = attempt->transfer;
	size_t left = transfer->length - attempt->sent;

	size *= one;
	if (is_border(attempt, size)) {
		if (transfer->fence && transfer->fence(transfer->context) != 0) {
			attempt->refused = 1;
			return CURL_READFUNC_ABORT;
		}
		attempt->handed = 1;
		attempt->code = 0;
	}
	if (left < size)
		size = left;
	memcpy(buffer, transfer->bytes + attempt->sent, size);
	attempt->sent += size;
	return size;
}

static size_t ignore(char *bytes, size_t one, size_t length, void *context)
{
	(void)bytes, (void)context;
	return one * length;
}

/* ---- What is said -------------------------------------------------------- */

static void copy_line(char *out, size_t size, const char *line, size_t length)
{
	size_t i = 0;

	for (; i < length && i + 1 < size && line[i] != '\r' && line[i] != '\n'; i++)
		out[i] = (unsigned char)line[i] < ' ' ? ' ' : line[i];
	out[i] = '\0';
}

/* "250 OK" is whole, "250-SIZE" goes on, and "25" never came to its end. */
static void hear(struct attempt *attempt, const char *line, size_t length)
{
	int is_code = length >= 4 && line[0] >= '2' && line[0] <= '5' &&
		      strspn(line, "0123456789") == 3;

	if (!is_code || line[3] == '-' || attempt->is_over)
		return;
	attempt->code = atoi(line);
	copy_line(attempt->line, sizeof attempt->line, line, length);
}

static int overhear(CURL *curl, curl_infotype type, char *data, size_t length,
		    void *context)
{
	struct attempt *attempt = context;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT && strncasecmp(data, "QUIT", 4) == 0) {
		attempt->is_over = 1;
	} else if (type == CURLINFO_HEADER_OUT && !attempt->is_over) {
		copy_line(attempt->command, 5, data, length);
		attempt->code = 0;
	} else if (type == CURLINFO_HEADER_IN) {
		hear(attempt, data, length);
	}
	return 0;
}

/* ---- How ----------------------------------------------------------------- */

static void set_common(CURL *curl, struct attempt *attempt)
{
	const struct transfer *transfer = attempt->transfer;
	const struct credentials *credentials = transfer->credentials;
	long connect = transfer->patience < CONNECT_SECONDS ? transfer->patience
							    : CONNECT_SECONDS;

	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_URL, transfer->url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "nq17");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, transfer->patience);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 10L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, transfer->patience);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, transfer->seconds);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, attempt->reason);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, attempt);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	if (transfer->ca)
		curl_easy_setopt(curl, CURLOPT_CAINFO, transfer->ca);
	if (credentials && credentials->user)
		curl_easy_setopt(curl, CURLOPT_USERNAME, credentials->user);
	if (credentials && credentials->password)
		curl_easy_setopt(curl, CURLOPT_PASSWORD, credentials->password);
}

static void conclude(struct outcome *outcome, enum verdict verdict, const char *format,
		     const char *what)
{
	outcome->verdict = verdict;
	snprintf(outcome->answer, sizeof outcome->answer, format, what);
}

static const char *reason_of(const struct attempt *attempt, CURLcode code)
{
	return *attempt->reason ? attempt->reason : curl_easy_strerror(code);
}

/* ---- Mail ---------------------------------------------------------------- */

struct mailer *mailer_open(void)
{
	return memory_zeroed(1, sizeof(struct mailer));
}

/* The next mail begins with a new connection. */
static void hang_up(struct mailer *mailer)
{
	if (mailer->curl)
		curl_easy_cleanup(mailer->curl);
	mailer->curl = NULL;
}

void mailer_close(struct mailer *mailer)
{
	if (!mailer)
		return;
	hang_up(mailer);
	free(mailer);
}

/* Does the newest answer belong to the message, and not to the greeting or the login? */
static int is_of_message(const struct attempt *attempt)
{
	static const char *const commands[] = { "MAIL", "RCPT", "DATA" };

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcasecmp(attempt->command, commands[i]) == 0)
			return 1;
	return 0;
}

static void judge_mail(const struct attempt *attempt, CURLcode code,
		       struct outcome *outcome)
{
	int answer = attempt->code;

	if (attempt->refused)
		conclude(outcome, VERDICT_LOST, "%s", "another process has it by now");
	else if (attempt->handed && answer == 0)
		conclude(outcome, VERDICT_UNCERTAIN, "handed over, but not answered: %s",
			 reason_of(attempt, code));
	else if (attempt->handed && answer / 100 == 2)
		conclude(outcome, VERDICT_ACCEPTED, "%s", attempt->line);
	else if (answer / 100 == 5 && is_of_message(attempt))
		conclude(outcome, VERDICT_FAILED, "%s", attempt->line);
	else if (answer >= 400)
		conclude(outcome, VERDICT_DEFERRED, "%s", attempt->line);
	else
		conclude(outcome, VERDICT_DEFERRED, "%s", reason_of(attempt, code));
}

void transfer_mail(struct mailer *mailer, const struct transfer *transfer,
		   enum mail_tls tls, const char *from, const char *to,
		   struct outcome *outcome)
{
	struct attempt attempt = { .transfer = transfer, .is_mail = 1 };
	struct curl_slist *recipients = NULL;
	struct text sender = { 0 }, recipient = { 0 };
	CURLcode code;
	CURL *curl;

	if (!mailer->curl)
		mailer->curl = curl_easy_init();
	curl = mailer->curl;
	if (!curl) {
		conclude(outcome, VERDICT_DEFERRED, "%s", "libcurl does not begin");
		return;
	}
	curl_easy_reset(curl); /* the connection stays */
	text_addf(&sender, "<%s>", from);
	text_addf(&recipient, "<%s>", to);
	recipients = curl_slist_append(NULL, text_string(&recipient));
	set_common(curl, &attempt);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
			 tls == MAIL_TLS_REQUIRED ? (long)CURLUSESSL_ALL
						  : (long)CURLUSESSL_NONE);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, text_string(&sender));
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, overhear);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &attempt);
	code = curl_easy_perform(curl);
	judge_mail(&attempt, code, outcome);
	/* Whatever is said from now on is of no mail. */
	curl_easy_reset(curl);
	if (code != CURLE_OK)
		hang_up(mailer);
	curl_slist_free_all(recipients);
	text_free(&sender);
	text_free(&recipient);
}

/* ---- Files and hooks ----------------------------------------------------- */

static void judge_request(CURL *curl, const struct attempt *attempt, CURLcode code,
			  struct outcome *outcome)
{
	long status = 0;
	char words[32];

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	snprintf(words, sizeof words, "HTTP %ld", status);
	if (attempt->refused)
		conclude(outcome, VERDICT_LOST, "%s", "another process has it by now");
	else if (code == CURLE_OK && status / 100 == 2)
		conclude(outcome, VERDICT_ACCEPTED, "%s", words);
	else if (status == 408 || status == 425 || status == 429 || status / 100 == 5)
		conclude(outcome, VERDICT_DEFERRED, "%s", words);
	else if (status >= 300)
		conclude(outcome, VERDICT_FAILED, "%s", words);
	else if (attempt->handed && attempt->transfer->fence)
		conclude(outcome, VERDICT_UNCERTAIN, "handed over, but not answered: %s",
			 reason_of(attempt, code));
	else
		conclude(outcome, VERDICT_DEFERRED, "%s", reason_of(attempt, code));
}

static void judge_sftp(const struct attempt *attempt, CURLcode code,
		       struct outcome *outcome)
{
	if (code == CURLE_OK)
		conclude(outcome, VERDICT_ACCEPTED, "%s", "written");
	else
		conclude(outcome, VERDICT_DEFERRED, "%s", reason_of(attempt, code));
}

static struct curl_slist *add_line(struct curl_slist *list, const char *format,
				   const char *one, const char *two)
{
	struct text line = { 0 };

	text_addf(&line, format, one, two);
	list = curl_slist_append(list, text_string(&line));
	text_free(&line);
	return list;
}

/* The file is there whole or not at all: it gets its name at the end.  *URL is that of
 * the draft; the lines are what to do after. */
static struct curl_slist *set_sftp(CURL *curl, const struct transfer *transfer,
				   struct text *url)
{
	const struct credentials *credentials = transfer->credentials;
	const char *path = strchr(strstr(transfer->url, "://") + 3, '/');
	struct curl_slist *after = NULL;
	long ways = 0;

	if (strncmp(path, "/~/", 3) == 0)
		path += 3;
	after = add_line(after, "*rm \"%s\"%s", path, "");
	after = add_line(after, "rename \"%s.part\" \"%s\"", path, path);
	text_addf(url, "%s.part", transfer->url);
	curl_easy_setopt(curl, CURLOPT_URL, text_string(url));
	curl_easy_setopt(curl, CURLOPT_POSTQUOTE, after);
	if (credentials->password)
		ways |= CURLSSH_AUTH_PASSWORD;
	if (credentials->key) {
		curl_easy_setopt(curl, CURLOPT_SSH_PRIVATE_KEYFILE, credentials->key);
		ways |= CURLSSH_AUTH_PUBLICKEY;
	}
	if (credentials->passphrase)
		curl_easy_setopt(curl, CURLOPT_KEYPASSWD, credentials->passphrase);
	curl_easy_setopt(curl, CURLOPT_SSH_KNOWNHOSTS, credentials->known_hosts);
	curl_easy_setopt(curl, CURLOPT_SSH_AUTH_TYPES, ways);
	return after;
}

void transfer_put(const struct transfer *transfer, const char *media_type,
		  struct outcome *outcome)
{
	struct attempt attempt = { .transfer = transfer };
	const struct credentials *credentials = transfer->credentials;
	struct curl_slist *headers = NULL, *after = NULL;
	int is_sftp = strncmp(transfer->url, "sftp:", 5) == 0;
	struct text url = { 0 };
	CURL *curl = curl_easy_init();
	CURLcode code;

	if (is_sftp && (!credentials || !credentials->known_hosts)) {
		conclude(outcome, VERDICT_FAILED, "%s",
			 "SFTP wants known_hosts in the file of credentials");
		curl_easy_cleanup(curl);
		return;
	}
	set_common(curl, &attempt);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,sftp");
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)transfer->length);
	headers = add_line(headers, "Content-Type: %s%s", media_type, "");
	headers = add_line(headers, "Expect:%s%s", "", "");
	if (credentials && credentials->header)
		headers = curl_slist_append(headers, credentials->header);
	if (is_sftp)
		after = set_sftp(curl, transfer, &url);
	else
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	code = curl_easy_perform(curl);
	if (is_sftp)
		judge_sftp(&attempt, code, outcome);
	else
		judge_request(curl, &attempt, code, outcome);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	curl_slist_free_all(after);
	text_free(&url);
}

/* Whoever gets it computes the same over what it got. */
static void sign(struct text *out, const struct transfer *transfer, const char *secret)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct text signed_text = { 0 };
	long long now = (long long)time(NULL);
	unsigned int size;

	text_addf(&signed_text, "%lld.", now);
	text_add_bytes(&signed_text, transfer->bytes, transfer->length);
	HMAC(EVP_sha256(), secret, (int)strlen(secret),
	     (const unsigned char *)signed_text.data, signed_text.length, digest, &size);
	text_addf(out, "NQ17-Signature: t=%lld,sha256=", now);
	for (unsigned int i = 0; i < size; i++)
		text_addf(out, "%02x", digest[i]);
	text_free(&signed_text);
}

void transfer_hook(const struct transfer *transfer, const char *id,
		   struct outcome *outcome)
{
	struct attempt attempt = { .transfer = transfer };
	const struct credentials *credentials = transfer->credentials;
	struct curl_slist *headers = NULL;
	struct text signature = { 0 };
	CURL *curl = curl_easy_init();
	CURLcode code;

	if (!credentials || !credentials->secret) {
		conclude(outcome, VERDICT_FAILED, "%s",
			 "a webhook wants a secret in the file of credentials");
		curl_easy_cleanup(curl);
		return;
	}
	set_common(curl, &attempt);
	sign(&signature, transfer, credentials->secret);
	headers = add_line(headers, "Content-Type: application/json%s%s", "", "");
	headers = add_line(headers, "Expect:%s%s", "", "");
	headers = add_line(headers, "Idempotency-Key: %s%s", id, "");
	headers = curl_slist_append(headers, text_string(&signature));
	if (credentials->header)
		headers = curl_slist_append(headers, credentials->header);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->length);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	code = curl_easy_perform(curl);
	judge_request(curl, &attempt, code, outcome);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	text_free(&signature);
}
