/* origin.c -- where a request comes from. */
#include "web/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "web/head.h"
#include "web/token.h"

enum { NETWORKS_MAX = 32 };

/* IPv4 as the IPv6 addresses it is mapped to: one kind to compare. */
struct network {
	struct in6_addr address;
	int bits;
};

struct origin_setting {
	int is_tls;
	const char *user_header; /* of the proxy; NULL: none; borrowed */
	const char *public_url;
	struct network proxies[NETWORKS_MAX];
	size_t count;
};

/* ---- Settings ----------------------------------------------------------- */

static int read_address(const char *text, struct in6_addr *address, int *is_v4)
{
	struct in_addr v4;

	*is_v4 = inet_pton(AF_INET, text, &v4) == 1;
	if (!*is_v4)
		return inet_pton(AF_INET6, text, address) == 1 ? 0 : -1;
	memset(address, 0, sizeof *address);
	address->s6_addr[10] = address->s6_addr[11] = 0xff;
	memcpy(address->s6_addr + 12, &v4, 4);
	return 0;
}

/* "10.0.0.0/8", "::1" */
static int read_network(const char *word, struct network *network)
{
	char address[INET6_ADDRSTRLEN + 1];
	const char *slash = strchr(word, '/');
	size_t length = slash ? (size_t)(slash - word) : strlen(word);
	int is_v4, most;
	char *end;

	if (length >= sizeof address)
		return -1;
	memcpy(address, word, length);
	address[length] = '\0';
	if (read_address(address, &network->address, &is_v4) != 0)
		return -1;
	most = is_v4 ? 32 : 128;
	network->bits = slash ? (int)strtol(slash + 1, &end, 10) : most;
	if (slash &&
	    (end == slash + 1 || *end || network->bits < 0 || network->bits > most))
		return -1;
	network->bits += is_v4 ? 96 : 0;
	return 0;
}

static int read_proxies(struct origin_setting *setting, const char *list,
			struct error *err)
{
	char *copy = memory_copy(list), *rest = copy, *word;
	int status = 0;

	while (status == 0 && (word = strsep(&rest, ", ")) != NULL) {
		if (!*word)
			continue;
		if (setting->count == NETWORKS_MAX ||
		    read_network(word, &setting->proxies[setting->count++]) != 0)
			status = error_set(err, ERROR_INVALID,
					   "proxy_addresses: \"%s\" is no address, or "
					   "one too many",
					   word);
	}
	free(copy);
	return status;
}

int origin_open(struct origin_setting **result, const struct config *config,
		struct error *err)
{
	struct origin_setting *setting = memory_zeroed(1, sizeof *setting);
	const char *proxies = config_get(config, "proxy_addresses");

	*result = setting;
	setting->is_tls = config_get(config, "tls_certificate") != NULL;
	setting->user_header = config_get(config, "proxy_user_header");
	setting->public_url = config_get(config, "public_url");
	if (proxies && read_proxies(setting, proxies, err) != 0)
		return -1;
	if (setting->user_header && setting->count == 0)
		return error_set(err, ERROR_INVALID,
				 "proxy_user_header is of use only with proxy_addresses: "
				 "anybody else could send it");
	return 0;
}

void origin_close(struct origin_setting *setting)
{
	free(setting);
}

int origin_has_proxies(const struct origin_setting *setting)
{
	return setting->count > 0;
}

/* ---- Who is connected --------------------------------------------------- */

static int has_prefix(const struct in6_addr *address, const struct network *network)
{
	for (int bit = 0; bit < network->bits; bit++) {
		int mask = 0x80 >> bit % 8;

		if ((address->s6_addr[bit / 8] & mask) !=
		    (network->address.s6_addr[bit / 8] & mask))
			return 0;
	}
	return 1;
}

static int is_trusted(const struct origin_setting *setting, const char *printed)
{
	struct in6_addr address;
	int is_v4;

	if (read_address(printed, &address, &is_v4) != 0)
		return 0;
	for (size_t i = 0; i < setting->count; i++)
		if (has_prefix(&address, &setting->proxies[i]))
			return 1;
	return 0;
}

static void print_peer(const struct sockaddr *peer, char printed[INET6_ADDRSTRLEN])
{
	snprintf(printed, INET6_ADDRSTRLEN, "?");
	if (peer && peer->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, printed,
			  INET6_ADDRSTRLEN);
	else if (peer && peer->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)peer)->sin6_addr,
			  printed, INET6_ADDRSTRLEN);
}

