/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-settings"

#include "config.h"

#include "model/mw-settings.h"

G_DEFINE_BOXED_TYPE (MwSettings, mw_settings, mw_settings_ref, mw_settings_unref)

/**
 * mw_source_to_string:
 * @source: a source
 *
 * Returns: its id: stable, untranslated
 */
const char *
mw_source_to_string (MwSource source)
{
  static const char *const names[] = { "setup-file", "pacc", "provider", "autoconfig",
                                       "ispdb",      "srv",  "mx",       "guess" };

  g_return_val_if_fail (source < G_N_ELEMENTS (names), "guess");

  return names[source];
}

/**
 * mw_settings_new:
 * @source: where they come from
 * @origin: the URL, file or DNS name
 *
 * Returns: (transfer full): settings without servers, not trusted
 */
MwSettings *
mw_settings_new (MwSource source, const char *origin)
{
  MwSettings *self = g_new0 (MwSettings, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->source = source;
  self->origin = g_strdup (origin);
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_server_unref);
  self->prepare = g_new0 (char *, 1);
  return self;
}

/**
 * mw_settings_ref:
 * @self: settings
 *
 * Returns: (transfer full): @self, counted once more; any thread
 */
MwSettings *
mw_settings_ref (MwSettings *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mw_settings_unref:
 * @self: (transfer full): settings; any thread
 */
void
mw_settings_unref (MwSettings *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->origin);
  g_free (self->provider);
  g_free (self->name);
  g_ptr_array_unref (self->servers);
  g_strfreev (self->prepare);
  g_free (self->help);
  g_free (self->checked);
  g_free (self);
}

/**
 * mw_settings_find:
 * @self: settings
 * @protocol: a protocol
 *
 * Returns: (transfer none) (nullable): the preferred server that speaks @protocol
 */
MwServer *
mw_settings_find (MwSettings *self, MwProtocol protocol)
{
  for (guint i = 0; i < self->servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (self->servers, i);

      if (mw_server_get_protocol (server) == protocol)
        return server;
    }
  return NULL;
}

/**
 * mw_settings_is_complete:
 * @self: settings
 *
 * Returns: whether there is a server to receive with and one to send with
 */
gboolean
mw_settings_is_complete (MwSettings *self)
{
  return mw_settings_find (self, MW_PROTOCOL_SMTP) != NULL &&
         (mw_settings_find (self, MW_PROTOCOL_IMAP) != NULL ||
          mw_settings_find (self, MW_PROTOCOL_POP3) != NULL);
}

/**
 * mw_account_take_settings:
 * @account: an account
 * @settings: what a source says about its domain
 * @incoming: how to receive: %MW_PROTOCOL_IMAP, %MW_PROTOCOL_POP3, or %MW_PROTOCOL_UNKNOWN for IMAP
 *   where there is a choice
 *
 * Fills in what @account does not have yet: the servers for receiving and for sending. The provider
 * becomes that of @settings, if they name one.
 */
void
mw_account_take_settings (MwAccount *account, MwSettings *settings, MwProtocol incoming)
{
  MwServer *receiving = NULL;

  g_return_if_fail (MW_IS_ACCOUNT (account));
  g_return_if_fail (settings != NULL);
  g_return_if_fail (incoming != MW_PROTOCOL_SMTP);

  if (incoming != MW_PROTOCOL_UNKNOWN)
    receiving = mw_settings_find (settings, incoming);
  if (receiving == NULL)
    receiving = mw_settings_find (settings, MW_PROTOCOL_IMAP);
  if (receiving == NULL)
    receiving = mw_settings_find (settings, MW_PROTOCOL_POP3);
  if (mw_account_get_server (account, MW_HALF_INCOMING) == NULL)
    mw_account_set_server (account, MW_HALF_INCOMING, receiving);
  if (mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
    mw_account_set_server (account, MW_HALF_OUTGOING,
                           mw_settings_find (settings, MW_PROTOCOL_SMTP));
  if (settings->provider != NULL)
    mw_account_set_provider (account, settings->provider);
}
