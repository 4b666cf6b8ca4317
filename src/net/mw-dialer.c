/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-dialer"

#include "config.h"

#include "net/mw-dialer.h"

#include "net/mw-deadline.h"
#include "net/mw-net-error.h"
#include "net/mw-proxy.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 8305, section 8: the recommended Connection Attempt Delay */
#define ATTEMPT_DELAY (250 * G_TIME_SPAN_MILLISECOND)

/* No honest name has more; a hostile one must not make us knock at a thousand doors */
#define MAX_ADDRESSES 32

struct _MwRoute
{
  GObject parent_instance;

  char *protocol;
  char *host;
  guint16 port;
  MwProxy *proxy;
  GPtrArray *addresses;
  GStrv alternatives; /* proxies that come after this one */
};

G_DEFINE_FINAL_TYPE (MwRoute, mw_route, G_TYPE_OBJECT)

struct _MwDialer
{
  GObject parent_instance;

  MwResolver *resolver;
  GProxyResolver *proxies;
};

G_DEFINE_FINAL_TYPE (MwDialer, mw_dialer, G_TYPE_OBJECT)

/* A connection under way */
typedef struct
{
  MwDialAttempt *attempt; /* lent */
  int fd;
  gint64 started;
} Runner;

/* All connections to one host */
typedef struct
{
  GPtrArray *addresses;
  guint16 port;
  guint next;
  gint64 next_start;
  GArray *runners;
  GPtrArray *attempts;
  int winner;
} Race;

void
mw_dial_attempt_free (MwDialAttempt *self)
{
  g_free (self->address);
  g_free (self->message);
  g_free (self);
}

static void
mw_route_finalize (GObject *object)
{
  MwRoute *self = MW_ROUTE (object);

  g_free (self->protocol);
  g_free (self->host);
  g_clear_pointer (&self->proxy, mw_proxy_free);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_strfreev (self->alternatives);

  G_OBJECT_CLASS (mw_route_parent_class)->finalize (object);
}

static void
mw_route_class_init (MwRouteClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_route_finalize;
}

static void
mw_route_init (MwRoute *self)
{
}

const char *
mw_route_get_host (MwRoute *self)
{
  g_return_val_if_fail (MW_IS_ROUTE (self), NULL);

  return self->host;
}

guint16
mw_route_get_port (MwRoute *self)
{
  g_return_val_if_fail (MW_IS_ROUTE (self), 0);

  return self->port;
}

GPtrArray *
mw_route_get_addresses (MwRoute *self)
{
  g_return_val_if_fail (MW_IS_ROUTE (self), NULL);

  return self->addresses;
}

const char *
mw_route_get_proxy (MwRoute *self)
{
  g_return_val_if_fail (MW_IS_ROUTE (self), NULL);

  return self->proxy->kind != MW_PROXY_DIRECT ? self->proxy->name : NULL;
}

/* The race */

/* RFC 8305, section 4: the families alternate, beginning with that of the first address */
static GPtrArray *
interleave (GPtrArray *addresses)
{
  GPtrArray *order = g_ptr_array_new_with_free_func (g_object_unref);
  guint positions[2] = { 0, 0 };
  GSocketFamily first = g_inet_address_get_family (g_ptr_array_index (addresses, 0));

  while (order->len < MIN (addresses->len, MAX_ADDRESSES))
    for (guint turn = 0; turn < 2; turn++)
      for (guint *i = &positions[turn]; *i < addresses->len;)
        {
          GInetAddress *address = g_ptr_array_index (addresses, (*i)++);

          if ((g_inet_address_get_family (address) == first) == (turn == 0))
            {
              g_ptr_array_add (order, g_object_ref (address));
              break;
            }
        }

  return order;
}

static void
end_attempt (Runner *runner, MwDialFate fate, int errsv)
{
  MwDialAttempt *attempt = runner->attempt;

  attempt->fate = fate;
  attempt->errsv = errsv;
  attempt->message = errsv != 0 ? g_strdup (g_strerror (errsv)) : NULL;
  attempt->milliseconds = (double) (g_get_monotonic_time () - runner->started) / 1000;
  if (fate != MW_DIAL_CONNECTED && runner->fd >= 0)
    close (runner->fd);
}

