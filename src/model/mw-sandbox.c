/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-sandbox"

#include "config.h"

#include "model/mw-sandbox.h"

#include "model/mw-store.h"

#include <string.h>

/* More than any honest list of permissions has */
#define MAX_INFO_BYTES (256 * 1024)

typedef struct
{
  char *path; /* absolute, without a slash at the end but for "/" */
  MwGrant grant;
} Rule;

struct _MwSandbox
{
  GArray *rules; /* (element-type Rule) */
  GKeyFile *info;
};

static void
rule_clear (gpointer data)
{
  g_free (((Rule *) data)->path);
}

static void
add_rule (MwSandbox *self, char *path, MwGrant grant)
{
  Rule rule = { g_canonicalize_filename (path, "/"), grant };

  g_array_append_val (self->rules, rule);
  g_free (path);
}

/* ---- the names of flatpak-metadata(5) ---- */

static char *
below (const char *folder, const char *rest)
{
  return *rest == '\0' ? g_strdup (folder) : g_build_filename (folder, rest, NULL);
}

/* What stands behind @name in @text: "" or a path; %NULL: it is another name */
static const char *
skip_name (const char *text, const char *name)
{
  const char *rest = g_str_has_prefix (text, name) ? text + strlen (name) : NULL;

  if (rest == NULL || (*rest != '\0' && *rest != '/'))
    return NULL;
  return *rest == '/' ? rest + 1 : rest;
}

static char *
resolve (const char *text, const char *home, const char *config_home)
{
  static const struct
  {
    const char *name;
    GUserDirectory directory;
  } special[] = {
    { "xdg-desktop", G_USER_DIRECTORY_DESKTOP },
    { "xdg-documents", G_USER_DIRECTORY_DOCUMENTS },
    { "xdg-download", G_USER_DIRECTORY_DOWNLOAD },
    { "xdg-music", G_USER_DIRECTORY_MUSIC },
    { "xdg-pictures", G_USER_DIRECTORY_PICTURES },
    { "xdg-public-share", G_USER_DIRECTORY_PUBLIC_SHARE },
    { "xdg-templates", G_USER_DIRECTORY_TEMPLATES },
    { "xdg-videos", G_USER_DIRECTORY_VIDEOS },
  };
  static const struct
  {
    const char *name;
    const char *below_home;
  } bases[] = {
    { "home", "" },
    { "~", "" },
    { "xdg-data", ".local/share" },
    { "xdg-cache", ".cache" },
    { "xdg-state", ".local/state" },
  };
  const char *rest;

  if (g_path_is_absolute (text))
    return g_strdup (text);
  if (g_str_equal (text, "host"))
    return g_strdup ("/");
  if ((rest = skip_name (text, "xdg-config")) != NULL)
    return below (config_home, rest);
  for (gsize i = 0; i < G_N_ELEMENTS (bases); i++)
    if ((rest = skip_name (text, bases[i].name)) != NULL)
      {
        g_autofree char *base = below (home, bases[i].below_home);

        return below (base, rest);
      }
  for (gsize i = 0; i < G_N_ELEMENTS (special); i++)
    if ((rest = skip_name (text, special[i].name)) != NULL)
      {
        const char *base = g_get_user_special_dir (special[i].directory);

        return base != NULL ? below (base, rest) : NULL;
      }
  return NULL; /* host-os and the like are shown in other places, and never for writing */
}

/* "!~/x", "xdg-config/x:create", "/x:ro"; a colon that belongs to the name has a backslash */
static void
add_entry (MwSandbox *self, const char *entry, const char *home, const char *config_home)
{
  gboolean takes_away = *entry == '!';
  MwGrant grant = MW_GRANT_WRITE;
  g_autofree char *text = g_strdup (takes_away ? entry + 1 : entry);
  g_autofree char *name = NULL;
  char *colon = strrchr (text, ':');
  char *path;

  if (colon != NULL && (colon == text || colon[-1] != '\\'))
    {
      if (g_str_equal (colon, ":ro"))
        grant = MW_GRANT_READ;
      *colon = '\0';
    }
  name = g_strcompress (text);
  path = resolve (name, home, config_home);
  if (path != NULL)
    add_rule (self, path, takes_away ? MW_GRANT_NONE : grant);
}

