/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "mw-fakes.h"

#include "net/mw-net-error.h"

#include <string.h>

typedef struct
{
  guint status;
  char *type;
  char *body;
  char *target; /* of a redirect */
} Page;

typedef struct
{
  GQuark domain;
  int code;
} Fault;

struct _MwFakes
{
  GMutex lock;
  GCond changed;
  GHashTable *hosts;   /* name */
  GHashTable *records; /* "SRV name" -> GPtrArray of MwDnsRecord */
  GHashTable *pages;   /* URL -> Page */
  GHashTable *servers; /* "host:port" */
  GHashTable *faults;  /* key -> Fault */
  GHashTable *held;    /* key -> whether stubborn */
  gboolean hold_everything;
  GPtrArray *asked;
  guint dns_delay;
  guint n_active;
};

/* ---- the two classes ---- */

#define FAKE_TYPE_RESOLVER (fake_resolver_get_type ())
G_DECLARE_FINAL_TYPE (FakeResolver, fake_resolver, FAKE, RESOLVER, MwResolver)

struct _FakeResolver
{
  MwResolver parent_instance;
  MwFakes *fakes;
};

G_DEFINE_FINAL_TYPE (FakeResolver, fake_resolver, MW_TYPE_RESOLVER)

#define FAKE_TYPE_HTTP_CLIENT (fake_http_client_get_type ())
G_DECLARE_FINAL_TYPE (FakeHttpClient, fake_http_client, FAKE, HTTP_CLIENT, MwHttpClient)

struct _FakeHttpClient
{
  MwHttpClient parent_instance;
  MwFakes *fakes;
};

G_DEFINE_FINAL_TYPE (FakeHttpClient, fake_http_client, MW_TYPE_HTTP_CLIENT)

static void
wake (GCancellable *cancellable, gpointer user_data)
{
  MwFakes *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static gboolean
must_wait (MwFakes *self, const char *key, GCancellable *cancellable)
{
  gpointer stubborn = NULL;
  gboolean held = g_hash_table_lookup_extended (self->held, key, NULL, &stubborn);

  if (!held && !self->hold_everything)
    return FALSE;
  return GPOINTER_TO_INT (stubborn) || !g_cancellable_is_cancelled (cancellable);
}

/* Notes the question down, waits as long as it is held, and says whether it may go on. Has to be
 * paired with leave(). */
static gboolean
enter (MwFakes *self, const char *key, GCancellable *cancellable, GError **error)
{
  gulong handler =
      cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (wake), self, NULL) : 0;
  const Fault *fault;
  gboolean fine = TRUE;

  g_mutex_lock (&self->lock);
  self->n_active++;
  g_ptr_array_add (self->asked, g_strdup (key));
  while (must_wait (self, key, cancellable))
    g_cond_wait (&self->changed, &self->lock);
  fault = g_hash_table_lookup (self->faults, key);
  if (fault != NULL)
    {
      g_set_error (error, fault->domain, fault->code, "%s is broken", key);
      fine = FALSE;
    }
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);

  return fine && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
leave (MwFakes *self)
{
  g_mutex_lock (&self->lock);
  self->n_active--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
delay_dns (MwFakes *self)
{
  guint milliseconds;

  g_mutex_lock (&self->lock);
  milliseconds = self->dns_delay;
  g_mutex_unlock (&self->lock);
  if (milliseconds > 0)
    g_usleep (milliseconds * 1000);
}

static GPtrArray *
fake_query_addresses (MwResolver *resolver, const char *name, GError **error)
{
  MwFakes *self = FAKE_RESOLVER (resolver)->fakes;
  g_autofree char *key = g_strconcat ("A ", name, NULL);
  GPtrArray *addresses = NULL;

  if (enter (self, key, NULL, error))
    {
      delay_dns (self);
      if (g_hash_table_contains (self->hosts, name))
        {
          addresses = g_ptr_array_new_with_free_func (g_object_unref);
          g_ptr_array_add (addresses, g_inet_address_new_from_string ("192.0.2.1"));
        }
      else
        g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND, "%s does not exist", name);
    }
  leave (self);
  return addresses;
}

