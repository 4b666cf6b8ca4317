/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-providers"

#include "config.h"

#include "providers/mw-provider-db.h"

#include "providers/mw-provider-image.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nobody's provider is longer; what is, is no provider file. */
#define MAX_FILE_SIZE (256 * 1024)
#define MAX_FILES 2000

struct _MwProviderDb
{
  /* Owned */
  GStrv extra_dirs;
  MwProvider *builtin;
  MwProvider *added;
  MwProviderLoader *loader; /* owns added_image */
  guint8 *replaced;         /* by index into builtin: an addition has the same id */
  GPtrArray *complaints;

  const MwProviderImage *added_image;
  gsize additions_read;
};

/* Two images are asked in this order: what was added here wins. */
typedef struct
{
  const MwProviderImage *image;
  MwProvider *providers;
  const guint8 *replaced; /* nullable */
} Layer;

static MwProvider *
make_providers (const MwProviderImage *image)
{
  MwProvider *providers = g_new0 (MwProvider, image->n_providers + 1);

  for (guint i = 0; i < image->n_providers; i++)
    mw_provider_init (&providers[i], image, i);
  return providers;
}

static void
complain (GPtrArray *complaints, const char *path, const char *problem)
{
  g_debug ("%s: %s", path, problem);
  g_ptr_array_add (complaints, g_strdup_printf ("%s: %s", path, problem));
}

/* Reads a file of bounded size that really is one: opening a FIFO in a hostile folder would wait
 * for ever. */
static char *
read_file (const char *path, gsize *length, GError **error)
{
  g_autofree char *data = g_malloc (MAX_FILE_SIZE + 1);
  struct stat status;
  gsize filled = 0;
  int fd = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0);

  if (fd < 0)
    {
      int saved = errno;

      g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                           g_strerror (saved));
      return NULL;
    }
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    {
      g_close (fd, NULL);
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "is not a regular file");
      return NULL;
    }
  while (filled <= MAX_FILE_SIZE)
    {
      gssize n = read (fd, data + filled, MAX_FILE_SIZE + 1 - filled);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int saved = errno;

          g_close (fd, NULL);
          g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                               g_strerror (saved));
          return NULL;
        }
      if (n == 0)
        break;
      filled += (gsize) n;
    }
  g_close (fd, NULL);
  if (filled > MAX_FILE_SIZE)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "is longer than %d bytes",
                   MAX_FILE_SIZE);
      return NULL;
    }
  *length = filled;
  return g_steal_pointer (&data);
}

static void
read_addition (MwProviderLoader *loader, const char *path, const char *id, GPtrArray *complaints)
{
  g_autoptr (GPtrArray) remarks = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length;

  data = read_file (path, &length, &error);
  if (data == NULL || !mw_provider_loader_add_data (loader, id, data, length, remarks, &error))
    complain (complaints, path, error->message);
  for (guint i = 0; i < remarks->len; i++)
    complain (complaints, path, g_ptr_array_index (remarks, i));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
read_folder (MwProviderLoader *loader, const char *folder, GHashTable *seen, GPtrArray *complaints)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    return;
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".ini") && *name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  if (names->len > MAX_FILES)
    {
      complain (complaints, folder, "holds too many files; the last ones are not read");
      g_ptr_array_set_size (names, MAX_FILES);
    }
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = NULL;
      g_autofree char *id = NULL;

      name = g_ptr_array_index (names, i);
      path = g_build_filename (folder, name, NULL);
      id = g_strndup (name, strlen (name) - strlen (".ini"));
      /* The folders come in order of precedence: the first file of a name is the one. */
      if (g_hash_table_add (seen, g_strdup (id)))
        read_addition (loader, path, id, complaints);
    }
}

