/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-evolution"

#include "config.h"

#include "export/mw-export.h"

#include "export/mw-eds-source.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BUS_NAME "org.gnome.evolution.dataserver.Sources5"
#define FLATPAK_ID "org.gnome.Evolution"
#define FLATPAK_BUS_NAME FLATPAK_ID "." BUS_NAME
#define MANAGER_PATH "/org/gnome/evolution/dataserver/SourceManager"
#define MANAGER_INTERFACE "org.gnome.evolution.dataserver.SourceManager"
#define SOURCE_INTERFACE "org.gnome.evolution.dataserver.Source"

/* The bus answers at once; the registry may have to be started first */
#define BUS_TIMEOUT_MILLISECONDS 5000
#define REGISTRY_TIMEOUT_MILLISECONDS 25000

/* One place where Evolution keeps its accounts */
typedef struct
{
  const char *bus_name; /* of its registry, or %NULL to write files */
  char *folder;         /* of its files; %NULL with a bus name */
  GHashTable *sources;  /* uid to text, of a registry; else %NULL */
} Place;

static void
place_clear (Place *place)
{
  g_free (place->folder);
  g_clear_pointer (&place->sources, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static const char *
address_of (MwAccount *account)
{
  return mw_address_get_text (mw_account_get_address (account));
}

/* The registry */

static GVariant *
call (GDBusConnection *bus,
      const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters,
      const char *type,
      int timeout_milliseconds,
      GCancellable *cancellable,
      GError **error)
{
  return g_dbus_connection_call_sync (bus, name, path, interface, method, parameters,
                                      G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE,
                                      timeout_milliseconds, cancellable, error);
}

static gboolean
has_owner (GDBusConnection *bus, const char *name, GCancellable *cancellable)
{
  g_autoptr(GVariant) reply = call (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
      g_variant_new ("(s)", name), "(b)", BUS_TIMEOUT_MILLISECONDS, cancellable, NULL);
  gboolean owned = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  return owned;
}

static gboolean
is_activatable (GDBusConnection *bus, const char *name, GCancellable *cancellable)
{
  g_autoptr(GVariant) reply = call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                    "org.freedesktop.DBus", "ListActivatableNames", NULL, "(as)",
                                    BUS_TIMEOUT_MILLISECONDS, cancellable, NULL);
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(^a&s)", &names);
  return g_strv_contains (names, name);
}

/* All sources: uid to text and, in @paths, uid to object path */
static GHashTable *
list_sources (GDBusConnection *bus,
              const char *name,
              GHashTable **paths,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr(GVariant) reply = call (bus, name, MANAGER_PATH, "org.freedesktop.DBus.ObjectManager",
                                    "GetManagedObjects", NULL, "(a{oa{sa{sv}}})",
                                    REGISTRY_TIMEOUT_MILLISECONDS, cancellable, error);
  g_autoptr(GVariantIter) objects = NULL;
  GHashTable *sources;
  const char *path;
  GVariant *interfaces;

  if (reply == NULL)
    return NULL;
  sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (paths != NULL)
    *paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_next (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr(GVariant) owned = interfaces;
      g_autoptr(GVariant) source =
                    g_variant_lookup_value (interfaces, SOURCE_INTERFACE, G_VARIANT_TYPE_VARDICT);
      const char *uid = NULL;
      const char *data = NULL;

      if (source == NULL || !g_variant_lookup (source, "UID", "&s", &uid) ||
          !g_variant_lookup (source, "Data", "&s", &data))
        continue;
      g_hash_table_insert (sources, g_strdup (uid), g_strdup (data));
      if (paths != NULL)
        g_hash_table_insert (*paths, g_strdup (uid), g_strdup (path));
    }
  return sources;
}

/* Where to */

static char *
native_folder (MwExportHost *host)
{
  return g_build_filename (mw_export_host_get_config_home (host), "evolution", "sources", NULL);
}

/* Live when the registry can be had: then the account is there at once */
static gboolean
find_native (MwExportHost *host,
             const MwExportOptions *options,
             gboolean installed,
             Place *place,
             GError **error)
{
  GDBusConnection *bus = mw_export_host_get_session_bus (host, options->cancellable);
  g_autoptr(GError) cause = NULL;
  g_autofree char *folder = native_folder (host);

  if (bus != NULL && (is_activatable (bus, BUS_NAME, options->cancellable) ||
                      has_owner (bus, BUS_NAME, options->cancellable)))
    {
      place->sources = list_sources (bus, BUS_NAME, NULL, options->cancellable, &cause);
      if (place->sources != NULL)
        {
          place->bus_name = BUS_NAME;
          return TRUE;
        }
      if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      g_info ("Evolution's registry cannot be had, files are written instead: %s", cause->message);
      installed = TRUE;
    }
  if (!installed && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE; /* nothing there: not an error of this place */
  if (!mw_export_host_path_is_real (host, folder))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
                   "Evolution's registry does not answer, and the sandbox does not let us into %s",
                   folder);
      return FALSE;
    }
  place->folder = g_steal_pointer (&folder);
  return TRUE;
}

