/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-login-plan"

#include "config.h"

#include "check/mw-login-plan.h"
#include "check/mw-sasl.h"

/* Best first. Inside verified TLS the password is safe from whoever listens, so PLAIN goes before
 * CRAM-MD5 there: it takes a round trip less, and servers that keep proper hashes of passwords
 * offer CRAM-MD5 by mistake and then refuse it as if the password were wrong. In the clear it is
 * the other way round. */
static const char *const order_encrypted[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN",
                                               "CRAM-MD5" };
static const char *const order_plain[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN",
                                           "LOGIN" };
static const char *const token_mechanisms[] = { "OAUTHBEARER", "XOAUTH2" };

static gboolean
is_offered (const MwLoginOffer *offer, const char *mechanism)
{
  return g_strv_contains (offer->mechanisms, mechanism);
}

static MwLoginPlan
impossible (MwDiagnosis diagnosis)
{
  return (MwLoginPlan) { .kind = MW_LOGIN_IMPOSSIBLE, .diagnosis = diagnosis };
}

/* A literal of the same name, which outlives the offer */
static const char *
intern (const char *mechanism)
{
  for (gsize i = 0; i < G_N_ELEMENTS (order_plain); i++)
    if (g_ascii_strcasecmp (order_plain[i], mechanism) == 0)
      return order_plain[i];
  for (gsize i = 0; i < G_N_ELEMENTS (token_mechanisms); i++)
    if (g_ascii_strcasecmp (token_mechanisms[i], mechanism) == 0)
      return token_mechanisms[i];
  return NULL;
}

static gboolean
wants_token (const char *mechanism)
{
  return mw_sasl_uses_token (mechanism) || g_str_equal (mechanism, "OAUTH10A");
}

/* Only ways for tokens: the server does not want passwords, even if it forgot to forbid LOGIN */
static gboolean
takes_tokens_only (const MwLoginOffer *offer)
{
  if (offer->mechanisms[0] == NULL)
    return FALSE;
  for (gsize i = 0; offer->mechanisms[i] != NULL; i++)
    if (!wants_token (offer->mechanisms[i]) && !g_str_equal (offer->mechanisms[i], "ANONYMOUS"))
      return FALSE;
  return TRUE;
}

static MwLoginPlan
choose_forced (const MwLoginOffer *offer)
{
  const char *known = intern (offer->forced);

  if (offer->protocol == MW_PROTOCOL_POP3 && g_ascii_strcasecmp (offer->forced, "APOP") == 0)
    {
      if (offer->apop)
        return (MwLoginPlan) { .kind = MW_LOGIN_POP3_APOP, .mechanism = "APOP" };
      return impossible (MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED);
    }
  if (offer->protocol == MW_PROTOCOL_POP3 && g_ascii_strcasecmp (offer->forced, "USER") == 0)
    return (MwLoginPlan) { .kind = MW_LOGIN_POP3_USER, .mechanism = "USER" };

  if (known != NULL && is_offered (offer, known) &&
      mw_sasl_can_prepare (known, offer->username, offer->secret))
    return (MwLoginPlan) { .kind = MW_LOGIN_SASL, .mechanism = known };
  /* IMAP's own command carries the same name as the mechanism */
  if (offer->protocol == MW_PROTOCOL_IMAP && g_strcmp0 (known, "LOGIN") == 0 &&
      !offer->login_disabled)
    return (MwLoginPlan) { .kind = MW_LOGIN_IMAP_COMMAND, .mechanism = "LOGIN" };

  return impossible (MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED);
}

static MwLoginPlan
explain_nothing (const MwLoginOffer *offer)
{
  if (!offer->encrypted && (offer->login_disabled || offer->starttls))
    return impossible (MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED);
  return impossible (MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED);
}

/**
 * mw_login_plan_choose:
 * @offer: what the server offers, and what the person wants
 *
 * Chooses how to log in. A password never goes where a token is asked for, or the reverse.
 *
 * Returns: the plan
 */
MwLoginPlan
mw_login_plan_choose (const MwLoginOffer *offer)
{
  const char *const *order = offer->encrypted ? order_encrypted : order_plain;

  g_return_val_if_fail (offer->mechanisms != NULL, impossible (MW_DIAGNOSIS_NONE));

  if (offer->forced != NULL)
    {
      if (offer->refused != NULL)
        return impossible (MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED);
      return choose_forced (offer);
    }
  if (takes_tokens_only (offer))
    return impossible (MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED);

  for (gsize i = 0; i < G_N_ELEMENTS (order_plain); i++)
    if (is_offered (offer, order[i]) && g_strcmp0 (order[i], offer->refused) != 0 &&
        mw_sasl_can_prepare (order[i], offer->username, offer->secret))
      return (MwLoginPlan) { .kind = MW_LOGIN_SASL, .mechanism = order[i] };

  if (offer->protocol == MW_PROTOCOL_IMAP && !offer->login_disabled &&
      g_strcmp0 (offer->refused, "LOGIN") != 0)
    return (MwLoginPlan) { .kind = MW_LOGIN_IMAP_COMMAND, .mechanism = "LOGIN" };
  /* USER is not always in the list of abilities, and old servers have no such list */
  if (offer->protocol == MW_PROTOCOL_POP3 && g_strcmp0 (offer->refused, "USER") != 0)
    return (MwLoginPlan) { .kind = MW_LOGIN_POP3_USER, .mechanism = "USER" };

  return explain_nothing (offer);
}
