/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-discovery.h"

#include "discovery/mw-discovery-private.h"

/* Shared by the object and its runs: the probe's data lives as long as any of them */
#define MW_TYPE_PROBE_DATA (mw_probe_data_get_type ())
G_DECLARE_FINAL_TYPE (MwProbeData, mw_probe_data, MW, PROBE_DATA, GObject)

struct _MwProbeData
{
  GObject parent_instance;

  gpointer data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (MwProbeData, mw_probe_data, G_TYPE_OBJECT)

struct _MwDiscovery
{
  GObject parent_instance;

  /* Owned */
  MwResolver *resolver;
  MwHttpClient *http_client;
  MwTrust *trust;
  GStrv mx_hosts;
  char *ispdb_url;
  GStrv setup_dirs;
  MwProbeData *probe_data;

  /* Not owned: lives as long as the process, or as its owner sees to */
  MwProviderDb *providers;

  gboolean offline;
  gboolean compare;
  gboolean wait_for_all;
  MwDiscoveryProbe probe;
};

G_DEFINE_FINAL_TYPE (MwDiscovery, mw_discovery, G_TYPE_OBJECT)

static void
mw_probe_data_finalize (GObject *object)
{
  MwProbeData *self = MW_PROBE_DATA (object);

  if (self->destroy != NULL)
    self->destroy (self->data);

  G_OBJECT_CLASS (mw_probe_data_parent_class)->finalize (object);
}

static void
mw_probe_data_class_init (MwProbeDataClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_probe_data_finalize;
}

static void
mw_probe_data_init (MwProbeData *self)
{
}

static void
mw_discovery_dispose (GObject *object)
{
  MwDiscovery *self = MW_DISCOVERY (object);

  g_clear_object (&self->resolver);
  g_clear_object (&self->http_client);
  g_clear_object (&self->trust);
  g_clear_object (&self->probe_data);

  G_OBJECT_CLASS (mw_discovery_parent_class)->dispose (object);
}

static void
mw_discovery_finalize (GObject *object)
{
  MwDiscovery *self = MW_DISCOVERY (object);

  g_strfreev (self->mx_hosts);
  g_free (self->ispdb_url);
  g_strfreev (self->setup_dirs);

  G_OBJECT_CLASS (mw_discovery_parent_class)->finalize (object);
}

static void
mw_discovery_class_init (MwDiscoveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mw_discovery_dispose;
  object_class->finalize = mw_discovery_finalize;
}

static void
mw_discovery_init (MwDiscovery *self)
{
  g_autoptr(GPtrArray) dirs = g_ptr_array_new ();
  const char *const *config_dirs = g_get_system_config_dirs ();

  for (gsize i = 0; config_dirs[i] != NULL; i++)
    g_ptr_array_add (dirs, g_build_filename (config_dirs[i], "mailwright", "setup", NULL));
  g_ptr_array_add (dirs, NULL);
  self->setup_dirs = (GStrv) g_ptr_array_steal (dirs, NULL);
  self->ispdb_url = g_strdup (MW_DISCOVERY_ISPDB_URL);
}

/**
 * mw_discovery_new:
 * @resolver: (nullable): where names are looked up; %NULL for a new one of the system's. One
 *   resolver keeps its answers: hand it on to the check that follows
 * @http_client: (nullable): what fetches documents; %NULL for a new one over @resolver
 * @providers: (nullable): the provider database, which has to outlive the object and its runs;
 *   %NULL for the default one
 *
 * Returns: (transfer full): a discovery with the default options: on line, no comparison, Mozilla's
 *   ISPDB, the set-up files of $XDG_CONFIG_DIRS
 */
MwDiscovery *
mw_discovery_new (MwResolver *resolver, MwHttpClient *http_client, MwProviderDb *providers)
{
  MwDiscovery *self = g_object_new (MW_TYPE_DISCOVERY, NULL);

  self->resolver = resolver != NULL ? g_object_ref (resolver) : mw_resolver_new ();
  self->http_client = http_client != NULL ? g_object_ref (http_client) : NULL;
  self->providers = providers != NULL ? providers : mw_provider_db_get_default ();
  return self;
}

/**
 * mw_discovery_set_offline:
 * @self: a discovery
 * @offline: whether nothing is asked over the network at all: set-up files, the provider database
 *   and mw_discovery_set_mx_hosts() remain
 */
void
mw_discovery_set_offline (MwDiscovery *self, gboolean offline)
{
  self->offline = offline;
}

/**
 * mw_discovery_set_compare:
 * @self: a discovery
 * @compare: whether all sources are asked even if the database knows the answer, guesses are made
 *   even if something better is known, and all of them are waited for
 */
void
mw_discovery_set_compare (MwDiscovery *self, gboolean compare)
{
  self->compare = compare;
}

/**
 * mw_discovery_set_wait_for_all:
 * @self: a discovery
 * @wait_for_all: whether the run goes on when its answer is certain, until all sources that were
 *   asked have ended (at most ten seconds). Otherwise it ends soon after that, with what the
 *   others have said by then. A window wants all, and shows the certain answer when it is
 *   reported; a command that prints one answer does not
 */
void
mw_discovery_set_wait_for_all (MwDiscovery *self, gboolean wait_for_all)
{
  self->wait_for_all = wait_for_all;
}

/**
 * mw_discovery_set_mx_hosts:
 * @self: a discovery
 * @hosts: (nullable) (array zero-terminated=1): mail exchangers that stand for those of the domain,
 *   preferred ones first; "." for "takes no mail". %NULL or empty to ask DNS
 */
void
mw_discovery_set_mx_hosts (MwDiscovery *self, const char *const *hosts)
{
  g_strfreev (self->mx_hosts);
  self->mx_hosts = hosts != NULL && hosts[0] != NULL ? g_strdupv ((char **) hosts) : NULL;
}

/**
 * mw_discovery_set_ispdb_url:
 * @self: a discovery
 * @url: (nullable): the https URL to which the domain is appended, or %NULL to ask no such database
 */
void
mw_discovery_set_ispdb_url (MwDiscovery *self, const char *url)
{
  g_free (self->ispdb_url);
  self->ispdb_url = g_strdup (url);
}

/**
 * mw_discovery_set_setup_dirs:
 * @self: a discovery
 * @dirs: (nullable) (array zero-terminated=1) (element-type filename): the folders with set-up
 *   files, the one that wins first
 */
void
mw_discovery_set_setup_dirs (MwDiscovery *self, const char *const *dirs)
{
  g_strfreev (self->setup_dirs);
  self->setup_dirs = g_strdupv ((char **) dirs);
}

/**
 * mw_discovery_set_trust:
 * @self: a discovery
 * @trust: (nullable): whom to trust when a guess is proven, and when documents are fetched with a
 *   client of its own; %NULL for the system
 */
void
mw_discovery_set_trust (MwDiscovery *self, MwTrust *trust)
{
  g_set_object (&self->trust, trust);
}

/**
 * mw_discovery_set_probe:
 * @self: a discovery
 * @probe: (nullable): proves guesses, or %NULL for the real thing
 * @user_data: data for @probe
 * @destroy: (nullable): frees @user_data when neither the object nor a run needs it any longer; any
 *   thread
 */
void
mw_discovery_set_probe (MwDiscovery *self,
                        MwDiscoveryProbe probe,
                        gpointer user_data,
                        GDestroyNotify destroy)
{
  g_clear_object (&self->probe_data);
  self->probe = probe;
  self->probe_data = g_object_new (MW_TYPE_PROBE_DATA, NULL);
  self->probe_data->data = user_data;
  self->probe_data->destroy = destroy;
}

static MwDiscoveryOptions *
make_options (MwDiscovery *self)
{
  MwDiscoveryOptions *options = g_new0 (MwDiscoveryOptions, 1);

  options->resolver = g_object_ref (self->resolver);
  options->trust = g_object_ref (self->trust != NULL ? self->trust : mw_trust_get_default ());
  options->http_client = self->http_client != NULL
                             ? g_object_ref (self->http_client)
                             : mw_http_client_new (self->resolver, self->trust, NULL);
  options->dialer = mw_dialer_new (self->resolver, NULL);
  options->providers = self->providers;
  options->offline = self->offline;
  options->compare = self->compare;
  options->wait_for_all = self->wait_for_all;
  options->mx_hosts = g_strdupv (self->mx_hosts);
  options->ispdb_url = g_strdup (self->ispdb_url);
  options->setup_dirs = g_strdupv (self->setup_dirs);
  options->probe = self->probe;
  if (self->probe_data != NULL)
    {
      options->probe_data = self->probe_data->data;
      options->owner = G_OBJECT (g_object_ref (self->probe_data));
    }
  return options;
}

/* ---- blocking ---- */

typedef struct
{
  MwDiscovery *discovery;
  MwDiscoveryUpdated updated;
  gpointer user_data;
} Listener;

static void
call_listener (MwDiscoveryResult *result, gpointer user_data)
{
  Listener *listener = user_data;

  listener->updated (listener->discovery, result, listener->user_data);
}

/**
 * mw_discovery_run_sync:
 * @self: a discovery
 * @address: the address
 * @updated: (nullable) (scope call): is told what came in, in the calling thread; the last time
 * with what is returned
 * @updated_data: data for @updated
 * @cancellable: (nullable): ends the run at once
 * @error: return location for a #GError
 *
 * Finds the servers of an address. That nothing was found, or that no source could be asked, is a
 * result and not an error. When nothing is known locally it takes from one round trip to ten
 * seconds.
 *
 * Returns: (transfer full): the result; %NULL and %G_IO_ERROR_CANCELLED if it was cancelled
 */
MwDiscoveryResult *
mw_discovery_run_sync (MwDiscovery *self,
                       MwAddress *address,
                       MwDiscoveryUpdated updated,
                       gpointer updated_data,
                       GCancellable *cancellable,
                       GError **error)
{
  Listener listener = { self, updated, updated_data };

  g_return_val_if_fail (MW_IS_DISCOVERY (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  return mw_discovery_run (make_options (self), address, updated != NULL ? call_listener : NULL,
                           &listener, cancellable, error);
}

/* ---- in the background ---- */

/* Owned by the task */
typedef struct
{
  MwDiscoveryOptions *options;
  MwAddress *address;
  MwDiscoveryUpdated updated;
  gpointer user_data;
  GDestroyNotify destroy;
  GAsyncReadyCallback callback;
  gpointer callback_data;
} RunData;

static void
run_data_free (gpointer data)
{
  RunData *run_data = data;

  mw_address_unref (run_data->address);
  g_free (run_data);
}

typedef struct
{
  GTask *task;
  MwDiscoveryResult *result;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_object_unref (report->task);
  mw_discovery_result_unref (report->result);
  g_free (report);
}

static gboolean
deliver (gpointer data)
{
  Report *report = data;
  RunData *run_data = g_task_get_task_data (report->task);

  /* Who cancelled does not want to hear any more of it */
  if (!g_cancellable_is_cancelled (g_task_get_cancellable (report->task)))
    run_data->updated (g_task_get_source_object (report->task), report->result,
                       run_data->user_data);
  return G_SOURCE_REMOVE;
}

static void
post (MwDiscoveryResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr(GSource) idle = g_idle_source_new ();
  Report *report = g_new (Report, 1);

  report->task = g_object_ref (task);
  report->result = mw_discovery_result_ref (result);
  /* Attached to the context itself, with the priority of the result: it stays ahead of that */
  g_source_set_priority (idle, g_task_get_priority (task));
  g_source_set_callback (idle, deliver, report, report_free);
  g_source_set_static_name (idle, "mw-discovery-updated");
  g_source_attach (idle, g_task_get_context (task));
}

/* The task may be freed in the worker, but what belongs to the caller is freed where the caller is:
 * all reports are delivered by now */
static void
on_ready (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RunData *run_data = g_task_get_task_data (G_TASK (result));

  if (run_data->destroy != NULL)
    run_data->destroy (run_data->user_data);
  if (run_data->callback != NULL)
    run_data->callback (object, result, run_data->callback_data);
}

static void
run_in_worker (gpointer data, gpointer user_data)
{
  g_autoptr(GTask) task = data;
  RunData *run_data = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  MwDiscoveryResult *result = mw_discovery_run (
      g_steal_pointer (&run_data->options), run_data->address,
      run_data->updated != NULL ? post : NULL, task, g_task_get_cancellable (task), &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) mw_discovery_result_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mw_discovery_run_async:
 * @self: a discovery
 * @address: the address
 * @updated: (nullable) (scope notified) (closure updated_data): is told what came in, in the
 *   thread-default main context of the caller, and never after @callback or once @cancellable was
 *   cancelled
 * @updated_data: data for @updated
 * @updated_destroy: (nullable): frees @updated_data, in the caller's context, right before
 * @callback
 * @cancellable: (nullable): ends the run at once
 * @callback: is called when it is over
 * @user_data: data for @callback
 *
 * Does what mw_discovery_run_sync() does, in a thread of its own.
 */
void
mw_discovery_run_async (MwDiscovery *self,
                        MwAddress *address,
                        MwDiscoveryUpdated updated,
                        gpointer updated_data,
                        GDestroyNotify updated_destroy,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task;
  RunData *run_data;

  g_return_if_fail (MW_IS_DISCOVERY (self));
  g_return_if_fail (address != NULL);

  task = g_task_new (self, cancellable, on_ready, NULL);
  g_task_set_source_tag (task, mw_discovery_run_async);
  g_task_set_name (task, "mw_discovery_run_async");
  run_data = g_new0 (RunData, 1);
  run_data->options = make_options (self);
  run_data->address = mw_address_ref (address);
  run_data->updated = updated;
  run_data->user_data = updated_data;
  run_data->destroy = updated_destroy;
  run_data->callback = callback;
  run_data->callback_data = user_data;
  g_task_set_task_data (task, run_data, run_data_free);
  mw_discovery_in_worker (run_in_worker, task);
}

/**
 * mw_discovery_run_finish:
 * @self: a discovery
 * @result: what the callback was given
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the result; %NULL and %G_IO_ERROR_CANCELLED if it was cancelled
 */
MwDiscoveryResult *
mw_discovery_run_finish (MwDiscovery *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