/* Whatever is granted, a sandbox has these for itself. Home folders of programs in other sandboxes
 * are hidden even from one that may see all of the home. */
static void
add_own_places (MwSandbox *self, const char *home)
{
  static const char *const own[] = { "/app",  "/bin",   "/boot", "/dev",  "/etc",
                                     "/lib",  "/lib64", "/proc", "/root", "/run",
                                     "/sbin", "/sys",   "/tmp",  "/usr",  "/var" };
  g_autofree char *id = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    add_rule (self, g_strdup (own[i]), MW_GRANT_NONE);
  add_rule (self, g_build_filename (home, ".var", "app", NULL), MW_GRANT_NONE);
  id = g_key_file_get_string (self->info, "Application", "name", NULL);
  add_rule (self, g_build_filename (home, ".var", "app", id != NULL ? id : APPLICATION_ID, NULL),
            MW_GRANT_WRITE);
}

/**
 * mw_sandbox_new:
 * @info: the text of a #MW_SANDBOX_INFO
 * @home: the person's home folder
 * @config_home: where the person's programs keep their settings
 *
 * Returns: (transfer full): what it grants
 */
MwSandbox *
mw_sandbox_new (const char *info, const char *home, const char *config_home)
{
  MwSandbox *self = g_new0 (MwSandbox, 1);
  g_auto (GStrv) entries = NULL;

  self->rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  g_array_set_clear_func (self->rules, rule_clear);
  self->info = g_key_file_new ();
  g_key_file_load_from_data (self->info, info, (gsize) -1, G_KEY_FILE_NONE, NULL);
  add_own_places (self, home);
  entries = g_key_file_get_string_list (self->info, "Context", "filesystems", NULL, NULL);
  for (gsize i = 0; entries != NULL && entries[i] != NULL; i++)
    add_entry (self, entries[i], home, config_home);
  return self;
}

void
mw_sandbox_free (MwSandbox *self)
{
  g_array_unref (self->rules);
  g_key_file_unref (self->info);
  g_free (self);
}

/**
 * mw_sandbox_get_default:
 *
 * Returns: (transfer none) (nullable): the sandbox of this process; %NULL outside of any
 */
const MwSandbox *
mw_sandbox_get_default (void)
{
  static gsize initialized;
  static MwSandbox *sandbox;

  if (g_once_init_enter (&initialized))
    {
      g_autoptr (GBytes) bytes = mw_file_read (MW_SANDBOX_INFO, MAX_INFO_BYTES, NULL);
      g_autofree char *config_home = g_build_filename (g_get_home_dir (), ".config", NULL);

      if (bytes != NULL)
        {
          gsize length;
          const char *data = g_bytes_get_data (bytes, &length);
          g_autofree char *text = g_strndup (data != NULL ? data : "", length);

          sandbox = mw_sandbox_new (text, g_get_home_dir (), config_home);
        }
      g_once_init_leave (&initialized, 1);
    }
  return sandbox;
}

