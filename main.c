/* main.c -- nq17: the table of subcommands, nothing else. */
#include <stdio.h>

int main(void)
{
	fputs("nq17: not built yet\n", stderr);
	return 2;
}