/* Its registry lives inside the sandbox and cannot be started from outside */
static gboolean
find_flatpak (MwExportHost *host,
              MwProgram *program,
              const MwExportOptions *options,
              Place *place,
              GError **error)
{
  GDBusConnection *bus = mw_export_host_get_session_bus (host, options->cancellable);
  g_autofree char *folder =
      g_build_filename (program->data_directory, "config", "evolution", "sources", NULL);

  if (bus != NULL && has_owner (bus, FLATPAK_BUS_NAME, options->cancellable))
    {
      place->sources = list_sources (bus, FLATPAK_BUS_NAME, NULL, options->cancellable, error);
      if (place->sources == NULL)
        return FALSE;
      place->bus_name = FLATPAK_BUS_NAME;
      return TRUE;
    }
  if (!mw_export_host_path_is_real (host, folder))
    {
      g_autofree char *command =
          mw_export_host_command_for_path (host, program->data_directory, FALSE);

      g_set_error (
          error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
          "the sandbox keeps this program from %s; start Evolution, or let it in, from the "
          "next start on: %s",
          folder, command);
      return FALSE;
    }
  place->folder = g_steal_pointer (&folder);
  return TRUE;
}

/* What to write */

static gboolean
plan_file (MwExportPlan *plan, Place *place, MwAccount *account, MwEdsPart part, GError **error)
{
  g_autofree char *uid = mw_eds_source_uid (account, part);
  g_autofree char *name = g_strconcat (uid, ".source", NULL);
  g_autofree char *path = g_build_filename (place->folder, name, NULL);
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GBytes) after = NULL;
  g_autofree char *old = NULL;
  char *text;
  MwFileChange *file;

  if (!mw_export_read_file (path, &before, error))
    return FALSE;
  if (before == NULL && part == MW_EDS_PART_TRANSPORT &&
      mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
    return TRUE;
  if (before != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (before, &length);

      old = g_strndup (data, length);
    }
  text = mw_eds_source_make (account, part, old, error);
  if (text == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  after = g_bytes_new_take (text, strlen (text));
  file = mw_export_plan_change_file (plan, path, before, after, 0600, MW_FILE_REWRITTEN, error);
  if (file == NULL)
    return FALSE;
  file->marker = mw_eds_source_marker (account);
  return TRUE;
}

static gboolean
plan_live (MwExportPlan *plan, Place *place, MwAccount *account, GError **error)
{
  MwExportAction *create = NULL;

  for (int i = 0; i < MW_N_EDS_PARTS; i++)
    {
      MwEdsPart part = (MwEdsPart) i;
      g_autofree char *uid = mw_eds_source_uid (account, part);
      const char *before = g_hash_table_lookup (place->sources, uid);
      g_autofree char *after = NULL;

      if (before == NULL && part == MW_EDS_PART_TRANSPORT &&
          mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
        continue;
      after = mw_eds_source_make (account, part, before, error);
      if (after == NULL)
        return FALSE;
      if (before == NULL)
        {
          /* One call for all that is new, so that the account appears whole */
          if (create == NULL)
            create = mw_export_plan_add_action (plan, "evolution", "create-sources", "bus",
                                                place->bus_name, "account",
                                                mw_account_get_id (account), NULL);
          g_hash_table_insert (create->values, g_strconcat ("source.", uid, NULL),
                               g_steal_pointer (&after));
        }
      else if (!g_str_equal (before, after))
        mw_export_plan_add_action (plan, "evolution", "write-source", "bus", place->bus_name, "uid",
                                   uid, "before", before, "after", after, NULL);
    }
  return TRUE;
}

/* The two items of an account. The registry's own look-up goes by `e-source-uid`; the other
 * attribute is there so that Evolution, when it saves a password, replaces our item and does not
 * make a second one. */
static MwSecretItem *
keyring_item (MwAccount *account, MwHalf half, gboolean flatpak)
{
  MwEdsPart part = half == MW_HALF_INCOMING ? MW_EDS_PART_ACCOUNT : MW_EDS_PART_TRANSPORT;
  g_autofree char *uid = mw_eds_source_uid (account, part);
  MwServer *server = mw_account_get_server (account, half);
  const char *backend = "smtp";
  g_autofree char *label = NULL;

  if (half == MW_HALF_INCOMING)
    backend = mw_server_get_protocol (server) == MW_PROTOCOL_POP3 ? "pop" : "imapx";
  label = g_strdup_printf ("Evolution Data Source \"%s\" (%s - %s) ", address_of (account),
                           half == MW_HALF_INCOMING ? "Mail Account" : "Mail Transport", backend);
  return mw_secret_item_new (
      "org.gnome.Evolution.Data.Source", label, "e-source-uid", uid, "eds-origin",
      flatpak ? FLATPAK_ID ".evolution-data-server" : "evolution-data-server", NULL);
}

static gboolean
half_has_password (MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);
  const char *mechanism = server != NULL ? mw_server_get_mechanism (server) : NULL;

  return server != NULL && mw_server_needs_login (server) && !mw_export_uses_oauth2 (server) &&
         (mechanism == NULL || g_ascii_strcasecmp (mechanism, "GSSAPI") != 0);
}

static void
plan_secrets (MwExportPlan *plan, MwAccount *account, gboolean flatpak)
{
  const MwHalf halves[] = { MW_HALF_INCOMING, MW_HALF_OUTGOING };

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    if (half_has_password (account, halves[i]))
      {
        g_autoptr(MwSecretItem) item = keyring_item (account, halves[i], flatpak);

        mw_export_plan_add_secret (plan, item, account,
                                   mw_account_get_password_half (account, halves[i]));
      }
}

static void
note_server (MwExportPlan *plan, MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);

  if (server == NULL)
    return;
  if (mw_server_get_security (server) == MW_SECURITY_NONE)
    mw_export_plan_add_note (plan, "no-encryption", account,
                             /* Translators: %s is the name of a server */
                             _ ("The connection to %s is not encrypted. Everybody on the way can "
                                "read the mail."),
                               mw_server_get_host (server));
  if (mw_account_get_pin (account, half) != NULL)
    mw_export_plan_add_note (plan, "evolution-certificate", account,
                             /* Translators: %s is the name of a server */
                             _ ("You accepted the certificate of %s, but it is not trusted by the "
                                "system. Evolution will ask about it once."),
                               mw_server_get_host (server));
  if (mw_server_needs_login (server) && mw_export_uses_oauth2 (server))
    mw_export_plan_add_note (plan, "evolution-oauth2", account,
                             /* Translators: %s is a mail address */
                             _ ("%s logs in with OAuth2. Evolution will open the provider’s page "
                                "for it once."),
                               address_of (account));
}

