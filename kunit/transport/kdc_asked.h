/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions of tests to the KDC client, and the realm that they are for. */
#ifndef _SSPI_KUNIT_KDC_ASKED_H
#define _SSPI_KUNIT_KDC_ASKED_H

#include <linux/completion.h>

#include "kunit/transport/kdc_server.h"
#include "transport/kdc.h"
#include "transport/realm.h"

#define KDC_REALM	"FAKE.TEST"
#define KDC_WAIT_MS	60000

/* A question, and when it was answered. */
struct kdc_asked {
	struct sspi_question question;
	struct completion done;
};

/* Asks @len bytes that begin with @tag; what the transport says. */
int kdc_ask(struct kdc_asked *asked, u32 tag, size_t len);
/* The same for somebody. */
int kdc_ask_as(struct kdc_asked *asked, const void *owner, u32 tag, size_t len);
/* Waits; the question's error, or -EBUSY if there was no answer in time. */
int kdc_wait(struct kdc_asked *asked);
/* Asks, waits, checks that a good reply is the answer. */
void kdc_expect_good(struct kunit *test, u32 tag, size_t len);
/* Asks, waits, and drops a reply; the error. */
int kdc_error(u32 tag);

/* Adds 127.0.0.1:@port to the realm. */
int kdc_add(u32 protocols, u16 port);
/* Starts a server and adds it. */
struct kdc_server *kdc_add_server(struct kunit *test, enum kdc_manner manner,
				  bool tcp);
/* Until the server has had so many requests. */
void kdc_wait_requests(struct kunit *test, struct kdc_server *server, int count);
/* Until the time of servers that are down is over. */
void kdc_wait_open(void);
struct sspi_realm_stats kdc_stats(void);
struct sspi_server_stats kdc_server_stats(u16 port);

/* kunit_suite init and exit: short times; no realm, nothing pending. */
int kdc_test_init(struct kunit *test);
void kdc_test_exit(struct kunit *test);

#endif /* _SSPI_KUNIT_KDC_ASKED_H */
