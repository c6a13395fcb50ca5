/* pdf_tags.h -- the structure of a tagged PDF: which ink belongs to which paragraph, cell or
 * figure; what belongs to none is an artifact (running heads, rules, repeated heads). */
#ifndef REPORTS_PDF_TAGS_H
#define REPORTS_PDF_TAGS_H

#include "base/text.h"
#include "reports/canvas.h"
#include "reports/pdf_file.h"

struct pdf_tags;

struct pdf_tags *pdf_tags_new(void);
void pdf_tags_free(struct pdf_tags *tags);

/* A page begins: the number of its object. */
void pdf_tags_page(struct pdf_tags *tags, int page);
/* ALTERNATIVE: of a figure, else "". */
void pdf_tags_begin(struct pdf_tags *tags, enum canvas_tag tag, const char *alternative);
void pdf_tags_end(struct pdf_tags *tags);
/* What is written to CONTENT next belongs to the innermost tag. */
void pdf_tags_ink(struct pdf_tags *tags, struct text *content);
/* Nothing more is written to CONTENT. */
void pdf_tags_rest(struct pdf_tags *tags, struct text *content);
/* The annotation with this number belongs to the innermost tag: its StructParent. */
int pdf_tags_annotation(struct pdf_tags *tags, int annotation);

/* Writes the tree; the number of its root.  Pages have their index as StructParents. */
int pdf_tags_write(struct pdf_tags *tags, struct pdf_file *file);

#endif
