/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-probe"

#include "config.h"

#include "check/mw-probe.h"
#include "check/mw-probe-private.h"

#include "check/mw-run.h"
#include "check/mw-sasl.h"
#include "check/mw-stages.h"
#include "net/mw-deadline.h"
#include "net/mw-inet.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwProbe
{
  GObject parent_instance;

  MwServer *server;
  SecretValue *password;
  char *sender;
  const MwProvider *provider; /* lives as long as its database */
  MwTrust *trust;
  char *pin;
  MwResolver *resolver;
  GProxyResolver *proxies;
  MwNetworkQuery *network;
  MwLoginGate *gate;
  char *mechanism;
  double timeout_seconds;
  gboolean allow_plain_login;
};

G_DEFINE_FINAL_TYPE (MwProbe, mw_probe, G_TYPE_OBJECT)

static void
mw_probe_finalize (GObject *object)
{
  MwProbe *self = MW_PROBE (object);

  g_clear_pointer (&self->server, mw_server_unref);
  if (self->password != NULL)
    secret_value_unref (self->password);
  g_free (self->sender);
  g_clear_object (&self->trust);
  g_free (self->pin);
  g_clear_object (&self->resolver);
  g_clear_object (&self->proxies);
  g_clear_pointer (&self->network, mw_network_query_unref);
  g_clear_pointer (&self->gate, mw_login_gate_unref);
  g_free (self->mechanism);

  G_OBJECT_CLASS (mw_probe_parent_class)->finalize (object);
}

static void
mw_probe_class_init (MwProbeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_probe_finalize;
}

static void
mw_probe_init (MwProbe *self)
{
  self->timeout_seconds = MW_PROBE_DEFAULT_TIMEOUT;
}

/* ---- network ---- */

static void
begin_network (MwRun *run)
{
  mw_run_begin (run, MW_STAGE_NETWORK);
  /* Holds its place; what is known is filled in at the end (end_network()) */
  mw_run_skip (run, MW_STAGE_NETWORK, MW_DIAGNOSIS_NONE,
               _ ("The state of the network was not asked for."));
}

/* A failure that a missing network, or a sign-in page in the way, can be the cause of */
static gboolean
may_be_the_network (MwRun *run)
{
  switch (mw_report_get_diagnosis (run->report))
    {
    case MW_DIAGNOSIS_DNS_NOT_FOUND:
    case MW_DIAGNOSIS_DNS_TIMEOUT:
    case MW_DIAGNOSIS_CONNECTION_REFUSED:
    case MW_DIAGNOSIS_CONNECTION_TIMEOUT:
    case MW_DIAGNOSIS_NETWORK_UNREACHABLE:
    case MW_DIAGNOSIS_CONNECTION_CLOSED:
    case MW_DIAGNOSIS_GREETING_TIMEOUT:
    case MW_DIAGNOSIS_TIMEOUT:
    case MW_DIAGNOSIS_WRONG_PROTOCOL:
    case MW_DIAGNOSIS_TLS_ON_PLAIN_PORT:
    case MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED:
    case MW_DIAGNOSIS_CERT_UNTRUSTED:
    case MW_DIAGNOSIS_CERT_SELF_SIGNED:
    case MW_DIAGNOSIS_CERT_NAME_MISMATCH:
      return TRUE;
    default:
      return FALSE;
    }
}

static char *
describe_network (const MwNetworkState *state)
{
  g_autofree char *vpns = g_strjoinv (", ", state->vpns);

  if (state->connection_name != NULL && *vpns != '\0')
    /* Translators: both are names of network connections; the second one is a VPN */
    return g_strdup_printf (_ ("%1$s, through the VPN %2$s"), state->connection_name, vpns);
  return g_strdup (state->connection_name);
}

/* The state of the network is an explanation, never a reason not to try: desktops are wrong about
 * it often enough. "Offline" is only said when the attempt has failed as well. */
