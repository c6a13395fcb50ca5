/* sample_load.h -- fills a store with made-up data, once. */
#ifndef WEB_SAMPLE_LOAD_H
#define WEB_SAMPLE_LOAD_H

#include "base/config.h"

/* Does nothing where a note in the data folder says that it is done.  A loading
 * that was interrupted is done again: importing twice changes nothing.  *ENDED is
 * 1 when a signal asked for the end meanwhile. */
int sample_load(const struct config *config, int *ended, struct error *err);

#endif