static int
open_socket (GInetAddress *address)
{
  int family = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? AF_INET : AF_INET6;
  int fd = socket (family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  /* GnuTLS sends the last two messages of a handshake in pieces; with Nagle's algorithm the second
   * would wait for a whole round trip */
  if (fd >= 0)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));

  return fd;
}

static int
begin_connect (int fd, GInetAddress *address, guint16 port)
{
  g_autoptr(GSocketAddress) target = g_inet_socket_address_new (address, port);
  struct sockaddr_storage native = { 0 };
  int result;

  if (!g_socket_address_to_native (target, &native, sizeof native, NULL))
    {
      errno = EAFNOSUPPORT;
      return -1;
    }

  do
    result = connect (fd, (struct sockaddr *) &native,
                      (socklen_t) g_socket_address_get_native_size (target));
  while (result < 0 && errno == EINTR);

  return result;
}

static void
start_next (Race *race)
{
  GInetAddress *address = g_ptr_array_index (race->addresses, race->next++);
  Runner runner = { g_new0 (MwDialAttempt, 1), -1, g_get_monotonic_time () };

  runner.attempt->address = g_inet_address_to_string (address);
  runner.attempt->port = race->port;
  g_ptr_array_add (race->attempts, runner.attempt);

  race->next_start = runner.started + ATTEMPT_DELAY;
  runner.fd = open_socket (address);
  if (runner.fd >= 0 && begin_connect (runner.fd, address, race->port) == 0)
    {
      end_attempt (&runner, MW_DIAL_CONNECTED, 0);
      race->winner = runner.fd;
    }
  else if (runner.fd >= 0 && errno == EINPROGRESS)
    {
      g_array_append_val (race->runners, runner);
    }
  else
    {
      end_attempt (&runner, MW_DIAL_FAILED, errno);
      race->next_start = runner.started;
    }
}

/* Waits for any of them; looks at those that have an answer */
static gboolean
wait_for_runners (Race *race, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_autofree GPollFD *fds = g_new0 (GPollFD, race->runners->len + 1);
  guint n = race->runners->len;
  gboolean pollable;

  for (guint i = 0; i < n; i++)
    {
      fds[i].fd = g_array_index (race->runners, Runner, i).fd;
      fds[i].events = G_IO_OUT;
    }
  pollable = g_cancellable_make_pollfd (cancellable, &fds[n]);
  g_poll (fds, pollable ? n + 1 : n, mw_deadline_get_poll_timeout (deadline));
  if (pollable)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  for (guint i = n; i-- > 0;)
    {
      Runner *runner = &g_array_index (race->runners, Runner, i);
      int errsv = 0;

      if (fds[i].revents == 0 || race->winner >= 0)
        continue;

      if (getsockopt (runner->fd, SOL_SOCKET, SO_ERROR, &errsv, &(socklen_t) { sizeof errsv }) < 0)
        errsv = errno;
      end_attempt (runner, errsv == 0 ? MW_DIAL_CONNECTED : MW_DIAL_FAILED, errsv);
      if (errsv == 0)
        race->winner = runner->fd;
      else
        race->next_start = g_get_monotonic_time ();
      g_array_remove_index (race->runners, i);
    }

  return TRUE;
}