static void
end_network (MwRun *run)
{
  gboolean failed = may_be_the_network (run) && !mw_host_is_local (run->host);
  g_autoptr(MwNetworkState) state = NULL;
  g_autofree char *name = NULL;

  if (run->network == NULL)
    return;
  run->stage = MW_STAGE_NETWORK;
  run->stage_started = g_get_monotonic_time ();
  state = mw_network_query_get (run->network, failed);
  if (state != NULL)
    {
      name = describe_network (state);
      mw_report_set_network (run->report, name);
    }

  if (failed && state != NULL && state->connectivity == MW_CONNECTIVITY_OFFLINE)
    mw_run_fail (run, MW_DIAGNOSIS_OFFLINE, NULL, NULL);
  else if (failed && state != NULL && state->connectivity == MW_CONNECTIVITY_PORTAL)
    mw_run_fail (run, MW_DIAGNOSIS_CAPTIVE_PORTAL, NULL, NULL);
  else if (name != NULL)
    /* Translators: %s is the name of a network connection */
    mw_run_ok (run, g_strdup_printf (_ ("The network is %s."), name), NULL);
  else
    mw_run_ok (run, g_strdup (_ ("The network seems to be fine.")), NULL);
}

/* ---- the run ---- */

/* A line break or NUL in a name or password would be a command of its own on the wire */
static gboolean
is_clean (const char *bytes, gsize length)
{
  return memchr (bytes, '\0', length) == NULL && memchr (bytes, '\r', length) == NULL &&
         memchr (bytes, '\n', length) == NULL;
}

static gboolean
check_credentials (MwRun *run)
{
  const char *username = mw_server_get_username (run->server);
  const char *message = NULL;
  gsize length;
  const char *secret;

  if (username != NULL && !is_clean (username, strlen (username)))
    message = _ ("The user name holds a line break, so it was not sent.");
  if (run->password != NULL)
    {
      secret = secret_value_get (run->password, &length);
      if (!is_clean (secret, length))
        message = _ ("The password holds a line break, so it was not sent.");
      else if (length > MW_SASL_MAX_SECRET)
        message = _ ("The password is too long, so it was not sent.");
    }
  if (message == NULL)
    return TRUE;

  mw_run_begin (run, MW_STAGE_LOGIN);
  mw_run_fail (run, MW_DIAGNOSIS_AUTH_FAILED, g_strdup (message), NULL);
  return FALSE;
}

static gboolean
run_open_mailbox (MwRun *run)
{
  gboolean anonymous = !run->needs_login;

  /* A sender can be tried where nobody has to log in; a mailbox cannot be opened */
  if (!run->logged_in && !run->preauthenticated &&
      !(anonymous && run->dialogue->protocol == MW_PROTOCOL_SMTP))
    {
      mw_run_skip (run, MW_STAGE_MAILBOX, MW_DIAGNOSIS_NONE,
                   _ ("Nobody is signed in, so nothing can be opened."));
      return TRUE;
    }
  mw_run_begin (run, MW_STAGE_MAILBOX);
  return run->dialogue->open_mailbox (run);
}

static gboolean
run_starttls (MwRun *run)
{
  mw_run_begin (run, MW_STAGE_STARTTLS);
  return run->dialogue->starttls (run);
}

static gboolean
run_capability (MwRun *run)
{
  mw_run_begin (run, MW_STAGE_CAPABILITY);
  return run->dialogue->ask_capabilities (run);
}

static gboolean
run_until_greeting (MwRun *run)
{
  switch (run->security)
    {
    case MW_SECURITY_TLS:
      if (!mw_run_tls (run) || !mw_run_greeting (run))
        return FALSE;
      mw_run_skip (run, MW_STAGE_STARTTLS, MW_DIAGNOSIS_NONE,
                   _ ("Not needed: the connection is encrypted from the first byte."));
      return TRUE;
    case MW_SECURITY_STARTTLS:
      return mw_run_greeting (run) && run_starttls (run) && mw_run_tls (run);
    case MW_SECURITY_NONE:
    default:
      if (!mw_run_greeting (run))
        return FALSE;
      for (MwStage stage = MW_STAGE_STARTTLS; stage <= MW_STAGE_CERTIFICATE; stage++)
        mw_run_skip (run, stage, MW_DIAGNOSIS_NONE,
                     _ ("The settings say that there is no encryption."));
      return TRUE;
    }
}

static gboolean
run_stages (MwRun *run)
{
  return check_credentials (run) && mw_run_resolve (run) && mw_run_connect (run) &&
         run_until_greeting (run) && run_capability (run) && mw_run_login (run) &&
         run_open_mailbox (run);
}