/* Is there another account for the same mailbox already? */
static void
note_duplicate (MwExportPlan *plan, Place *place, MwAccount *account)
{
  MwServer *server = mw_account_get_server (account, MW_HALF_INCOMING);
  g_autofree char *host = server != NULL ? mw_host_to_ascii (mw_server_get_host (server)) : NULL;
  const char *user = server != NULL ? mw_server_get_username (server) : NULL;
  GHashTableIter iter;
  gpointer uid;
  gpointer data;

  if (place->sources == NULL || host == NULL)
    return;
  if (user == NULL)
    user = mw_address_get_ascii (mw_account_get_address (account));
  g_hash_table_iter_init (&iter, place->sources);
  while (g_hash_table_iter_next (&iter, &uid, &data))
    {
      g_autoptr(GKeyFile) file = g_key_file_new ();
      g_autofree char *other_host = NULL;
      g_autofree char *other_user = NULL;

      if (!g_key_file_load_from_data (file, data, -1, G_KEY_FILE_NONE, NULL) ||
          !g_key_file_has_group (file, "Mail Account") || g_key_file_has_group (file, MW_EDS_GROUP))
        continue;
      other_host = g_key_file_get_string (file, "Authentication", "Host", NULL);
      other_user = g_key_file_get_string (file, "Authentication", "User", NULL);
      if (other_host != NULL && g_ascii_strcasecmp (other_host, host) == 0 &&
          g_strcmp0 (other_user, user) == 0)
        mw_export_plan_add_note (plan, "evolution-duplicate", account,
                                 /* Translators: %s is a mail address */
                                 _ ("Evolution already has an account for the same mailbox. It "
                                    "stays, so %s will be there twice."),
                                   address_of (account));
    }
}

