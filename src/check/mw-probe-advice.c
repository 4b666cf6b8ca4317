/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-probe-advice"

#include "config.h"

#include "check/mw-run.h"

#include "net/mw-domain.h"
#include "providers/mw-provider.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
add (MwRun *run, MwDiagnosis diagnosis, const char *text, const char *field, const char *value)
{
  mw_report_add_advice (run->report, mw_diagnosis_to_id (diagnosis),
                        mw_diagnosis_get_title (diagnosis),
                        text != NULL ? text : mw_diagnosis_get_next_step (diagnosis), field, value);
}

static void
add_port (MwRun *run, MwDiagnosis diagnosis, const char *text, guint16 port)
{
  g_autofree char *value = g_strdup_printf ("%u", port);

  add (run, diagnosis, text, "port", value);
}

/* "port" stands for the encryption that belongs to it as well: 993 is TLS */
static void
advise_implicit_tls (MwRun *run, MwDiagnosis diagnosis)
{
  guint16 port =
      mw_protocol_get_default_port (mw_server_get_protocol (run->server), MW_SECURITY_TLS);
  g_autofree char *text = NULL;

  if (port == run->port)
    {
      add (run, diagnosis, NULL, NULL, NULL);
      return;
    }
  /* Translators: %u is a port number; TLS is a kind of encryption */
  text = g_strdup_printf (_ ("Use port %u with TLS, which is encrypted from the first byte, if the "
                             "mail provider offers it."),
                            port);
  add_port (run, diagnosis, text, port);
}

static void
advise_protocol (MwRun *run, MwDiagnosis diagnosis)
{
  MwProtocol protocol = mw_server_get_protocol (run->server);
  guint16 port = mw_protocol_get_default_port (protocol, run->security);
  g_autofree char *text = NULL;

  if (port == run->port)
    {
      add (run, diagnosis, NULL, NULL, NULL);
      return;
    }
  /* Translators: %1$s is IMAP, POP3 or SMTP, %2$u a port number */
  text =
      g_strdup_printf (_ ("Another service answers at this port. For %1$s with this encryption the "
                             "usual port is %2$u."),
                         protocol == MW_PROTOCOL_IMAP   ? "IMAP"
                         : protocol == MW_PROTOCOL_POP3 ? "POP3"
                                                        : "SMTP",
                         port);
  add_port (run, diagnosis, text, port);
}

/* Many networks let nothing out to port 25, which is for mail between servers */
static void
advise_connection (MwRun *run, MwDiagnosis diagnosis)
{
  MwProtocol protocol = mw_server_get_protocol (run->server);
  guint16 usual = mw_protocol_get_default_port (protocol, run->security);
  g_autofree char *text = NULL;

  if (protocol == MW_PROTOCOL_SMTP && run->port == 25)
    {
      add_port (run, diagnosis,
                _ ("Port 25 is for mail between servers and blocked in many networks. To send mail "
                   "use port 465 with TLS or port 587 with STARTTLS."),
                  mw_protocol_get_default_port (protocol, run->security == MW_SECURITY_NONE
                                                              ? MW_SECURITY_STARTTLS
                                                              : run->security));
      return;
    }
  if (run->port == usual)
    {
      add (run, diagnosis, NULL, NULL, NULL);
      return;
    }
  /* Translators: %1$u and %2$u are port numbers */
  text = g_strdup_printf (_ ("Port %1$u is unusual for these settings; the usual one is %2$u. Check "
                             "what the mail provider publishes."),
                            run->port, usual);
  add_port (run, diagnosis, text, usual);
}

/* Only of a certificate that is trusted: anybody can write any name into one of their own */
static void
advise_name (MwRun *run, MwDiagnosis diagnosis)
{
  for (gsize i = 0; run->other_names != NULL && run->other_names[i] != NULL; i++)
    {
      const char *name = run->other_names[i];
      gboolean known = mw_domain_same_base (name, run->host) ||
                       (run->provider != NULL && mw_provider_has_host (run->provider, name, NULL));
      g_autofree char *text = NULL;

      if (strchr (name, '*') != NULL || !mw_host_is_valid (name) || !known)
        continue;
      /* Translators: %s is a server name */
      text = g_strdup_printf (_ ("The server proves that its name is %s. Use that name if the mail "
                                 "provider confirms it."),
                                name);
      add (run, diagnosis, text, "host", name);
      return;
    }
  add (run, diagnosis, NULL, NULL, NULL);
}