static GPtrArray *
fake_query_records (MwResolver *resolver, const char *name, MwRecordType type, GError **error)
{
  static const char *const types[] = { "MX", "SRV", "TXT" };
  MwFakes *self = FAKE_RESOLVER (resolver)->fakes;
  g_autofree char *key = g_strdup_printf ("%s %s", types[type], name);
  GPtrArray *copy = NULL;

  if (enter (self, key, NULL, error))
    {
      GPtrArray *records = g_hash_table_lookup (self->records, key);

      delay_dns (self);
      if (records != NULL)
        {
          copy = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dns_record_free);
          for (guint i = 0; i < records->len; i++)
            {
              const MwDnsRecord *record = records->pdata[i];

              g_ptr_array_add (copy,
                               mw_dns_record_new (record->priority, record->weight, record->port,
                                                  record->target, record->text));
            }
        }
      else
        g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS, "%s has no such record", name);
    }
  leave (self);
  return copy;
}

static MwHttpResult *
fake_fetch (MwHttpClient *client,
            const char *url,
            MwHttpFlags flags,
            gsize max_bytes,
            gint64 deadline,
            GCancellable *cancellable,
            GError **error)
{
  MwFakes *self = FAKE_HTTP_CLIENT (client)->fakes;
  g_autofree char *key =
      g_strdup_printf ("GET %s%s", url, (flags & MW_HTTP_PERSONAL) != 0 ? " personal" : "");
  MwHttpResult *result = NULL;

  if (enter (self, key, cancellable, error))
    {
      const Page *page = g_hash_table_lookup (self->pages, url);
      const Page *shown = page;

      if (page != NULL && page->target != NULL)
        shown = g_hash_table_lookup (self->pages, page->target);
      if (shown == NULL)
        g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND, "no host for %s", url);
      else if (shown->body == NULL)
        g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_STATUS, "%u from %s", shown->status,
                     url);
      else
        {
          g_autoptr(GBytes) body = g_bytes_new (shown->body, strlen (shown->body));

          result = mw_http_result_new (page->target != NULL ? page->target : url, 200, shown->type,
                                       body);
          result->left_domain = page->target != NULL;
        }
    }
  leave (self);
  return result;
}

static gboolean
fake_probe (MwServer *server,
            gint64 deadline,
            GCancellable *cancellable,
            gpointer user_data,
            GError **error)
{
  MwFakes *self = user_data;
  g_autofree char *place =
      g_strdup_printf ("%s:%u", mw_server_get_host (server), mw_server_get_port (server));
  g_autofree char *key = g_strconcat ("PROBE ", place, NULL);
  gboolean proven = FALSE;

  if (enter (self, key, cancellable, error))
    {
      proven = g_hash_table_contains (self->servers, place);
      if (!proven)
        g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_REFUSED, "%s refused", place);
    }
  leave (self);
  return proven;
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  MW_RESOLVER_CLASS (klass)->query_addresses = fake_query_addresses;
  MW_RESOLVER_CLASS (klass)->query_records = fake_query_records;
}

static void
fake_resolver_init (FakeResolver *self)
{
}

static void
fake_http_client_class_init (FakeHttpClientClass *klass)
{
  MW_HTTP_CLIENT_CLASS (klass)->fetch = fake_fetch;
}

static void
fake_http_client_init (FakeHttpClient *self)
{
}

/* ---- the world ---- */

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->type);
  g_free (page->body);
  g_free (page->target);
  g_free (page);
}

MwFakes *
mw_fakes_new (void)
{
  MwFakes *self = g_new0 (MwFakes, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->records =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, page_free);
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->faults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->asked = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
mw_fakes_free (MwFakes *self)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->held);
  self->hold_everything = FALSE;
  g_cond_broadcast (&self->changed);
  while (self->n_active > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);

  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->pages);
  g_hash_table_unref (self->servers);
  g_hash_table_unref (self->faults);
  g_hash_table_unref (self->held);
  g_ptr_array_unref (self->asked);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