static void
read_additions (MwProviderDb *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->loader = mw_provider_loader_new ();
  for (gsize i = 0; self->extra_dirs[i] != NULL; i++)
    read_folder (self->loader, self->extra_dirs[i], seen, self->complaints);
  self->added_image = mw_provider_loader_finish (self->loader);
  self->added = make_providers (self->added_image);
  g_ptr_array_add (self->complaints, NULL);

  self->replaced = g_new0 (guint8, mw_provider_builtin_image.n_providers + 1);
  for (guint i = 0; i < self->added_image->n_providers; i++)
    for (guint j = 0; j < mw_provider_builtin_image.n_providers; j++)
      if (g_str_equal (mw_provider_get_id (&self->added[i]),
                       mw_provider_get_id (&self->builtin[j])))
        self->replaced[j] = TRUE;
}

static void
get_layers (MwProviderDb *self, Layer layers[2])
{
  if (g_once_init_enter (&self->additions_read))
    {
      read_additions (self);
      g_once_init_leave (&self->additions_read, 1);
    }
  layers[0] = (Layer) { self->added_image, self->added, NULL };
  layers[1] = (Layer) { &mw_provider_builtin_image, self->builtin, self->replaced };
}

static const MwProvider *
get_provider (const Layer *layer, guint index)
{
  if (layer->replaced != NULL && layer->replaced[index])
    return NULL;
  return &layer->providers[index];
}