/* A report has all stages, those too that were not reached */
static void
fill_up (MwRun *run)
{
  static const MwStage implicit[] = { MW_STAGE_RESOLVE,     MW_STAGE_CONNECT,  MW_STAGE_TLS,
                                      MW_STAGE_CERTIFICATE, MW_STAGE_GREETING, MW_STAGE_STARTTLS,
                                      MW_STAGE_CAPABILITY,  MW_STAGE_LOGIN,    MW_STAGE_MAILBOX };
  static const MwStage others[] = { MW_STAGE_RESOLVE,    MW_STAGE_CONNECT, MW_STAGE_GREETING,
                                    MW_STAGE_STARTTLS,   MW_STAGE_TLS,     MW_STAGE_CERTIFICATE,
                                    MW_STAGE_CAPABILITY, MW_STAGE_LOGIN,   MW_STAGE_MAILBOX };
  const MwStage *order = run->security == MW_SECURITY_TLS ? implicit : others;

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (mw_report_get_step (run->report, order[i]) == NULL)
      mw_run_skip (run, order[i], MW_DIAGNOSIS_NONE, _ ("The check did not get this far."));
}

static const MwDialogue *
get_dialogue (MwProtocol protocol)
{
  switch (protocol)
    {
    case MW_PROTOCOL_POP3:
      return &mw_pop3_dialogue;
    case MW_PROTOCOL_SMTP:
      return &mw_smtp_dialogue;
    case MW_PROTOCOL_IMAP:
    case MW_PROTOCOL_UNKNOWN:
    default:
      return &mw_imap_dialogue;
    }
}

static void
run_clear (MwRun *run)
{
  /* The transcript is written into until the connection is gone */
  if (run->connection != NULL)
    mw_connection_close (run->connection);
  g_clear_object (&run->connection);
  g_clear_pointer (&run->state, run->dialogue->free_state);
  g_clear_object (&run->report);
  g_clear_object (&run->dialer);
  g_clear_object (&run->route);
  g_clear_object (&run->trust);
  g_clear_object (&run->resolver);
  g_clear_pointer (&run->bad_text, g_free);
  g_clear_pointer (&run->other_names, g_strfreev);
  g_string_free (run->transcript, TRUE);
}

static void
run_init (MwRun *run, MwProbe *self)
{
  run->server = self->server;
  run->host = mw_server_get_host (self->server);
  run->port = mw_server_get_port (self->server);
  run->security = mw_server_get_security (self->server);
  run->password = self->password;
  run->sender = self->sender;
  run->provider = self->provider;
  run->proxies = self->proxies;
  run->network = self->network;
  run->gate = self->gate;
  run->mechanism = self->mechanism;
  if (run->mechanism == NULL)
    run->mechanism = mw_server_get_mechanism (self->server);
  run->needs_login =
      mw_server_needs_login (self->server) && g_strcmp0 (run->mechanism, MW_MECHANISM_NONE) != 0;
  run->timeout_seconds = self->timeout_seconds;
  run->allow_plain_login = self->allow_plain_login;

  run->dialogue = get_dialogue (mw_server_get_protocol (self->server));
  run->state = run->dialogue->new_state ();
  run->report = mw_report_new (self->server);
  run->resolver = self->resolver != NULL ? g_object_ref (self->resolver) : mw_resolver_new ();
  run->dialer = mw_dialer_new (run->resolver, self->proxies);
  run->trust = g_object_ref (self->trust != NULL ? self->trust : mw_trust_get_default ());
  if (self->pin != NULL)
    {
      MwTrust *pinned = mw_trust_with_pin (run->trust, run->host, run->port, self->pin);

      g_object_unref (run->trust);
      run->trust = pinned;
    }
  run->early_login.kind = MW_LOGIN_IMPOSSIBLE;
  run->transcript = g_string_new (NULL);
  run->transcript_encrypted = -1;
  run->deadline = mw_deadline_after (self->timeout_seconds);
}

