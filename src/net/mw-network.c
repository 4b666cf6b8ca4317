/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-network"

#include "config.h"

#include "net/mw-network.h"

#include "model/mw-report.h"
#include "net/mw-bounded.h"
#include "net/mw-gio-defaults.h"
#include "net/mw-deadline.h"
#include "net/mw-network-private.h"

#include <linux/ipv6_route.h>
#include <linux/route.h>
#include <string.h>

/* What the name of a connection may come to, in bytes */
#define MAX_NAME 200

#define DBUS_INTERFACE_PROPERTIES "org.freedesktop.DBus.Properties"
#define PORTAL_BUS_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.NetworkMonitor"

/* How long the live object waits for one answer */
#define REFRESH_SECONDS 2

G_DEFINE_BOXED_TYPE (MwNetworkState, mw_network_state, mw_network_state_ref, mw_network_state_unref)

static const char *const connectivity_names[] = {
  [MW_CONNECTIVITY_UNKNOWN] = "unknown",       [MW_CONNECTIVITY_OFFLINE] = "offline",
  [MW_CONNECTIVITY_PORTAL] = "captive-portal", [MW_CONNECTIVITY_LIMITED] = "limited",
  [MW_CONNECTIVITY_ONLINE] = "online",
};

static const char *const metered_names[] = {
  [MW_METERED_UNKNOWN] = "unknown",
  [MW_METERED_YES] = "yes",
  [MW_METERED_GUESS_YES] = "guess-yes",
  [MW_METERED_GUESS_NO] = "guess-no",
  [MW_METERED_NO] = "no",
};

/* NetworkManager's names of connection types (nm-dbus-interface.h, nm-setting-*.h), and ours */
static const struct
{
  const char *theirs;
  const char *ours;
} connection_types[] = {
  { "802-11-wireless", "wifi" }, { "802-3-ethernet", "wired" }, { "gsm", "mobile" },
  { "cdma", "mobile" },          { "bluetooth", "bluetooth" },  { "vpn", "vpn" },
  { "wireguard", "vpn" },        { "pppoe", "wired" },
};

const char *
mw_connectivity_to_string (MwConnectivity connectivity)
{
  g_return_val_if_fail (connectivity < G_N_ELEMENTS (connectivity_names), NULL);

  return connectivity_names[connectivity];
}

const char *
mw_metered_to_string (MwMetered metered)
{
  g_return_val_if_fail (metered < G_N_ELEMENTS (metered_names), NULL);

  return metered_names[metered];
}

static void
mw_network_state_clear (gpointer data)
{
  MwNetworkState *self = data;

  g_free (self->connection_name);
  g_strfreev (self->vpns);
}

MwNetworkState *
mw_network_state_ref (MwNetworkState *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mw_network_state_unref (MwNetworkState *self)
{
  g_atomic_rc_box_release_full (self, mw_network_state_clear);
}

gboolean
mw_network_state_equal (const MwNetworkState *a, const MwNetworkState *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->connectivity == b->connectivity && strcmp (a->source, b->source) == 0 &&
         g_strcmp0 (a->connection_name, b->connection_name) == 0 &&
         g_strcmp0 (a->connection_type, b->connection_type) == 0 &&
         g_strv_equal ((const char *const *) a->vpns, (const char *const *) b->vpns) &&
         a->metered == b->metered && a->has_default_route == b->has_default_route &&
         a->has_ipv4 == b->has_ipv4 && a->has_ipv6 == b->has_ipv6;
}

/* The kernel's own tables */

/* Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask ... */
static gboolean
is_default_ipv4 (char **columns)
{
  guint64 flags;

  if (g_strv_length (columns) < 8 || strcmp (columns[1], "00000000") != 0 ||
      strcmp (columns[7], "00000000") != 0)
    return FALSE;

  flags = g_ascii_strtoull (columns[3], NULL, 16);
  return (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
}

/* Columns: destination, its prefix, source, its prefix, next hop, metric, references, uses, flags,
 * interface */
static gboolean
is_default_ipv6 (char **columns)
{
  guint64 flags;

  if (g_strv_length (columns) < 10 || strspn (columns[0], "0") != 32 ||
      strcmp (columns[1], "00") != 0 || strcmp (columns[9], "lo") == 0)
    return FALSE;

  flags = g_ascii_strtoull (columns[8], NULL, 16);
  return (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
}

static gboolean
any_line (const char *text, gboolean (*test) (char **columns))
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) words = g_strsplit_set (*line, " \t", -1);
      g_auto (GStrv) columns = NULL;

      for (char **word = words; *word != NULL; word++)
        if (**word != '\0')
          g_strv_builder_add (builder, *word);

      columns = g_strv_builder_end (builder);
      if (test (columns))
        return TRUE;
    }

  return FALSE;
}

