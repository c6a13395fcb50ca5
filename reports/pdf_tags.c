/* pdf_tags.c -- the structure of a tagged PDF. */
#include "reports/pdf_tags.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

enum { DEEPEST = 16, NOBODY = -1, ARTIFACT = -2 };

/* Keys of annotations in the tree of parents, behind those of the pages. */
enum { ANNOTATIONS = 100000 };

enum kid_kind { KID_ELEMENT, KID_INK, KID_ANNOTATION };

struct kid {
	enum kid_kind kind;
	int what; /* the element, the mark of the ink, the annotation */
	int page; /* of ink and annotations, an index */
	int next; /* of the same parent; NOBODY: the last */
};

struct element {
	enum canvas_tag tag;
	char *alternative;
	int parent, first, last; /* kids; NOBODY: none */
};

struct owner { /* of a mark on a page */
	int page, element;
};

struct pdf_tags {
	struct element *elements;
	size_t elements_count, elements_room;
	struct kid *kids;
	size_t kids_count, kids_room;
	struct owner *owners; /* in the order of pages and marks */
	size_t owners_count, owners_room;
	int *annotations; /* the elements of the annotations */
	size_t annotations_count;
	int *pages; /* objects */
	int pages_count;

	int open[DEEPEST], depth;
	int writing; /* whose ink the content is in: an element, ARTIFACT or NOBODY */
	int marks;   /* on this page */
};

static const struct {
	const char *name;
	bool has_ink; /* else what is drawn directly in it is decoration */
} kinds[TAG_COUNT] = {
	[TAG_DOCUMENT] = { "/Document", false },
	[TAG_H1] = { "/H1", true },
	[TAG_H2] = { "/H2", true },
	[TAG_H3] = { "/H3", true },
	[TAG_P] = { "/P", true },
	[TAG_TABLE] = { "/Table", false },
	[TAG_TR] = { "/TR", false },
	[TAG_TH] = { "/TH", true },
	[TAG_TD] = { "/TD", true },
	[TAG_FIGURE] = { "/Figure", true },
	[TAG_LINK] = { "/Link", true },
};

static void *grown(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room ? *room * 2 : 256;
	return memory_resize(items, *room, size);
}

struct pdf_tags *pdf_tags_new(void)
{
	struct pdf_tags *tags = memory_zeroed(1, sizeof *tags);

	tags->writing = NOBODY;
	return tags;
}

void pdf_tags_free(struct pdf_tags *tags)
{
	if (!tags)
		return;
	for (size_t i = 0; i < tags->elements_count; i++)
		free(tags->elements[i].alternative);
	free(tags->elements);
	free(tags->kids);
	free(tags->owners);
	free(tags->annotations);
	free(tags->pages);
	free(tags);
}

void pdf_tags_page(struct pdf_tags *tags, int page)
{
	tags->pages = memory_resize(tags->pages, (size_t)tags->pages_count + 1,
				    sizeof *tags->pages);
	tags->pages[tags->pages_count++] = page;
	tags->marks = 0;
}

static int innermost(const struct pdf_tags *tags)
{
	return tags->depth > 0 ? tags->open[tags->depth - 1] : NOBODY;
}

static void add_kid(struct pdf_tags *tags, int parent, enum kid_kind kind, int what)
{
	struct element *element = &tags->elements[parent];
	int number = (int)tags->kids_count;

	tags->kids =
		grown(tags->kids, tags->kids_count, &tags->kids_room, sizeof *tags->kids);
	tags->kids[tags->kids_count++] =
		(struct kid){ kind, what, tags->pages_count - 1, NOBODY };
	if (element->first == NOBODY)
		element->first = number;
	else
		tags->kids[element->last].next = number;
	element->last = number;
}

void pdf_tags_begin(struct pdf_tags *tags, enum canvas_tag tag, const char *alternative)
{
	int number = (int)tags->elements_count, parent = innermost(tags);

	if (tags->depth == DEEPEST)
		BUG("tags lie too deep");
	tags->elements = grown(tags->elements, tags->elements_count, &tags->elements_room,
			       sizeof *tags->elements);
	tags->elements[tags->elements_count++] =
		(struct element){ .tag = tag,
				  .alternative =
					  *alternative ? memory_copy(alternative) : NULL,
				  .parent = parent,
				  .first = NOBODY,
				  .last = NOBODY };
	if (parent != NOBODY)
		add_kid(tags, parent, KID_ELEMENT, number);
	tags->open[tags->depth++] = number;
}

void pdf_tags_end(struct pdf_tags *tags)
{
	tags->depth--;
}

void pdf_tags_rest(struct pdf_tags *tags, struct text *content)
{
	if (tags->writing != NOBODY)
		text_add(content, "EMC\n");
	tags->writing = NOBODY;
}

