// SPDX-License-Identifier: GPL-2.0-only
/* Drives the package the way the core does; see party.h. */
#include "party.h"

#include <errno.h>

#define MAX_BLOCKS 4096
#define MAX_SECRETS 64
#define MAX_SECRET 32
#define MAX_QUESTIONS 64
#define MAX_STEPS 64

struct block {
	uint8_t *data;
	size_t len;
	const void *owner; /* the party whose context it belongs to */
};

static struct block blocks[MAX_BLOCKS];
static unsigned int block_count;
static const void *owner;

static const struct sspi_package *package;
static struct {
	uint8_t data[MAX_SECRET];
	size_t len;
} secrets[MAX_SECRETS];
static unsigned int secret_count;

static unsigned int alloc_countdown, random_countdown;
static bool failure_hit;
static uint32_t random_state;
static s64 later;

void *sspi_alloc(size_t len)
{
	uint8_t *p;

	MUST(len && len <= 16u << 20);
	if (alloc_countdown && !--alloc_countdown) {
		failure_hit = true;
		return NULL;
	}
	MUST(block_count < MAX_BLOCKS);
	p = calloc(1, len);
	MUST(p);
	blocks[block_count++] = (struct block){ p, len, owner };
	return p;
}

void sspi_free(const void *p)
{
	unsigned int i;

	if (!p)
		return;
	for (i = 0; i < block_count; i++)
		if (blocks[i].data == p)
			break;
	MUST(i < block_count);
	memset(blocks[i].data, 0xa5, blocks[i].len);
	free(blocks[i].data);
	blocks[i] = blocks[--block_count];
}

/* No part has a scatterlist here. */
void __sspi_part_walk(const struct sspi_part *part, sspi_part_fn fn, void *priv)
{
	MUST(!part->sg);
}

static s64 fuzz_now(const struct sspi_env *env)
{
	return (1790000000ll + later) * SSPI_TICKS_PER_SECOND;
}

void fuzz_later(s64 seconds)
{
	later += seconds;
}

static sec_status_t fuzz_random(const struct sspi_env *env, void *buf,
				size_t len)
{
	uint8_t *p = buf;
	size_t i;

	if (random_countdown && !--random_countdown) {
		failure_hit = true;
		return SEC_E_INTERNAL_ERROR;
	}
	for (i = 0; i < len; i++) {
		random_state = random_state * 1664525u + 1013904223u;
		p[i] = random_state >> 24;
	}
	if (len >= 16) /* the session key of an initiator, a subkey */
		fuzz_secret(buf, len);
	return SEC_E_OK;
}

static const struct sspi_env env = { .now = fuzz_now, .random = fuzz_random };

void fuzz_secret(const void *p, size_t len)
{
	MUST(len >= 16 && len <= MAX_SECRET);
	if (secret_count == MAX_SECRETS)
		return;
	memcpy(secrets[secret_count].data, p, len);
	secrets[secret_count++].len = len;
}

const struct sspi_env *fuzz_env(void)
{
	return &env;
}

bool fuzz_failure_hit(void)
{
	return failure_hit;
}

void fuzz_begin(const struct sspi_package *with, unsigned int fail_alloc,
		unsigned int fail_random)
{
	static bool started;

	package = with;
	if (!started && package->ops->init)
		MUST(!package->ops->init());
	started = true;
	alloc_countdown = fail_alloc;
	random_countdown = fail_random;
	failure_hit = false;
	random_state = 1;
	secret_count = 0;
	later = 0;
}

void fuzz_end(void)
{
	MUST(!block_count);
}

/* Does a window of 256 bytes hold each value once? Then it is an RC4 table. */
static bool has_rc4_table(const uint8_t *p, size_t len)
{
	unsigned int seen[256] = { 0 }, different = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (i >= 256 && !--seen[p[i - 256]])
			different--;
		if (!seen[p[i]]++)
			different++;
		if (different == 256)
			return true;
	}
	return false;
}

static void must_be_wiped(const struct party *p)
{
	unsigned int i, j;

	for (i = 0; i < block_count; i++) {
		const struct block *b = &blocks[i];

		if (b->owner != p)
			continue;
		for (j = 0; j < secret_count; j++)
			MUST(!memmem(b->data, b->len, secrets[j].data,
				     secrets[j].len));
		MUST(!has_rc4_table(b->data, b->len));
	}
}

