/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-refusal"

#include "config.h"

#include "check/mw-refusal.h"

#include <string.h>

typedef struct
{
  const char *key;
  MwDiagnosis diagnosis;
  gboolean mechanism_at_fault;
} Rule;

/* Response codes of IMAP (RFC 5530, RFC 9051) and POP3 (RFC 2449, RFC 3206) */
static const Rule codes[] = {
  { "UNAVAILABLE", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { "INUSE", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { "IN-USE", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { "SERVERBUG", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { "SYS/TEMP", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { "LIMIT", MW_DIAGNOSIS_AUTH_RATE_LIMITED, FALSE },
  { "LOGIN-DELAY", MW_DIAGNOSIS_AUTH_RATE_LIMITED, FALSE },
  { "PRIVACYREQUIRED", MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED, FALSE },
  { "CONTACTADMIN", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "AUTHORIZATIONFAILED", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "NOPERM", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "SYS/PERM", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "CANNOT", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { "AUTHENTICATIONFAILED", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { "AUTH", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { "EXPIRED", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
};

/* Words that mean the same with whichever provider says them. Those that speak of a cause come
 * before those that only say no. */
static const Rule texts[] = {
  { "application-specific password", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "app-specific password", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "application password", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "app password", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "parol prilozheniya", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "authorization code", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "授权码", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { "unsafe login", MW_DIAGNOSIS_LOGIN_LIMITED, FALSE },
  { "web login required", MW_DIAGNOSIS_LOGIN_LIMITED, FALSE },
  { "log in via your web browser", MW_DIAGNOSIS_LOGIN_LIMITED, FALSE },
  { "basic authentication is disabled", MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED, FALSE },
  { "security defaults policy", MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED, FALSE },
  { "smtpclientauthentication is disabled", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "not enabled for imap", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "not enabled for pop", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "enable imap", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "enable pop", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "imap is disabled", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "imap access is disabled", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "pop3 access is disabled", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "account is disabled", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "account disabled", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "account is locked", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "does not have access rights to this service", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { "authenticated but not connected", MW_DIAGNOSIS_MAILBOX_UNAVAILABLE, FALSE },
  { "unsupported authentication mechanism", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { "unknown authentication mechanism", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { "unrecognized authentication type", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { "mechanism not supported", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { "mechanism is disabled", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { "plaintext authentication disallowed", MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED, FALSE },
  { "cleartext authentication disallowed", MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED, FALSE },
};

/* Too much, rather than wrong */
static const char *const limits[] = {
  "too many",
  "rate limit",
  "frequency limited",
  "temporarily blocked",
  "temporarily locked",
  "maximum number of connections",
  "maximum number of simultaneous",
  "exceeded the maximum",
};

/* A passing fault that is said in words only */
static const char *const passing[] = {
  "try again later",     "try later",         "temporary",         "temporarily",
  "service unavailable", "not available now", "under maintenance", "internal error",
  "server is busy",      "system busy",
};

static gboolean
says (const char *text, const char *words)
{
  gsize n = strlen (words);

  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_strncasecmp (p, words, n) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
says_any (const char *text, const char *const *words, gsize n_words)
{
  for (gsize i = 0; i < n_words; i++)
    if (says (text, words[i]))
      return TRUE;
  return FALSE;
}

static const Rule *
find_code (const char *code)
{
  if (code == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i].key, code))
      return &codes[i];
  return NULL;
}

static const Rule *
find_text (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (says (text, texts[i].key))
      return &texts[i];
  return NULL;
}

static MwRefusalMeaning
means (MwDiagnosis diagnosis)
{
  return (MwRefusalMeaning) { .diagnosis = diagnosis };
}

static MwRefusalMeaning
means_rule (const Rule *rule)
{
  return (MwRefusalMeaning) { .diagnosis = rule->diagnosis,
                              .mechanism_at_fault = rule->mechanism_at_fault };
}

static gboolean
ask_provider (const MwRefusal *self, const MwProvider *provider, MwRefusalMeaning *meaning)
{
  const char *id = NULL;
  const char *text = NULL;

  if (provider == NULL ||
      !mw_provider_match_error (provider, self->protocol, self->text, &id, &text))
    return FALSE;
  meaning->diagnosis = mw_diagnosis_from_id (id);
  meaning->text = text;
  return meaning->diagnosis != MW_DIAGNOSIS_NONE;
}

/* Numbers of SMTP replies (RFC 4954, section 6; RFC 5248) */
static gboolean
explain_smtp_login (const MwRefusal *self, MwRefusalMeaning *meaning)
{
  switch (self->smtp_code)
    {
    case 432:
      *meaning = (MwRefusalMeaning) { .diagnosis = MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED,
                                      .mechanism_at_fault = TRUE };
      return TRUE;
    case 500:
    case 502:
    case 503:
    case 504:
      *meaning = (MwRefusalMeaning) { .diagnosis = MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED,
                                      .mechanism_at_fault = self->smtp_code != 503 };
      return TRUE;
    case 534:
      /* "mechanism too weak" by the book; Google says much else with it, found by its words */
      *meaning =
          (MwRefusalMeaning) { .diagnosis = MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED,
                               .mechanism_at_fault = g_strcmp0 (self->enhanced, "5.7.9") == 0 };
      return TRUE;
    case 530:
      *meaning =
          means (self->encrypted ? MW_DIAGNOSIS_AUTH_FAILED : MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED);
      return TRUE;
    case 538:
      /* Inside TLS it can only mean the mechanism */
      *meaning = (MwRefusalMeaning) { .diagnosis = self->encrypted
                                                       ? MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED
                                                       : MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED,
                                      .mechanism_at_fault = self->encrypted };
      return TRUE;
    default:
      break;
    }
  if (g_strcmp0 (self->enhanced, "5.7.11") == 0)
    *meaning = means (MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED);
  else if (g_strcmp0 (self->enhanced, "5.7.13") == 0)
    *meaning = means (MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER);
  else
    return FALSE;
  return TRUE;
}

/**
 * mw_refusal_is_temporary:
 * @self: a refusal
 *
 * Returns: whether its code says that the fault will pass: then it says nothing about the password
 */
gboolean
mw_refusal_is_temporary (const MwRefusal *self)
{
  const Rule *rule = find_code (self->code);

  if (rule != NULL && rule->diagnosis == MW_DIAGNOSIS_SERVER_BUSY)
    return TRUE;
  return self->smtp_code / 100 == 4 && self->smtp_code != 432;
}

/**
 * mw_refusal_explain_login:
 * @self: the answer to a login
 * @provider: (nullable): whose server it is
 *
 * Says what a refused login means. A passing fault is never taken for a wrong password; what the
 * provider database knows goes before what is known in general.
 *
 * Returns: the meaning; %MW_DIAGNOSIS_AUTH_FAILED when nothing speaks for anything else
 */
MwRefusalMeaning
mw_refusal_explain_login (const MwRefusal *self, const MwProvider *provider)
{
  MwRefusalMeaning meaning = { 0 };
  const Rule *rule;

  if (mw_refusal_is_temporary (self))
    return means (says_any (self->text, limits, G_N_ELEMENTS (limits))
                      ? MW_DIAGNOSIS_AUTH_RATE_LIMITED
                      : MW_DIAGNOSIS_SERVER_BUSY);
  if (ask_provider (self, provider, &meaning))
    return meaning;
  rule = find_text (self->text);
  if (rule != NULL)
    return means_rule (rule);
  rule = find_code (self->code);
  if (rule != NULL)
    return means_rule (rule);
  if (says_any (self->text, limits, G_N_ELEMENTS (limits)))
    return means (MW_DIAGNOSIS_AUTH_RATE_LIMITED);
  if (self->protocol == MW_PROTOCOL_SMTP && explain_smtp_login (self, &meaning))
    return meaning;
  if (self->bad)
    return (MwRefusalMeaning) { .diagnosis = MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED,
                                .mechanism_at_fault = TRUE };
  if (self->smtp_code == 0 && says_any (self->text, passing, G_N_ELEMENTS (passing)))
    return means (MW_DIAGNOSIS_SERVER_BUSY);

  return means (MW_DIAGNOSIS_AUTH_FAILED);
}

/**
 * mw_refusal_explain_mailbox:
 * @self: the answer to EXAMINE or STAT
 * @provider: (nullable): whose server it is
 *
 * Says what it means that the mailbox does not open after the login was accepted.
 *
 * Returns: the meaning; %MW_DIAGNOSIS_MAILBOX_UNAVAILABLE when nothing speaks for anything else
 */
MwRefusalMeaning
mw_refusal_explain_mailbox (const MwRefusal *self, const MwProvider *provider)
{
  MwRefusalMeaning meaning = { 0 };
  const Rule *rule;

  if (mw_refusal_is_temporary (self))
    return means (MW_DIAGNOSIS_SERVER_BUSY);
  if (ask_provider (self, provider, &meaning))
    return meaning;
  rule = find_text (self->text);
  if (rule != NULL && (rule->diagnosis == MW_DIAGNOSIS_LOGIN_LIMITED ||
                       rule->diagnosis == MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER))
    return means_rule (rule);
  if (says_any (self->text, limits, G_N_ELEMENTS (limits)))
    return means (MW_DIAGNOSIS_AUTH_RATE_LIMITED);
  if (says_any (self->text, passing, G_N_ELEMENTS (passing)))
    return means (MW_DIAGNOSIS_SERVER_BUSY);

  return means (MW_DIAGNOSIS_MAILBOX_UNAVAILABLE);
}

/**
 * mw_refusal_explain_sender:
 * @self: the answer to MAIL FROM
 * @provider: (nullable): whose server it is
 *
 * Says what it means that the sender is not accepted.
 *
 * Returns: the meaning; %MW_DIAGNOSIS_SENDER_REJECTED when nothing speaks for anything else
 */
MwRefusalMeaning
mw_refusal_explain_sender (const MwRefusal *self, const MwProvider *provider)
{
  MwRefusalMeaning meaning = { 0 };

  if (mw_refusal_is_temporary (self))
    return means (MW_DIAGNOSIS_SERVER_BUSY);
  if (ask_provider (self, provider, &meaning) && meaning.diagnosis != MW_DIAGNOSIS_AUTH_FAILED)
    return meaning;
  if (says_any (self->text, limits, G_N_ELEMENTS (limits)))
    return means (MW_DIAGNOSIS_AUTH_RATE_LIMITED);

  meaning.diagnosis = MW_DIAGNOSIS_SENDER_REJECTED;
  return meaning;
}
