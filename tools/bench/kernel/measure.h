/* SPDX-License-Identifier: GPL-2.0-only */
/* Loops around what is measured. */
#ifndef _SSPI_BENCH_MEASURE_H
#define _SSPI_BENCH_MEASURE_H

#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

/*
 * What is measured is repeated in batches: the first is not counted, of the
 * others the least is, as the host may have had other work in between.
 */
#define BATCHES		6

static const unsigned int bench_sizes[] = { 64, 1024, 4096, 16384, BENCH_MAX };

static inline unsigned int count_of(unsigned int len)
{
	return len > 4096 ? 10 : 100;
}

/* The least of the batches so far. */
struct least {
	u64 batch;
	u64 least;
};

static inline void least_of(struct least *l, unsigned int batch)
{
	if (batch)
		l->least = batch == 1 ? l->batch : min(l->least, l->batch);
	l->batch = 0;
}

/* What lies between two readings of the clock that have nothing between them. */
static inline u64 clock_cost(void)
{
	u64 least = U64_MAX, start;
	unsigned int n;

	for (n = 0; n < 100; n++) {
		start = ktime_get_ns();
		least = min(least, ktime_get_ns() - start);
	}
	return least;
}

/* One of @count, each of which was between two readings of the clock. */
static inline u64 each_of(const struct least *l, unsigned int count)
{
	u64 each = div_u64(l->least, count), cost = clock_cost();

	return each > cost ? each - cost : 0;
}

#define MEASURE(prefix, kind, bytes, count, statement)			\
	do {								\
		unsigned int batch, n;					\
		struct least time = {};					\
									\
		for (batch = 0; batch < BATCHES; batch++) {		\
			u64 start = ktime_get_ns();			\
									\
			for (n = 0; n < (count); n++)			\
				statement;				\
			time.batch = ktime_get_ns() - start;		\
			least_of(&time, batch);				\
		}							\
		result(prefix, kind, bytes, div_u64(time.least, count)); \
	} while (0)

#endif /* _SSPI_BENCH_MEASURE_H */