void
mw_network_parse_routes (const char *ipv4, const char *ipv6, gboolean *has_ipv4, gboolean *has_ipv6)
{
  *has_ipv4 = any_line (ipv4, is_default_ipv4);
  *has_ipv6 = any_line (ipv6, is_default_ipv6);
}

static MwNetworkState *
new_state (const char *source)
{
  MwNetworkState *state = g_atomic_rc_box_new0 (MwNetworkState);
  g_autofree char *ipv4 = NULL, *ipv6 = NULL;

  g_file_get_contents ("/proc/net/route", &ipv4, NULL, NULL);
  g_file_get_contents ("/proc/net/ipv6_route", &ipv6, NULL, NULL);

  state->source = source;
  state->vpns = g_new0 (char *, 1);
  mw_network_parse_routes (ipv4, ipv6, &state->has_ipv4, &state->has_ipv6);
  state->has_default_route = state->has_ipv4 || state->has_ipv6;

  return state;
}

/* A machine without a default route may still reach what is on its own link, but no mail provider
 */
static MwNetworkState *
state_from_routes (void)
{
  MwNetworkState *state = new_state ("routes");

  state->connectivity = state->has_default_route ? MW_CONNECTIVITY_ONLINE : MW_CONNECTIVITY_OFFLINE;

  return state;
}

/* NetworkManager */

MwConnectivity
mw_network_judge (NMState state, NMConnectivityState connectivity, gboolean has_default_route)
{
  if (connectivity == NM_CONNECTIVITY_PORTAL)
    return MW_CONNECTIVITY_PORTAL;

  switch (state)
    {
    case NM_STATE_CONNECTED_GLOBAL:
      return connectivity == NM_CONNECTIVITY_LIMITED ? MW_CONNECTIVITY_LIMITED
                                                     : MW_CONNECTIVITY_ONLINE;
    case NM_STATE_CONNECTED_SITE:
      return MW_CONNECTIVITY_LIMITED;
    case NM_STATE_CONNECTED_LOCAL:
    case NM_STATE_ASLEEP:
    case NM_STATE_DISCONNECTED:
    case NM_STATE_DISCONNECTING:
    case NM_STATE_CONNECTING:
      /* Containers, static configurations, other network daemons: NetworkManager knows nothing of
       * that network, and must not keep anybody from it */
      return has_default_route ? MW_CONNECTIVITY_UNKNOWN : MW_CONNECTIVITY_OFFLINE;
    case NM_STATE_UNKNOWN:
    default:
      return MW_CONNECTIVITY_UNKNOWN;
    }
}

static MwMetered
to_metered (NMMetered metered)
{
  switch (metered)
    {
    case NM_METERED_YES:
      return MW_METERED_YES;
    case NM_METERED_GUESS_YES:
      return MW_METERED_GUESS_YES;
    case NM_METERED_GUESS_NO:
      return MW_METERED_GUESS_NO;
    case NM_METERED_NO:
      return MW_METERED_NO;
    case NM_METERED_UNKNOWN:
    default:
      return MW_METERED_UNKNOWN;
    }
}

static const char *
to_connection_type (const char *theirs)
{
  for (guint i = 0; i < G_N_ELEMENTS (connection_types); i++)
    if (g_strcmp0 (theirs, connection_types[i].theirs) == 0)
      return connection_types[i].ours;

  return "other";
}

static gboolean
is_active_vpn (NMActiveConnection *connection)
{
  return nm_active_connection_get_state (connection) == NM_ACTIVE_CONNECTION_STATE_ACTIVATED &&
         (nm_active_connection_get_vpn (connection) ||
          strcmp (to_connection_type (nm_active_connection_get_connection_type (connection)),
                  "vpn") == 0);
}

