// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GSS-API peer, driven by lines on stdio, for NTLM (gss-ntlmssp) or krb5 (MIT):
 *	gss_peer [spnego] init|accept [BINDINGS-HEX|- [ntlm|krb5 [FLAGS-HEX [SERVICE@HOST]]]]
 *	step TOKEN|-		-> ok|continue|error TOKEN|-
 *	wrap 0|1 MESSAGE	-> ok TOKEN		(hex, - for empty)
 *	unwrap TOKEN		-> ok MESSAGE CONF
 *	mic MESSAGE		-> ok TOKEN
 *	verify MESSAGE TOKEN	-> ok
 *	key			-> ok KEY
 *	wrapiov 0|1 SIGNED MESSAGE	-> ok HEADER MESSAGE
 *	unwrapiov HEADER SIGNED MESSAGE	-> ok MESSAGE CONF
 *	deleg			-> ok if the client has delegated a credential
 * "spnego" negotiates the mechanism instead of speaking it bare.
 * "error" follows instead if GSS-API fails. NTLM_USER_FILE has the users.
 */
#include <gssapi/gssapi.h>
#ifndef HEIMDAL /* which has it all in one */
#include <gssapi/gssapi_ext.h>
#endif
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE (1 << 20)

/* Heimdal 7 has none, and negotiates whatever there are credentials for. */
extern OM_uint32 gss_set_neg_mechs(OM_uint32 *minor, gss_cred_id_t cred,
				   const gss_OID_set mechs)
	__attribute__((weak));

static gss_OID_desc ntlm_mech = { 10,
				  "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" };
