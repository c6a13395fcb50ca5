/* pdf_sign.c -- a digital signature inside a PDF: libqpdf reads what is there, GnuTLS signs. */
#include "reports/pdf_sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs7.h>
#include <qpdf/qpdf-c.h>

#include "base/memory.h"

enum {
	SIGNATURE_MOST = 8192, /* bytes of a CMS with its certificates */
	CHAIN_MOST = 8,
	DATE_SIZE = 32,
};

/* An object of the new revision. */
struct part {
	int number;
	size_t offset;
};

/* A revision while it is written: root, first page, signature, field, cross references. */
struct revision {
	struct text *out;
	struct part parts[5];
	size_t count;
	size_t range_at, contents_at; /* where the byte range and the hex digits stand */
	qpdf_data pdf;
};

/* ---- What is there ---------------------------------------------------------- */

/* Where the last cross references of the file begin; 0: nobody says. */
static size_t last_references(const struct text *pdf)
{
	size_t at = pdf->length;

	while (at > 9 && memcmp(pdf->data + at - 9, "startxref", 9) != 0)
		at--;
	return at > 9 ? (size_t)strtoull(pdf->data + at, NULL, 10) : 0;
}

static int ends_as_we_write(const struct text *pdf)
{
	return pdf->length > 6 && memcmp(pdf->data + pdf->length - 6, "%%EOF\n", 6) == 0;
}

/* ---- Writing ------------------------------------------------------------------ */

static void begin_part(struct revision *revision, int number)
{
	revision->parts[revision->count++] =
		(struct part){ number, revision->out->length };
	text_addf(revision->out, "%d 0 obj\n", number);
}

/* DICTIONARY as it is, but for KEY, which is VALUE. */
static void add_changed(struct revision *revision, int number, qpdf_oh dictionary,
			const char *key, const char *value)
{
	qpdf_data pdf = revision->pdf;
	struct text *out = revision->out;

	begin_part(revision, number);
	text_add(out, "<<");
	qpdf_oh_begin_dict_key_iter(pdf, dictionary);
	while (qpdf_oh_dict_more_keys(pdf)) {
		const char *name = qpdf_oh_dict_next_key(pdf);

		if (strcmp(name, key) != 0) {
			text_addf(out, " %s ", name);
			text_add(out,
				 qpdf_oh_unparse(pdf,
						 qpdf_oh_get_key(pdf, dictionary, name)));
		}
	}
	text_addf(out, " %s %s >>\nendobj\n", key, value);
}

static void add_root(struct revision *revision, int field)
{
	qpdf_oh root = qpdf_get_root(revision->pdf);
	char form[80];

	snprintf(form, sizeof form, "<< /Fields [ %d 0 R ] /SigFlags 3 >>", field);
	add_changed(revision, qpdf_oh_get_object_id(revision->pdf, root), root,
		    "/AcroForm", form);
}

/* An invisible field belongs to a page all the same; its number is returned. */
static int add_page(struct revision *revision, int field)
{
	qpdf_data pdf = revision->pdf;
	qpdf_oh page = qpdf_get_page_n(pdf, 0);
	qpdf_oh notes = qpdf_oh_get_key(pdf, page, "/Annots");
	int number = qpdf_oh_get_object_id(pdf, page);
	struct text all = { 0 };
	int count =
		qpdf_oh_is_array(pdf, notes) ? qpdf_oh_get_array_n_items(pdf, notes) : 0;

	/* Written with the page: an array elsewhere stays as it was. */
	text_add(&all, "[ ");
	for (int i = 0; i < count; i++)
		text_addf(&all, "%s ",
			  qpdf_oh_unparse(pdf, qpdf_oh_get_array_item(pdf, notes, i)));
	text_addf(&all, "%d 0 R ]", field);
	add_changed(revision, number, page, "/Annots", text_string(&all));
	text_free(&all);
	return number;
}

static void add_signature(struct revision *revision, int number, const char *date)
{
	struct text *out = revision->out;

	begin_part(revision, number);
	text_addf(out,
		  "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter "
		  "/adbe.pkcs7.detached /M (%s)\n/ByteRange [0 ",
		  date);
	revision->range_at = out->length;
	text_addf(out, "%10d %10d %10d]\n/Contents <", 0, 0, 0);
	revision->contents_at = out->length;
	for (int i = 0; i < SIGNATURE_MOST * 2; i++)
		text_add_char(out, '0');
	text_add(out, "> >>\nendobj\n");
}