static gboolean
plan_place (MwExportPlan *plan, Place *place, GPtrArray *accounts, gboolean flatpak, GError **error)
{
  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (accounts, i);

      if (place->bus_name != NULL)
        {
          if (!plan_live (plan, place, account, error))
            return FALSE;
        }
      else
        for (int part = 0; part < MW_N_EDS_PARTS; part++)
          if (!plan_file (plan, place, account, (MwEdsPart) part, error))
            return FALSE;

      note_server (plan, account, MW_HALF_INCOMING);
      note_server (plan, account, MW_HALF_OUTGOING);
      note_duplicate (plan, place, account);
      plan_secrets (plan, account, flatpak);
      if (flatpak)
        mw_export_plan_add_note (plan, "evolution-asks-once", account,
                                 /* Translators: %s is a mail address. Flatpak is a name. */
                                 _ ("Evolution from Flatpak keeps passwords in a place of its own "
                                    "and will ask once for the password of %s."),
                                   address_of (account));
    }
  return TRUE;
}

static MwExportPlan *
plan_install (GPtrArray *accounts,
              MwExportHost *host,
              const MwExportOptions *options,
              GError **error)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("evolution");
  g_autoptr(GPtrArray) programs = mw_export_host_get_programs (host, "evolution");
  gboolean native_installed = FALSE;
  gboolean any = FALSE;
  g_auto (Place) native = { NULL, NULL, NULL };

  for (guint i = 0; i < programs->len; i++)
    native_installed |= ((MwProgram *) g_ptr_array_index (programs, i))->kind == MW_PROGRAM_NATIVE;
  if (!find_native (host, options, native_installed, &native, error))
    return NULL;
  if (native.bus_name != NULL || native.folder != NULL)
    {
      any = TRUE;
      if (!plan_place (plan, &native, accounts, FALSE, error))
        return NULL;
    }

  for (guint i = 0; i < programs->len; i++)
    {
      MwProgram *program = g_ptr_array_index (programs, i);
      g_auto (Place) place = { NULL, NULL, NULL };

      if (program->kind != MW_PROGRAM_FLATPAK)
        continue;
      any = TRUE;
      if (!find_flatpak (host, program, options, &place, error) ||
          !plan_place (plan, &place, accounts, TRUE, error))
        return NULL;
    }

  if (!any)
    {
      g_autoptr(GPtrArray) closed = mw_export_host_list_closed_places (host, "evolution");

      if (closed->len > 0)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
                       "there is no Evolution where the sandbox lets this program look, and it "
                       "keeps it from %u other places",
                       closed->len);
          return NULL;
        }
      g_set_error_literal (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_TARGET,
                           "Evolution was not found: no registry on the session bus, no program, "
                           "no Flatpak");
      return NULL;
    }
  return g_steal_pointer (&plan);
}

static MwExportPlan *
plan_evolution (GPtrArray *accounts,
                MwExportHost *host,
                const MwExportOptions *options,
                GError **error)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_auto (Place) place = { NULL, NULL, NULL };

  if (options->mode == MW_EXPORT_MODE_INSTALL)
    return plan_install (accounts, host, options, error);

  plan = mw_export_plan_new ("evolution");
  place.folder = g_strdup (options->directory);
  if (!plan_place (plan, &place, accounts, FALSE, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static GPtrArray *
secrets_evolution (MwAccount *account)
{
  const MwHalf halves[] = { MW_HALF_INCOMING, MW_HALF_OUTGOING };
  GPtrArray *secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_secret_free);

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    for (int flatpak = FALSE; flatpak <= TRUE && half_has_password (account, halves[i]); flatpak++)
      {
        g_autoptr(MwSecretItem) item = keyring_item (account, halves[i], flatpak);

        g_ptr_array_add (secrets, mw_export_secret_new (item, account, halves[i]));
      }
  return secrets;
}

/* Doing it, and taking it back */

static gboolean
find_call (MwExportAction *action,
           MwExportHost *host,
           GDBusConnection **bus,
           const char **name,
           GCancellable *cancellable,
           GError **error)
{
  *name = g_hash_table_lookup (action->values, "bus");
  *bus = mw_export_host_get_session_bus (host, cancellable);
  if (*bus != NULL &&
      (g_strcmp0 (*name, BUS_NAME) == 0 || g_strcmp0 (*name, FLATPAK_BUS_NAME) == 0))
    return TRUE;
  g_set_error_literal (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_PROGRAM,
                       "Evolution's registry cannot be reached: there is no session bus");
  return FALSE;
}

static gboolean
take_bus_error (GError **error, GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  g_dbus_error_strip_remote_error (cause);
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_PROGRAM, "Evolution's registry: %s",
               cause->message);
  g_error_free (cause);
  return FALSE;
}

