/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-export.h"

#include <glib/gi18n-lib.h>

/* Adding a target is one file and one line here */
static const MwExporter *const exporters[] = {
  &mw_exporter_thunderbird,
  &mw_exporter_evolution,
  &mw_exporter_msmtp,
  NULL,
};

/**
 * mw_exporter_list:
 *
 * Returns: (transfer none) (array zero-terminated=1): all targets, in the order for people
 */
const MwExporter *const *
mw_exporter_list (void)
{
  return exporters;
}

/**
 * mw_exporter_find:
 * @id: id of a target
 *
 * Returns: (transfer none) (nullable): the target
 */
const MwExporter *
mw_exporter_find (const char *id)
{
  for (guint i = 0; exporters[i] != NULL; i++)
    if (g_strcmp0 (exporters[i]->id, id) == 0)
      return exporters[i];
  return NULL;
}

/**
 * mw_exporter_get_title:
 * @exporter: a target
 *
 * Returns: (transfer none): what people call it, translated
 */
const char *
mw_exporter_get_title (const MwExporter *exporter)
{
  return _ (exporter->title);
}

/**
 * mw_exporter_is_installed:
 * @exporter: a target
 * @host: the host
 *
 * Returns: whether an installation of the program was found
 */
gboolean
mw_exporter_is_installed (const MwExporter *exporter, MwExportHost *host)
{
  g_autoptr(GPtrArray) programs = mw_export_host_get_programs (host, exporter->id);

  return programs->len > 0;
}

/* U+2028 and U+2029 end a line for JavaScript, U+0085 for some editors */
static gboolean
is_harmful (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/**
 * mw_export_check_value:
 * @account: the account that it belongs to
 * @field: what it is called in messages: "name", "smtp.username"
 * @value: (nullable): the value
 * @error: return location for a #GError
 *
 * A line end in a value becomes a setting of its own in most formats, and a command in some. So no
 * control character ever reaches a file.
 *
 * Returns: %TRUE when any format may have it; else %MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE
 */
gboolean
mw_export_check_value (MwAccount *account, const char *field, const char *value, GError **error)
{
  const char *address = mw_address_get_text (mw_account_get_address (account));

  if (value == NULL)
    return TRUE;
  if (!g_utf8_validate (value, -1, NULL))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                   "%s: %s is not UTF-8", address, field);
      return FALSE;
    }
  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    if (is_harmful (g_utf8_get_char (p)))
      {
        g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                     "%s: %s holds the control character U+%04X", address, field,
                     g_utf8_get_char (p));
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_server (MwAccount *account, MwHalf half, GError **error)
{
  MwServer *server = mw_account_get_server (account, half);
  const char *protocol;
  g_autofree char *host_field = NULL;
  g_autofree char *user_field = NULL;
  g_autofree char *mechanism_field = NULL;

  if (server == NULL)
    return TRUE;
  protocol = mw_protocol_to_string (mw_server_get_protocol (server));
  host_field = g_strconcat (protocol, ".host", NULL);
  user_field = g_strconcat (protocol, ".username", NULL);
  mechanism_field = g_strconcat (protocol, ".mechanism", NULL);
  return mw_export_check_value (account, host_field, mw_server_get_host (server), error) &&
         mw_export_check_value (account, user_field, mw_server_get_username (server), error) &&
         mw_export_check_value (account, mechanism_field, mw_server_get_mechanism (server), error);
}

/**
 * mw_export_check_account:
 * @account: an account
 * @error: return location for a #GError
 *
 * Checks every value of an account with mw_export_check_value().
 *
 * Returns: %TRUE when any format may have all of them
 */
gboolean
mw_export_check_account (MwAccount *account, GError **error)
{
  MwAddress *address = mw_account_get_address (account);

  return mw_export_check_value (account, "address", mw_address_get_text (address), error) &&
         mw_export_check_value (account, "name", mw_account_get_name (account), error) &&
         mw_export_check_value (account, "reply-to", mw_account_get_reply_to (account), error) &&
         mw_export_check_value (account, "organization", mw_account_get_organization (account),
                                error) &&
         check_server (account, MW_HALF_INCOMING, error) &&
         check_server (account, MW_HALF_OUTGOING, error);
}

