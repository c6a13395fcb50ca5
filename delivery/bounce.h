/* bounce.h -- a mail that says that one of ours came back: a delivery status notification
 * (RFC 3464) in a multipart/report.  Pure; whatever the bytes are does no harm. */
#ifndef DELIVERY_BOUNCE_H
#define DELIVERY_BOUNCE_H

#include <stddef.h>

/* Empty where it does not say. */
struct bounce {
	char message_id[256]; /* of our mail, without brackets */
	char original[320];   /* the address that we sent it to */
	char final[320];      /* the one that it came to in the end */
	char reason[512];     /* "5.1.1 550 no such user", printable */
};

/* 1: a mail of ours, whose number it names, was given up.  0: anything else, also a mere
 * delay and what is misshapen. */
int bounce_read(const char *bytes, size_t length, struct bounce *bounce);

#endif