static gboolean
create_sources (MwExportAction *action,
                GDBusConnection *bus,
                const char *name,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr(GVariant) reply = NULL;
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer key;
  gpointer value;
  GError *cause = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_hash_table_iter_init (&iter, action->values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_prefix (key, "source."))
      g_variant_builder_add (&builder, "{ss}", (char *) key + strlen ("source."), value);
  reply = call (bus, name, MANAGER_PATH, MANAGER_INTERFACE, "CreateSources",
                g_variant_new ("(a{ss})", &builder), "()", REGISTRY_TIMEOUT_MILLISECONDS,
                cancellable, &cause);
  return reply != NULL || take_bus_error (error, cause);
}

/* What a source holds now, and where it is */
static gboolean
find_source (GDBusConnection *bus,
             const char *name,
             const char *uid,
             char **path,
             char **text,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr(GHashTable) paths = NULL;
  g_autoptr(GHashTable) sources = NULL;
  GError *cause = NULL;

  sources = list_sources (bus, name, &paths, cancellable, &cause);
  if (sources == NULL)
    return take_bus_error (error, cause);
  *path = g_strdup (g_hash_table_lookup (paths, uid));
  *text = g_strdup (g_hash_table_lookup (sources, uid));
  return TRUE;
}

static gboolean
changed (const char *uid, GError **error)
{
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED,
               "Evolution's source %s was changed meanwhile", uid);
  return FALSE;
}

static gboolean
call_write (GDBusConnection *bus,
            const char *name,
            const char *path,
            const char *text,
            GCancellable *cancellable,
            GError **error)
{
  GError *cause = NULL;
  g_autoptr(GVariant) reply = call (bus, name, path, SOURCE_INTERFACE ".Writable", "Write",
                                    g_variant_new ("(s)", text), "()",
                                    REGISTRY_TIMEOUT_MILLISECONDS, cancellable, &cause);

  return reply != NULL || take_bus_error (error, cause);
}

static gboolean
write_source (MwExportAction *action,
              GDBusConnection *bus,
              const char *name,
              GCancellable *cancellable,
              GError **error)
{
  const char *uid = g_hash_table_lookup (action->values, "uid");
  g_autofree char *path = NULL;
  g_autofree char *now = NULL;

  if (!find_source (bus, name, uid, &path, &now, cancellable, error))
    return FALSE;
  if (path == NULL || g_strcmp0 (now, g_hash_table_lookup (action->values, "before")) != 0)
    return changed (uid, error);
  return call_write (bus, name, path, g_hash_table_lookup (action->values, "after"), cancellable,
                     error);
}

/* Gives back the values that we changed, and leaves all others as they are by now */
static gboolean
unwrite_source (MwExportAction *action,
                GDBusConnection *bus,
                const char *name,
                GCancellable *cancellable,
                GError **error)
{
  const char *uid = g_hash_table_lookup (action->values, "uid");
  g_autofree char *path = NULL;
  g_autofree char *now = NULL;
  g_autofree char *text = NULL;

  if (!find_source (bus, name, uid, &path, &now, cancellable, error))
    return FALSE;
  if (path == NULL)
    return changed (uid, error);
  text = mw_eds_source_revert (now, g_hash_table_lookup (action->values, "before"),
                               g_hash_table_lookup (action->values, "after"));
  if (text == NULL)
    return changed (uid, error);
  return g_str_equal (text, now) || call_write (bus, name, path, text, cancellable, error);
}

static gboolean
perform_evolution (MwExportAction *action,
                   MwExportHost *host,
                   GCancellable *cancellable,
                   GError **error)
{
  GDBusConnection *bus;
  const char *name;

  if (!find_call (action, host, &bus, &name, cancellable, error))
    return FALSE;
  if (g_str_equal (action->type, "create-sources"))
    return create_sources (action, bus, name, cancellable, error);
  return write_source (action, bus, name, cancellable, error);
}