static const MwProvider *
find_domain (const Layer *layer, const char *key)
{
  guint low = 0, high = layer->image->n_domains;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const MwProviderDomainRecord *record = &layer->image->domains[middle];
      int order = strcmp (key, layer->image->strings + record->key);

      if (order == 0)
        return get_provider (layer, record->provider);
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

/* The index of the first record whose key is not before @key. */
static guint
find_key (const MwProviderImage *image,
          const MwProviderPatternRecord *records,
          guint n,
          const char *key)
{
  guint low = 0, high = n;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (strcmp (image->strings + records[middle].key, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The best record for @host: the longest end first, then the most exact pattern. A record whose
 * provider was replaced does not count. */
static const MwProviderPatternRecord *
find_pattern (const Layer *layer,
              const MwProviderPatternRecord *records,
              guint n,
              const char *host,
              gboolean gateways)
{
  const MwProviderImage *image = layer->image;

  for (const char *key = host; key != NULL; key = strchr (key, '.'))
    {
      if (*key == '.')
        key++;
      for (guint i = find_key (image, records, n, key);
           i < n && g_str_equal (image->strings + records[i].key, key); i++)
        {
          gboolean gateway = records[i].provider == MW_PROVIDER_GATEWAY;

          if (gateway == gateways &&
              (gateway || get_provider (layer, records[i].provider) != NULL) &&
              mw_provider_pattern_matches (image->strings + records[i].pattern, host))
            return &records[i];
        }
    }
  return NULL;
}

/**
 * mw_provider_db_new:
 * @extra_dirs: (nullable): folders with further provider files, the most important first
 *
 * Makes a database of the built-in providers and those in @extra_dirs. Folders are read when the
 * first question is asked; folders that do not exist are as good as empty ones.
 *
 * Returns: (transfer full): a database; free it with mw_provider_db_free()
 */
MwProviderDb *
mw_provider_db_new (const char *const *extra_dirs)
{
  const char *const none[] = { NULL };
  MwProviderDb *self = g_new0 (MwProviderDb, 1);

  self->extra_dirs = g_strdupv ((char **) (extra_dirs != NULL ? extra_dirs : none));
  self->builtin = make_providers (&mw_provider_builtin_image);
  self->complaints = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * mw_provider_db_free:
 * @self: (nullable): a database that mw_provider_db_new() made
 *
 * Frees the database and all that it lent.
 */
void
mw_provider_db_free (MwProviderDb *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < mw_provider_builtin_image.n_providers; i++)
    mw_provider_clear (&self->builtin[i]);
  if (self->added_image != NULL)
    for (guint i = 0; i < self->added_image->n_providers; i++)
      mw_provider_clear (&self->added[i]);
  g_free (self->builtin);
  g_free (self->added);
  g_free (self->replaced);
  g_clear_pointer (&self->loader, mw_provider_loader_free);
  g_ptr_array_unref (self->complaints);
  g_strfreev (self->extra_dirs);
  g_free (self);
}

/**
 * mw_provider_db_get_default:
 *
 * The database with the additions of the user (`mailwright/providers/ID.ini` in the configuration
 * folder) and of the administrator (the same in each system data folder). Any thread may call this.
 *
 * Returns: (transfer none): the database; it is never freed
 */
MwProviderDb *
mw_provider_db_get_default (void)
{
  static MwProviderDb *db = NULL;

  if (g_once_init_enter_pointer (&db))
    {
      const char *const *data_dirs = g_get_system_data_dirs ();
      g_autoptr (GStrvBuilder) dirs = g_strv_builder_new ();
      g_auto (GStrv) list = NULL;

      g_strv_builder_take (
          dirs, g_build_filename (g_get_user_config_dir (), "mailwright", "providers", NULL));
      for (gsize i = 0; data_dirs[i] != NULL; i++)
        g_strv_builder_take (dirs,
                             g_build_filename (data_dirs[i], "mailwright", "providers", NULL));
      list = g_strv_builder_end (dirs);
      g_once_init_leave_pointer (&db, mw_provider_db_new ((const char *const *) list));
    }
  return db;
}

/**
 * mw_provider_db_lookup_domain:
 * @self: a database
 * @domain: the domain of an address as A-labels, in any case
 *
 * Finds the provider of a domain. Parents are not tried, except where a provider has all domains
 * below one of its own.
 *
 * Returns: (transfer none) (nullable): the provider
 */
const MwProvider *
mw_provider_db_lookup_domain (MwProviderDb *self, const char *domain)
{
  Layer layers[2];
  char key[256];

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (domain != NULL, NULL);

  /* The byte before the name is room for the "*" of a parent's entry. */
  key[0] = '\0';
  if (!mw_provider_fold_host (domain, key + 1, sizeof key - 1))
    return NULL;
  get_layers (self, layers);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      const MwProvider *provider = find_domain (&layers[i], key + 1);

      for (char *dot = strchr (key + 1, '.'); provider == NULL && dot != NULL;
           dot = strchr (dot + 1, '.'))
        {
          char before = dot[-1];

          dot[-1] = '*';
          provider = find_domain (&layers[i], dot - 1);
          dot[-1] = before;
        }
      if (provider != NULL)
        return provider;
    }
  return NULL;
}

/**
 * mw_provider_db_is_gateway:
 * @self: a database
 * @mx_host: a host name of an MX record
 *
 * Returns: whether @mx_host belongs to a filter or a forwarder, which say nothing about where the
 *   mailboxes behind them are
 */
gboolean
mw_provider_db_is_gateway (MwProviderDb *self, const char *mx_host)
{
  Layer layers[2];
  char host[256];

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (mx_host != NULL, FALSE);

  if (!mw_provider_fold_host (mx_host, host, sizeof host))
    return FALSE;
  get_layers (self, layers);
  return find_pattern (&layers[1], layers[1].image->mx, layers[1].image->n_mx, host, TRUE) != NULL;
}

/**
 * mw_provider_db_lookup_mx:
 * @self: a database
 * @mx_host: a host name of an MX record, with or without a dot at its end
 *
 * Finds the provider to whom a domain's mail goes. That is a strong hint, and no proof: it is
 * shown as such and tested. Whole labels are compared, the longest pattern first. Gateways
 * belong to nobody.
 *
 * Returns: (transfer none) (nullable): the provider
 */
const MwProvider *
mw_provider_db_lookup_mx (MwProviderDb *self, const char *mx_host)
{
  Layer layers[2];
  char host[256];

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (mx_host != NULL, NULL);

  if (!mw_provider_fold_host (mx_host, host, sizeof host))
    return NULL;
  get_layers (self, layers);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      const MwProviderImage *image = layers[i].image;
      const MwProviderPatternRecord *record =
          find_pattern (&layers[i], image->mx, image->n_mx, host, FALSE);

      if (record != NULL)
        return get_provider (&layers[i], record->provider);
    }
  return NULL;
}

/**
 * mw_provider_db_lookup_id:
 * @self: a database
 * @id: an id
 *
 * Returns: (transfer none) (nullable): the provider with that id
 */
const MwProvider *
mw_provider_db_lookup_id (MwProviderDb *self, const char *id)
{
  Layer layers[2];

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  get_layers (self, layers);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    for (guint j = 0; j < layers[i].image->n_providers; j++)
      if (g_str_equal (mw_provider_get_id (&layers[i].providers[j]), id))
        return get_provider (&layers[i], j);
  return NULL;
}

/**
 * mw_provider_db_lookup_host:
 * @self: a database
 * @server_host: the name of a mail server
 * @out_protocol: (out) (optional): what it serves; %MW_PROTOCOL_UNKNOWN if that is more than one
 *   protocol, or not known, or if no provider was found
 *
 * Finds whose server a name is. Names that are only known to be wrong count too, after all right
 * ones: mw_provider_is_wrong_host() tells. Where several providers share a server, it is the one
 * whose id is first in the alphabet; mw_provider_has_host() answers for a certain one.
 *
 * Returns: (transfer none) (nullable): the provider
 */
const MwProvider *
mw_provider_db_lookup_host (MwProviderDb *self, const char *server_host, MwProtocol *out_protocol)
{
  Layer layers[2];
  char host[256];

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (server_host != NULL, NULL);

  if (out_protocol != NULL)
    *out_protocol = MW_PROTOCOL_UNKNOWN;
  if (!mw_provider_fold_host (server_host, host, sizeof host))
    return NULL;
  get_layers (self, layers);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      const MwProviderImage *image = layers[i].image;
      const MwProviderPatternRecord *record =
          find_pattern (&layers[i], image->hosts, image->n_hosts, host, FALSE);

      if (record == NULL)
        continue;
      for (guint protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
        if (out_protocol != NULL && record->protocols == 1 << protocol)
          *out_protocol = (MwProtocol) protocol;
      return get_provider (&layers[i], record->provider);
    }
  return NULL;
}

/**
 * mw_provider_db_lookup_account:
 * @self: a database
 * @account: an account
 * @half: which half of it; it has a server
 *
 * Finds whose rules hold for a server of an account: the provider that the account names, else the
 * one whose server it is.
 *
 * Returns: (transfer none) (nullable): the provider
 */
const MwProvider *
mw_provider_db_lookup_account (MwProviderDb *self, MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);
  const MwProvider *provider = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (mw_account_get_provider (account) != NULL)
    provider = mw_provider_db_lookup_id (self, mw_account_get_provider (account));
  if (provider == NULL && server != NULL)
    provider = mw_provider_db_lookup_host (self, mw_server_get_host (server), NULL);
  return provider;
}

/**
 * mw_provider_db_dup_username:
 * @self: a database
 * @server: a server, its own login name does not matter
 * @address: the address of the account
 *
 * Tells the login name that goes without saying: what the provider of @address, or else of @server,
 * wants; otherwise the whole address.
 *
 * Returns: (transfer full): the login name
 */
char *
mw_provider_db_dup_username (MwProviderDb *self, MwServer *server, MwAddress *address)
{
  const MwProvider *provider;
  char *username = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (server != NULL && address != NULL, NULL);

  provider = mw_provider_db_lookup_domain (self, mw_address_get_domain_ascii (address));
  if (provider == NULL)
    provider = mw_provider_db_lookup_host (self, mw_server_get_host (server), NULL);
  if (provider != NULL)
    username = mw_provider_dup_username (provider, mw_server_get_protocol (server), address);
  return username != NULL ? username : g_strdup (mw_address_get_ascii (address));
}

/* A text as it is compared in a search: without case and without differences of width. */
static char *
fold_query (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL_COMPOSE);

  return g_utf8_casefold (normal, -1);
}