void pdf_tags_ink(struct pdf_tags *tags, struct text *content)
{
	int element = innermost(tags);

	if (element == NOBODY || !kinds[tags->elements[element].tag].has_ink)
		element = ARTIFACT;
	if (tags->writing == element)
		return;
	pdf_tags_rest(tags, content);
	tags->writing = element;
	if (element == ARTIFACT) {
		text_add(content, "/Artifact BMC\n");
		return;
	}
	text_addf(content, "%s<</MCID %d>>BDC\n", kinds[tags->elements[element].tag].name,
		  tags->marks);
	add_kid(tags, element, KID_INK, tags->marks++);
	tags->owners = grown(tags->owners, tags->owners_count, &tags->owners_room,
			     sizeof *tags->owners);
	tags->owners[tags->owners_count++] =
		(struct owner){ tags->pages_count - 1, element };
}

int pdf_tags_annotation(struct pdf_tags *tags, int annotation)
{
	int element = innermost(tags);

	if (element == NOBODY)
		BUG("a link outside the document");
	add_kid(tags, element, KID_ANNOTATION, annotation);
	tags->annotations = memory_resize(tags->annotations, tags->annotations_count + 1,
					  sizeof *tags->annotations);
	tags->annotations[tags->annotations_count++] = element;
	return ANNOTATIONS + (int)tags->annotations_count - 1;
}

/* ---- The tree ------------------------------------------------------------ */

static void add_kids(struct text *body, const struct pdf_tags *tags,
		     const struct element *element, int first)
{
	int page = NOBODY; /* that of the element */

	for (int i = element->first; i != NOBODY && page == NOBODY;
	     i = tags->kids[i].next)
		if (tags->kids[i].kind != KID_ELEMENT)
			page = tags->kids[i].page;
	if (page != NOBODY)
		text_addf(body, "/Pg %d 0 R", tags->pages[page]);
	text_add(body, "/K[");
	for (int i = element->first; i != NOBODY; i = tags->kids[i].next) {
		const struct kid *kid = &tags->kids[i];

		if (kid->kind == KID_ELEMENT)
			text_addf(body, "%d 0 R ", first + kid->what);
		else if (kid->kind == KID_ANNOTATION)
			text_addf(body, "<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>", kid->what,
				  tags->pages[kid->page]);
		else if (kid->page == page)
			text_addf(body, "%d ", kid->what);
		else
			text_addf(body, "<</Type/MCR/Pg %d 0 R/MCID %d>>",
				  tags->pages[kid->page], kid->what);
	}
	text_add(body, "]");
}

static void write_element(const struct pdf_tags *tags, struct pdf_file *file, int number,
			  int first, int root)
{
	const struct element *element = &tags->elements[number];
	struct text body = { 0 };

	text_addf(&body, "<</S%s/P %d 0 R", kinds[element->tag].name,
		  element->parent == NOBODY ? root : first + element->parent);
	if (element->alternative) {
		text_add(&body, "/Alt ");
		pdf_add_string(&body, element->alternative);
	}
	if (element->tag == TAG_TH)
		text_add(&body, "/A<</O/Table/Scope/Column>>");
	add_kids(&body, tags, element, first);
	text_add(&body, ">>");
	pdf_object(file, first + number, &body);
	text_free(&body);
}

/* From a mark or an annotation to its element. */
static void add_parents(struct text *body, const struct pdf_tags *tags, int first)
{
	size_t owner = 0;

	text_add(body, "/ParentTree<</Nums[");
	for (int page = 0; page < tags->pages_count; page++) {
		text_addf(body, "%d[", page);
		for (; owner < tags->owners_count && tags->owners[owner].page == page;
		     owner++)
			text_addf(body, "%d 0 R ", first + tags->owners[owner].element);
		text_add(body, "]");
	}
	for (size_t i = 0; i < tags->annotations_count; i++)
		text_addf(body, "%zu %d 0 R ", ANNOTATIONS + i,
			  first + tags->annotations[i]);
	text_addf(body, "]>>/ParentTreeNextKey %zu",
		  ANNOTATIONS + tags->annotations_count);
}

int pdf_tags_write(struct pdf_tags *tags, struct pdf_file *file)
{
	int root = pdf_reserve(file), first = root + 1;
	struct text body = { 0 };

	for (size_t i = 0; i < tags->elements_count; i++)
		pdf_reserve(file);
	for (size_t i = 0; i < tags->elements_count; i++)
		write_element(tags, file, (int)i, first, root);
	text_add(&body, "<</Type/StructTreeRoot/K[");
	for (size_t i = 0; i < tags->elements_count; i++)
		if (tags->elements[i].parent == NOBODY)
			text_addf(&body, "%d 0 R ", first + (int)i);
	text_add(&body, "]");
	add_parents(&body, tags, first);
	text_add(&body, ">>");
	pdf_object(file, root, &body);
	text_free(&body);
	return root;
}