/* What the proxy itself has seen stands last in its list; before it anybody may have
 * written anything. */
static char *last_word(const char *list)
{
	const char *comma = strrchr(list, ',');
	const char *word = comma ? comma + 1 : list;

	word += strspn(word, " \t");
	return memory_copy_bytes(word, strcspn(word, " \t"));
}

static void read_proxy(const struct origin_setting *setting,
		       struct MHD_Connection *connection, const char *peer,
		       struct request *request)
{
	const char *forwarded, *scheme, *user = NULL;
	int count;

	request->is_secure = setting->is_tls;
	request->peer = memory_copy(peer);
	if (!is_trusted(setting, peer))
		return;
	/* A proxy that does not replace what the visitor wrote writes its own below. */
	scheme = head_last_value(connection, "X-Forwarded-Proto", &count);
	forwarded = head_last_value(connection, "X-Forwarded-For", &count);
	if (setting->user_header)
		user = head_last_value(connection, setting->user_header, &count);
	if (scheme && strcasecmp(scheme, "https") == 0)
		request->is_secure = 1;
	if (forwarded) {
		char *word = last_word(forwarded);
		struct in6_addr address;
		int is_v4;

		if (read_address(word, &address, &is_v4) == 0) {
			free(request->peer);
			request->peer = word;
		} else {
			free(word);
		}
	}
	if (setting->user_header)
		request->proxy_user =
			memory_copy(user && count == 1 && text_is_utf8(user, strlen(user))
					    ? user
					    : ""); /* of two, one is not the proxy's */
}

/* ---- From a page of ours? ----------------------------------------------- */

/* "https://host:port" and its host. */
static const char *host_of(const char *url)
{
	const char *host = url ? strstr(url, "://") : NULL;

	return host ? host + 3 : NULL;
}

static int is_host(const char *host, const char *ours)
{
	size_t length = ours ? strcspn(ours, "/") : 0;

	return length > 0 && strlen(host) == length &&
	       strncasecmp(host, ours, length) == 0;
}

static int is_from_here(const struct origin_setting *setting,
			struct MHD_Connection *connection)
{
	const char *site = head_value(connection, "Sec-Fetch-Site");
	const char *origin = head_value(connection, "Origin");
	const char *host = host_of(origin);

	if (site)
		return strcasecmp(site, "same-origin") == 0;
	/* No browser: it sends none of the two, and is asked for the token of the form. */
	if (!origin)
		return 1;
	return host && (is_host(host, head_value(connection, "Host")) ||
			is_host(host, host_of(setting->public_url)));
}

/* ---- Cookies ------------------------------------------------------------ */

/* With the prefix a browser takes the cookie only over HTTPS and from this very host. */
static void print_name(const struct request *request, const char *name, char printed[40])
{
	snprintf(printed, 40, "%s%s", request->is_secure ? "__Host-" : "", name);
}

static char *read_cookie(struct MHD_Connection *connection, const struct request *request,
			 const char *name)
{
	char printed[40];
	const char *value;

	print_name(request, name, printed);
	value = head_cookie(connection, printed);
	return value && token_is_shaped(value) ? memory_copy(value) : NULL;
}

void origin_read(const struct origin_setting *setting, struct MHD_Connection *connection,
		 const struct sockaddr *peer, struct request *request)
{
	char printed[INET6_ADDRSTRLEN];

	const char *agent = head_value(connection, "User-Agent");

	print_peer(peer, printed);
	read_proxy(setting, connection, printed, request);
	request->agent =
		memory_copy(agent && text_is_utf8(agent, strlen(agent)) ? agent : "");
	request->session = read_cookie(connection, request, ORIGIN_SESSION);
	request->seed = read_cookie(connection, request, ORIGIN_SEED);
	request->sso = read_cookie(connection, request, ORIGIN_SSO);
	request->is_from_here = is_from_here(setting, connection);
	if (request->session || request->seed)
		token_of_forms(request->session ? request->session : request->seed,
			       request->csrf);
}

void origin_add_cookie(struct text *cookies, const struct request *request,
		       const char *name, const char *value)
{
	char printed[40];

	print_name(request, name, printed);
	text_addf(cookies, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s\n", printed, value,
		  request->is_secure ? "; Secure" : "", *value ? "" : "; Max-Age=0");
}
