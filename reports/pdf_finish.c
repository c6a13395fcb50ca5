/* pdf_finish.c -- language, alternatives and compression, by libqpdf. */
#include "reports/pdf_finish.h"

#include <qpdf/qpdf-c.h>
#include <string.h>

struct walk {
	qpdf_data pdf;
	const char *const *alternatives;
	size_t count, next;
};

static void finish_element(struct walk *walk, qpdf_oh element)
{
	qpdf_data pdf = walk->pdf;
	qpdf_oh kind = qpdf_oh_get_key(pdf, element, "/S");
	const char *name = qpdf_oh_is_name(pdf, kind) ? qpdf_oh_get_name(pdf, kind) : "";

	if (strcmp(name, "/Figure") == 0 && walk->next < walk->count)
		qpdf_oh_replace_key(pdf, element, "/Alt",
				    qpdf_oh_new_unicode_string(
					    pdf, walk->alternatives[walk->next++]));
	if (strcmp(name, "/TH") == 0) {
		qpdf_oh scope = qpdf_oh_new_dictionary(pdf);

		qpdf_oh_replace_key(pdf, scope, "/O", qpdf_oh_new_name(pdf, "/Table"));
		qpdf_oh_replace_key(pdf, scope, "/Scope",
				    qpdf_oh_new_name(pdf, "/Column"));
		qpdf_oh_replace_key(pdf, element, "/A", scope);
	}
}

/* Document order; the tree is as deep as Table, TR, TD. */
static void walk_tree(struct walk *walk, qpdf_oh node, int depth)
{
	qpdf_data pdf = walk->pdf;
	qpdf_oh kids;
	int i, count;

	if (depth > 20 || !qpdf_oh_is_dictionary(pdf, node))
		return;
	finish_element(walk, node);
	kids = qpdf_oh_get_key(pdf, node, "/K");
	if (!qpdf_oh_is_array(pdf, kids)) {
		walk_tree(walk, kids, depth + 1);
		return;
	}
	count = qpdf_oh_get_array_n_items(pdf, kids);
	for (i = 0; i < count; i++)
		walk_tree(walk, qpdf_oh_get_array_item(pdf, kids, i), depth + 1);
}

/* One attachment as an object of its own. */
static qpdf_oh file_object(qpdf_data pdf, const struct canvas_attachment *file)
{
	qpdf_oh stream = qpdf_oh_new_stream(pdf), about, place;

	qpdf_oh_replace_stream_data(
		pdf, stream, (const unsigned char *)text_string(&file->bytes),
		file->bytes.length, qpdf_oh_new_null(pdf), qpdf_oh_new_null(pdf));
	about = qpdf_oh_get_dict(pdf, stream);
	qpdf_oh_replace_key(pdf, about, "/Type", qpdf_oh_new_name(pdf, "/EmbeddedFile"));
	/* In a name a slash is #2F. */
	qpdf_oh_replace_key(pdf, about, "/Subtype", qpdf_oh_parse(pdf, file->type));
	place = qpdf_oh_new_dictionary(pdf);
	qpdf_oh_replace_key(pdf, place, "/F", stream);
	about = qpdf_oh_new_dictionary(pdf);
	qpdf_oh_replace_key(pdf, about, "/Type", qpdf_oh_new_name(pdf, "/Filespec"));
	qpdf_oh_replace_key(pdf, about, "/F", qpdf_oh_new_string(pdf, file->name));
	qpdf_oh_replace_key(pdf, about, "/UF",
			    qpdf_oh_new_unicode_string(pdf, file->name));
	qpdf_oh_replace_key(pdf, about, "/Desc",
			    qpdf_oh_new_unicode_string(pdf, file->description));
	qpdf_oh_replace_key(pdf, about, "/AFRelationship",
			    qpdf_oh_new_name(pdf, "/Data"));
	qpdf_oh_replace_key(pdf, about, "/EF", place);
	return qpdf_make_indirect_object(pdf, about);
}

