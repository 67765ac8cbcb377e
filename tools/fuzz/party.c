// SPDX-License-Identifier: GPL-2.0-only
/* Drives the package the way the core does; see party.h. */
#include "party.h"

#include "crypto/ntlm_kdf.h"

#define MAX_BLOCKS 4096
#define MAX_SECRETS 16
#define MAX_STEPS 64

struct block {
	uint8_t *data;
	size_t len;
	const void *owner; /* the party whose context it belongs to */
};

static struct block blocks[MAX_BLOCKS];
static unsigned int block_count;
static const void *owner;

static struct {
	uint8_t data[16];
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

void sspi_part_walk(const struct sspi_part *part, sspi_part_fn fn, void *priv)
{
	MUST(!part->sg);
	if (part->len)
		fn(priv, part->data, part->len);
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
	if (len == 16) /* the session key of an initiator */
		fuzz_secret(buf, len);
	return SEC_E_OK;
}

static const struct sspi_env env = { .now = fuzz_now, .random = fuzz_random };

void fuzz_secret(const void *p, size_t len)
{
	MUST(len == 16 && secret_count < MAX_SECRETS);
	memcpy(secrets[secret_count++].data, p, len);
}

bool fuzz_failure_hit(void)
{
	return failure_hit;
}

void fuzz_begin(unsigned int fail_alloc, unsigned int fail_random)
{
	static const uint8_t password[] = "P\0a\0s\0s\0w\0o\0r\0d";
	static const uint8_t user[] = "U\0S\0E\0R";
	static const uint8_t domain[] = "D\0o\0m\0a\0i\0n";
	static bool started;
	uint8_t nt[16], v2[16];

	if (!started && ntlm_package.ops->init)
		MUST(!ntlm_package.ops->init());
	started = true;
	alloc_countdown = fail_alloc;
	random_countdown = fail_random;
	failure_hit = false;
	random_state = 1;
	secret_count = 0;
	later = 0;
	ntlm_ntowf_v1(span_of(password, 16), nt);
	ntlm_ntowf_v2(nt, span_of(user, 8), span_of(domain, 12), v2);
	fuzz_secret(nt, 16);
	fuzz_secret(v2, 16);
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
			MUST(!memmem(b->data, b->len, secrets[j].data, 16));
		MUST(!has_rc4_table(b->data, b->len));
	}
}

/* What a leg of NTLM may answer; anything else is a defect of the package. */
static bool documented(sec_status_t status)
{
	switch ((__force u32)status) {
	case 0x00000000: /* SEC_E_OK */
	case 0x00090312: /* SEC_I_CONTINUE_NEEDED */
	case 0x80090302: /* SEC_E_UNSUPPORTED_FUNCTION */
	case 0x80090303: /* SEC_E_TARGET_UNKNOWN */
	case 0x80090308: /* SEC_E_INVALID_TOKEN */
	case 0x8009030b: /* SEC_E_NO_IMPERSONATION */
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
		return true;
	case 0x80090300: /* SEC_E_INSUFFICIENT_MEMORY */
	case 0x80090304: /* SEC_E_INTERNAL_ERROR */
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
	status = ntlm_package.ops->acquire(&acq, &p->cred);
	MUST(status != SEC_E_OK || p->cred);
	return status;
}

sec_status_t party_leg(struct party *p, struct sspi_span input)
{
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct sspi_step step = {
		.env = &env,
		.target = p->target,
		.req = p->req,
		.input = input,
		.bindings = p->bindings,
		.preset_challenge = p->preset,
	};
	sec_status_t status;

	MUST(!p->dead);
	sspi_free(p->output.data);
	owner = p;
	if (p->initiator)
		status = ops->initialize(&p->ctx, p->cred, &step);
	else
		status = ops->accept(&p->ctx, p->cred, &step);
	owner = NULL;
	MUST(documented(status));
	p->output = step.output;
	p->attr = step.attr;
	MUST(step.output.data || !step.output.len);
	if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED) {
		MUST(p->ctx);
		return status;
	}
	/* lack of memory or of randomness says it all */
	MUST(step.reason || status == SEC_E_INSUFFICIENT_MEMORY ||
	     status == SEC_E_INTERNAL_ERROR);
	party_fail(p);
	return status;
}

void party_fail(struct party *p)
{
	p->dead = true;
	if (!p->ctx)
		return;
	ntlm_package.ops->fail(p->ctx);
	must_be_wiped(p);
}

void party_free(struct party *p)
{
	if (p->ctx)
		ntlm_package.ops->free_ctx(p->ctx);
	if (p->cred)
		ntlm_package.ops->free_cred(p->cred);
	sspi_free(p->output.data);
	memset(p, 0, sizeof(*p));
}
