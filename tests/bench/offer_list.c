/*
 * Reads what offer sends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "offer.h"

static void
fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* The lines of FILE, as the requests they are to be. */
void
offer_load(
    struct offer_list *list, const char *file, const char *path, char **headers)
{
	FILE *f = fopen(file, "r");
	char *line = NULL, *body, more[4096] = "";
	size_t size = 0, used = 0;
	ssize_t len;

	if (f == NULL)
		fail(file);
	for (; *headers != NULL; headers++)
		used += (size_t)snprintf(
		    more + used, sizeof(more) - used, "%s\r\n", *headers);
	while ((len = getline(&line, &size, f)) > 0) {
		struct offer_request *r;

		line[len - (line[len - 1] == '\n')] = '\0';
		body = strchr(line, '\t');
		if (body == NULL)
			continue;
		*body++ = '\0';
		list->request =
		    realloc(list->request, (list->n + 1) * sizeof(*r));
		if (list->request == NULL)
			fail(file);
		r = &list->request[list->n++];
		r->len = (size_t)asprintf(&r->text,
		    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s\r\n"
		    "Content-Length: %zu\r\n\r\n%s",
		    path, more, line, strlen(body), body);
	}
	free(line);
	fclose(f);
	if (list->n == 0)
		fail("no requests");
}
