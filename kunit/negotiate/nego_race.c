// SPDX-License-Identifier: GPL-2.0-only
/* What the races of Negotiate share. */
#include <linux/delay.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/core/fake_transport.h"
#include "kunit/negotiate/nego_race.h"

#define KRB5_NTLM	WATCHED_KRB5 "," WATCHED_NTLM

const struct nego_way nego_ways[NEGO_WAYS] = {
	/* the first choice, optimistic */
	{ KRB5_NTLM, KRB5_NTLM, false, WATCHED_KRB5 },
	/* a mechListMIC each way */
	{ WATCHED_NTLM, KRB5_NTLM, false, WATCHED_NTLM },
	/* the acceptor takes the second choice: the first one's context goes */
	{ KRB5_NTLM, WATCHED_NTLM, false, WATCHED_NTLM },
	{ WATCHED_NTLM "," WATCHED_KRB5, WATCHED_KRB5, false, WATCHED_KRB5 },
	/* the initiator does, when no KDC answers */
	{ KRB5_NTLM, KRB5_NTLM, true, WATCHED_NTLM },
};

const struct nego_way nego_toy_way = {
	.mine = TOY_NAME "," KRB5_NTLM,
	.theirs = TOY_NAME "," KRB5_NTLM,
};

/* The one that the transport's callback knows. */
static struct nego_race *shared;

static int kdc_reply(const struct sspi_io *io, struct sspi_blob *reply)
{
	struct sspi_span request = { io->request.data, io->request.len };
	int len = 1;

	reply->data = sspi_alloc(FORGE_ROOM);
	if (!reply->data)
		return -ENOMEM;
	/* A toy is content with any answer. */
	if (!strcmp(io->realm, FORGE_REALM)) {
		mutex_lock(&shared->kdc);
		len = forge_answer(&shared->forge, request, reply->data,
				   FORGE_ROOM);
		mutex_unlock(&shared->kdc);
	}
	if (len < 0) {
		sspi_free(reply->data);
		*reply = (struct sspi_blob){ };
		return len;
	}
	reply->len = len;
	return 0;
}

sec_status_t nego_race_acquire(const struct nego_race *n,
			       const struct nego_way *way, struct exchange *x)
{
	struct exchange_nego nego = {
		.mine = way->mine,
		.theirs = way->theirs,
		.keytab = { n->keytab, n->keytab_len },
		.ccache = { way->tgt ? n->tgt : n->ticket,
			    way->tgt ? n->tgt_len : n->ticket_len },
	};

	return exchange_acquire_nego(x, &nego);
}

/* For others to ask about. */
void nego_race_show(struct nego_race *n, const struct exchange *x)
{
	unsigned int at = get_random_u32() % (NEGO_SEEN / 2) * 2;

	spin_lock(&n->lock);
	n->seen[at] = x->init;
	n->seen[at + 1] = x->acc;
	n->cred[at] = x->out_cred;
	n->cred[at + 1] = x->in_cred;
	spin_unlock(&n->lock);
}

/* An answer has to make sense, whenever it is given. */
static bool ask_one(const struct sspi_ctxt_handle *ctx, bool *sense)
{
	struct sec_pkg_context_negotiation_info info = { };
	struct sec_pkg_context_nego_status nego = { };
	struct sec_pkg_context_session_key key = { };
	struct sec_pkg_context_names names = { };
	struct sec_pkg_context_flags flags;
	u32 i;

	if (sspi_query_context_attributes(ctx, SECPKG_ATTR_NEGOTIATION_INFO,
					  &info, sizeof(info)) != SEC_E_OK)
		return false;
	*sense = !strcmp(info.info.name, "Negotiate") ||
		 !strcmp(info.info.name, WATCHED_KRB5) ||
		 !strcmp(info.info.name, WATCHED_NTLM) ||
		 !strcmp(info.info.name, TOY_NAME);
	*sense &= info.state <= SECPKG_NEGOTIATION_TRY_MULTICRED;
	if (sspi_query_context_attributes(ctx, SECPKG_ATTR_NEGO_STATUS, &nego,
					  sizeof(nego)) == SEC_E_OK)
		for (i = 0; i < nego.count; i++)
			*sense &= nego.mechs[i].name[0] != '\0';
	sspi_free_context_buffer(nego.mechs);
	if (sspi_query_context_attributes(ctx, SECPKG_ATTR_NAMES, &names,
					  sizeof(names)) == SEC_E_OK)
		*sense &= names.user_name && *names.user_name;
	sspi_free_context_buffer(names.user_name);
	if (sspi_query_context_attributes(ctx, SECPKG_ATTR_SESSION_KEY, &key,
					  sizeof(key)) == SEC_E_OK)
		*sense &= key.len != 0;
	memzero_explicit(&key, sizeof(key));
	/* Of these two only that they may be asked. */
	(void)!sspi_query_context_attributes(ctx, SECPKG_ATTR_FLAGS, &flags,
					     sizeof(flags));
	return true;
}

