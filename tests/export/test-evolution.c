/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export-fixture.h"

#include "export/mw-eds-source.h"

#include <glib/gstdio.h>
#include <string.h>

#define FOLDER ".config/evolution/sources"

static char *
make (MwAccount *account, MwEdsPart part, const char *before)
{
  g_autoptr(GError) error = NULL;
  char *text = mw_eds_source_make (account, part, before, &error);

  g_assert_no_error (error);
  return text;
}

static char *
value_of (const char *text, const char *group, const char *key)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();

  g_assert_true (g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL));
  return g_key_file_get_string (file, group, key, NULL);
}

static void
assert_value (const char *text, const char *group, const char *key, const char *expected)
{
  g_autofree char *value = value_of (text, group, key);

  g_assert_cmpstr (value, ==, expected);
}

static void
set_server (MwAccount *account, MwHalf half, const char *url)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwServer) server = url != NULL ? mw_server_new_from_url (url, &error) : NULL;

  g_assert_no_error (error);
  mw_account_set_server (account, half, server);
}

static char *
path_of (MwAccount *account, MwEdsPart part)
{
  g_autofree char *uid = mw_eds_source_uid (account, part);

  return g_strdup_printf (FOLDER "/%s.source", uid);
}

static void
install (Fixture *fixture)
{
  mw_export_host_add_program (fixture->host, "evolution", MW_PROGRAM_NATIVE, "evolution",
                              "/usr/bin/evolution", NULL);
}

static void
export_now (Fixture *fixture, MwAccount *first, MwAccount *second)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "evolution", &error, first, second, NULL);
  g_autoptr(MwExportResult) result = NULL;

  g_assert_no_error (error);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
}

static void
test_new_sources_are_as_expected (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < MW_N_EDS_PARTS; i++)
    {
      MwEdsPart part = (MwEdsPart) i;
      g_autofree char *jo = make (fixture->jo, part, NULL);
      g_autofree char *ada = make (fixture->ada, part, NULL);
      g_autofree char *jo_name =
          g_strconcat ("evolution-imap-", mw_eds_part_to_string (part), NULL);
      g_autofree char *ada_name =
          g_strconcat ("evolution-pop-", mw_eds_part_to_string (part), NULL);

      assert_golden (jo_name, jo);
      assert_golden (ada_name, ada);
    }
}

static void
test_uids_are_stable_and_like_evolutions_own (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uid = mw_eds_source_uid (fixture->jo, MW_EDS_PART_ACCOUNT);
  g_autofree char *transport = mw_eds_source_uid (fixture->jo, MW_EDS_PART_TRANSPORT);

  /* Never to be changed: exported accounts are found again by it */
  g_assert_cmpstr (uid, ==, "1cbad083d19d839515b83f73f936dd3050d03923");
  g_assert_cmpuint (strlen (transport), ==, 40);
  g_assert_cmpuint (strspn (transport, "0123456789abcdef"), ==, 40);
  g_assert_cmpstr (uid, !=, transport);
}

static void
test_exporting_again_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;

  install (fixture);
  export_now (fixture, fixture->jo, fixture->ada);
  plan = fixture_plan (fixture, "evolution", &error, fixture->jo, fixture->ada, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->files->len, ==, 6);
  g_assert_true (mw_export_plan_is_empty (plan));
  g_assert_cmpuint (plan->secrets->len, ==, 4);
}

static void
test_files_are_private_and_undone (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture->jo, MW_EDS_PART_ACCOUNT);
  g_autofree char *uid = mw_eds_source_uid (fixture->jo, MW_EDS_PART_ACCOUNT);
  g_autofree char *transport = mw_eds_source_uid (fixture->jo, MW_EDS_PART_TRANSPORT);
  g_autofree char *paths = NULL;
  g_autoptr(GError) error = NULL;
  const char *schema = "org.gnome.Evolution.Data.Source";

  install (fixture);
  export_now (fixture, fixture->jo, NULL);
  g_assert_cmpuint (fixture_mode (fixture, path), ==, 0600);
  g_assert_cmpuint (fixture_mode (fixture, FOLDER), ==, 0700);
  assert_password (fixture, "secret-jo-incoming", schema, "e-source-uid", uid, "eds-origin",
                   "evolution-data-server", NULL);
  assert_password (fixture, "secret-jo-incoming", schema, "e-source-uid", transport, NULL);

  mw_export_result_free (
      mw_journal_undo_sync (fixture->host, NULL, fixture->secrets, MW_SECRETS_NONE, NULL, &error));
  g_assert_no_error (error);
  paths = fixture_list (fixture);
  g_assert_cmpstr (paths, ==, "");
  assert_password (fixture, NULL, schema, "e-source-uid", uid, NULL);
}

