// SPDX-License-Identifier: GPL-2.0-only
/* Edits of a token that know where its fields are. */
#include "party.h"

struct token {
	uint8_t *data;
	size_t len;
	size_t room;
};

static uint16_t get16(const struct token *t, size_t at)
{
	return at + 2 <= t->len ? t->data[at] | t->data[at + 1] << 8 : 0;
}

static uint32_t get32(const struct token *t, size_t at)
{
	return get16(t, at) | (uint32_t)get16(t, at + 2) << 16;
}

static void put16(struct token *t, size_t at, uint16_t v)
{
	if (at + 2 > t->len)
		return;
	t->data[at] = v;
	t->data[at + 1] = v >> 8;
}

static void put32(struct token *t, size_t at, uint32_t v)
{
	put16(t, at, v);
	put16(t, at + 2, v >> 16);
}

static void cut(struct token *t, size_t at, size_t n)
{
	if (at > t->len)
		at = t->len;
	if (n > t->len - at)
		n = t->len - at;
	memmove(t->data + at, t->data + at + n, t->len - at - n);
	t->len -= n;
}

static bool insert(struct token *t, size_t at, const void *p, size_t n)
{
	if (at > t->len)
		at = t->len;
	if (n > t->room - t->len)
		return false;
	memmove(t->data + at + n, t->data + at, t->len - at);
	if (n)
		memcpy(t->data + at, p, n);
	t->len += n;
	return true;
}

/* Where the 8-byte descriptors (length, allocated, offset) of a message are. */
static size_t descriptor(enum token_kind kind, uint8_t choice)
{
	static const uint8_t negotiate[] = { 16, 24 };
	static const uint8_t challenge[] = { 12, 40 };
	static const uint8_t authenticate[] = { 12, 20, 28, 36, 44, 52 };

	switch (kind) {
	case TOKEN_NEGOTIATE:
		return negotiate[choice % 2];
	case TOKEN_CHALLENGE:
		return challenge[choice % 2];
	case TOKEN_AUTHENTICATE:
		return authenticate[choice % 6];
	default:
		return choice;
	}
}

static size_t flags_at(enum token_kind kind)
{
	return kind == TOKEN_NEGOTIATE ? 12 : kind == TOKEN_CHALLENGE ? 20 : 60;
}

/* The descriptor of what holds AV pairs, and where in it they start. */
static bool av_list(const struct token *t, enum token_kind kind, size_t *desc,
		    size_t *start, size_t *end)
{
	size_t skip = kind == TOKEN_AUTHENTICATE ? 44 : 0;

	if (kind != TOKEN_CHALLENGE && kind != TOKEN_AUTHENTICATE)
		return false;
	*desc = kind == TOKEN_CHALLENGE ? 40 : 20;
	*start = (size_t)get32(t, *desc + 4) + skip;
	*end = (size_t)get32(t, *desc + 4) + get16(t, *desc);
	return *start < *end && *end <= t->len;
}

/* Changes the length of what *@desc describes, and moves what lies behind. */
static void resized(struct token *t, enum token_kind kind, size_t desc,
		    size_t at, int delta)
{
	unsigned int i;

	put16(t, desc, get16(t, desc) + delta);
	put16(t, desc + 2, get16(t, desc + 2) + delta);
	for (i = 0; i < 6; i++) {
		size_t other = descriptor(kind, i);

		if (kind == TOKEN_CHALLENGE && i >= 2)
			break;
		if (other != desc && get32(t, other + 4) > at)
			put32(t, other + 4, get32(t, other + 4) + delta);
	}
}

