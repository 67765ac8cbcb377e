// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: tickets as the administrator sees them, without keys. */
#include "pkg/krb5/krb5.h"

/* SEC_E_OK with texts in @info, which show_end() frees. */
static sec_status_t show_begin(const struct krb5_tkt *tkt,
			       struct sspi_ticket_info *info)
{
	char *client = NULL, *server = NULL;
	sec_status_t status;

	status = krb5_principal_text(&tkt->client, &client);
	if (status == SEC_E_OK)
		status = krb5_principal_text(&tkt->server, &server);
	*info = (struct sspi_ticket_info){
		.client = client,
		.server = server,
		.enctype = tkt->key.type->number,
		.flags = tkt->flags,
		.starttime = tkt->starttime,
		.endtime = tkt->endtime,
		.renew_till = tkt->flags & KRB5_TKT_RENEWABLE ?
				      tkt->renew_till : 0,
	};
	return status;
}

static void show_end(const struct sspi_ticket_info *info)
{
	sspi_free(info->client);
	sspi_free(info->server);
}

/* One without memory for its names is left out. */
static int show(const struct krb5_tkt *tkt, sspi_ticket_fn fn, void *priv)
{
	struct sspi_ticket_info info;
	int ret = 0;

	if (show_begin(tkt, &info) == SEC_E_OK)
		ret = fn(&info, priv);
	show_end(&info);
	return ret;
}

int krb5_tickets(void *state, sspi_ticket_fn fn, void *priv)
{
	struct krb5_cred *cred = state;
	const struct krb5_tkt *tkt;
	unsigned int i;
	int ret = 0;

	mutex_lock(&cred->lock);
	for (i = 0; i < KRB5_TICKET_BUCKETS && !ret; i++)
		for (tkt = cred->tickets[i]; tkt && !ret; tkt = tkt->next)
			ret = show(tkt, fn, priv);
	mutex_unlock(&cred->lock);
	return ret;
}

void krb5_tell_ticket(const struct sspi_step *step,
		      enum sspi_ticket_change change,
		      const struct krb5_tkt *tkt)
{
	struct sspi_ticket_info info;

	if (!step->ticket)
		return;
	if (show_begin(tkt, &info) == SEC_E_OK)
		step->ticket(change, &info, step->ticket_priv);
	show_end(&info);
}