/* What Evolution makes of our files soon after */
static char *
rewrite (const char *text)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();

  g_key_file_load_from_data (file, text, -1, G_KEY_FILE_KEEP_COMMENTS, NULL);
  g_key_file_set_string (file, "Authentication", "ProxyUid", "system-proxy");
  g_key_file_set_string (file, "Offline", "StaySynchronized", "true");
  if (g_key_file_has_group (file, "Mail Account"))
    {
      g_key_file_set_string (file, "Mail Account", "NeedsInitialSetup", "false");
      g_key_file_set_string (file, "Refresh", "IntervalMinutes", "3");
    }
  if (g_key_file_has_group (file, "Mail Submission"))
    g_key_file_set_string (file, "Mail Submission", "SentFolder", "folder://x/Sent");
  g_key_file_set_comment (file, "Data Source", NULL, " by hand", NULL);
  return g_key_file_to_data (file, NULL, NULL);
}

static void
test_what_evolution_and_people_added_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = make (fixture->jo, MW_EDS_PART_ACCOUNT, NULL);
  g_autofree char *theirs = rewrite (first);
  g_autofree char *same = make (fixture->jo, MW_EDS_PART_ACCOUNT, theirs);
  g_autofree char *changed = NULL;
  g_autofree char *identity = make (fixture->jo, MW_EDS_PART_IDENTITY, NULL);
  g_autofree char *their_identity = rewrite (identity);
  g_autofree char *changed_identity = NULL;

  g_assert_cmpstr (same, ==, theirs);
  set_server (fixture->jo, MW_HALF_INCOMING, "imap://other@new.example.org");
  changed = make (fixture->jo, MW_EDS_PART_ACCOUNT, theirs);
  assert_value (changed, "Authentication", "Host", "new.example.org");
  assert_value (changed, "Authentication", "Port", "143");
  assert_value (changed, "Authentication", "User", "other");
  assert_value (changed, "Security", "Method", "starttls-on-standard-port");
  assert_value (changed, "Mail Account", "NeedsInitialSetup", "false");
  assert_value (changed, "Refresh", "IntervalMinutes", "3");
  assert_value (changed, "Offline", "StaySynchronized", "true");
  g_assert_nonnull (strstr (changed, "# by hand"));

  mw_account_set_reply_to (fixture->jo, "team@example.org");
  changed_identity = make (fixture->jo, MW_EDS_PART_IDENTITY, their_identity);
  assert_value (changed_identity, "Mail Identity", "ReplyTo", "team@example.org");
  assert_value (changed_identity, "Mail Submission", "SentFolder", "folder://x/Sent");
}

static void
test_name_given_in_evolution_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = make (fixture->jo, MW_EDS_PART_IDENTITY, NULL);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *theirs = NULL;
  g_autofree char *after = NULL;
  g_autofree char *ours = NULL;

  mw_account_set_name (fixture->jo, "Jo New");
  ours = make (fixture->jo, MW_EDS_PART_IDENTITY, first);
  assert_value (ours, "Mail Identity", "Name", "Jo New");

  g_key_file_load_from_data (file, first, -1, G_KEY_FILE_NONE, NULL);
  g_key_file_set_string (file, "Mail Identity", "Name", "Jo, at work");
  theirs = g_key_file_to_data (file, NULL, NULL);
  after = make (fixture->jo, MW_EDS_PART_IDENTITY, theirs);
  assert_value (after, "Mail Identity", "Name", "Jo, at work");
}

