// SPDX-License-Identifier: GPL-2.0-only
/* See der_edit.h: a list of elements, each with the ones around it. */
#include "der_edit.h"

#include <stdbool.h>

#define MAX_ELEMENTS 256
#define MAX_DEPTH 24

struct element {
	size_t at; /* of the tag */
	size_t body;
	size_t end;
	int parent;
};

struct tree {
	struct element e[MAX_ELEMENTS];
	int count;
};

/* A head of one tag and a length of up to four octets; false if it is none. */
static bool head(const uint8_t *p, size_t at, size_t end, struct element *e)
{
	size_t octets, len = 0;

	if (end - at < 2)
		return false;
	e->at = at;
	e->body = at + 2;
	len = p[at + 1];
	if (len & 0x80) {
		octets = len & 0x7f;
		if (octets == 0 || octets > 4 || end - e->body < octets)
			return false;
		for (len = 0; octets; octets--)
			len = len << 8 | p[e->body++];
	}
	if (len > end - e->body)
		return false;
	e->end = e->body + len;
	return true;
}

static void walk(struct tree *t, const uint8_t *p, size_t at, size_t end,
		 int parent, int depth)
{
	struct element e;
	int self;

	while (at < end && t->count < MAX_ELEMENTS && head(p, at, end, &e)) {
		self = t->count++;
		e.parent = parent;
		t->e[self] = e;
		/* also what may be wrapped in an OCTET STRING */
		if (depth < MAX_DEPTH && ((p[at] & 0x20) || p[at] == 4))
			walk(t, p, e.body, e.end, self, depth + 1);
		at = e.end;
	}
}

/* Replaces [from, to) by @n bytes of @with. */
static bool splice(uint8_t *p, size_t *len, size_t room, size_t from, size_t to,
		   const uint8_t *with, size_t n)
{
	if (*len - (to - from) + n > room)
		return false;
	memmove(p + from + n, p + to, *len - to);
	if (n)
		memcpy(p + from, with, n);
	*len = *len - (to - from) + n;
	return true;
}

/* The length octets of @e and of all around it say @delta more. */
static void follow(const struct tree *t, int which, uint8_t *p, size_t *len,
		   size_t room, long delta)
{
	uint8_t octets[5];
	size_t old, new, n;

	for (; which >= 0; which = t->e[which].parent) {
		const struct element *e = &t->e[which];

		old = e->body - e->at - 1;
		new = e->end - e->body + delta;
		if (new < 0x80) {
			octets[0] = new;
			n = 1;
		} else if (new < 0x100) {
			octets[0] = 0x81;
			octets[1] = new;
			n = 2;
		} else {
			octets[0] = 0x82;
			octets[1] = new >> 8;
			octets[2] = new;
			n = 3;
		}
		if (!splice(p, len, room, e->at + 1, e->at + 1 + old, octets,
			    n))
			return;
		delta += (long)n - (long)old;
	}
}

static void edit_value(struct tree *t, int which, uint8_t *p, size_t *len,
		       size_t room, struct script *s)
{
	const struct element *e = &t->e[which];
	size_t n = take8(s) % 48;
	struct sspi_span value = take_bytes(s, n);

	if (splice(p, len, room, e->body, e->end, value.data, value.len))
		follow(t, which, p, len, room,
		       (long)value.len - (long)(e->end - e->body));
}

static void edit(uint8_t *p, size_t *len, size_t room, struct script *s)
{
	uint8_t op = take8(s), copy[512];
	struct tree t = { .count = 0 };
	const struct element *e;
	size_t n;
	int which;

	walk(&t, p, 0, *len, -1, 0);
	which = t.count ? take8(s) % t.count : 0;
	e = &t.e[which];
	if (!t.count)
		op = 7;
	switch (op % 10) {
	case 0: /* a bit of the value */
		if (e->end > e->body)
			p[e->body + take16(s) % (e->end - e->body)] ^=
				1 << take8(s) % 8;
		break;
	case 1:
		if (e->end > e->body)
			p[e->body + take16(s) % (e->end - e->body)] = take8(s);
		break;
	case 2: /* another tag */
		p[e->at] = take8(s);
		break;
	case 3: /* the tag of a neighbour */
		p[e->at] += (int8_t)(take8(s) % 7) - 3;
		break;
	case 4: /* out with it */
		if (splice(p, len, room, e->at, e->end, NULL, 0))
			follow(&t, e->parent, p, len, room,
			       -(long)(e->end - e->at));
		break;
	case 5: /* once more */
		n = e->end - e->at;
		if (n > sizeof(copy))
			break;
		memcpy(copy, p + e->at, n);
		if (splice(p, len, room, e->end, e->end, copy, n))
			follow(&t, e->parent, p, len, room, n);
		break;
	case 6:
		edit_value(&t, which, p, len, room, s);
		break;
	case 7: /* any byte at all */
		if (*len)
			p[take16(s) % *len] ^= take8(s);
		break;
	case 8: /* a length that is not true */
		p[e->at + 1] = take8(s);
		break;
	case 9: /* cut */
		*len = *len ? take16(s) % *len : 0;
		break;
	}
}

size_t der_edit(uint8_t *der, size_t len, size_t room, struct script *s)
{
	unsigned int i;

	for (i = 0; i < 8 && s->left; i++)
		edit(der, &len, room, s);
	return len;
}