static gss_OID_desc krb5_mech = { 9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" };
static gss_OID_desc spnego_mech = { 6, "\x2b\x06\x01\x05\x05\x02" };
/* GSS_C_INQ_SSPI_SESSION_KEY */
static gss_OID_desc key_oid = {
	11, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x05\x05"
};

static gss_ctx_id_t ctx = GSS_C_NO_CONTEXT;
static gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
static gss_cred_id_t delegated = GSS_C_NO_CREDENTIAL;
static gss_name_t target = GSS_C_NO_NAME;
static struct gss_channel_bindings_struct bindings;
static bool initiator, has_bindings;
static gss_OID mech = &ntlm_mech;
static OM_uint32 flags = GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG |
			 GSS_C_SEQUENCE_FLAG | GSS_C_REPLAY_FLAG;

static gss_buffer_desc from_hex(const char *s)
{
	gss_buffer_desc b = { 0, NULL };
	size_t i, len = s && strcmp(s, "-") != 0 ? strlen(s) / 2 : 0;
	unsigned int byte;

	b.value = malloc(len + 1);
	if (!b.value)
		abort();
	for (i = 0; i < len; i++) {
		if (sscanf(s + 2 * i, "%2x", &byte) != 1)
			abort();
		((unsigned char *)b.value)[i] = (unsigned char)byte;
	}
	b.length = len;
	return b;
}

static void print_hex(const gss_buffer_desc *b)
{
	size_t i;

	if (b->length == 0)
		printf(" -");
	else
		putchar(' ');
	for (i = 0; i < b->length; i++)
		printf("%02x", ((unsigned char *)b->value)[i]);
}

static bool failed(OM_uint32 major, OM_uint32 minor)
{
	if (!GSS_ERROR(major))
		return false;
	fprintf(stderr, "gss_peer: major %08x minor %u\n", major, minor);
	return true;
}

static void step(const char *token)
{
	gss_buffer_desc in = from_hex(token), out = GSS_C_EMPTY_BUFFER;
	gss_channel_bindings_t cb = has_bindings ? &bindings : NULL;
	gss_cred_id_t given = GSS_C_NO_CREDENTIAL;
	OM_uint32 major, minor;

	if (initiator)
		major = gss_init_sec_context(&minor, cred, &ctx, target, mech,
					     flags, 0, cb, &in, NULL, &out,
					     NULL, NULL);
	else
		major = gss_accept_sec_context(&minor, &ctx, cred, &in, cb,
					       NULL, NULL, &out, NULL, NULL,
					       &given);
	if (given != GSS_C_NO_CREDENTIAL)
		delegated = given;
	printf("%s", failed(major, minor)	   ? "error" :
		     major & GSS_S_CONTINUE_NEEDED ? "continue" :
						     "ok");
	print_hex(&out);
	gss_release_buffer(&minor, &out);
	free(in.value);
}

static void wrap(const char *conf, const char *message)
{
	gss_buffer_desc in = from_hex(message), out = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	OM_uint32 major = gss_wrap(&minor, ctx, atoi(conf), 0, &in, NULL, &out);

	printf("%s", failed(major, minor) ? "error" : "ok");
	print_hex(&out);
	gss_release_buffer(&minor, &out);
	free(in.value);
}

static void unwrap(const char *token)
{
	gss_buffer_desc in = from_hex(token), out = GSS_C_EMPTY_BUFFER;
	int conf = 0;
	OM_uint32 minor;
	OM_uint32 major = gss_unwrap(&minor, ctx, &in, &out, &conf, NULL);

	printf("%s", failed(major, minor) ? "error" : "ok");
	print_hex(&out);
	printf(" %d", conf);
	gss_release_buffer(&minor, &out);
	free(in.value);
}

static void mic(const char *message)
{
	gss_buffer_desc in = from_hex(message), out = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	OM_uint32 major = gss_get_mic(&minor, ctx, 0, &in, &out);

	printf("%s", failed(major, minor) ? "error" : "ok");
	print_hex(&out);
	gss_release_buffer(&minor, &out);
	free(in.value);
}

static void verify(const char *message, const char *token)
{
	gss_buffer_desc in = from_hex(message), sig = from_hex(token);
	OM_uint32 minor;
	OM_uint32 major = gss_verify_mic(&minor, ctx, &in, &sig, NULL);

	printf("%s", failed(major, minor) ? "error" : "ok");
	free(in.value);
	free(sig.value);
}

static void key(void)
{
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	OM_uint32 minor;
	OM_uint32 major =
		gss_inquire_sec_context_by_oid(&minor, ctx, &key_oid, &set);

	if (failed(major, minor) || !set || set->count < 1) {
		printf("error -");
		return;
	}
	printf("ok");
	print_hex(&set->elements[0]);
	gss_release_buffer_set(&minor, &set);
}

/* DCE style: no padding, no trailer; what they would hold is in the header. */
static void wrap_iov(const char *conf, const char *aad, const char *message)
{
	gss_buffer_desc header = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;
	gss_iov_buffer_desc iov[3] = {
		{ GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE,
		  header },
		{ GSS_IOV_BUFFER_TYPE_SIGN_ONLY, from_hex(aad) },
		{ GSS_IOV_BUFFER_TYPE_DATA, from_hex(message) },
	};

	major = gss_wrap_iov(&minor, ctx, atoi(conf), 0, NULL, iov, 3);
	printf("%s", failed(major, minor) ? "error" : "ok");
	print_hex(&iov[0].buffer);
	print_hex(&iov[2].buffer);
	gss_release_iov_buffer(&minor, iov, 1);
	free(iov[1].buffer.value);
	free(iov[2].buffer.value);
}

static void unwrap_iov(const char *header, const char *aad, const char *message)
{
	gss_iov_buffer_desc iov[3] = {
		{ GSS_IOV_BUFFER_TYPE_HEADER, from_hex(header) },
		{ GSS_IOV_BUFFER_TYPE_SIGN_ONLY, from_hex(aad) },
		{ GSS_IOV_BUFFER_TYPE_DATA, from_hex(message) },
	};
	OM_uint32 minor;
	int conf = 0, i;
	OM_uint32 major = gss_unwrap_iov(&minor, ctx, &conf, NULL, iov, 3);

	printf("%s", failed(major, minor) ? "error" : "ok");
	print_hex(&iov[2].buffer);
	printf(" %d", conf);
	for (i = 0; i < 3; i++)
		free(iov[i].buffer.value);
}

static void run(char *line)
{
	char *words[4] = { NULL, NULL, NULL, NULL };
	char *save = NULL;
	int i;

	for (i = 0; i < 4; i++)
		words[i] = strtok_r(i ? NULL : line, " \n", &save);
	if (!words[0])
		printf("error");
	else if (strcmp(words[0], "step") == 0)
		step(words[1]);
	else if (strcmp(words[0], "wrap") == 0 && words[2])
		wrap(words[1], words[2]);
	else if (strcmp(words[0], "unwrap") == 0)
		unwrap(words[1]);
	else if (strcmp(words[0], "mic") == 0)
		mic(words[1]);
	else if (strcmp(words[0], "verify") == 0)
		verify(words[1], words[2]);
	else if (strcmp(words[0], "key") == 0)
		key();
	else if (strcmp(words[0], "wrapiov") == 0 && words[3])
		wrap_iov(words[1], words[2], words[3]);
	else if (strcmp(words[0], "unwrapiov") == 0 && words[3])
		unwrap_iov(words[1], words[2], words[3]);
	else if (strcmp(words[0], "deleg") == 0)
		printf(delegated != GSS_C_NO_CREDENTIAL ? "ok" : "error");
	else
		printf("error");
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	gss_buffer_desc name = { 14, "host@localhost" };
	gss_OID_set_desc mechs = { 1, NULL }, agreeable = { 1, NULL };
	bool spnego = argc > 1 && strcmp(argv[1], "spnego") == 0;
	static char line[MAX_LINE];
	OM_uint32 major, minor;

	argv += spnego;
	argc -= spnego;
	if (argc < 2)
		return 2;
	initiator = strcmp(argv[1], "init") == 0;
	if (argc > 3 && strcmp(argv[3], "krb5") == 0)
		mech = &krb5_mech;
	if (argc > 4)
		flags = (OM_uint32)strtoul(argv[4], NULL, 16);
	if (argc > 5) {
		name.value = argv[5];
		name.length = strlen(argv[5]);
	}
	agreeable.elements = mech;
	if (spnego)
		mech = &spnego_mech;
	mechs.elements = mech;
	if (argc > 2 && strcmp(argv[2], "-") != 0) {
		bindings.application_data = from_hex(argv[2]);
		has_bindings = true;
	}
	major = gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE,
				&target);
	if (!GSS_ERROR(major))
		major = gss_acquire_cred(
			&minor, initiator ? GSS_C_NO_NAME : target, 0, &mechs,
			initiator ? GSS_C_INITIATE : GSS_C_ACCEPT, &cred, NULL,
			NULL);
	if (!GSS_ERROR(major) && spnego && gss_set_neg_mechs)
		major = gss_set_neg_mechs(&minor, cred, &agreeable);
	if (failed(major, minor))
		return 1;
	while (fgets(line, sizeof(line), stdin))
		run(line);
	return 0;
}