static char *
suggest_username (MwRun *run)
{
  const char *username = mw_server_get_username (run->server);
  MwProtocol protocol = mw_server_get_protocol (run->server);
  g_autofree char *right = NULL;

  if (username == NULL || run->sender == NULL)
    return NULL;
  if (run->provider != NULL)
    {
      g_autoptr(MwAddress) address = mw_address_new (run->sender, NULL);

      if (address != NULL)
        right = mw_provider_dup_username (run->provider, protocol, address);
      return right != NULL && strcmp (right, username) != 0 ? g_steal_pointer (&right) : NULL;
    }
  return strchr (username, '@') == NULL ? g_strdup (run->sender) : NULL;
}

static void
advise_login (MwRun *run, MwDiagnosis diagnosis)
{
  g_autofree char *username = suggest_username (run);
  const char *hint = run->provider != NULL ? mw_provider_get_password_hint (run->provider) : NULL;
  const char *prepare = run->provider != NULL ? mw_provider_get_prepare (run->provider) : NULL;
  g_autofree char *text = NULL;

  if (username != NULL)
    {
      /* Translators: %s is a login name */
      text = g_strdup_printf (_ ("Try the user name “%s”: the server may want it in this form."),
                                username);
      add (run, diagnosis, text, "username", username);
    }
  add (run, diagnosis, NULL, NULL, NULL);
  if (prepare != NULL && *prepare != '\0')
    add (run, diagnosis, prepare, NULL, NULL);
  if (hint != NULL && *hint != '\0')
    add (run, diagnosis, hint, NULL, NULL);
}

static void
advise (MwRun *run, MwDiagnosis diagnosis)
{
  switch (diagnosis)
    {
    case MW_DIAGNOSIS_CONNECTION_REFUSED:
    case MW_DIAGNOSIS_CONNECTION_TIMEOUT:
    case MW_DIAGNOSIS_GREETING_TIMEOUT:
      advise_connection (run, diagnosis);
      break;
    case MW_DIAGNOSIS_WRONG_PROTOCOL:
      advise_protocol (run, diagnosis);
      break;
    case MW_DIAGNOSIS_TLS_ON_PLAIN_PORT:
      add (run, diagnosis, NULL, "security", "starttls");
      break;
    case MW_DIAGNOSIS_PLAIN_ON_TLS_PORT:
      add (run, diagnosis, NULL, "security", "tls");
      break;
    case MW_DIAGNOSIS_STARTTLS_NOT_OFFERED:
    case MW_DIAGNOSIS_STARTTLS_REFUSED:
    case MW_DIAGNOSIS_STARTTLS_INJECTION:
    case MW_DIAGNOSIS_PREAUTH_BEFORE_TLS:
      advise_implicit_tls (run, diagnosis);
      break;
    case MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED:
      add (run, diagnosis, NULL, "security", "starttls");
      break;
    case MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED:
      if (run->mechanism != NULL)
        add (run, diagnosis, NULL, "mechanism", "automatic");
      else
        add (run, diagnosis, NULL, NULL, NULL);
      break;
    case MW_DIAGNOSIS_CERT_NAME_MISMATCH:
      advise_name (run, diagnosis);
      break;
    case MW_DIAGNOSIS_AUTH_FAILED:
    case MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED:
    case MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED:
    case MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER:
    case MW_DIAGNOSIS_LOGIN_LIMITED:
      advise_login (run, diagnosis);
      break;
    default:
      add (run, diagnosis, NULL, NULL, NULL);
      break;
    }
}

/**
 * mw_run_add_advice:
 * @self: a run that is over
 *
 * Adds what to do about each diagnosis, the most important first, with the setting that a click can
 * change where there is one.
 */
void
mw_run_add_advice (MwRun *self)
{
  guint n;
  const MwDiagnosis *diagnoses = mw_report_get_diagnoses (self->report, &n);

  for (guint i = 0; i < n; i++)
    advise (self, diagnoses[i]);
}