MwDiscovery *
mw_fakes_make_discovery (MwFakes *self)
{
  g_autoptr(FakeResolver) resolver = g_object_new (FAKE_TYPE_RESOLVER, NULL);
  g_autoptr(FakeHttpClient) client = g_object_new (FAKE_TYPE_HTTP_CLIENT, NULL);
  MwDiscovery *discovery;

  resolver->fakes = self;
  client->fakes = self;
  discovery = mw_discovery_new (MW_RESOLVER (resolver), MW_HTTP_CLIENT (client), NULL);
  mw_discovery_set_probe (discovery, fake_probe, self, NULL);
  mw_discovery_set_setup_dirs (discovery, NULL);
  mw_discovery_set_ispdb_url (discovery, "https://ispdb.test/v1.1/");
  return discovery;
}

void
mw_fakes_add_host (MwFakes *self, const char *host)
{
  g_hash_table_add (self->hosts, g_strdup (host));
}

static void
add_record (MwFakes *self, const char *type, const char *name, MwDnsRecord *record)
{
  g_autofree char *key = g_strdup_printf ("%s %s", type, name);
  GPtrArray *records = g_hash_table_lookup (self->records, key);

  if (records == NULL)
    {
      records = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dns_record_free);
      g_hash_table_insert (self->records, g_steal_pointer (&key), records);
    }
  g_ptr_array_add (records, record);
}

void
mw_fakes_add_mx (MwFakes *self, const char *domain, guint16 preference, const char *host)
{
  add_record (self, "MX", domain, mw_dns_record_new (preference, 0, 0, host, NULL));
}

void
mw_fakes_add_srv (MwFakes *self, const char *name, guint16 port, const char *target)
{
  add_record (self, "SRV", name, mw_dns_record_new (0, 0, port, target, NULL));
}

void
mw_fakes_add_txt (MwFakes *self, const char *name, const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  add_record (self, "TXT", name, mw_dns_record_new (0, 0, 0, NULL, bytes));
}

static Page *
add_page (MwFakes *self, const char *url)
{
  Page *page = g_new0 (Page, 1);

  page->status = 200;
  g_hash_table_insert (self->pages, g_strdup (url), page);
  return page;
}

void
mw_fakes_add_page (MwFakes *self, const char *url, const char *type, const char *body)
{
  Page *page = add_page (self, url);

  page->type = g_strdup (type);
  page->body = g_strdup (body);
}

void
mw_fakes_add_status (MwFakes *self, const char *url, guint status)
{
  add_page (self, url)->status = status;
}

void
mw_fakes_add_redirect (MwFakes *self, const char *url, const char *target)
{
  add_page (self, url)->target = g_strdup (target);
}

void
mw_fakes_add_server (MwFakes *self, const char *host, guint16 port)
{
  g_hash_table_add (self->hosts, g_strdup (host));
  g_hash_table_add (self->servers, g_strdup_printf ("%s:%u", host, port));
}

void
mw_fakes_break (MwFakes *self, const char *key, GQuark domain, int code)
{
  Fault *fault = g_new (Fault, 1);

  *fault = (Fault) { domain, code };
  g_hash_table_insert (self->faults, g_strdup (key), fault);
}

void
mw_fakes_set_dns_delay (MwFakes *self, guint milliseconds)
{
  self->dns_delay = milliseconds;
}

void
mw_fakes_hold (MwFakes *self, const char *key)
{
  g_hash_table_insert (self->held, g_strdup (key), GINT_TO_POINTER (FALSE));
}

void
mw_fakes_hold_stubbornly (MwFakes *self, const char *key)
{
  g_hash_table_insert (self->held, g_strdup (key), GINT_TO_POINTER (TRUE));
}

void
mw_fakes_hold_everything (MwFakes *self)
{
  self->hold_everything = TRUE;
}

void
mw_fakes_let_go (MwFakes *self, const char *key)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->held, key);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

gboolean
mw_fakes_was_asked (MwFakes *self, const char *key)
{
  gboolean was;

  g_mutex_lock (&self->lock);
  was = g_ptr_array_find_with_equal_func (self->asked, key, g_str_equal, NULL);
  g_mutex_unlock (&self->lock);
  return was;
}

guint
mw_fakes_count_asked (MwFakes *self, const char *prefix)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->asked->len; i++)
    n += g_str_has_prefix (self->asked->pdata[i], prefix);
  g_mutex_unlock (&self->lock);
  return n;
}

void
mw_fakes_foreach_asked (MwFakes *self, GFunc func, gpointer user_data)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_foreach (self->asked, func, user_data);
  g_mutex_unlock (&self->lock);
}
