// SPDX-License-Identifier: GPL-2.0-only
/* KerberosTime, RFC 4120 5.2.3: "YYYYMMDDhhmmssZ", no fraction, no offset. */
#include <linux/errno.h>

#include "codec/der.h"
#include "test_export.h"

#define DAY_SECONDS	86400
/* Days from 0000-03-01 to 1970-01-01 of the Gregorian calendar. */
#define EPOCH_DAYS	719468
#define ERA_YEARS	400
#define ERA_DAYS	146097

static bool leap(int year)
{
	return !(year % 4) && (year % 100 || !(year % 400));
}

static int days_in_month(int year, int month)
{
	static const u8 days[] = { 31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

/* Years are counted from March, so that the leap day is the last. */
static s64 days_from_date(int year, int month, int day)
{
	int from_march = (month + 9) % 12;
	int of_year = (153 * from_march + 2) / 5 + day - 1;

	year -= month < 3;
	/* Year -1 (January and February of 0) is the last of its era. */
	year += ERA_YEARS;
	return (s64)year * 365 + year / 4 - year / 100 + year / 400 + of_year -
	       EPOCH_DAYS - ERA_DAYS;
}

/* @len digits at @text, or -1. */
static int number(const u8 *text, unsigned int len)
{
	int v = 0;

	for (; len--; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		v = v * 10 + (*text - '0');
	}
	return v;
}

int der_time_parse(struct sspi_span text, s64 *seconds)
{
	const u8 *p = text.data;
	int year, month, day, hour, minute, second;

	if (!p || text.len != DER_TIME_LEN || p[14] != 'Z')
		return -EBADMSG;
	year = number(p, 4);
	month = number(p + 4, 2);
	day = number(p + 6, 2);
	hour = number(p + 8, 2);
	minute = number(p + 10, 2);
	second = number(p + 12, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month) || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 59)
		return -EBADMSG;
	*seconds = days_from_date(year, month, day) * DAY_SECONDS +
		   (hour * 60 + minute) * 60 + second;
	return 0;
}
SSPI_EXPORT_FOR_TEST(der_time_parse);

static void digits(u8 *text, unsigned int len, unsigned int v)
{
	while (len--) {
		text[len] = '0' + v % 10;
		v /= 10;
	}
}

/* @days from 0000-03-01, and not before it. */
static void format_date(u32 days, u8 *text)
{
	u32 era = days / ERA_DAYS;
	u32 of_era = days % ERA_DAYS;
	u32 year = (of_era - of_era / 1460 + of_era / 36524 -
		    of_era / (ERA_DAYS - 1)) / 365;
	u32 of_year = of_era - (365 * year + year / 4 - year / 100);
	u32 from_march = (5 * of_year + 2) / 153;
	u32 month = from_march < 10 ? from_march + 3 : from_march - 9;

	digits(text, 4, era * ERA_YEARS + year + (month < 3));
	digits(text + 4, 2, month);
	digits(text + 6, 2, of_year - (153 * from_march + 2) / 5 + 1);
}

int der_time_format(s64 seconds, u8 text[DER_TIME_LEN])
{
	/* 0001-01-01T00:00:00 and 9999-12-31T23:59:59. */
	static const s64 first = -62135596800LL, last = 253402300799LL;
	u64 since;
	u32 days, of_day;

	if (seconds < first || seconds > last)
		return -EINVAL;
	since = seconds + (s64)EPOCH_DAYS * DAY_SECONDS;
	/* 2^7 divides a day: a division of 32 bits is enough. */
	days = (u32)(since >> 7) / (DAY_SECONDS >> 7);
	of_day = since - (u64)days * DAY_SECONDS;
	format_date(days, text);
	digits(text + 8, 2, of_day / 3600);
	digits(text + 10, 2, of_day / 60 % 60);
	digits(text + 12, 2, of_day % 60);
	text[14] = 'Z';
	return 0;
}
SSPI_EXPORT_FOR_TEST(der_time_format);
