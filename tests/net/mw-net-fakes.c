/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-net-fakes.h"

#include "net/mw-net-error.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct _MwFakeResolver
{
  MwResolver parent_instance;

  GMutex mutex;
  GCond opened;
  gboolean closed;
  guint n_questions;
  GHashTable *addresses; /* name -> comma-separated list */
  GHashTable *records;   /* "type name" -> GPtrArray of MwDnsRecord */
};

G_DEFINE_FINAL_TYPE (MwFakeResolver, mw_fake_resolver, MW_TYPE_RESOLVER)

static void
pass_gate (MwFakeResolver *self)
{
  g_mutex_lock (&self->mutex);
  self->n_questions++;
  while (self->closed)
    g_cond_wait (&self->opened, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static GPtrArray *
mw_fake_resolver_query_addresses (MwResolver *resolver, const char *name, GError **error)
{
  MwFakeResolver *self = MW_FAKE_RESOLVER (resolver);
  g_autoptr(GPtrArray) result = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) list = NULL;
  const char *text;

  pass_gate (self);
  text = g_hash_table_lookup (self->addresses, name);
  if (text == NULL || *text == '\0')
    {
      g_set_error (error, MW_NET_ERROR,
                   text == NULL ? MW_NET_ERROR_NOT_FOUND : MW_NET_ERROR_NO_RECORDS, "%s: nothing",
                   name);
      return NULL;
    }

  list = g_strsplit (text, ",", -1);
  for (char **i = list; *i != NULL; i++)
    g_ptr_array_add (result, g_inet_address_new_from_string (*i));

  return g_steal_pointer (&result);
}

static GPtrArray *
mw_fake_resolver_query_records (MwResolver *resolver,
                                const char *name,
                                MwRecordType type,
                                GError **error)
{
  MwFakeResolver *self = MW_FAKE_RESOLVER (resolver);
  g_autofree char *key = g_strdup_printf ("%d %s", (int) type, name);
  GPtrArray *records;

  pass_gate (self);
  records = g_hash_table_lookup (self->records, key);
  if (records == NULL)
    {
      g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND, "%s: nothing", name);
      return NULL;
    }

  return g_ptr_array_ref (records);
}

static void
mw_fake_resolver_finalize (GObject *object)
{
  MwFakeResolver *self = MW_FAKE_RESOLVER (object);

  g_hash_table_unref (self->addresses);
  g_hash_table_unref (self->records);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->opened);

  G_OBJECT_CLASS (mw_fake_resolver_parent_class)->finalize (object);
}

static void
mw_fake_resolver_class_init (MwFakeResolverClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_fake_resolver_finalize;
  MW_RESOLVER_CLASS (class)->query_addresses = mw_fake_resolver_query_addresses;
  MW_RESOLVER_CLASS (class)->query_records = mw_fake_resolver_query_records;
}

static void
mw_fake_resolver_init (MwFakeResolver *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->opened);
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->records =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

MwFakeResolver *
mw_fake_resolver_new (void)
{
  return g_object_new (MW_TYPE_FAKE_RESOLVER, NULL);
}

void
mw_fake_resolver_add (MwFakeResolver *self, const char *name, const char *addresses)
{
  g_hash_table_insert (self->addresses, g_strdup (name), g_strdup (addresses));
}

void
mw_fake_resolver_add_record (MwFakeResolver *self,
                             const char *name,
                             MwRecordType type,
                             MwDnsRecord *record)
{
  g_autofree char *key = g_strdup_printf ("%d %s", (int) type, name);
  GPtrArray *records = g_hash_table_lookup (self->records, key);

  if (records == NULL)
    {
      records = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dns_record_free);
      g_hash_table_insert (self->records, g_steal_pointer (&key), records);
    }
  g_ptr_array_add (records, record);
}

void
mw_fake_resolver_close_gate (MwFakeResolver *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = TRUE;
  g_mutex_unlock (&self->mutex);
}

void
mw_fake_resolver_open_gate (MwFakeResolver *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = FALSE;
  g_cond_broadcast (&self->opened);
  g_mutex_unlock (&self->mutex);
}

guint
mw_fake_resolver_get_n_questions (MwFakeResolver *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_questions;
  g_mutex_unlock (&self->mutex);

  return n;
}

MwConnection *
mw_connect_to (guint16 port, const char *host)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr(GSocket) socket = NULL;

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);

  return mw_connection_new (socket, host, port);
}

typedef struct
{
  GCancellable *cancellable;
  guint milliseconds;
} Cancel;

static gpointer
cancel_thread (gpointer data)
{
  Cancel *cancel = data;

  g_usleep (cancel->milliseconds * 1000);
  g_cancellable_cancel (cancel->cancellable);
  g_object_unref (cancel->cancellable);
  g_free (cancel);

  return NULL;
}

GThread *
mw_cancel_later (GCancellable *cancellable, guint milliseconds)
{
  Cancel *cancel = g_new0 (Cancel, 1);

  cancel->cancellable = g_object_ref (cancellable);
  cancel->milliseconds = milliseconds;

  return g_thread_new ("cancel", cancel_thread, cancel);
}

/* A queue of one, and two connections that wait in it: the kernel drops what else knocks */
#define N_FILLERS 4

struct _MwSilentPort
{
  int listener;
  int fillers[N_FILLERS];
  guint16 port;
};

MwSilentPort *
mw_silent_port_new (int family, guint16 port)
{
  MwSilentPort *self = g_new0 (MwSilentPort, 1);
  struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons (port) };
  struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  struct sockaddr *address =
      family == AF_INET ? (struct sockaddr *) &ipv4 : (struct sockaddr *) &ipv6;
  socklen_t size = family == AF_INET ? sizeof ipv4 : sizeof ipv6;

  ipv4.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  ipv6.sin6_addr = in6addr_loopback;
  for (guint i = 0; i < N_FILLERS; i++)
    self->fillers[i] = -1;

  self->listener = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (self->listener < 0 || bind (self->listener, address, size) < 0 ||
      listen (self->listener, 0) < 0 || getsockname (self->listener, address, &size) < 0)
    {
      mw_silent_port_free (self);
      return NULL;
    }
  self->port = ntohs (family == AF_INET ? ipv4.sin_port : ipv6.sin6_port);

  for (guint i = 0; i < N_FILLERS; i++)
    {
      self->fillers[i] = socket (family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      g_assert_true (connect (self->fillers[i], address, size) == 0 || errno == EINPROGRESS);
    }

  return self;
}

guint16
mw_silent_port_get_port (MwSilentPort *self)
{
  return self->port;
}

void
mw_silent_port_free (MwSilentPort *self)
{
  for (guint i = 0; i < N_FILLERS; i++)
    if (self->fillers[i] >= 0)
      close (self->fillers[i]);
  if (self->listener >= 0)
    close (self->listener);
  g_free (self);
}
