// SPDX-License-Identifier: GPL-2.0-only
/*
 * Secrets on their way to the kernel: read from a terminal that does not show
 * them, from a descriptor or a file, into memory that is neither swapped nor
 * dumped, and wiped at the end whatever happens.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "secret.h"
#include "sspictl.h"

static struct secret *all;

static void wipe_all(void)
{
	struct secret *s;

	for (s = all; s; s = s->next)
		explicit_bzero(s->data, s->room);
}

void secret_alloc(struct secret *s, size_t room)
{
	/* who has our rights could look otherwise */
	prctl(PR_SET_DUMPABLE, 0);
	*s = (struct secret){ .room = room, .next = all };
	s->data = mmap(NULL, room, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->data == MAP_FAILED)
		die(EXIT_FAILED, "no memory");
	madvise(s->data, room, MADV_DONTDUMP);
	/* beyond the limit of an ordinary user it is not locked */
	mlock(s->data, room);
	if (!all)
		atexit(wipe_all);
	all = s;
}

/* Reads to the end; one byte more than there is room for is too many. */
void secret_read(struct secret *s, int fd, size_t most, const char *what)
{
	size_t start = s->len;
	ssize_t n;

	if (most >= s->room - s->len)
		most = s->room - s->len - 1;
	for (;;) {
		n = read(fd, s->data + s->len, most + 1 - (s->len - start));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die(EXIT_FAILED, "cannot read %s: %s", what,
			    strerror(errno));
		if (!n)
			return;
		s->len += (size_t)n;
		if (s->len - start > most)
			die(EXIT_FAILED, "%s is longer than %zu bytes", what,
			    most);
	}
}

void secret_read_file(struct secret *s, const char *path, size_t most)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(EXIT_FAILED, "%s: %s", path, strerror(errno));
	secret_read(s, fd, most, path);
	close(fd);
}

static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught = number;
}

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void set_handlers(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < sizeof(ending) / sizeof(*ending); i++)
		sigaction(ending[i], &action, NULL);
	/* stopped in the middle, it would leave the terminal silent */
	action.sa_handler = handler == SIG_DFL ? SIG_DFL : SIG_IGN;
	sigaction(SIGTSTP, &action, NULL);
}

/* One line from the terminal, which shows nothing meanwhile. */
void secret_prompt(struct secret *s, const char *prompt, size_t most)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct termios old, silent;
	ssize_t n;

	if (fd < 0 || tcgetattr(fd, &old))
		die(EXIT_FAILED,
		    "no terminal to ask at; --fd says where to read instead");
	set_handlers(catch);
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	if (most >= s->room - s->len)
		most = s->room - s->len - 1;
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s", prompt);
	n = read(fd, s->data + s->len, most + 1);
	tcsetattr(fd, TCSAFLUSH, &old);
	dprintf(fd, "\n");
	close(fd);
	set_handlers(SIG_DFL);
	if (caught) {
		wipe_all();
		raise(caught);
	}
	if (n <= 0)
		die(EXIT_FAILED, "no password was given");
	if ((size_t)n > most)
		die(EXIT_FAILED, "the password is too long");
	s->len += (size_t)n;
}

void secret_text(struct secret *s, const char *text)
{
	size_t len = strlen(text);

	if (len >= s->room - s->len)
		die(EXIT_USAGE, "a name is too long");
	memcpy(s->data + s->len, text, len);
	s->len += len;
}
