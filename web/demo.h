/* demo.h -- accounts to look around with, on sample data only. */
#ifndef WEB_DEMO_H
#define WEB_DEMO_H

#include "base/cluster.h"
#include "base/config.h"

/* Makes an account of each role, where the store holds sample data and has no account yet,
 * and prints how to sign in.  Their one password is made at random and noted in
 * demo-accounts.txt of the data folder, which only its owner can read. */
int demo_accounts(struct cluster *cluster, const struct config *config,
		  struct error *err);

#endif