static guint
rank_text (const char *text, const char *query)
{
  g_autofree char *folded = fold_query (text);

  if (g_str_equal (folded, query))
    return 1;
  if (g_str_has_prefix (folded, query))
    return 2;
  return strstr (folded, query) != NULL ? 3 : G_MAXUINT;
}

static guint
rank_provider (const MwProvider *provider, const char *query)
{
  const char *const *domains = mw_provider_get_domains (provider);
  const char *name = provider->image->strings + provider->record->name;
  guint best = rank_text (mw_provider_get_id (provider), query);

  for (gsize i = 0; domains[i] != NULL; i++)
    best = MIN (best, rank_text (domains[i], query));
  /* The name and, behind each language tag, its translations. */
  while (*name != '\0')
    {
      best = MIN (best, rank_text (name, query));
      name = mw_provider_image_list_next (name);
      if (*name != '\0')
        name = mw_provider_image_list_next (name);
    }
  return best;
}

typedef struct
{
  const MwProvider *provider;
  guint rank;
  char *key;
} Hit;

static void
hit_clear (gpointer data)
{
  g_free (((Hit *) data)->key);
}

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *x = a, *y = b;
  int order = (x->rank > y->rank) - (x->rank < y->rank);

  if (order == 0)
    order = strcmp (x->key, y->key);
  return order != 0 ? order
                    : strcmp (mw_provider_get_id (x->provider), mw_provider_get_id (y->provider));
}

