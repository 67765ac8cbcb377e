// SPDX-License-Identifier: GPL-2.0-only
/* JSON and tables. */
#include <string.h>
#include <time.h>

#include "sspictl.h"

#define MAX_COLUMNS 12

void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
}

const char *get_text(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text ? text : "";
}

long long get_number(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

static const char *cell(const json_t *row, const char *name, char *buf,
			size_t room)
{
	const json_t *value = json_object_get(row, name);

	if (json_is_string(value) && *json_string_value(value))
		return json_string_value(value);
	if (json_is_integer(value)) {
		snprintf(buf, room, "%lld",
			 (long long)json_integer_value(value));
		return buf;
	}
	return json_is_true(value) ? "yes" : "-";
}

/* Columns as wide as what is in them; the last is not padded. */
void print_table(const json_t *rows, const char *const *columns)
{
	size_t width[MAX_COLUMNS], i, n, len;
	char buf[32];
	json_t *row;

	for (n = 0; columns[n] && n < MAX_COLUMNS; n++)
		width[n] = strlen(columns[n]);
	json_array_foreach(rows, i, row) {
		for (size_t c = 0; c < n; c++) {
			len = strlen(cell(row, columns[c], buf, sizeof(buf)));
			width[c] = len > width[c] ? len : width[c];
		}
	}
	for (size_t c = 0; c < n; c++)
		printf("%-*s%s", c + 1 < n ? (int)width[c] : 0, columns[c],
		       c + 1 < n ? "  " : "\n");
	json_array_foreach(rows, i, row)
		for (size_t c = 0; c < n; c++)
			printf("%-*s%s", c + 1 < n ? (int)width[c] : 0,
			       cell(row, columns[c], buf, sizeof(buf)),
			       c + 1 < n ? "  " : "\n");
}

const char *format_time(long long seconds, char *buf, size_t room)
{
	time_t when = seconds;
	struct tm tm;

	if (!localtime_r(&when, &tm) ||
	    !strftime(buf, room, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, room, "%lld", seconds);
	return buf;
}