/**
 * mw_probe_run_sync:
 * @self: a probe; immutable from here on
 * @on_step: (nullable) (scope call): hears of each stage
 * @user_data: closure of @on_step
 * @cancellable: (nullable): ends the run at once
 * @error: return location for an error: only %G_IO_ERROR_CANCELLED
 *
 * Checks the server, in the calling thread, which blocks as long as that takes: at most the timeout
 * and the moment that a desktop bus needs to be asked. Whatever is wrong is in the report; all
 * stages are, those too that were skipped.
 *
 * Returns: (transfer full): the report
 */
MwReport *
mw_probe_run_sync (MwProbe *self,
                   MwProbeStepFunc on_step,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  MwRun run = { 0 };
  MwReport *report;

  g_return_val_if_fail (MW_IS_PROBE (self), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  run_init (&run, self);
  run.on_step = on_step;
  run.user_data = user_data;
  run.cancellable = cancellable;

  begin_network (&run);
  run_stages (&run);
  mw_run_leave_gate (&run, FALSE);
  if (run.cancelled || g_cancellable_is_cancelled (cancellable))
    {
      run_clear (&run);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the check was cancelled");
      return NULL;
    }

  if (mw_report_get_step (run.report, MW_STAGE_CAPABILITY) != NULL)
    {
      run.stage_deadline = mw_deadline_after (0.1);
      run.dialogue->leave (&run);
    }
  fill_up (&run);
  end_network (&run);
  mw_run_add_advice (&run);
  mw_report_set_transcript (run.report, run.transcript->str);

  report = g_object_ref (run.report);
  run_clear (&run);
  return report;
}

/**
 * mw_probe_new:
 * @server: the server to check
 *
 * Returns: (transfer full): a probe of @server
 */
MwProbe *
mw_probe_new (MwServer *server)
{
  MwProbe *self;

  g_return_val_if_fail (server != NULL, NULL);

  self = g_object_new (MW_TYPE_PROBE, NULL);
  self->server = mw_server_ref (server);

  return self;
}

/**
 * mw_probe_new_for_account:
 * @account: an account
 * @half: which half; it has a server
 * @db: where its provider is looked up
 *
 * Sets up the check of one server of an account: server, sender, accepted key and provider. What
 * remains to be set is the password, and what the caller wants otherwise than by default.
 *
 * Returns: (transfer full): a probe
 */
MwProbe *
mw_probe_new_for_account (MwAccount *account, MwHalf half, MwProviderDb *db)
{
  MwServer *server = mw_account_get_server (account, half);
  MwProbe *self;

  g_return_val_if_fail (server != NULL, NULL);

  self = mw_probe_new (server);
  mw_probe_set_provider (self, mw_provider_db_lookup_account (db, account, half));
  mw_probe_set_pin (self, mw_account_get_pin (account, half));
  mw_probe_set_sender (self, mw_address_get_ascii (mw_account_get_address (account)));
  return self;
}

/**
 * mw_probe_get_server:
 * @self: a probe
 *
 * Returns: (transfer none): its server
 */
MwServer *
mw_probe_get_server (MwProbe *self)
{
  g_return_val_if_fail (MW_IS_PROBE (self), NULL);

  return self->server;
}

/**
 * mw_probe_set_password:
 * @self: a probe
 * @password: (nullable): the password, or the token for OAUTHBEARER and XOAUTH2. Without one the
 *   check ends after the capability stage
 */
void
mw_probe_set_password (MwProbe *self, SecretValue *password)
{
  g_return_if_fail (MW_IS_PROBE (self));

  if (password != NULL)
    secret_value_ref (password);
  if (self->password != NULL)
    secret_value_unref (self->password);
  self->password = password;
}

/**
 * mw_probe_set_sender:
 * @self: a probe
 * @sender: (nullable): the mail address of the account: tried as a sender, and used to suggest a
 *   login name
 */
void
mw_probe_set_sender (MwProbe *self, const char *sender)
{
  g_return_if_fail (MW_IS_PROBE (self));

  g_set_str (&self->sender, sender);
}

/**
 * mw_probe_set_provider:
 * @self: a probe
 * @provider: (nullable): whose server it is; its database must outlive the probe
 */
void
mw_probe_set_provider (MwProbe *self, const MwProvider *provider)
{
  g_return_if_fail (MW_IS_PROBE (self));

  self->provider = provider;
}

/**
 * mw_probe_set_trust:
 * @self: a probe
 * @trust: (nullable): whom to trust; %NULL for the system's authorities
 */
void
mw_probe_set_trust (MwProbe *self, MwTrust *trust)
{
  g_return_if_fail (MW_IS_PROBE (self));
  g_return_if_fail (trust == NULL || MW_IS_TRUST (trust));

  g_set_object (&self->trust, trust);
}

/**
 * mw_probe_set_pin:
 * @self: a probe
 * @spki_sha256: (nullable): SHA-256 of the one public key that the person accepted for this server,
 *   64 hex digits
 */
void
mw_probe_set_pin (MwProbe *self, const char *spki_sha256)
{
  g_return_if_fail (MW_IS_PROBE (self));

  g_set_str (&self->pin, spki_sha256);
}

/**
 * mw_probe_set_resolver:
 * @self: a probe
 * @resolver: (nullable): where names are looked up; %NULL for one of its own
 */
void
mw_probe_set_resolver (MwProbe *self, MwResolver *resolver)
{
  g_return_if_fail (MW_IS_PROBE (self));
  g_return_if_fail (resolver == NULL || MW_IS_RESOLVER (resolver));

  g_set_object (&self->resolver, resolver);
}

/**
 * mw_probe_set_proxy_resolver:
 * @self: a probe
 * @proxies: (nullable): says which proxy to use; %NULL for the system's settings
 */
void
mw_probe_set_proxy_resolver (MwProbe *self, GProxyResolver *proxies)
{
  g_return_if_fail (MW_IS_PROBE (self));
  g_return_if_fail (proxies == NULL || G_IS_PROXY_RESOLVER (proxies));

  g_set_object (&self->proxies, proxies);
}

/**
 * mw_probe_set_network_state:
 * @self: a probe
 * @state: (nullable): the network as it is; %NULL if it is not known
 */
void
mw_probe_set_network_state (MwProbe *self, MwNetworkState *state)
{
  g_return_if_fail (MW_IS_PROBE (self));

  g_clear_pointer (&self->network, mw_network_query_unref);
  if (state != NULL)
    self->network = mw_network_query_new_answered (state);
}

/**
 * mw_probe_set_login_gate:
 * @self: a probe
 * @gate: (nullable): what is shared with the other probes of the run
 */
void
mw_probe_set_login_gate (MwProbe *self, MwLoginGate *gate)
{
  g_return_if_fail (MW_IS_PROBE (self));

  if (gate != NULL)
    mw_login_gate_ref (gate);
  g_clear_pointer (&self->gate, mw_login_gate_unref);
  self->gate = gate;
}

/**
 * mw_probe_set_timeout:
 * @self: a probe
 * @seconds: how long the whole check may take; more than 0
 */
void
mw_probe_set_timeout (MwProbe *self, double seconds)
{
  g_return_if_fail (MW_IS_PROBE (self));
  g_return_if_fail (seconds > 0);

  self->timeout_seconds = seconds;
}

/**
 * mw_probe_set_mechanism:
 * @self: a probe
 * @mechanism: (nullable): the one SASL mechanism to use, or "USER" or "APOP" for POP3; %NULL for
 * the one in the server's settings, or else the best one
 */
void
mw_probe_set_mechanism (MwProbe *self, const char *mechanism)
{
  g_return_if_fail (MW_IS_PROBE (self));

  g_set_str (&self->mechanism, mechanism);
}

/**
 * mw_probe_set_allow_plain_login:
 * @self: a probe
 * @allow: whether the person takes the risk of a password without encryption, for this server
 */
void
mw_probe_set_allow_plain_login (MwProbe *self, gboolean allow)
{
  g_return_if_fail (MW_IS_PROBE (self));

  self->allow_plain_login = allow;
}

/* What a check gives to those of its probes that were not given one of their own */
void
mw_probe_complete (MwProbe *self, MwResolver *resolver, MwLoginGate *gate, MwNetworkQuery *network)
{
  if (self->resolver == NULL)
    self->resolver = g_object_ref (resolver);
  if (self->gate == NULL)
    self->gate = mw_login_gate_ref (gate);
  if (self->network == NULL && network != NULL)
    self->network = mw_network_query_ref (network);
}