static void
test_odd_values_survive_a_round_trip (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "\"Jo\"",
    "back\\slash",
    "a;b;c",
    "#x",
    "k=v",
    "[X-Mailwright]",
    "%s",
    "<b>&amp;",
    "陈小姐",
    " lead and trail ",
    "]]>",
    "{{",
    "$(id)",
    "`id`",
    "\xe2\x80\xae"
    "bidi",
    "\xe2\x80\x8b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = NULL;
      g_autoptr(GKeyFile) file = g_key_file_new ();
      g_auto (GStrv) groups = NULL;

      mw_account_set_name (fixture->jo, names[i]);
      mw_account_set_organization (fixture->jo, names[i]);
      text = make (fixture->jo, MW_EDS_PART_IDENTITY, NULL);
      assert_value (text, "Mail Identity", "Name", names[i]);
      assert_value (text, "Mail Identity", "Organization", names[i]);
      g_assert_true (g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL));
      groups = g_key_file_get_groups (file, NULL);
      g_assert_cmpuint (g_strv_length (groups), ==, 5);
    }
}

static void
test_control_characters_are_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "a\nb", "a\rb", "a\tb", "a\x1b", "a\xc2\x9b", "\xe2\x80\xa8"
  };

  install (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GError) error = NULL;

      mw_account_set_name (fixture->jo, names[i]);
      g_assert_null (fixture_plan (fixture, "evolution", &error, fixture->jo, NULL));
      g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE);
      g_assert_nonnull (strstr (error->message, "name"));
    }
}

static void
test_mechanisms_have_evolutions_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    MwHalf half;
    const char *url;
    const char *method; /* NULL: Evolution cannot */
  } rows[] = {
    { MW_HALF_INCOMING, "imaps://u@h.test", "none" },
    { MW_HALF_INCOMING, "imaps://u:AUTH=PLAIN@h.test", "PLAIN" },
    { MW_HALF_INCOMING, "pop3s://u@h.test", "none" },
    { MW_HALF_INCOMING, "pop3s://u:AUTH=APOP@h.test", "+APOP" },
    { MW_HALF_INCOMING, "imaps://u:AUTH=SCRAM-SHA-256@h.test", NULL },
    { MW_HALF_INCOMING, "imaps://u:AUTH=XOAUTH2@imap.gmail.com", "Google" },
    { MW_HALF_INCOMING, "imaps://u:AUTH=OAUTHBEARER@outlook.office365.com", "Outlook" },
    { MW_HALF_INCOMING, "imaps://u:AUTH=XOAUTH2@imap.mail.yahoo.com", "Yahoo" },
    { MW_HALF_INCOMING, "imaps://u:AUTH=XOAUTH2@notgmail.com", NULL },
    { MW_HALF_OUTGOING, "smtps://u@h.test", "PLAIN" },
    { MW_HALF_OUTGOING, "smtps://u:AUTH=LOGIN@h.test", "LOGIN" },
    { MW_HALF_OUTGOING, "smtps://u:AUTH=CRAM-MD5@h.test", "CRAM-MD5" },
    { MW_HALF_OUTGOING, "smtps://:AUTH=NONE@h.test", "none" },
    { MW_HALF_OUTGOING, "smtps://u:AUTH=SCRAM-SHA-1@h.test", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *method = NULL;

      set_server (fixture->jo, rows[i].half, rows[i].url);
      method = mw_eds_source_auth_method (fixture->jo, rows[i].half, &error);
      g_assert_cmpstr (method, ==, rows[i].method);
      if (rows[i].method == NULL)
        g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED);
    }
}

static void
test_oauth2_stores_no_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = NULL;
  g_autofree char *identity = NULL;

  install (fixture);
  set_server (fixture->jo, MW_HALF_INCOMING, "imaps://jo:AUTH=XOAUTH2@imap.gmail.com");
  set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://jo:AUTH=XOAUTH2@smtp.gmail.com");
  plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->secrets->len, ==, 0);
  g_assert_nonnull (mw_export_plan_find_note (plan, "evolution-oauth2"));
  identity = make (fixture->jo, MW_EDS_PART_IDENTITY, NULL);
  assert_value (identity, "Mail Submission", "UseSentFolder", "false");
}

