/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-gio-defaults.h"

#include <libsoup/soup.h>

/* GIO makes each of its default objects under a "once" of its own, and then under one lock for all.
 * The proxy resolver of libproxy asks for the network monitor while it is being made, that is with
 * the lock held. A thread that begins with the monitor at the same moment holds the monitor's once
 * and waits for the lock: neither ever goes on. So nobody but this file makes the two, in one
 * thread at a time and the monitor first. */
static GMutex lock;

/**
 * mw_gio_prepare_types:
 *
 * Registers the types that several threads would register at the same moment, and initialises the
 * classes that name them. GObject holds a lock for all classes while it initialises one; libsoup
 * names #GInetSocketAddress in there. A thread that is just registering that type holds its
 * "once" and waits for the lock, to add an interface: neither ever goes on.
 *
 * To be called before the first worker starts; any thread, costs nothing the second time.
 */
void
mw_gio_prepare_types (void)
{
  static gsize prepared = 0;

  if (!g_once_init_enter (&prepared))
    return;

  /* Those that implement interfaces */
  g_type_ensure (G_TYPE_INET_SOCKET_ADDRESS);
  g_type_ensure (G_TYPE_NETWORK_ADDRESS);
  g_type_ensure (G_TYPE_NETWORK_SERVICE);
  g_type_ensure (G_TYPE_PROXY_ADDRESS);
  g_type_ensure (G_TYPE_SIMPLE_PROXY_RESOLVER);
  g_type_ensure (G_TYPE_SOCKET);
  g_type_ensure (G_TYPE_TASK);
  g_type_ensure (G_TYPE_BUFFERED_INPUT_STREAM);
  g_type_ensure (G_TYPE_CONVERTER_INPUT_STREAM);
  g_type_ensure (G_TYPE_MEMORY_INPUT_STREAM);
  g_type_ensure (G_TYPE_MEMORY_OUTPUT_STREAM);
  g_type_ensure (G_TYPE_TCP_CONNECTION);
  g_type_ensure (G_TYPE_TCP_WRAPPER_CONNECTION);
  /* Those that name others */
  g_type_class_unref (g_type_class_ref (G_TYPE_SOCKET_CLIENT));
  g_type_class_unref (g_type_class_ref (SOUP_TYPE_MESSAGE));
  g_type_class_unref (g_type_class_ref (SOUP_TYPE_SESSION));

  g_once_init_leave (&prepared, 1);
}

/**
 * mw_gio_get_network_monitor:
 *
 * As g_network_monitor_get_default(), which is not to be called by itself. May block while a
 * message bus does not answer; any thread.
 *
 * Returns: (transfer none): the default monitor
 */
GNetworkMonitor *
mw_gio_get_network_monitor (void)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&lock);

  return g_network_monitor_get_default ();
}

/**
 * mw_gio_get_proxy_resolver:
 *
 * As g_proxy_resolver_get_default(), which is not to be called by itself. May block while a
 * message bus does not answer; any thread.
 *
 * Returns: (transfer none) (nullable): the default resolver; %NULL where the system has nothing to
 *   say about proxies
 */
GProxyResolver *
mw_gio_get_proxy_resolver (void)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&lock);
  GProxyResolver *resolver;

  /* The resolver for GNOME ends the process when no settings schemas are installed at all, as in a
   * bare container. */
  if (g_settings_schema_source_get_default () == NULL)
    return NULL;

  g_network_monitor_get_default ();
  resolver = g_proxy_resolver_get_default ();
  return g_proxy_resolver_is_supported (resolver) ? resolver : NULL;
}