static gboolean
run_race (Race *race, gint64 deadline, GCancellable *cancellable, GError **error)
{
  while (race->winner < 0 && !mw_deadline_is_over (deadline))
    {
      gboolean more = race->next < race->addresses->len;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (more && (race->runners->len == 0 || g_get_monotonic_time () >= race->next_start))
        start_next (race);
      else if (race->runners->len == 0)
        break;
      else if (!wait_for_runners (
                   race, more ? mw_deadline_earlier (deadline, race->next_start) : deadline,
                   cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Of several failures the one that says most: a host that refuses is there, one that is silent may
 * be; "unreachable" often means only that this machine has no IPv6 */
static MwNetError
judge_attempts (GPtrArray *attempts)
{
  static const MwNetError order[] = { MW_NET_ERROR_REFUSED, MW_NET_ERROR_RESET,
                                      MW_NET_ERROR_TIMEOUT, MW_NET_ERROR_UNREACHABLE };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint j = 0; j < attempts->len; j++)
      {
        const MwDialAttempt *attempt = g_ptr_array_index (attempts, j);

        if (attempt->fate == MW_DIAL_ABANDONED
                ? order[i] == MW_NET_ERROR_TIMEOUT
                : mw_net_error_from_errno (attempt->errsv) == order[i])
          return order[i];
      }

  return attempts->len > 0 ? MW_NET_ERROR_FAILED : MW_NET_ERROR_TIMEOUT;
}

static void
set_error_from_attempts (GPtrArray *attempts, const char *host, guint16 port, GError **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < attempts->len; i++)
    {
      const MwDialAttempt *attempt = g_ptr_array_index (attempts, i);

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "; " : "", attempt->address,
                              attempt->message != NULL ? attempt->message : "no answer in time");
    }

  g_set_error (error, MW_NET_ERROR, (int) judge_attempts (attempts), "%s:%u: %s", host, port,
               attempts->len > 0 ? text->str : "no time was left to connect");
}

/* Returns a connected socket; adds to @attempts */
static GSocket *
connect_to_any (GPtrArray *addresses,
                const char *host,
                guint16 port,
                GPtrArray *attempts,
                gint64 deadline,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr(GPtrArray) order = interleave (addresses);
  g_autoptr(GArray) runners = g_array_new (FALSE, FALSE, sizeof (Runner));
  Race race = { order, port, 0, 0, runners, attempts, -1 };
  GSocket *socket;
  gboolean ran;

  ran = run_race (&race, deadline, cancellable, error);
  for (guint i = 0; i < runners->len; i++)
    end_attempt (&g_array_index (runners, Runner, i), MW_DIAL_ABANDONED, 0);

  if (race.winner >= 0)
    {
      socket = g_socket_new_from_fd (race.winner, error);
      if (socket == NULL)
        close (race.winner);
      return socket;
    }

  if (ran)
    set_error_from_attempts (attempts, host, port, error);
  return NULL;
}

/* The way */

/* Finds the addresses for the first of @uris that has some */
static MwRoute *
find_route (MwDialer *self,
            const char *protocol,
            const char *host,
            guint16 port,
            char **uris,
            gint64 deadline,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr(GError) first_failure = NULL;

  for (; *uris != NULL; uris++)
    {
      g_autoptr(GError) failure = NULL;
      g_autoptr(GPtrArray) addresses = NULL;
      g_autoptr(MwProxy) proxy = mw_proxy_parse (*uris, &failure);

      if (proxy != NULL)
        addresses =
            mw_resolver_lookup_addresses (self->resolver, proxy->host != NULL ? proxy->host : host,
                                          deadline, cancellable, &failure);
      if (addresses != NULL)
        {
          MwRoute *route = g_object_new (MW_TYPE_ROUTE, NULL);

          route->protocol = g_strdup (protocol);
          route->host = g_strdup (host);
          route->port = port;
          route->proxy = g_steal_pointer (&proxy);
          route->addresses = g_steal_pointer (&addresses);
          route->alternatives = g_strdupv (uris + 1);
          return route;
        }

      if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (proxy != NULL && proxy->host != NULL)
        {
          g_autofree char *text = g_strdup (failure->message);

          g_clear_error (&failure);
          g_set_error (&failure, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED, "proxy %s: %s",
                       proxy->name, text);
        }
      if (first_failure == NULL)
        first_failure = g_steal_pointer (&failure);
    }

  if (first_failure != NULL)
    g_propagate_error (error, g_steal_pointer (&first_failure));
  return NULL;
}

static MwConnection *
connect_by_route (MwRoute *route,
                  GPtrArray *attempts,
                  gboolean *reached,
                  gint64 deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  const MwProxy *proxy = route->proxy;
  gboolean direct = proxy->kind == MW_PROXY_DIRECT;
  g_autoptr(GError) failure = NULL;
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(MwConnection) connection = NULL;

  socket = connect_to_any (route->addresses, direct ? route->host : proxy->host,
                           direct ? route->port : proxy->port, attempts, deadline, cancellable,
                           &failure);
  *reached = socket != NULL;
  if (socket == NULL)
    {
      if (!direct && failure->domain == MW_NET_ERROR)
        g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED, "proxy %s: %s", proxy->name,
                     failure->message);
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  connection = mw_connection_new (socket, route->host, route->port);
  if (!direct && !mw_proxy_negotiate (proxy, connection, route->host, route->port, deadline,
                                      cancellable, error))
    return NULL;

  return g_steal_pointer (&connection);
}

static void
mw_dialer_finalize (GObject *object)
{
  MwDialer *self = MW_DIALER (object);

  g_clear_object (&self->resolver);
  g_clear_object (&self->proxies);

  G_OBJECT_CLASS (mw_dialer_parent_class)->finalize (object);
}

static void
mw_dialer_class_init (MwDialerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_dialer_finalize;
}

static void
mw_dialer_init (MwDialer *self)
{
}

MwDialer *
mw_dialer_new (MwResolver *resolver, GProxyResolver *proxies)
{
  MwDialer *self;

  g_return_val_if_fail (MW_IS_RESOLVER (resolver), NULL);
  g_return_val_if_fail (proxies == NULL || G_IS_PROXY_RESOLVER (proxies), NULL);

  self = g_object_new (MW_TYPE_DIALER, NULL);
  self->resolver = g_object_ref (resolver);
  g_set_object (&self->proxies, proxies);

  return self;
}

MwResolver *
mw_dialer_get_resolver (MwDialer *self)
{
  g_return_val_if_fail (MW_IS_DIALER (self), NULL);

  return self->resolver;
}

MwRoute *
mw_dialer_resolve (MwDialer *self,
                   const char *protocol,
                   const char *host,
                   guint16 port,
                   gint64 deadline,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (GStrv) uris = NULL;

  g_return_val_if_fail (MW_IS_DIALER (self), NULL);
  g_return_val_if_fail (protocol != NULL && host != NULL && port != 0, NULL);

  uris = mw_proxy_lookup (self->proxies, protocol, host, port, deadline, cancellable, error);
  if (uris == NULL)
    return NULL;

  return find_route (self, protocol, host, port, uris, deadline, cancellable, error);
}

MwConnection *
mw_dialer_connect (MwDialer *self,
                   MwRoute *route,
                   GPtrArray **attempts,
                   gint64 deadline,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr(GPtrArray) tried = NULL;
  g_autoptr(MwRoute) current = NULL;
  g_autoptr(GError) first_failure = NULL;
  MwConnection *connection = NULL;
  gboolean reached = FALSE;

  g_return_val_if_fail (MW_IS_DIALER (self), NULL);
  g_return_val_if_fail (MW_IS_ROUTE (route), NULL);

  tried = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dial_attempt_free);
  current = g_object_ref (route);
  while (current != NULL && connection == NULL && !reached)
    {
      g_autoptr(MwRoute) next = NULL;
      g_autoptr(GError) failure = NULL;

      connection = connect_by_route (current, tried, &reached, deadline, cancellable, &failure);
      if (connection == NULL && first_failure == NULL)
        first_failure = g_steal_pointer (&failure);

      /* A proxy that cannot be reached: the settings may name another, or none */
      if (!reached && !g_cancellable_is_cancelled (cancellable))
        next = find_route (self, current->protocol, current->host, current->port,
                           current->alternatives, deadline, cancellable, NULL);
      g_set_object (&current, next);
    }

  if (attempts != NULL)
    *attempts = g_steal_pointer (&tried);
  if (connection == NULL)
    g_propagate_error (error, g_steal_pointer (&first_failure));

  return connection;
}