static void
test_half_accounts_are_exported (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account_path = path_of (fixture->jo, MW_EDS_PART_ACCOUNT);
  g_autofree char *identity_path = path_of (fixture->jo, MW_EDS_PART_IDENTITY);
  g_autofree char *transport_path = path_of (fixture->jo, MW_EDS_PART_TRANSPORT);
  g_autofree char *account = NULL;
  g_autofree char *identity = NULL;
  g_autofree char *transport = NULL;
  g_autofree char *off = NULL;
  g_autofree char *unlinked = NULL;

  install (fixture);
  set_server (fixture->jo, MW_HALF_OUTGOING, NULL);
  export_now (fixture, fixture->jo, NULL);
  transport = fixture_read (fixture, transport_path);
  g_assert_null (transport);
  identity = fixture_read (fixture, identity_path);
  assert_value (identity, "Mail Submission", "TransportUid", NULL);

  set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://jo@smtp.example.org");
  set_server (fixture->jo, MW_HALF_INCOMING, NULL);
  export_now (fixture, fixture->jo, NULL);
  account = fixture_read (fixture, account_path);
  assert_value (account, "Mail Account", "BackendName", "none");
  transport = fixture_read (fixture, transport_path);
  assert_value (transport, "Data Source", "Enabled", "true");

  set_server (fixture->jo, MW_HALF_INCOMING, "imaps://jo@imap.example.org");
  set_server (fixture->jo, MW_HALF_OUTGOING, NULL);
  export_now (fixture, fixture->jo, NULL);
  off = fixture_read (fixture, transport_path);
  assert_value (off, "Data Source", "Enabled", "false");
  unlinked = fixture_read (fixture, identity_path);
  assert_value (unlinked, "Mail Submission", "TransportUid", "");
}

static void
test_flatpak_evolution_has_its_own_place (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uid = mw_eds_source_uid (fixture->jo, MW_EDS_PART_ACCOUNT);
  g_autofree char *relative =
      g_strdup_printf (".var/app/org.gnome.Evolution/config/evolution/sources/%s.source", uid);
  g_autofree char *text = NULL;
  g_autofree char *native = NULL;
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *native_path = path_of (fixture->jo, MW_EDS_PART_ACCOUNT);

  mw_export_host_add_program (fixture->host, "evolution", MW_PROGRAM_FLATPAK, "org.gnome.Evolution",
                              NULL, NULL);
  plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);
  g_assert_no_error (error);
  g_assert_nonnull (mw_export_plan_find_note (plan, "evolution-asks-once"));
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  text = fixture_read (fixture, relative);
  g_assert_nonnull (text);
  native = fixture_read (fixture, native_path);
  g_assert_null (native);
  assert_password (fixture, "secret-jo-incoming", "org.gnome.Evolution.Data.Source", "e-source-uid",
                   uid, "eds-origin", "org.gnome.Evolution.evolution-data-server", NULL);
}

static void
test_without_evolution_there_is_no_target (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (fixture_plan (fixture, "evolution", &error, fixture->jo, NULL));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_TARGET);
}

static void
test_output_is_a_folder_of_sources (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = fixture_path (fixture, "out");
  g_autofree char *paths = NULL;
  g_auto (GStrv) lines = NULL;

  fixture->options.mode = MW_EXPORT_MODE_OUTPUT;
  fixture->options.directory = directory;
  export_now (fixture, fixture->jo, NULL);
  paths = fixture_list (fixture);
  lines = g_strsplit (paths, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  for (guint i = 1; i < 4; i++)
    g_assert_true (g_str_has_suffix (lines[i], ".source"));
  g_assert_cmpuint (mw_secrets_memory_get_n_items (MW_SECRETS_MEMORY (fixture->secrets)), ==, 0);
}

static void
test_unreadable_source_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture->jo, MW_EDS_PART_IDENTITY);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  install (fixture);
  fixture_write (fixture, path, "this is no key file");
  g_assert_null (fixture_plan (fixture, "evolution", &error, fixture->jo, NULL));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID);
  text = fixture_read (fixture, path);
  g_assert_cmpstr (text, ==, "this is no key file");
}

