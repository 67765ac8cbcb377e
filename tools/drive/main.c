// SPDX-License-Identifier: GPL-2.0-only
/* sspi-drive: the lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

#define LINE_FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

static const struct backend *backend;
static FILE *trace;
static unsigned char *request; /* DRIVE_MAX_REQUEST bytes, used again */

/* The status of an answer, by its number. */
static const char *status_name(u64 status)
{
	return sec_status_name((__force sec_status_t)(u32)status);
}

static void call_backend(struct line *line, const struct op_spec *op)
{
	struct sspi_span req = { line->w.data, line->w.pos }, answer;
	u64 status = SSPI_STATUS_VALUE_SEC_E_INSUFFICIENT_MEMORY;
	unsigned char *bytes;

	answer.len = backend->call(req, &bytes);
	answer.data = bytes;
	drive_find_u64(answer, DRIVE_STATUS, &status);
	json_object_set_new(line->out, "status",
			    json_string(status_name(status)));
	set_text(line, "reason", answer, DRIVE_REASON);
	if (answer.len == 0)
		json_object_set_new(line->out, "reason",
				    json_string("no memory for the answer"));
	op->decode(line, answer);
	free(bytes);
}

static void refused(struct line *line)
{
	json_object_set_new(line->out, "status", json_string(line->refused));
	json_object_set_new(line->out, "error", json_string(line->error));
}

static void run_op(struct line *line)
{
	const char *name = get_text(line, line->in, "op", true);
	const struct op_spec *op = name ? op_find(name) : NULL;
	u32 number;

	if (name && !op)
		refuse(line, "EINVAL", "unknown op");
	if (op && check_fields(line, line->in, op->fields, "the request") &&
	    !op->op && !op->encode)
		refuse(line, "ENOSYS", "no %s in this build", op->name);
	if (line->refused)
		return;
	if (!op->op) {
		op->encode(line);
		return;
	}
	number = op->op;
	drive_writer_init(&line->w, request, DRIVE_MAX_REQUEST);
	memcpy(request, &number, sizeof(number));
	line->w.pos = sizeof(number);
	op->encode(line);
	if (line->w.bad)
		refuse(line, "EINVAL", "the request is too long");
	if (!line->refused)
		call_backend(line, op);
	explicit_bzero(request, line->w.pos);
}

static bool print_answer(json_t *answer)
{
	char *text = json_dumps(answer, JSON_COMPACT);

	if (!text)
		abort();
	if (trace)
		fprintf(trace, "< %s\n", text);
	puts(text);
	free(text);
	if (trace)
		fflush(trace);
	return fflush(stdout) == 0;
}

static bool run_line(const char *text, size_t len)
{
	struct line line = { .out = json_object() };
	json_error_t error;
	json_t *id;
	bool ok;

	if (trace)
		fprintf(trace, "> %.*s\n", (int)len, text);
	if (len > DRIVE_MAX_LINE) {
		refuse(&line, "EINVAL", "the line is longer than 4 MiB");
	} else {
		line.in = json_loadb(text, len, LINE_FLAGS, &error);
		if (!line.in)
			refuse(&line, "EINVAL", "not JSON: %s", error.text);
		else if (!json_is_object(line.in))
			refuse(&line, "EINVAL", "not an object");
	}
	id = json_object_get(line.in, "id");
	if (id)
		json_object_set(line.out, "id", id);
	if (!line.refused)
		run_op(&line);
	if (line.refused)
		refused(&line);
	ok = print_answer(line.out);
	json_decref(line.in);
	json_decref(line.out);
	return ok;
}

/*
 * The next line without its end, at most DRIVE_MAX_LINE + 1 bytes of it: one
 * more says that it is too long. False at the end of input.
 */
static bool read_line(char *line, size_t *len)
{
	int c;

	*len = 0;
	while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
		if (*len <= DRIVE_MAX_LINE)
			line[(*len)++] = (char)c;
	}
	return c != EOF || *len;
}

static int usage(void)
{
	fputs("usage: sspi-drive --host | --kernel [--trace FILE]\n"
	      "One JSON object a line on stdin, one answer a line on stdout.\n",
	      stderr);
	return 2;
}

static bool parse_options(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--host") == 0) {
			backend = &host_backend;
		} else if (strcmp(argv[i], "--kernel") == 0) {
			backend = &kernel_backend;
		} else if (strcmp(argv[i], "--trace") == 0 && i + 1 < argc) {
			trace = fopen(argv[++i], "w");
			if (!trace) {
				perror(argv[i]);
				return false;
			}
		} else {
			return false;
		}
	}
	return backend != NULL;
}

int main(int argc, char **argv)
{
	char *line;
	size_t len;
	bool ok = true;

	if (!parse_options(argc, argv))
		return usage();
	line = malloc(DRIVE_MAX_LINE + 1);
	request = malloc(DRIVE_MAX_REQUEST);
	if (!line || !request || !backend->open())
		return 1;
	while (ok && read_line(line, &len))
		ok = run_line(line, len);
	backend->close();
	free(request);
	free(line);
	if (trace)
		fclose(trace);
	return ok ? 0 : 1;
}
