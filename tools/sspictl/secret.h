/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory for secrets. */
#ifndef SSPICTL_SECRET_H
#define SSPICTL_SECRET_H

#include <stddef.h>

struct secret {
	char *data;
	size_t len;
	size_t room;
	struct secret *next; /* the ones to wipe at exit */
};

void secret_alloc(struct secret *s, size_t room);
/* Each adds to the end, @most bytes, or ends the program. */
void secret_read(struct secret *s, int fd, size_t most, const char *what);
void secret_read_file(struct secret *s, const char *path, size_t most);
void secret_prompt(struct secret *s, const char *prompt, size_t most);
void secret_text(struct secret *s, const char *text);

#endif /* SSPICTL_SECRET_H */