/* A registry that says what it is told to, on a bus of the test's own */

typedef struct
{
  GMutex lock;
  GHashTable *sources; /* uid to text */
  char *refuse;        /* method that fails */
  GDBusConnection *bus;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
} Registry;

static const char registry_xml[] =
    "<node><interface name='org.gnome.evolution.dataserver.SourceManager'>"
    "<method name='CreateSources'><arg type='a{ss}' direction='in'/></method></interface>"
    "<interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "</interface>"
    "<interface name='org.gnome.evolution.dataserver.Source.Writable'>"
    "<method name='Write'><arg type='s' direction='in'/></method></interface>"
    "<interface name='org.gnome.evolution.dataserver.Source.Removable'>"
    "<method name='Remove'/></interface></node>";

static void
return_objects (Registry *registry, GDBusMethodInvocation *invocation)
{
  GVariantBuilder objects;
  GHashTableIter iter;
  gpointer uid;
  gpointer text;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  g_hash_table_iter_init (&iter, registry->sources);
  while (g_hash_table_iter_next (&iter, &uid, &text))
    {
      g_autofree char *path =
          g_strdup_printf ("/org/gnome/evolution/dataserver/SourceManager/%s", (char *) uid);

      g_variant_builder_open (&objects, G_VARIANT_TYPE ("{oa{sa{sv}}}"));
      g_variant_builder_add (&objects, "o", path);
      g_variant_builder_open (&objects, G_VARIANT_TYPE ("a{sa{sv}}"));
      g_variant_builder_open (&objects, G_VARIANT_TYPE ("{sa{sv}}"));
      g_variant_builder_add (&objects, "s", "org.gnome.evolution.dataserver.Source");
      g_variant_builder_open (&objects, G_VARIANT_TYPE ("a{sv}"));
      g_variant_builder_add (&objects, "{sv}", "UID", g_variant_new_string (uid));
      g_variant_builder_add (&objects, "{sv}", "Data", g_variant_new_string (text));
      g_variant_builder_close (&objects);
      g_variant_builder_close (&objects);
      g_variant_builder_close (&objects);
      g_variant_builder_close (&objects);
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a{oa{sa{sv}}})", &objects));
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Registry *registry = user_data;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&registry->lock);
  g_autofree char *uid = g_path_get_basename (path);

  if (g_strcmp0 (registry->refuse, method) == 0)
    {
      /* Like the real one: what was made before the error stays */
      if (g_str_equal (method, "CreateSources"))
        g_hash_table_insert (registry->sources,
                             g_strdup ("1cbad083d19d839515b83f73f936dd3050d03923"),
                             g_strdup ("[X-Mailwright]\n"
                                       "Account=11111111-2222-4333-8444-555555555555\n"));
      g_dbus_method_invocation_return_dbus_error (invocation, "test.Refused", "made to fail");
      return;
    }
  if (g_str_equal (method, "GetManagedObjects"))
    {
      return_objects (registry, invocation);
      return;
    }
  if (g_str_equal (method, "CreateSources"))
    {
      g_autoptr(GVariantIter) iter = NULL;
      char *key;
      char *value;

      g_variant_get (parameters, "(a{ss})", &iter);
      while (g_variant_iter_next (iter, "{ss}", &key, &value))
        g_hash_table_insert (registry->sources, key, value);
    }
  else if (g_str_equal (method, "Write"))
    {
      char *text;

      g_variant_get (parameters, "(s)", &text);
      g_hash_table_insert (registry->sources, g_strdup (uid), text);
    }
  else
    g_hash_table_remove (registry->sources, uid);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable registry_vtable = { .method_call = on_call };

static char **
enumerate (GDBusConnection *connection, const char *sender, const char *path, gpointer user_data)
{
  return NULL;
}

static GDBusInterfaceInfo **
introspect (GDBusConnection *connection,
            const char *sender,
            const char *path,
            const char *node,
            gpointer user_data)
{
  static GDBusNodeInfo *info;
  GDBusInterfaceInfo **interfaces = g_new0 (GDBusInterfaceInfo *, 5);

  if (info == NULL)
    info = g_dbus_node_info_new_for_xml (registry_xml, NULL);
  for (guint i = 0; i < 4; i++)
    interfaces[i] = g_dbus_interface_info_ref (info->interfaces[i]);
  return interfaces;
}