/**
 * mw_provider_db_search:
 * @self: a database
 * @query: (nullable): an id, a name in any language, a domain, a part of these, or an address
 *
 * Finds providers for a person: what is exactly @query first, then what begins with it, then what
 * contains it, each by name in the user's language.
 *
 * Returns: (transfer container) (element-type MwProvider): the providers; all of them when @query
 *   is %NULL or empty
 */
GPtrArray *
mw_provider_db_search (MwProviderDb *self, const char *query)
{
  g_autoptr (GArray) hits = NULL;
  g_autofree char *stripped = NULL;
  g_autofree char *folded = NULL;
  const MwProvider *exact = NULL;
  GPtrArray *providers;
  Layer layers[2];
  const char *at;

  g_return_val_if_fail (self != NULL, NULL);

  stripped = g_strstrip (g_strdup (query != NULL ? query : ""));
  at = strrchr (stripped, '@');
  if (at != NULL)
    exact = mw_provider_db_lookup_domain (self, at + 1);
  folded = fold_query (at != NULL ? at + 1 : stripped);

  hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  g_array_set_clear_func (hits, hit_clear);
  get_layers (self, layers);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    for (guint j = 0; j < layers[i].image->n_providers; j++)
      {
        Hit hit = { .provider = get_provider (&layers[i], j) };

        if (hit.provider == NULL)
          continue;
        if (hit.provider != exact)
          hit.rank = *folded != '\0' ? rank_provider (hit.provider, folded) : 0;
        if (hit.rank == G_MAXUINT)
          continue;
        hit.key = g_utf8_collate_key (mw_provider_get_name (hit.provider), -1);
        g_array_append_val (hits, hit);
      }
  g_array_sort (hits, compare_hits);

  providers = g_ptr_array_new ();
  for (guint i = 0; i < hits->len; i++)
    g_ptr_array_add (providers, (gpointer) g_array_index (hits, Hit, i).provider);
  return providers;
}

/**
 * mw_provider_db_get_complaints:
 * @self: a database
 *
 * Returns: (transfer none): what is wrong with files that were added, "PATH: WHAT" each,
 *   untranslated; such a file is left out, or only the part that was complained of
 */
const char *const *
mw_provider_db_get_complaints (MwProviderDb *self)
{
  Layer layers[2];

  g_return_val_if_fail (self != NULL, NULL);

  get_layers (self, layers);
  return (const char *const *) self->complaints->pdata;
}