static void ask_cred(const struct sspi_cred_handle *cred)
{
	struct sec_pkg_credentials_names names = { };
	struct sspi_cred_failure failure = { };

	if (sspi_query_credentials_attributes(cred, SECPKG_CRED_ATTR_NAMES,
					      &names, sizeof(names)) == SEC_E_OK)
		sspi_free_context_buffer(names.user_name);
	(void)!sspi_query_credentials_attributes(cred, SSPI_CRED_ATTR_FAILURE,
						 &failure, sizeof(failure));
}

/* Handed on to ourselves; nobody else learns the new handle. */
static bool move(const struct sspi_ctxt_handle *ctx)
{
	struct sspi_ctxt_handle fresh = { };
	struct sec_buffer packed = { };
	bool good = false;

	if (sspi_export_security_context(ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
					 &packed) != SEC_E_OK)
		return false;
	if (sspi_import_security_context("Negotiate", &packed, &fresh) ==
	    SEC_E_OK) {
		good = true;
		sspi_delete_security_context(&fresh);
	}
	sspi_free_context_buffer(packed.data);
	return good;
}

/* Contexts of others, which are deleted, dead, or in the middle of a leg. */
int nego_race_ask(void *data)
{
	struct race *race = data;
	struct nego_race *n = race->priv;
	struct sspi_cred_handle cred;
	struct exchange copy = { };
	bool sense = true;
	unsigned int at;
	u32 what;

	while (racing(race)) {
		at = get_random_u32() % (NEGO_SEEN / 2) * 2;
		spin_lock(&n->lock);
		copy.init = n->seen[at];
		copy.acc = n->seen[at + 1];
		cred = n->cred[at];
		spin_unlock(&n->lock);
		what = get_random_u32() % 64;
		if (ask_one(what % 2 ? &copy.init : &copy.acc, &sense))
			atomic_inc(&n->answers);
		else
			usleep_range(1, 1000);
		if (!sense)
			atomic_inc(&race->callbacks);
		ask_cred(&cred);
		/* Right, out of turn or gone: all but a crash. */
		(void)!exchange_message(&copy);
		if (what == 1 && move(&copy.acc))
			atomic_inc(&n->moved);
		else if (what == 2)
			sspi_delete_security_context(&copy.init);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

int nego_race_come_and_go(void *data)
{
	struct race *race = data;

	while (racing(race)) {
		if (sspi_register_security_package(&toy_package) != SEC_E_OK)
			atomic_inc(&race->callbacks);
		msleep(get_random_u32() % 50);
		sspi_unregister_security_package(&toy_package);
		msleep(get_random_u32() % 50);
	}
	return race_end(race);
}

int nego_race_init(struct kunit *test)
{
	struct nego_race *n = kunit_kzalloc(test, sizeof(*n), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, n);
	test->priv = n;
	mutex_init(&n->kdc);
	spin_lock_init(&n->lock);
	KUNIT_ASSERT_EQ(test, 0,
			forge_init(&n->forge, 18, ktime_get_real_seconds()));
	n->ticket_len = forge_ccache(&n->forge, false, n->ticket, FORGE_ROOM);
	n->tgt_len = forge_ccache(&n->forge, true, n->tgt, FORGE_ROOM);
	n->keytab_len = forge_keytab(&n->forge, n->keytab, FORGE_ROOM);
	KUNIT_ASSERT_GT(test, n->ticket_len, 0);
	KUNIT_ASSERT_GT(test, n->tgt_len, 0);
	KUNIT_ASSERT_GT(test, n->keytab_len, 0);
	shared = n;
	fake_transport_ctl.reply = kdc_reply;
	toy_ctl.status = SEC_E_OK;
	toy_ctl.questions = 0;
	SSPI_ASSERT_STATUS(test, watched_init(), SEC_E_OK);
	return 0;
}

void nego_race_exit(struct kunit *test)
{
	int tries;

	/* The transport's timer, and the last references, which a worker drops. */
	for (tries = 0; tries < 1000; tries++) {
		if (!atomic_read(&toy_ctl.live) &&
		    !atomic_read(&fake_transport_ctl.open))
			break;
		fsleep(1000);
	}
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&toy_ctl.live));
	watched_exit(test);
	toy_ctl.questions = 0;
	fake_transport_ctl.reply = NULL;
	shared = NULL;
}

