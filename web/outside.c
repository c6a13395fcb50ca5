/* outside.c -- short questions to another server, answered in JSON. */
#include "web/outside.h"

#include <string.h>

#include <curl/curl.h>

#include "base/text.h"

enum { CONNECT_SECONDS = 4, WHOLE_SECONDS = 8, ANSWER_MOST = 256 * 1024 };

int outside_begin(struct error *err)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return error_set(err, ERROR_INTERNAL, "libcurl does not begin");
	return 0;
}

static size_t take(char *bytes, size_t one, size_t length, void *context)
{
	struct text *body = context;

	(void)one;
	if (body->length + length > ANSWER_MOST)
		return 0;
	text_add_bytes(body, bytes, length);
	return length;
}

/* It is asked where the setting says, and nowhere else: no redirection is followed. */
static void set_options(CURL *curl, const struct outside_question *question,
			struct text *body, char *reason)
{
	curl_easy_setopt(curl, CURLOPT_URL, question->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
			 question->may_be_plain ? "http,https" : "https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_SECONDS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "nq17");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	if (question->ca)
		curl_easy_setopt(curl, CURLOPT_CAINFO, question->ca);
	if (question->form)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question->form);
	if (question->user) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, question->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, question->password);
	}
}

int outside_ask(const struct outside_question *question, long *status, json_t **answer,
		struct error *err)
{
	struct curl_slist *heads = curl_slist_append(NULL, "Accept: application/json");
	CURL *curl = curl_easy_init();
	char reason[CURL_ERROR_SIZE] = "";
	struct text body = { 0 };
	CURLcode code;
	int failed = 0;

	*status = 0;
	*answer = NULL;
	if (!curl || !heads)
		BUG("libcurl");
	set_options(curl, question, &body, reason);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, heads);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
	if (code != CURLE_OK) {
		failed = error_set(err, ERROR_UNAVAILABLE, "%s: %s", question->url,
				   *reason ? reason : curl_easy_strerror(code));
	} else {
		*answer = json_loadb(text_string(&body), body.length,
				     JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(*answer)) {
			json_decref(*answer);
			*answer = NULL;
			failed = error_set(err, ERROR_UNAVAILABLE,
					   "%s: HTTP %ld, and no JSON object",
					   question->url, *status);
		}
	}
	if (body.data)
		explicit_bzero(body.data, body.length);
	text_free(&body);
	curl_slist_free_all(heads);
	curl_easy_cleanup(curl);
	return failed;
}