static const GDBusInterfaceVTable *
dispatch (GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *node,
          gpointer *out_user_data,
          gpointer user_data)
{
  *out_user_data = user_data;
  return &registry_vtable;
}

static const GDBusSubtreeVTable subtree = { .enumerate = enumerate,
                                            .introspect = introspect,
                                            .dispatch = dispatch };

static gpointer
registry_thread (gpointer user_data)
{
  Registry *registry = user_data;

  g_main_context_push_thread_default (registry->context);
  g_assert_cmpuint (g_dbus_connection_register_subtree (
                        registry->bus, "/org/gnome/evolution/dataserver/SourceManager", &subtree,
                        G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, registry, NULL, NULL),
                    >, 0);
  g_main_loop_run (registry->loop);
  g_main_context_pop_thread_default (registry->context);
  return NULL;
}

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
registry_start (Registry *registry, GTestDBus *bus)
{
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GError) error = NULL;

  g_mutex_init (&registry->lock);
  registry->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (registry->sources, g_strdup ("theirs"),
                       g_strdup ("[Data Source]\nDisplayName=Theirs\n[Mail Account]\n"
                                 "BackendName=imapx\n[Authentication]\nHost=imap.example.org\n"
                                 "User=jo@example.org\n"));
  registry->bus = connect_to (bus);
  registry->context = g_main_context_new ();
  registry->loop = g_main_loop_new (registry->context, FALSE);
  registry->thread = g_thread_new ("registry", registry_thread, registry);
  /* The loop runs before the name is there to be called */
  while (!g_main_loop_is_running (registry->loop))
    g_usleep (1000);
  reply = g_dbus_connection_call_sync (
      registry->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", "org.gnome.evolution.dataserver.Sources5", 0), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

static void
registry_stop (Registry *registry)
{
  g_main_loop_quit (registry->loop);
  g_thread_join (registry->thread);
  g_dbus_connection_close_sync (registry->bus, NULL, NULL);
  g_object_unref (registry->bus);
  g_main_loop_unref (registry->loop);
  g_main_context_unref (registry->context);
  g_hash_table_unref (registry->sources);
  g_free (registry->refuse);
  g_mutex_clear (&registry->lock);
}

static guint
n_sources (Registry *registry)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&registry->lock);

  return g_hash_table_size (registry->sources);
}

static void
test_live_registry_is_told_and_undone (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr(GDBusConnection) connection = NULL;
  g_autofree char *uid = mw_eds_source_uid (fixture->jo, MW_EDS_PART_TRANSPORT);
  g_autoptr(GError) error = NULL;
  Registry registry = { 0 };

  g_test_dbus_up (bus);
  registry_start (&registry, bus);
  connection = connect_to (bus);
  mw_export_host_set_session_bus (fixture->host, connection);

  {
    g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);
    g_autoptr(MwExportResult) result = NULL;

    g_assert_no_error (error);
    g_assert_cmpuint (plan->files->len, ==, 0);
    g_assert_cmpuint (plan->actions->len, ==, 1);
    g_assert_nonnull (mw_export_plan_find_note (plan, "evolution-duplicate"));
    result = fixture_apply (fixture, plan, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (n_sources (&registry), ==, 4);
  }
  {
    g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);

    g_assert_no_error (error);
    g_assert_true (mw_export_plan_is_empty (plan));
  }
  {
    g_autoptr(MwExportPlan) plan = NULL;
    g_autoptr(MwExportResult) result = NULL;
    MwExportAction *action;

    set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://jo@new.example.org");
    plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);
    g_assert_no_error (error);
    g_assert_cmpuint (plan->actions->len, ==, 1);
    action = plan->actions->pdata[0];
    g_assert_cmpstr (action->type, ==, "write-source");
    g_assert_cmpstr (g_hash_table_lookup (action->values, "uid"), ==, uid);
    result = fixture_apply (fixture, plan, &error);
    g_assert_no_error (error);
    assert_value (g_hash_table_lookup (registry.sources, uid), "Authentication", "Host",
                  "new.example.org");
  }

  for (guint i = 0; i < 2; i++)
    {
      mw_export_result_free (mw_journal_undo_sync (fixture->host, NULL, fixture->secrets,
                                                   MW_SECRETS_NONE, NULL, &error));
      g_assert_no_error (error);
      if (i == 0)
        assert_value (g_hash_table_lookup (registry.sources, uid), "Authentication", "Host",
                      "smtp.example.org");
    }
  g_assert_cmpuint (n_sources (&registry), ==, 1);
  g_assert_true (g_hash_table_contains (registry.sources, "theirs"));

  mw_export_host_set_session_bus (fixture->host, NULL);
  registry_stop (&registry);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_clear_object (&connection);
  g_test_dbus_down (bus);
}