/* Removes a source that still says that it is ours. Children go with their parent, so one may be
 * gone already. */
static gboolean
remove_source (GDBusConnection *bus,
               const char *name,
               const char *uid,
               const char *account_id,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr(GHashTable) paths = NULL;
  g_autoptr(GHashTable) sources = NULL;
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GVariant) reply = NULL;
  g_autofree char *owner = NULL;
  GError *cause = NULL;
  const char *text;

  sources = list_sources (bus, name, &paths, cancellable, &cause);
  if (sources == NULL)
    return take_bus_error (error, cause);
  text = g_hash_table_lookup (sources, uid);
  if (text == NULL)
    return TRUE;
  if (g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL))
    owner = g_key_file_get_string (file, MW_EDS_GROUP, "Account", NULL);
  if (g_strcmp0 (owner, account_id) != 0)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED,
                   "Evolution's source %s is not ours any more", uid);
      return FALSE;
    }
  reply = call (bus, name, g_hash_table_lookup (paths, uid), SOURCE_INTERFACE ".Removable",
                "Remove", NULL, "()", REGISTRY_TIMEOUT_MILLISECONDS, cancellable, &cause);
  return reply != NULL || take_bus_error (error, cause);
}

static gboolean
revert_evolution (MwExportAction *action,
                  MwExportHost *host,
                  GCancellable *cancellable,
                  GError **error)
{
  GDBusConnection *bus;
  const char *name;
  GHashTableIter iter;
  gpointer key;

  if (!find_call (action, host, &bus, &name, cancellable, error))
    return FALSE;
  if (g_str_equal (action->type, "write-source"))
    return unwrite_source (action, bus, name, cancellable, error);

  g_hash_table_iter_init (&iter, action->values);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, "source.") &&
        !remove_source (bus, name, (char *) key + strlen ("source."),
                        g_hash_table_lookup (action->values, "account"), cancellable, error))
      return FALSE;
  return TRUE;
}

/* For people */

static MwExportText *
text_new (const char *before, const char *after)
{
  static const struct
  {
    const char *group;
    const char *title;
  } kinds[] = {
    { "Mail Identity", N_ ("Who sends") },
    { "Mail Transport", N_ ("Sending") },
    { "Mail Account", N_ ("Receiving") },
  };
  g_autoptr(GKeyFile) file = g_key_file_new ();
  MwExportText *text = g_new0 (MwExportText, 1);

  g_key_file_load_from_data (file, after, -1, G_KEY_FILE_NONE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds) && text->title == NULL; i++)
    if (g_key_file_has_group (file, kinds[i].group))
      text->title = g_strdup (_ (kinds[i].title));
  if (text->title == NULL)
    text->title = g_strdup (_ ("Settings"));
  text->before = g_strdup (before);
  text->after = g_strdup (after);
  return text;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (((const MwExportText *) a)->title, ((const MwExportText *) b)->title);
}

static char *
describe_evolution (MwExportAction *action, GPtrArray *texts)
{
  const char *name = g_hash_table_lookup (action->values, "bus");
  const char *after = g_hash_table_lookup (action->values, "after");
  gboolean flatpak = g_strcmp0 (name, FLATPAK_BUS_NAME) == 0;
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  if (g_str_equal (action->type, "write-source") && after != NULL)
    {
      g_ptr_array_add (texts, text_new (g_hash_table_lookup (action->values, "before"), after));
      return g_strdup (flatpak ? _ ("Evolution from Flatpak is told what changed in the account.")
                               : _ ("Evolution is told what changed in the account."));
    }
  g_hash_table_iter_init (&iter, action->values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_prefix (key, "source."))
      g_ptr_array_add (texts, text_new (NULL, value));
  g_ptr_array_sort_values (texts, compare_texts);
  return g_strdup (flatpak ? _ ("Evolution from Flatpak is told to add the account.")
                           : _ ("Evolution is told to add the account."));
}

const MwExporter mw_exporter_evolution = {
  .id = "evolution",
  /* Translators: Evolution is the name of a program */
  .title = N_ ("Evolution"),
  .icons = { "org.gnome.Evolution", "evolution", "evolution-mail" },
  .plan = plan_evolution,
  .secrets = secrets_evolution,
  .perform = perform_evolution,
  .revert = revert_evolution,
  .describe = describe_evolution,
};