MwNetworkState *
mw_network_state_from_client (NMClient *client)
{
  MwNetworkState *state = new_state ("networkmanager");
  g_autoptr(GStrvBuilder) vpns = g_strv_builder_new ();
  NMActiveConnection *primary = nm_client_get_primary_connection (client);
  const GPtrArray *active = nm_client_get_active_connections (client);

  state->connectivity = mw_network_judge (
      nm_client_get_state (client), nm_client_get_connectivity (client), state->has_default_route);
  state->metered = to_metered (nm_client_get_metered (client));

  if (primary != NULL && nm_active_connection_get_id (primary) != NULL)
    {
      /* Wi-Fi names its connections after what the access point calls itself: anybody's words */
      state->connection_name =
          mw_text_make_harmless (nm_active_connection_get_id (primary), -1, MAX_NAME);
      state->connection_type =
          to_connection_type (nm_active_connection_get_connection_type (primary));
    }

  for (guint i = 0; active != NULL && i < active->len; i++)
    {
      NMActiveConnection *connection = g_ptr_array_index (active, i);
      const char *id = nm_active_connection_get_id (connection);

      if (is_active_vpn (connection) && id != NULL)
        g_strv_builder_take (vpns, mw_text_make_harmless (id, -1, MAX_NAME));
    }
  g_strfreev (state->vpns);
  state->vpns = g_strv_builder_end (vpns);

  return state;
}

/* Whether there is somebody who answers. A client of libnm 1.52 that cannot be made, or is told to
 * stop while it is made, loses a context with its descriptor, each time anew. */
static gboolean
network_manager_answers (GCancellable *cancellable, GError **error)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, cancellable, error);
  g_autoptr(GVariant) reply = NULL;

  if (bus == NULL)
    return FALSE;
  /* A bus that goes away must not take the program with it */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  reply = g_dbus_connection_call_sync (
      bus, NM_DBUS_SERVICE, NM_DBUS_PATH, DBUS_INTERFACE_PROPERTIES, "Get",
      g_variant_new ("(ss)", NM_DBUS_INTERFACE, "State"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, error);
  return reply != NULL;
}

/* In a thread of its own, which may hang */
static MwNetworkState *
ask_network_manager (GCancellable *cancellable)
{
  g_autoptr(GMainContext) context = NULL;
  g_autoptr(GError) error = NULL;
  MwNetworkState *state = NULL;
  NMClient *client;

  if (!network_manager_answers (cancellable, &error))
    {
      g_debug ("no NetworkManager: %s", error->message);
      return NULL;
    }
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  client = nm_client_new (cancellable, &error);
  if (client != NULL && nm_client_get_nm_running (client))
    state = mw_network_state_from_client (client);
  else
    g_debug ("no NetworkManager: %s", error != NULL ? error->message : "it does not run");

  /* The client's subscriptions live on in its context until the bus has heard of their end, and the
   * watcher as long as they */
  if (client != NULL)
    {
      gpointer watcher = nm_client_get_context_busy_watcher (client);

      g_object_add_weak_pointer (watcher, &watcher);
      g_object_unref (client);
      while (watcher != NULL)
        g_main_context_iteration (context, TRUE);
    }
  g_main_context_pop_thread_default (context);

  return state;
}

/* The portal, asked directly: GIO's object for it says "offline" until a main loop that nobody may
 * be running has heard the first answer */