static void add_field(struct revision *revision, int number, int page, int signature)
{
	begin_part(revision, number);
	text_addf(revision->out,
		  "<< /Type /Annot /Subtype /Widget /FT /Sig /T (NQ17) /V %d 0 R /F 132 "
		  "/Rect [0 0 0 0] /P %d 0 R >>\nendobj\n",
		  signature, page);
}

static int compare_parts(const void *a, const void *b)
{
	return ((const struct part *)a)->number - ((const struct part *)b)->number;
}

static void add_number(struct text *out, size_t value, int bytes)
{
	while (bytes-- > 0)
		text_add_char(out, (char)(value >> (8 * bytes) & 0xff));
}

/* A stream of cross references: the files of libqpdf have no table. */
static void add_references(struct revision *revision, int number, size_t before)
{
	qpdf_data pdf = revision->pdf;
	qpdf_oh trailer = qpdf_get_trailer(pdf);
	size_t start = revision->out->length, i;
	struct text *out = revision->out;
	static const char *const keys[] = { "/Root", "/Info", "/ID" };

	begin_part(revision, number);
	qsort(revision->parts, revision->count, sizeof *revision->parts, compare_parts);
	text_addf(out,
		  "<< /Type /XRef /Size %d /W [1 8 2] /Prev %zu /Length %zu /Index [",
		  number + 1, before, revision->count * 11);
	for (i = 0; i < revision->count; i++)
		text_addf(out, " %d 1", revision->parts[i].number);
	text_add(out, " ]");
	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		if (qpdf_oh_has_key(pdf, trailer, keys[i]))
			text_addf(out, " %s %s", keys[i],
				  qpdf_oh_unparse(
					  pdf, qpdf_oh_get_key(pdf, trailer, keys[i])));
	text_add(out, " >>\nstream\n");
	for (i = 0; i < revision->count; i++) {
		add_number(out, 1, 1);
		add_number(out, revision->parts[i].offset, 8);
		add_number(out, 0, 2);
	}
	text_addf(out, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", start);
}

/* The byte range: all but the hex digits and what is around them. */
static void set_range(struct revision *revision)
{
	size_t first = revision->contents_at - 1;
	size_t second = revision->contents_at + SIGNATURE_MOST * 2 + 1;
	char range[40];

	snprintf(range, sizeof range, "%10zu %10zu %10zu", first, second,
		 revision->out->length - second);
	memcpy(revision->out->data + revision->range_at, range, 32);
}

/* PDF with a revision that lacks nothing but the digits of the signature. */
static int write_revision(struct revision *revision, const struct text *pdf,
			  const char *date, struct error *err)
{
	size_t before = last_references(pdf);
	qpdf_data data = qpdf_init();
	int status = 0, next, page;

	revision->pdf = data;
	qpdf_silence_errors(data);
	qpdf_set_suppress_warnings(data, QPDF_TRUE);
	if (!ends_as_we_write(pdf) || before == 0 || before >= pdf->length ||
	    (qpdf_read_memory(data, "report", pdf->data, pdf->length, NULL) &
	     QPDF_ERRORS) ||
	    qpdf_get_num_pages(data) < 1) {
		status = error_set(err, ERROR_INVALID, "this is no PDF of a report");
	} else if (qpdf_oh_has_key(data, qpdf_get_root(data), "/AcroForm")) {
		status = error_set(err, ERROR_INVALID, "the file is signed already");
	} else {
		next = (int)qpdf_oh_get_int_value(
			data, qpdf_oh_get_key(data, qpdf_get_trailer(data), "/Size"));
		text_add_bytes(revision->out, pdf->data, pdf->length);
		add_root(revision, next + 1);
		page = add_page(revision, next + 1);
		add_signature(revision, next, date);
		add_field(revision, next + 1, page, next);
		add_references(revision, next + 2, before);
		set_range(revision);
	}
	if (qpdf_has_error(data))
		qpdf_get_error(data);
	qpdf_cleanup(&data);
	return status;
}

/* ---- Signing -------------------------------------------------------------------- */

/* What is signed: the file without the digits and their brackets. */
static void add_signed_bytes(struct text *out, const struct revision *revision)
{
	const struct text *file = revision->out;
	size_t second = revision->contents_at + SIGNATURE_MOST * 2 + 1;

	text_add_bytes(out, file->data, revision->contents_at - 1);
	text_add_bytes(out, file->data + second, file->length - second);
}

struct signer {
	gnutls_x509_crt_t *chain;
	unsigned count;
	gnutls_privkey_t key;
	gnutls_pkcs7_t cms;
};

static int load_signer(struct signer *signer, const struct text *certificate,
		       const struct text *key)
{
	gnutls_datum_t certificates = { (unsigned char *)certificate->data,
					(unsigned)certificate->length };
	gnutls_datum_t private = { (unsigned char *)key->data, (unsigned)key->length };
	int fault = gnutls_x509_crt_list_import2(&signer->chain, &signer->count,
						 &certificates, GNUTLS_X509_FMT_PEM, 0);

	if (fault >= 0 && signer->count > CHAIN_MOST)
		return GNUTLS_E_CERTIFICATE_LIST_UNSORTED;
	if (fault >= 0)
		fault = gnutls_privkey_init(&signer->key);
	if (fault >= 0)
		fault = gnutls_privkey_import_x509_raw(signer->key, &private,
						       GNUTLS_X509_FMT_PEM, NULL, 0);
	return fault;
}

static void free_signer(struct signer *signer)
{
	for (unsigned i = 0; i < signer->count; i++)
		gnutls_x509_crt_deinit(signer->chain[i]);
	gnutls_free(signer->chain);
	if (signer->key)
		gnutls_privkey_deinit(signer->key);
	if (signer->cms)
		gnutls_pkcs7_deinit(signer->cms);
}

static int verify_own(const struct signer *signer, const gnutls_datum_t *data)
{
	return gnutls_pkcs7_verify_direct(signer->cms, signer->chain[0], 0, data, 0);
}

/* The CMS over BYTES; belongs to the caller: gnutls_free(). */
static int make_signature(struct signer *signer, const struct text *bytes,
			  gnutls_datum_t *signature)
{
	gnutls_datum_t data = { (unsigned char *)bytes->data, (unsigned)bytes->length };
	int fault = gnutls_pkcs7_init(&signer->cms);

	if (fault >= 0)
		fault = gnutls_pkcs7_sign(signer->cms, signer->chain[0], signer->key,
					  &data, NULL, NULL, GNUTLS_DIG_SHA256,
					  GNUTLS_PKCS7_INCLUDE_CERT |
						  GNUTLS_PKCS7_INCLUDE_TIME);
	for (unsigned i = 1; fault >= 0 && i < signer->count; i++)
		fault = gnutls_pkcs7_set_crt(signer->cms, signer->chain[i]);
	/* The key of another certificate makes a signature that nobody can check. */
	if (fault >= 0 && verify_own(signer, &data) < 0)
		fault = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
	if (fault >= 0)
		fault = gnutls_pkcs7_export2(signer->cms, GNUTLS_X509_FMT_DER, signature);
	return fault;
}

static void fill_in(struct revision *revision, const gnutls_datum_t *signature)
{
	static const char hex[] = "0123456789abcdef";
	char *at = revision->out->data + revision->contents_at;

	for (unsigned i = 0; i < signature->size; i++) {
		*at++ = hex[signature->data[i] >> 4];
		*at++ = hex[signature->data[i] & 15];
	}
}

int pdf_sign(const struct text *pdf, const struct text *certificate,
	     const struct text *key, struct text *out, struct error *err)
{
	struct text signed_bytes = { 0 }, file = { 0 };
	struct revision revision = { .out = &file };
	gnutls_datum_t signature = { 0 };
	struct signer signer = { 0 };
	char date[DATE_SIZE];
	time_t now = time(NULL);
	struct tm utc;
	int fault, status = -1;

	gmtime_r(&now, &utc);
	strftime(date, sizeof date, "D:%Y%m%d%H%M%SZ", &utc);
	if (write_revision(&revision, pdf, date, err) != 0)
		goto done;
	add_signed_bytes(&signed_bytes, &revision);
	fault = load_signer(&signer, certificate, key);
	if (fault >= 0)
		fault = make_signature(&signer, &signed_bytes, &signature);
	if (fault >= 0 && signature.size > SIGNATURE_MOST)
		fault = GNUTLS_E_SHORT_MEMORY_BUFFER;
	if (fault < 0) {
		error_set(err, ERROR_INVALID, "the file cannot be signed: %s",
			  gnutls_strerror(fault));
		goto done;
	}
	fill_in(&revision, &signature);
	text_add_bytes(out, file.data, file.length);
	status = 0;
done:
	free_signer(&signer);
	gnutls_free(signature.data);
	text_free(&signed_bytes);
	text_free(&file);
	return status;
}

/* ---- The file without it ----------------------------------------------------------- */

static int value_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The digits of the signature as bytes; -1 if they are none. */
static int read_digits(const char *digits, unsigned char bytes[SIGNATURE_MOST])
{
	for (int i = 0; i < SIGNATURE_MOST; i++) {
		int high = value_of(digits[i * 2]), low = value_of(digits[i * 2 + 1]);

		if (high < 0 || low < 0)
			return -1;
		bytes[i] = (unsigned char)(high * 16 + low);
	}
	return 0;
}

/* A DER structure tells its own length; zeros follow it. */
static unsigned length_of(const unsigned char *der)
{
	unsigned length = 0, count = der[1] & 0x7f;

	if (der[1] < 0x80)
		return der[1] + 2u;
	for (unsigned i = 0; i < count && i < 3; i++)
		length = length << 8 | der[2 + i];
	return length + 2 + count;
}

/* Does the CMS hold over the file, by the certificate that it brings? */
static int holds(const struct revision *revision, const unsigned char *der)
{
	struct text bytes = { 0 };
	gnutls_datum_t cms = { (unsigned char *)der, length_of(der) }, raw = { 0 }, data;
	struct signer signer = { .chain = gnutls_malloc(sizeof *signer.chain) };
	int fault = cms.size > SIGNATURE_MOST ? -1 : gnutls_pkcs7_init(&signer.cms);

	add_signed_bytes(&bytes, revision);
	data = (gnutls_datum_t){ (unsigned char *)bytes.data, (unsigned)bytes.length };
	if (fault >= 0)
		fault = gnutls_pkcs7_import(signer.cms, &cms, GNUTLS_X509_FMT_DER);
	if (fault >= 0)
		fault = gnutls_pkcs7_get_crt_raw2(signer.cms, 0, &raw);
	if (fault >= 0)
		fault = gnutls_x509_crt_init(&signer.chain[0]);
	if (fault >= 0) {
		signer.count = 1;
		fault = gnutls_x509_crt_import(signer.chain[0], &raw,
					       GNUTLS_X509_FMT_DER);
	}
	if (fault >= 0)
		fault = verify_own(&signer, &data);
	gnutls_free(raw.data);
	free_signer(&signer);
	text_free(&bytes);
	return fault >= 0;
}

/* The end of the revision before the last, and the date in the last; 0: there is none. */
static size_t revision_before(const struct text *file, char date[DATE_SIZE])
{
	static const char end[] = "%%EOF\n", mark[] = "/adbe.pkcs7.detached /M (";
	size_t length = file->length < 12 ? 0 : file->length - 6;
	const char *found;

	while (length > 6 && memcmp(file->data + length - 6, end, 6) != 0)
		length--;
	found = length > 6 ? memmem(file->data + length, file->length - length, mark,
				    sizeof mark - 1)
			   : NULL;
	if (!found || sscanf(found + sizeof mark - 1, "%20[D:0-9Z])", date) != 1)
		return 0;
	return length;
}

/* Whatever a revision adds beside a signature could change what is read: it must be, byte for
 * byte, the one that is written here over what was before. */
size_t pdf_unsigned_length(const struct text *file)
{
	struct text again = { 0 }, before = { 0 };
	struct revision revision = { .out = &again };
	unsigned char *der = memory_zeroed(SIGNATURE_MOST + 8, 1);
	char date[DATE_SIZE] = "";
	struct error ignored;
	size_t length = revision_before(file, date), digits = SIGNATURE_MOST * 2;

	if (length == 0)
		goto done;
	text_add_bytes(&before, file->data, length);
	length = 0;
	if (write_revision(&revision, &before, date, &ignored) != 0 ||
	    again.length != file->length ||
	    read_digits(file->data + revision.contents_at, der) != 0)
		goto done;
	memcpy(again.data + revision.contents_at, file->data + revision.contents_at,
	       digits);
	if (memcmp(again.data, file->data, file->length) == 0 && holds(&revision, der))
		length = before.length;
done:
	free(der);
	text_free(&again);
	text_free(&before);
	return length;
}
