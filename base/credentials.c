/* credentials.c -- what a server wants to know of us, from a file. */
#include "base/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static void forget(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void credentials_free(struct credentials *credentials)
{
	forget(credentials->user);
	forget(credentials->password);
	forget(credentials->header);
	forget(credentials->key);
	forget(credentials->passphrase);
	forget(credentials->known_hosts);
	forget(credentials->secret);
	*credentials = (struct credentials){ 0 };
}

static char **find(struct credentials *credentials, const char *name)
{
	const struct {
		const char *name;
		char **value;
	} places[] = { { "user", &credentials->user },
		       { "password", &credentials->password },
		       { "header", &credentials->header },
		       { "key", &credentials->key },
		       { "passphrase", &credentials->passphrase },
		       { "known_hosts", &credentials->known_hosts },
		       { "secret", &credentials->secret } };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (strcmp(places[i].name, name) == 0)
			return places[i].value;
	return NULL;
}

static char *trim(char *string)
{
	char *end = string + strlen(string);

	string += strspn(string, " \t\r\n");
	while (end > string && strchr(" \t\r\n", end[-1]))
		end--;
	*end = '\0';
	return string;
}

/* LINE is changed on the way; what it says is told to nobody. */
static int read_line(struct credentials *credentials, char *line)
{
	char *name = trim(line), *value = strchr(name, '='), **place;

	if (*name == '\0' || *name == '#')
		return 0;
	if (!value)
		return -1;
	*value++ = '\0';
	place = find(credentials, trim(name));
	value = trim(value);
	if (!place || *place || strpbrk(value, "\r\n"))
		return -1;
	*place = memory_copy(value);
	return 0;
}

static FILE *open_private(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat facts;

	if (fd < 0 || fstat(fd, &facts) != 0) {
		error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(facts.st_mode) || facts.st_mode & S_IRWXO) {
		error_set(err, ERROR_INVALID,
			  "%s: everybody may read it (chmod o= is wanted)", path);
	} else {
		return fdopen(fd, "r");
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

int credentials_read(struct credentials *credentials, const char *path, struct error *err)
{
	FILE *file;
	char *line = NULL;
	size_t size = 0;
	int number = 0, status = 0;

	*credentials = (struct credentials){ 0 };
	if (!path)
		return 0;
	file = open_private(path, err);
	if (!file)
		return -1;
	while (status == 0 && getline(&line, &size, file) >= 0) {
		number++;
		if (read_line(credentials, line) != 0)
			status = error_set(err, ERROR_INVALID,
					   "%s:%d: not one line each of user, password, "
					   "header, key, passphrase, known_hosts, secret",
					   path, number);
	}
	forget(line);
	fclose(file);
	return status;
}