static MwNetworkState *
ask_portal (GCancellable *cancellable)
{
  g_autoptr(GDBusConnection) bus = NULL;
  g_autoptr(GVariant) reply = NULL, status = NULL;
  MwNetworkState *state;
  guint32 connectivity = 0;
  gboolean available = FALSE, metered = FALSE;

  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, NULL);
  if (bus == NULL)
    return NULL;

  reply = g_dbus_connection_call_sync (bus, PORTAL_BUS_NAME, PORTAL_PATH, PORTAL_INTERFACE,
                                       "GetStatus", NULL, G_VARIANT_TYPE ("(a{sv})"),
                                       G_DBUS_CALL_FLAGS_NONE, -1, cancellable, NULL);
  if (reply == NULL)
    return NULL;

  state = new_state ("portal");
  status = g_variant_get_child_value (reply, 0);
  g_variant_lookup (status, "available", "b", &available);
  g_variant_lookup (status, "metered", "b", &metered);
  g_variant_lookup (status, "connectivity", "u", &connectivity);
  state->metered = metered ? MW_METERED_YES : MW_METERED_UNKNOWN;

  if (connectivity == G_NETWORK_CONNECTIVITY_PORTAL)
    state->connectivity = MW_CONNECTIVITY_PORTAL;
  else if (!available)
    state->connectivity =
        state->has_default_route ? MW_CONNECTIVITY_UNKNOWN : MW_CONNECTIVITY_OFFLINE;
  else if (connectivity == G_NETWORK_CONNECTIVITY_LIMITED)
    state->connectivity = MW_CONNECTIVITY_LIMITED;
  else
    state->connectivity = MW_CONNECTIVITY_ONLINE;

  return state;
}

static MwNetworkState *
ask_monitor (void)
{
  GNetworkMonitor *monitor = mw_gio_get_network_monitor ();
  MwNetworkState *state = new_state ("monitor");

  state->metered =
      g_network_monitor_get_network_metered (monitor) ? MW_METERED_YES : MW_METERED_UNKNOWN;
  switch (g_network_monitor_get_connectivity (monitor))
    {
    case G_NETWORK_CONNECTIVITY_LOCAL:
      state->connectivity =
          state->has_default_route ? MW_CONNECTIVITY_UNKNOWN : MW_CONNECTIVITY_OFFLINE;
      break;
    case G_NETWORK_CONNECTIVITY_LIMITED:
      state->connectivity = MW_CONNECTIVITY_LIMITED;
      break;
    case G_NETWORK_CONNECTIVITY_PORTAL:
      state->connectivity = MW_CONNECTIVITY_PORTAL;
      break;
    case G_NETWORK_CONNECTIVITY_FULL:
    default:
      state->connectivity = MW_CONNECTIVITY_ONLINE;
      break;
    }

  return state;
}

static gboolean
is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static gpointer
ask_in_thread (gpointer data)
{
  GCancellable *cancellable = data;
  MwNetworkState *state = ask_network_manager (cancellable);

  if (state == NULL && !g_cancellable_is_cancelled (cancellable) && is_sandboxed ())
    state = ask_portal (cancellable);
  if (state == NULL && !g_cancellable_is_cancelled (cancellable) && !is_sandboxed ())
    state = ask_monitor ();

  return state;
}

MwNetworkState *
mw_network_query_sync (gint64 deadline, GCancellable *cancellable)
{
  g_autoptr(GCancellable) stop = g_cancellable_new ();
  MwNetworkState *state;

  state = mw_bounded_run (ask_in_thread, g_object_ref (stop), g_object_unref,
                          (GDestroyNotify) mw_network_state_unref, deadline, cancellable, NULL);
  /* Whoever is still asking need not go on */
  g_cancellable_cancel (stop);

  return state != NULL ? state : state_from_routes ();
}

static void
query_in_task (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const gint64 *deadline = task_data;

  g_task_return_pointer (task, mw_network_query_sync (*deadline, cancellable),
                         (GDestroyNotify) mw_network_state_unref);
}

void
mw_network_query_async (gint64 deadline,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_static_name (task, "mw_network_query");
  g_task_set_source_tag (task, mw_network_query_async);
  g_task_set_task_data (task, g_memdup2 (&deadline, sizeof deadline), g_free);
  g_task_run_in_thread (task, query_in_task);
}

MwNetworkState *
mw_network_query_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The live object */

struct _MwNetwork
{
  GObject parent_instance;

  MwNetworkState *state;
  GCancellable *cancellable;
  NMClient *client;
  GNetworkMonitor *monitor; /* lent by GIO */
  guint refresh_id;
  gboolean refreshing;
  gboolean refresh_again;
};

enum
{
  PROP_STATE = 1,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwNetwork, mw_network, G_TYPE_OBJECT)

static void refresh (MwNetwork *self);

