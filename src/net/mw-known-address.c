/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-http"

#include "config.h"

#include "net/mw-known-address.h"

struct _MwKnownAddress
{
  GNetworkAddress parent_instance;

  GPtrArray *addresses;
};

#define MW_TYPE_KNOWN_ENUMERATOR (mw_known_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (
    MwKnownEnumerator, mw_known_enumerator, MW, KNOWN_ENUMERATOR, GSocketAddressEnumerator)

struct _MwKnownEnumerator
{
  GSocketAddressEnumerator parent_instance;

  GPtrArray *addresses;
  guint16 port;
  guint next;
};

static void mw_known_address_connectable_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE (MwKnownEnumerator, mw_known_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)
G_DEFINE_FINAL_TYPE_WITH_CODE (MwKnownAddress,
                               mw_known_address,
                               G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE,
                                                      mw_known_address_connectable_init))

static GSocketAddress *
mw_known_enumerator_next (GSocketAddressEnumerator *enumerator,
                          GCancellable *cancellable,
                          GError **error)
{
  MwKnownEnumerator *self = MW_KNOWN_ENUMERATOR (enumerator);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      self->next == self->addresses->len)
    return NULL;

  return g_inet_socket_address_new (g_ptr_array_index (self->addresses, self->next++), self->port);
}

static void
mw_known_enumerator_finalize (GObject *object)
{
  MwKnownEnumerator *self = MW_KNOWN_ENUMERATOR (object);

  g_clear_pointer (&self->addresses, g_ptr_array_unref);

  G_OBJECT_CLASS (mw_known_enumerator_parent_class)->finalize (object);
}

static void
mw_known_enumerator_class_init (MwKnownEnumeratorClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_known_enumerator_finalize;
  G_SOCKET_ADDRESS_ENUMERATOR_CLASS (class)->next = mw_known_enumerator_next;
}

static void
mw_known_enumerator_init (MwKnownEnumerator *self)
{
}

static GSocketAddressEnumerator *
mw_known_address_enumerate (GSocketConnectable *connectable)
{
  MwKnownAddress *self = MW_KNOWN_ADDRESS (connectable);
  MwKnownEnumerator *enumerator = g_object_new (MW_TYPE_KNOWN_ENUMERATOR, NULL);

  enumerator->addresses = g_ptr_array_ref (self->addresses);
  enumerator->port = g_network_address_get_port (G_NETWORK_ADDRESS (self));

  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

/* The parent's functions are in the table already; its way to ask for proxies must go */
static void
mw_known_address_connectable_init (GSocketConnectableIface *iface)
{
  iface->enumerate = mw_known_address_enumerate;
  iface->proxy_enumerate = mw_known_address_enumerate;
}

static void
mw_known_address_finalize (GObject *object)
{
  MwKnownAddress *self = MW_KNOWN_ADDRESS (object);

  g_clear_pointer (&self->addresses, g_ptr_array_unref);

  G_OBJECT_CLASS (mw_known_address_parent_class)->finalize (object);
}

static void
mw_known_address_class_init (MwKnownAddressClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_known_address_finalize;
}

static void
mw_known_address_init (MwKnownAddress *self)
{
}

GSocketConnectable *
mw_known_address_new (const char *host, guint16 port, GPtrArray *addresses)
{
  MwKnownAddress *self;

  g_return_val_if_fail (host != NULL && addresses != NULL, NULL);

  self = g_object_new (MW_TYPE_KNOWN_ADDRESS, "hostname", host, "port", (guint) port, "scheme",
                       "https", NULL);
  self->addresses = g_ptr_array_ref (addresses);

  return G_SOCKET_CONNECTABLE (self);
}