/* What a leg may answer; anything else is a defect of the package. */
static bool documented(sec_status_t status)
{
	switch ((__force u32)status) {
	case 0x00000000: /* SEC_E_OK */
	case 0x00090312: /* SEC_I_CONTINUE_NEEDED */
	case 0x80090302: /* SEC_E_UNSUPPORTED_FUNCTION */
	case 0x80090303: /* SEC_E_TARGET_UNKNOWN */
	case 0x80090308: /* SEC_E_INVALID_TOKEN */
	case 0x8009030b: /* SEC_E_NO_IMPERSONATION */
	case 0x80090311: /* SEC_E_NO_AUTHENTICATING_AUTHORITY */
	case 0x80090338: /* SEC_E_MAX_REFERRALS_EXCEEDED */
	case 0x80090342: /* SEC_E_KDC_UNKNOWN_ETYPE */
	case 0x80090343: /* SEC_E_UNSUPPORTED_PREAUTH */
	case 0x80090348: /* SEC_E_NO_KERB_KEY */
	case 0x8009035e: /* SEC_E_DELEGATION_POLICY */
	case 0x80090363: /* SEC_E_MUTUAL_AUTH_FAILED */
	case 0x8009030c: /* SEC_E_LOGON_DENIED */
	case 0x8009030e: /* SEC_E_NO_CREDENTIALS */
	case 0x8009030f: /* SEC_E_MESSAGE_ALTERED */
	case 0x80090310: /* SEC_E_OUT_OF_SEQUENCE */
	case 0x80090317: /* SEC_E_CONTEXT_EXPIRED */
	case 0x80090322: /* SEC_E_WRONG_PRINCIPAL */
	case 0x80090324: /* SEC_E_TIME_SKEW */
	case 0x80090332: /* SEC_E_SECURITY_QOS_FAILED */
	case 0x8009033a: /* SEC_E_STRONG_CRYPTO_NOT_SUPPORTED */
	case 0x80090346: /* SEC_E_BAD_BINDINGS */
	case 0x80090350: /* SEC_E_DOWNGRADE_DETECTED */
	case 0x8009035d: /* SEC_E_INVALID_PARAMETER */
	case 0x8009035f: /* SEC_E_POLICY_NLTM_ONLY */
		return true;
	case 0x80090304: /* SEC_E_INTERNAL_ERROR */
		/* a KRB-ERROR says so too */
		return failure_hit || !strcmp(package->info.name, "Kerberos");
	case 0x80090300: /* SEC_E_INSUFFICIENT_MEMORY */
		return failure_hit;
	default:
		fprintf(stderr, "status %08x\n", (__force u32)status);
		return false;
	}
}

sec_status_t party_acquire(struct party *p, struct sspi_acquire_args *args)
{
	struct sspi_package_acquire acq = { .args = args, .env = &env };
	sec_status_t status;

	owner = NULL;
	status = package->ops->acquire(&acq, &p->cred);
	MUST(status != SEC_E_OK || p->cred);
	return status;
}

static void ask(struct party *p, struct sspi_step *step)
{
	struct sspi_blob request = step->io.request;

	MUST(p->answer && step->io.realm && request.len);
	step->resumed = true;
	step->reply = span_of(NULL, 0);
	step->reply_error = 0;
	if (!p->answer(p->priv, span_of(request.data, request.len),
		       &step->reply))
		step->reply_error = -ETIMEDOUT;
	sspi_free(request.data);
	step->io.request = (struct sspi_blob){ NULL, 0 };
}

sec_status_t party_leg(struct party *p, struct sspi_span input)
{
	const struct sspi_package_ops *ops = package->ops;
	struct sspi_step step = {
		.env = &env,
		.target = p->target,
		.req = p->req,
		.input = input,
		.bindings = p->bindings,
		.preset_challenge = p->preset,
	};
	sec_status_t status;
	unsigned int i;

	MUST(!p->dead);
	sspi_free(p->output.data);
	owner = p;
	for (i = 0; i < MAX_QUESTIONS; i++) {
		if (p->initiator)
			status = ops->initialize(&p->ctx, p->cred, &step);
		else
			status = ops->accept(&p->ctx, p->cred, &step);
		if (status != SEC_I_ASYNC_CALL_PENDING)
			break;
		ask(p, &step);
	}
	/* somebody who never gets an answer that helps stops asking */
	MUST(i < MAX_QUESTIONS);
	owner = NULL;
	p->status = status;
	p->reason = step.reason;
	MUST(documented(status));
	p->output = step.output;
	p->attr = step.attr;
	MUST(step.output.data || !step.output.len);
	if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED) {
		MUST(p->ctx);
		return status;
	}
	/* lack of memory or of randomness says it all */
	if (!step.reason && status != SEC_E_INSUFFICIENT_MEMORY &&
	    status != SEC_E_INTERNAL_ERROR) {
		fprintf(stderr, "no reason for %08x\n", (__force u32)status);
		MUST(step.reason);
	}
	party_fail(p);
	return status;
}

void party_fail(struct party *p)
{
	p->dead = true;
	if (!p->ctx)
		return;
	package->ops->fail(p->ctx);
	must_be_wiped(p);
}

void party_free(struct party *p)
{
	if (p->ctx)
		package->ops->free_ctx(p->ctx);
	if (p->cred)
		package->ops->free_cred(p->cred);
	sspi_free(p->output.data);
	memset(p, 0, sizeof(*p));
}