static void
take_state (MwNetwork *self, MwNetworkState *state)
{
  if (mw_network_state_equal (self->state, state))
    {
      mw_network_state_unref (state);
      return;
    }

  mw_network_state_unref (self->state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(MwNetwork) self = user_data;
  g_autoptr(MwNetworkState) state = mw_network_query_finish (result, NULL);

  self->refreshing = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable) || state == NULL)
    return;

  take_state (self, g_steal_pointer (&state));
  if (self->refresh_again)
    refresh (self);
}

static void
refresh (MwNetwork *self)
{
  if (self->client != NULL && nm_client_get_nm_running (self->client))
    {
      take_state (self, mw_network_state_from_client (self->client));
      return;
    }

  self->refresh_again = self->refreshing;
  if (self->refreshing)
    return;

  self->refreshing = TRUE;
  mw_network_query_async (mw_deadline_after (REFRESH_SECONDS), self->cancellable, refreshed_cb,
                          g_object_ref (self));
}

static gboolean
on_refresh_due (gpointer user_data)
{
  MwNetwork *self = user_data;

  self->refresh_id = 0;
  refresh (self);

  return G_SOURCE_REMOVE;
}

/* NetworkManager changes a dozen properties when a network comes: one look at them is enough */
static void
on_something_changed (MwNetwork *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add (on_refresh_due, self);
}

static void
client_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(MwNetwork) self = user_data;
  g_autoptr(GError) error = NULL;
  NMClient *client = nm_client_new_finish (result, &error);

  if (client == NULL)
    {
      g_debug ("no NetworkManager: %s", error->message);
      return;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_object_unref (client);
      return;
    }

  self->client = client;
  g_signal_connect_object (client, "notify", G_CALLBACK (on_something_changed), self,
                           G_CONNECT_SWAPPED);
  on_something_changed (self);
}

/* GIO's monitor may ask a bus when it is made, and block: it is made in a thread */
static void
make_monitor (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, mw_gio_get_network_monitor (), NULL);
}

static void
monitor_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MwNetwork *self = MW_NETWORK (source);
  GNetworkMonitor *monitor = g_task_propagate_pointer (G_TASK (result), NULL);

  if (monitor == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  self->monitor = monitor;
  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (on_something_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
mw_network_constructed (GObject *object)
{
  MwNetwork *self = MW_NETWORK (object);
  g_autoptr(GTask) task = NULL;

  G_OBJECT_CLASS (mw_network_parent_class)->constructed (object);

  refresh (self);
  nm_client_new_async (self->cancellable, client_cb, g_object_ref (self));
  task = g_task_new (self, self->cancellable, monitor_cb, NULL);
  g_task_set_static_name (task, "mw_network_make_monitor");
  g_task_set_source_tag (task, mw_network_constructed);
  g_task_run_in_thread (task, make_monitor);
}

static void
mw_network_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MwNetwork *self = MW_NETWORK (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_boxed (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_network_finalize (GObject *object)
{
  MwNetwork *self = MW_NETWORK (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->state, mw_network_state_unref);

  G_OBJECT_CLASS (mw_network_parent_class)->finalize (object);
}

static void
mw_network_dispose (GObject *object)
{
  MwNetwork *self = MW_NETWORK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh_id, g_source_remove);

  G_OBJECT_CLASS (mw_network_parent_class)->dispose (object);
}

static void
mw_network_class_init (MwNetworkClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = mw_network_constructed;
  object_class->get_property = mw_network_get_property;
  object_class->dispose = mw_network_dispose;
  object_class->finalize = mw_network_finalize;

  /**
   * MwNetwork:state:
   *
   * The state as last heard.
   */
  properties[PROP_STATE] =
      g_param_spec_boxed ("state", NULL, NULL, MW_TYPE_NETWORK_STATE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * MwNetwork::changed:
   *
   * Something that a person could notice has changed.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
mw_network_init (MwNetwork *self)
{
  self->cancellable = g_cancellable_new ();
  self->state = new_state ("routes");
}

MwNetwork *
mw_network_new (void)
{
  return g_object_new (MW_TYPE_NETWORK, NULL);
}

MwNetworkState *
mw_network_get_state (MwNetwork *self)
{
  g_return_val_if_fail (MW_IS_NETWORK (self), NULL);

  return self->state;
}
