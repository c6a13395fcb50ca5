/* tls.c -- the certificate of the server and its key, checked. */
#include "web/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>

#include "base/text.h"

enum { PEM_BYTES_MAX = 1024 * 1024 };

static int read_file(const char *path, char **content, struct error *err)
{
	FILE *file = fopen(path, "rb");
	struct text read = { 0 };
	char piece[4096];
	size_t length;
	int fault;

	if (!file)
		return error_set(err, ERROR_INVALID, "%s: %s", path, strerror(errno));
	while (read.length < PEM_BYTES_MAX &&
	       (length = fread(piece, 1, sizeof piece, file)) > 0)
		text_add_bytes(&read, piece, length);
	fault = ferror(file);
	fclose(file);
	*content = text_take(&read);
	return fault ? error_set(err, ERROR_INVALID, "%s cannot be read", path) : 0;
}

static int check_pair(const struct tls *tls, const char *certificate_path,
		      const char *key_path, struct error *err)
{
	gnutls_datum_t certificate = { (unsigned char *)tls->certificate,
				       (unsigned)strlen(tls->certificate) };
	gnutls_datum_t key = { (unsigned char *)tls->key, (unsigned)strlen(tls->key) };
	gnutls_certificate_credentials_t credentials = NULL;
	int fault = gnutls_certificate_allocate_credentials(&credentials);

	if (fault == 0)
		fault = gnutls_certificate_set_x509_key_mem(credentials, &certificate,
							    &key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (fault < 0)
		return error_set(err, ERROR_INVALID,
				 "%s and %s are no certificate with its key: %s",
				 certificate_path, key_path, gnutls_strerror(fault));
	return 0;
}

int tls_load(struct tls *tls, const char *certificate_path, const char *key_path,
	     struct error *err)
{
	if (!certificate_path && !key_path)
		return 0;
	if (!certificate_path || !key_path)
		return error_set(err, ERROR_INVALID,
				 "HTTPS needs both tls_certificate and tls_key; %s is "
				 "not set",
				 certificate_path ? "tls_key" : "tls_certificate");
	if (read_file(certificate_path, &tls->certificate, err) != 0 ||
	    read_file(key_path, &tls->key, err) != 0)
		return -1;
	return check_pair(tls, certificate_path, key_path, err);
}

void tls_free(struct tls *tls)
{
	free(tls->certificate);
	if (tls->key)
		explicit_bzero(tls->key, strlen(tls->key));
	free(tls->key);
	*tls = (struct tls){ 0 };
}