/**
 * mw_export_uses_oauth2:
 * @server: a server
 *
 * Returns: whether its login is by OAuth2: the mechanism says so, or none of the ways in is another
 */
gboolean
mw_export_uses_oauth2 (MwServer *server)
{
  const char *mechanism = mw_server_get_mechanism (server);
  const char *const *ways = mw_server_get_authentications (server);

  if (mechanism != NULL)
    return g_ascii_strcasecmp (mechanism, "XOAUTH2") == 0 ||
           g_ascii_strcasecmp (mechanism, "OAUTHBEARER") == 0;
  return ways != NULL && g_strv_contains (ways, "oauth2") && g_strv_length ((GStrv) ways) == 1;
}

static MwExportNeeds
find_missing (const MwExporter *exporter, MwAccount *account)
{
  if ((exporter->needs & MW_EXPORT_NEEDS_INCOMING) != 0 &&
      mw_account_get_server (account, MW_HALF_INCOMING) == NULL)
    return MW_EXPORT_NEEDS_INCOMING;
  if ((exporter->needs & MW_EXPORT_NEEDS_SMTP) != 0 &&
      mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
    return MW_EXPORT_NEEDS_SMTP;
  return MW_EXPORT_NEEDS_NOTHING;
}

static gboolean
check_needs (const MwExporter *exporter, MwAccount *account, GError **error)
{
  MwExportNeeds missing = find_missing (exporter, account);

  if (missing == MW_EXPORT_NEEDS_NOTHING)
    return TRUE;
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
               "%s has no server for %s, and %s needs one",
               mw_address_get_text (mw_account_get_address (account)),
               missing == MW_EXPORT_NEEDS_SMTP ? "sending" : "receiving", exporter->title);
  return FALSE;
}

/**
 * mw_exporter_takes:
 * @exporter: a target
 * @account: an account
 * @reason: (out) (optional) (nullable) (transfer none): why not, a translated sentence
 *
 * Returns: whether @account has the servers that @exporter needs
 */
gboolean
mw_exporter_takes (const MwExporter *exporter, MwAccount *account, const char **reason)
{
  MwExportNeeds missing = find_missing (exporter, account);

  if (reason != NULL && missing == MW_EXPORT_NEEDS_SMTP)
    *reason = _ ("It only sends mail, and this account has no server for sending.");
  else if (reason != NULL && missing == MW_EXPORT_NEEDS_INCOMING)
    *reason = _ ("It needs a server for receiving, and this account has none.");
  else if (reason != NULL)
    *reason = NULL;
  return missing == MW_EXPORT_NEEDS_NOTHING;
}

/**
 * mw_export_text_free:
 * @self: (transfer full): a text
 */
void
mw_export_text_free (MwExportText *self)
{
  g_free (self->title);
  g_free (self->before);
  g_free (self->after);
  g_free (self);
}

/**
 * mw_export_action_describe:
 * @action: an action of a plan
 * @texts: (out) (optional) (transfer full) (element-type MwExportText): what it hands over; may be
 *   empty
 *
 * Returns: (transfer full): what it does, a translated sentence
 */
char *
mw_export_action_describe (MwExportAction *action, GPtrArray **texts)
{
  const MwExporter *exporter = mw_exporter_find (action->exporter);
  g_autoptr(GPtrArray) found =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_text_free);
  char *sentence = NULL;

  if (exporter != NULL && exporter->describe != NULL)
    sentence = exporter->describe (action, found);
  if (sentence == NULL)
    /* Translators: %1$s is the name of a program, %2$s what it is asked to do, not translated */
    sentence = g_strdup_printf (
        _ ("%1$s is asked to do this: %2$s"),
          exporter != NULL ? mw_exporter_get_title (exporter) : action->exporter, action->type);
  if (texts != NULL)
    *texts = g_steal_pointer (&found);
  return sentence;
}

/**
 * mw_export_plan:
 * @exporter: a target
 * @accounts: (element-type MwAccount): what to export
 * @host: the host
 * @options: where and how
 * @error: return location for a #GError
 *
 * Looks at what is there and says what would become of it. Changes nothing. May block while another
 * program is asked what it has.
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with @error set
 */