static void
test_source_changed_after_planning_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr(GDBusConnection) connection = NULL;
  g_autofree char *uid = mw_eds_source_uid (fixture->jo, MW_EDS_PART_TRANSPORT);
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  Registry registry = { 0 };

  g_test_dbus_up (bus);
  registry_start (&registry, bus);
  connection = connect_to (bus);
  mw_export_host_set_session_bus (fixture->host, connection);
  export_now (fixture, fixture->jo, NULL);
  set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://jo@new.example.org");
  plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);
  g_assert_no_error (error);

  g_hash_table_insert (registry.sources, g_strdup (uid),
                       g_strdup ("[Data Source]\nDisplayName=edited meanwhile\n"));
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  assert_value (g_hash_table_lookup (registry.sources, uid), "Data Source", "DisplayName",
                "edited meanwhile");

  mw_export_host_set_session_bus (fixture->host, NULL);
  registry_stop (&registry);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_clear_object (&connection);
  g_test_dbus_down (bus);
}

static void
test_revert_gives_back_only_what_was_written (Fixture *fixture, gconstpointer data)
{
  const char *before = "[A]\nx=1\ny=1\n";
  const char *after = "[A]\nx=2\ny=1\nz=3\n";
  g_autofree char *plain = mw_eds_source_revert (after, before, after);
  g_autofree char *added = mw_eds_source_revert ("[A]\nx=2\ny=9\nz=3\n[B]\nnew=1\n", before, after);
  g_autofree char *never = mw_eds_source_revert (before, before, after);

  g_assert_cmpstr (plain, ==, before);
  assert_value (added, "A", "x", "1");
  assert_value (added, "A", "y", "9"); /* theirs */
  assert_value (added, "A", "z", NULL);
  assert_value (added, "B", "new", "1");
  g_assert_cmpstr (never, ==, before);
  g_assert_null (mw_eds_source_revert ("[A]\nx=5\ny=1\nz=3\n", before, after));
  g_assert_null (mw_eds_source_revert ("no key file", before, after));
}

static void
test_refusing_registry_leaves_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr(GDBusConnection) connection = NULL;
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  Registry registry = { 0 };

  g_test_dbus_up (bus);
  registry_start (&registry, bus);
  connection = connect_to (bus);
  mw_export_host_set_session_bus (fixture->host, connection);
  plan = fixture_plan (fixture, "evolution", &error, fixture->jo, NULL);
  g_assert_no_error (error);
  registry.refuse = g_strdup ("CreateSources");
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_PROGRAM);
  g_assert_nonnull (strstr (error->message, "made to fail"));
  g_assert_cmpuint (n_sources (&registry), ==, 1);
  g_assert_cmpuint (mw_secrets_memory_get_n_items (MW_SECRETS_MEMORY (fixture->secrets)), ==, 0);

  mw_export_host_set_session_bus (fixture->host, NULL);
  registry_stop (&registry);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_clear_object (&connection);
  g_test_dbus_down (bus);
}