/* A tree of names is searched: they must come in order. */
static void attach_files(qpdf_data pdf, const struct canvas_about *about)
{
	qpdf_oh root = qpdf_get_root(pdf), names = qpdf_oh_new_array(pdf), tree, all;

	if (!about->attachments || *about->attachments_count == 0)
		return;
	all = qpdf_oh_new_array(pdf);
	for (size_t i = 0; i < *about->attachments_count; i++) {
		const struct canvas_attachment *given = &(*about->attachments)[i];
		qpdf_oh file = file_object(pdf, given);

		qpdf_oh_append_item(pdf, names,
				    qpdf_oh_new_unicode_string(pdf, given->name));
		qpdf_oh_append_item(pdf, names, file);
		qpdf_oh_append_item(pdf, all, file);
	}
	tree = qpdf_oh_new_dictionary(pdf);
	qpdf_oh_replace_key(pdf, tree, "/Names", names);
	names = qpdf_oh_new_dictionary(pdf);
	qpdf_oh_replace_key(pdf, names, "/EmbeddedFiles", tree);
	/* Links inside the document have names too. */
	if (qpdf_oh_has_key(pdf, root, "/Names"))
		names = qpdf_oh_get_key(pdf, root, "/Names");
	qpdf_oh_replace_key(pdf, names, "/EmbeddedFiles", tree);
	qpdf_oh_replace_key(pdf, root, "/Names", names);
	qpdf_oh_replace_key(pdf, root, "/AF", all);
}

static void finish_catalogue(qpdf_data pdf, const char *language)
{
	qpdf_oh root = qpdf_get_root(pdf), preferences = qpdf_oh_new_dictionary(pdf);
	qpdf_oh mark = qpdf_oh_new_dictionary(pdf);

	qpdf_oh_replace_key(pdf, mark, "/Marked", qpdf_oh_new_bool(pdf, QPDF_TRUE));
	qpdf_oh_replace_key(pdf, root, "/MarkInfo", mark);
	qpdf_oh_replace_key(pdf, preferences, "/DisplayDocTitle",
			    qpdf_oh_new_bool(pdf, QPDF_TRUE));
	qpdf_oh_replace_key(pdf, root, "/ViewerPreferences", preferences);
	qpdf_oh_replace_key(pdf, root, "/Lang",
			    qpdf_oh_new_unicode_string(pdf, language));
}

void pdf_keywords(const struct text *bytes, struct text *out)
{
	qpdf_data pdf = qpdf_init();
	const char *found;

	qpdf_silence_errors(pdf);
	qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
	if (!(qpdf_read_memory(pdf, "report", bytes->data, bytes->length, NULL) &
	      QPDF_ERRORS) &&
	    (found = qpdf_get_info_key(pdf, "/Keywords")) != NULL)
		text_add(out, found);
	if (qpdf_has_error(pdf))
		qpdf_get_error(pdf); /* no PDF: nobody asked for its faults */
	qpdf_cleanup(&pdf);
}

int pdf_finish(const struct text *draft, const struct canvas_about *about,
	       const char *const *alternatives, size_t count, struct text *out,
	       struct error *err)
{
	qpdf_data pdf = qpdf_init();
	struct walk walk = { pdf, alternatives, count, 0 };
	int status = -1;

	qpdf_silence_errors(pdf);
	qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
	if (qpdf_read_memory(pdf, "report", draft->data, draft->length, NULL) &
	    QPDF_ERRORS)
		goto done;
	finish_catalogue(pdf, about->language);
	attach_files(pdf, about);
	walk_tree(&walk, qpdf_oh_get_key(pdf, qpdf_get_root(pdf), "/StructTreeRoot"), 0);
	if (qpdf_init_write_memory(pdf) & QPDF_ERRORS)
		goto done;
	qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
	qpdf_set_object_stream_mode(pdf, qpdf_o_generate);
	if (qpdf_write(pdf) & QPDF_ERRORS)
		goto done;
	text_add_bytes(out, (const char *)qpdf_get_buffer(pdf),
		       qpdf_get_buffer_length(pdf));
	status = 0;
done:
	if (status != 0)
		error_set(err, ERROR_INTERNAL, "the PDF cannot be finished: %s",
			  qpdf_has_error(pdf)
				  ? qpdf_get_error_full_text(pdf, qpdf_get_error(pdf))
				  : "unknown fault");
	qpdf_cleanup(&pdf);
	return status;
}