static void edit_av(struct token *t, enum token_kind kind, struct script *s)
{
	uint8_t what = take8(s), choice = take8(s);
	size_t desc, at, end, n;
	uint8_t pair[4 + 16];
	struct sspi_span value;

	if (!av_list(t, kind, &desc, &at, &end))
		return;
	for (choice %= 12; choice; choice--) {
		n = 4 + (size_t)get16(t, at + 2);
		if (at + n + 4 > end)
			break;
		at += n;
	}
	n = 4 + (size_t)get16(t, at + 2);
	if (n > end - at)
		n = end - at;
	switch (what % 6) {
	case 0:
		put16(t, at, take8(s) % 16);
		break;
	case 1:
		put16(t, at + 2, take16(s));
		break;
	case 2: /* out with it */
		cut(t, at, n);
		resized(t, kind, desc, at, -(int)n);
		break;
	case 3: /* once more */
		if (n <= 256) {
			uint8_t copy[256];

			memcpy(copy, t->data + at, n);
			if (insert(t, at, copy, n))
				resized(t, kind, desc, at, n);
		}
		break;
	case 4: /* another one */
		pair[0] = take8(s) % 16;
		pair[1] = 0;
		pair[2] = take8(s) % 17;
		pair[3] = 0;
		memset(pair + 4, 0, 16);
		value = take_bytes(s, pair[2]);
		if (value.len)
			memcpy(pair + 4, value.data, value.len);
		if (insert(t, at, pair, 4 + pair[2]))
			resized(t, kind, desc, at, 4 + pair[2]);
		break;
	case 5:
		if (n > 4)
			t->data[at + 4 + take8(s) % (n - 4)] ^= take8(s);
		break;
	}
}

/* The value of some bytes. */
static void edit_bytes(struct token *t, uint8_t op, size_t at, struct script *s)
{
	switch (op) {
	case 0:
		if (t->len)
			t->data[at] ^= take8(s);
		break;
	case 1:
		if (t->len)
			t->data[at] = take8(s);
		break;
	case 2:
		put16(t, at, take16(s));
		break;
	case 3:
		put32(t, at, take32(s));
		break;
	}
}

/* How many there are. */
static void edit_length(struct token *t, uint8_t op, size_t at,
			struct script *s)
{
	struct sspi_span more;

	switch (op) {
	case 4:
		t->len = at;
		break;
	case 5:
		more = take_bytes(s, take8(s));
		insert(t, t->len, more.data, more.len);
		break;
	case 6:
		cut(t, at, take8(s));
		break;
	case 7:
		more = take_bytes(s, take8(s) % 32);
		insert(t, at, more.data, more.len);
		break;
	}
}

static void swap_fields(struct token *t, size_t d, size_t n)
{
	uint32_t a, b;

	if (d + 8 > t->len || n + 8 > t->len)
		return;
	a = get32(t, d);
	b = get32(t, d + 4);
	put32(t, d, get32(t, n));
	put32(t, d + 4, get32(t, n + 4));
	put32(t, n, a);
	put32(t, n + 4, b);
}

/* What the bytes mean: descriptors, flags, AV pairs. */
static void edit_field(struct token *t, uint8_t op, enum token_kind kind,
		       struct script *s)
{
	size_t d;

	switch (op) {
	case 8:
		d = descriptor(kind, take8(s));
		put16(t, d, get16(t, d) + (int8_t)take8(s));
		break;
	case 9:
		d = descriptor(kind, take8(s)) + 4;
		put32(t, d, get32(t, d) + (int8_t)take8(s));
		break;
	case 10:
		d = descriptor(kind, take8(s));
		put16(t, d, take16(s));
		put32(t, d + 4, take32(s));
		break;
	case 11:
		put32(t, flags_at(kind),
		      get32(t, flags_at(kind)) ^ 1u << take8(s) % 32);
		break;
	case 12:
		edit_av(t, kind, s);
		break;
	case 13:
		d = descriptor(kind, take8(s));
		swap_fields(t, d, descriptor(kind, take8(s)));
		break;
	}
}

static void edit(struct token *t, enum token_kind kind, struct script *s)
{
	uint8_t op = take8(s) % 14;
	size_t at = t->len ? take16(s) % t->len : 0;

	if (op < 4)
		edit_bytes(t, op, at, s);
	else if (op < 8)
		edit_length(t, op, at, s);
	else
		edit_field(t, op, kind, s);
}

size_t mutate(uint8_t *token, size_t len, size_t room, enum token_kind kind,
	      struct script *s)
{
	struct token t = { token, len, room };
	unsigned int i;

	for (i = 0; s->left && i < 16; i++)
		edit(&t, kind, s);
	return t.len;
}