static gboolean
is_in (const char *path, const char *folder)
{
  const gsize length = strlen (folder);

  if (g_str_equal (folder, "/"))
    return TRUE;
  return strncmp (path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/**
 * mw_sandbox_get_grant:
 * @self: a sandbox
 * @path: an absolute path, of something that need not exist
 * @granted: (out) (optional) (nullable) (transfer none): the path of the rule that decided
 *
 * The rule for the longest path decides. Whether what was granted was there when the sandbox was
 * made is another question: see mw_export_host_path_is_real().
 *
 * Returns: what is granted
 */
MwGrant
mw_sandbox_get_grant (const MwSandbox *self, const char *path, const char **granted)
{
  g_autofree char *canonical = g_canonicalize_filename (path, "/");
  const Rule *best = NULL;

  for (guint i = 0; i < self->rules->len; i++)
    {
      const Rule *rule = &g_array_index (self->rules, Rule, i);

      if (is_in (canonical, rule->path) &&
          (best == NULL || strlen (rule->path) >= strlen (best->path)))
        best = rule;
    }
  if (granted != NULL)
    *granted = best != NULL ? best->path : NULL;
  /* What the person chose in the desktop's file chooser */
  if (mw_path_is_of_portal (canonical))
    return MW_GRANT_WRITE;
  return best != NULL ? best->grant : MW_GRANT_NONE;
}

/**
 * mw_sandbox_may_talk:
 * @self: a sandbox
 * @bus_name: a name on the session bus
 *
 * Returns: whether messages to @bus_name get through
 */
gboolean
mw_sandbox_may_talk (const MwSandbox *self, const char *bus_name)
{
  g_auto (GStrv) names = g_key_file_get_keys (self->info, "Session Bus Policy", NULL, NULL);
  g_auto (GStrv) sockets =
      g_key_file_get_string_list (self->info, "Context", "sockets", NULL, NULL);
  gsize best = 0;
  gboolean may = sockets != NULL && g_strv_contains ((const char *const *) sockets, "session-bus");

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *policy =
          g_key_file_get_string (self->info, "Session Bus Policy", names[i], NULL);
      gboolean matches = g_str_has_suffix (names[i], ".*")
                             ? strncmp (bus_name, names[i], strlen (names[i]) - 1) == 0
                             : g_str_equal (bus_name, names[i]);

      if (!matches || strlen (names[i]) < best)
        continue;
      best = strlen (names[i]);
      may = g_strcmp0 (policy, "talk") == 0 || g_strcmp0 (policy, "own") == 0;
    }
  return may;
}

/**
 * mw_sandbox_dup_state_home:
 * @self: (nullable): the sandbox; %NULL: there is none
 * @home: the person's home folder
 *
 * Flatpak sets XDG_STATE_HOME from version 1.13 on. Without it, the folder of the specification is
 * in the home of the sandbox, which is thrown away.
 *
 * Returns: (transfer full): the folder for what is noted
 */
char *
mw_sandbox_dup_state_home (const MwSandbox *self, const char *home)
{
  const char *set = g_getenv ("XDG_STATE_HOME");

  if (self == NULL || (set != NULL && g_path_is_absolute (set)))
    return g_strdup (g_get_user_state_dir ());
  return g_build_filename (home, ".var", "app", APPLICATION_ID, ".local", "state", NULL);
}

/**
 * mw_sandbox_command_for_path:
 * @path: an absolute path
 * @home: the person's home folder
 * @create: whether it shall be made when it is not there
 *
 * Returns: (transfer full): a line for a terminal
 */
char *
mw_sandbox_command_for_path (const char *path, const char *home, gboolean create)
{
  g_autofree char *short_path = is_in (path, home) && path[strlen (home)] == '/'
                                    ? g_strconcat ("~", path + strlen (home), NULL)
                                    : g_strdup (path);
  g_auto (GStrv) parts = g_strsplit (short_path, ":", -1);
  g_autofree char *escaped = g_strjoinv ("\\:", parts);
  g_autofree char *option = g_strconcat ("--filesystem=", escaped, create ? ":create" : "", NULL);
  /* Flatpak itself knows the tilde, and a shell leaves it alone inside of a word */
  gboolean is_plain =
      strspn (option, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-=~/._:,+@") == strlen (option);
  g_autofree char *word = is_plain ? g_strdup (option) : g_shell_quote (option);

  return g_strdup_printf ("flatpak override --user %s " APPLICATION_ID, word);
}

/**
 * mw_sandbox_command_for_name:
 * @bus_name: a name on the session bus
 *
 * Returns: (transfer full): a line for a terminal
 */
char *
mw_sandbox_command_for_name (const char *bus_name)
{
  return g_strdup_printf ("flatpak override --user --talk-name=%s " APPLICATION_ID, bus_name);
}