/* For people: which sources, in which order, and what was there before */
static void
test_calls_are_described (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("evolution");
  g_autofree char *account = make (fixture->jo, MW_EDS_PART_ACCOUNT, NULL);
  g_autofree char *identity = make (fixture->jo, MW_EDS_PART_IDENTITY, NULL);
  g_autofree char *transport = make (fixture->jo, MW_EDS_PART_TRANSPORT, NULL);
  MwExportAction *create = mw_export_plan_add_action (
      plan, "evolution", "create-sources", "bus", "org.gnome.evolution.dataserver.Sources5",
      "source.1", transport, "source.2", identity, "source.3", account, NULL);
  MwExportAction *write =
      mw_export_plan_add_action (plan, "evolution", "write-source", "bus",
                                 "org.gnome.Evolution.org.gnome.evolution.dataserver.Sources5",
                                 "uid", "3", "before", identity, "after", account, NULL);
  MwExportAction *unknown = mw_export_plan_add_action (plan, "pine", "fell", NULL);
  const char *const titles[] = { "Receiving", "Sending", "Who sends" };
  const char *const texts[] = { account, transport, identity };
  g_autoptr(GPtrArray) created = NULL;
  g_autoptr(GPtrArray) written = NULL;
  g_autoptr(GPtrArray) none = NULL;
  g_autofree char *create_sentence = mw_export_action_describe (create, &created);
  g_autofree char *write_sentence = mw_export_action_describe (write, &written);
  g_autofree char *unknown_sentence = mw_export_action_describe (unknown, &none);

  g_assert_cmpstr (create_sentence, ==, "Evolution is told to add the account.");
  g_assert_cmpuint (created->len, ==, G_N_ELEMENTS (titles));
  for (guint i = 0; i < created->len; i++)
    {
      MwExportText *text = g_ptr_array_index (created, i);

      g_assert_cmpstr (text->title, ==, titles[i]);
      g_assert_null (text->before);
      g_assert_cmpstr (text->after, ==, texts[i]);
    }
  g_assert_cmpstr (write_sentence, ==,
                   "Evolution from Flatpak is told what changed in the account.");
  g_assert_cmpuint (written->len, ==, 1);
  g_assert_cmpstr (((MwExportText *) g_ptr_array_index (written, 0))->before, ==, identity);
  g_assert_cmpstr (((MwExportText *) g_ptr_array_index (written, 0))->after, ==, account);
  g_assert_cmpstr (unknown_sentence, ==, "pine is asked to do this: fell");
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  add ("/evolution/new-sources-are-as-expected", test_new_sources_are_as_expected);
  add ("/evolution/uids-are-stable-and-like-evolutions-own",
       test_uids_are_stable_and_like_evolutions_own);
  add ("/evolution/exporting-again-changes-nothing", test_exporting_again_changes_nothing);
  add ("/evolution/files-are-private-and-undone", test_files_are_private_and_undone);
  add ("/evolution/what-evolution-and-people-added-stays",
       test_what_evolution_and_people_added_stays);
  add ("/evolution/name-given-in-evolution-stays", test_name_given_in_evolution_stays);
  add ("/evolution/odd-values-survive-a-round-trip", test_odd_values_survive_a_round_trip);
  add ("/evolution/control-characters-are-refused", test_control_characters_are_refused);
  add ("/evolution/mechanisms-have-evolutions-names", test_mechanisms_have_evolutions_names);
  add ("/evolution/oauth2-stores-no-password", test_oauth2_stores_no_password);
  add ("/evolution/half-accounts-are-exported", test_half_accounts_are_exported);
  add ("/evolution/flatpak-evolution-has-its-own-place", test_flatpak_evolution_has_its_own_place);
  add ("/evolution/without-evolution-there-is-no-target",
       test_without_evolution_there_is_no_target);
  add ("/evolution/output-is-a-folder-of-sources", test_output_is_a_folder_of_sources);
  add ("/evolution/unreadable-source-is-kept", test_unreadable_source_is_kept);
  add ("/evolution/live-registry-is-told-and-undone", test_live_registry_is_told_and_undone);
  add ("/evolution/source-changed-after-planning-is-kept",
       test_source_changed_after_planning_is_kept);
  add ("/evolution/revert-gives-back-only-what-was-written",
       test_revert_gives_back_only_what_was_written);
  add ("/evolution/refusing-registry-leaves-nothing", test_refusing_registry_leaves_nothing);

  add ("/evolution/calls-are-described", test_calls_are_described);

  return g_test_run ();
}