MwExportPlan *
mw_export_plan (const MwExporter *exporter,
                GPtrArray *accounts,
                MwExportHost *host,
                const MwExportOptions *options,
                GError **error)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *profile = NULL;
  MwExportOptions absolute = *options;

  g_return_val_if_fail (exporter != NULL && accounts != NULL && accounts->len > 0, NULL);
  g_return_val_if_fail (options->mode != MW_EXPORT_MODE_OUTPUT || options->directory != NULL, NULL);

  for (guint i = 0; i < accounts->len; i++)
    if (!mw_export_check_account (g_ptr_array_index (accounts, i), error) ||
        !check_needs (exporter, g_ptr_array_index (accounts, i), error))
      return NULL;

  /* The journal outlives the folder that the person is in */
  if (options->directory != NULL)
    absolute.directory = directory = g_canonicalize_filename (options->directory, NULL);
  if (options->profile != NULL)
    absolute.profile = profile = g_canonicalize_filename (options->profile, NULL);
  plan = exporter->plan (accounts, host, &absolute, error);
  if (plan != NULL && plan->accounts->len == 0)
    for (guint i = 0; i < accounts->len; i++)
      g_ptr_array_add (plan->accounts, g_object_ref (g_ptr_array_index (accounts, i)));
  return g_steal_pointer (&plan);
}

/**
 * mw_export_update_items_sync:
 * @account: the account
 * @half: whose password changed
 * @value: the new password
 * @secrets: the keyring
 * @flags: whether it may ask
 * @n_updated: (out) (optional): how many items of other programs were changed
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Gives a changed password to every item that an exported account's program looks up, as far as
 * such items exist. They are found by the very attributes that those programs use, since a program
 * that saves its item anew strips all others. Our own item is not touched.
 *
 * Returns: %TRUE when all have the new password
 */
gboolean
mw_export_update_items_sync (MwAccount *account,
                             MwHalf half,
                             SecretValue *value,
                             MwSecrets *secrets,
                             MwSecretsFlags flags,
                             guint *n_updated,
                             GCancellable *cancellable,
                             GError **error)
{
  MwHalf changed = mw_account_get_password_half (account, half);
  guint n = 0;

  g_return_val_if_fail (MW_IS_SECRETS (secrets) && value != NULL, FALSE);

  if (n_updated != NULL)
    *n_updated = 0;

  for (guint i = 0; exporters[i] != NULL; i++)
    {
      g_autoptr(GPtrArray) items =
                    exporters[i]->secrets != NULL ? exporters[i]->secrets (account) : NULL;

      for (guint j = 0; items != NULL && j < items->len; j++)
        {
          MwExportSecret *secret = g_ptr_array_index (items, j);
          g_autoptr(SecretValue) now = NULL;
          g_autoptr(GError) cause = NULL;

          if (mw_account_get_password_half (account, secret->half) != changed)
            continue;
          now = mw_secrets_lookup_item_sync (secrets, secret->item, flags, cancellable, &cause);
          if (now == NULL)
            {
              if (g_error_matches (cause, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
                continue;
              g_propagate_error (error, g_steal_pointer (&cause));
              return FALSE;
            }
          if (mw_secret_value_equal (now, value))
            continue;
          if (!mw_secrets_store_item_sync (secrets, secret->item, value, flags, cancellable, error))
            return FALSE;
          n++;
        }
    }
  if (n_updated != NULL)
    *n_updated = n;
  return TRUE;
}

/**
 * mw_export_update_passwords_sync:
 * @account: the account
 * @half: whose password changed
 * @value: the new password
 * @secrets: the keyring
 * @flags: whether it may ask
 * @n_updated: (out) (optional): how many items of other programs were changed
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Keeps a changed password as our own, and does what mw_export_update_items_sync() does.
 *
 * Returns: %TRUE when all have the new password
 */
gboolean
mw_export_update_passwords_sync (MwAccount *account,
                                 MwHalf half,
                                 SecretValue *value,
                                 MwSecrets *secrets,
                                 MwSecretsFlags flags,
                                 guint *n_updated,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_return_val_if_fail (MW_IS_SECRETS (secrets) && value != NULL, FALSE);

  if (n_updated != NULL)
    *n_updated = 0;
  if (!mw_secrets_store_sync (secrets, account, half, value, flags, cancellable, error))
    return FALSE;

  return mw_export_update_items_sync (account, half, value, secrets, flags, n_updated, cancellable,
                                      error);
}
