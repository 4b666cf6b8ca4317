/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-search"

#include "config.h"

#include "app/mw-add-search.h"

#include "discovery/mw-discovery.h"

/* How long the network may take to say how it is, once nothing was found */
#define NETWORK_SECONDS 1

struct _MwAddSearch
{
  GObject parent_instance;

  /* Owned */
  MwSession *session;
  GCancellable *cancellable; /* of the run that counts; another one's answers are not heard */
  MwDiscoveryResult *result;
  GError *error;

  MwAddSearchState state;
  MwConnectivity connectivity;
  gboolean compare;
};

enum
{
  UPDATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwAddSearch, mw_add_search, G_TYPE_OBJECT)

/* One run: what its callbacks need to know whether they still count */
typedef struct
{
  MwAddSearch *search;
  GCancellable *cancellable;
} Run;

static Run *
run_new (MwAddSearch *self)
{
  Run *run = g_new (Run, 1);

  run->search = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  return run;
}

static void
run_free (Run *run)
{
  g_object_unref (run->search);
  g_object_unref (run->cancellable);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static gboolean
run_counts (Run *run)
{
  return run->search->cancellable == run->cancellable &&
         !g_cancellable_is_cancelled (run->cancellable);
}

static void
cancel (MwAddSearch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
mw_add_search_dispose (GObject *object)
{
  MwAddSearch *self = MW_ADD_SEARCH (object);

  cancel (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_add_search_parent_class)->dispose (object);
}

static void
mw_add_search_finalize (GObject *object)
{
  MwAddSearch *self = MW_ADD_SEARCH (object);

  g_clear_pointer (&self->result, mw_discovery_result_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (mw_add_search_parent_class)->finalize (object);
}

static void
mw_add_search_class_init (MwAddSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mw_add_search_dispose;
  object_class->finalize = mw_add_search_finalize;

  signals[UPDATED] = g_signal_new ("updated", MW_TYPE_ADD_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
mw_add_search_init (MwAddSearch *self)
{
}

static void
take_state (MwAddSearch *self, MwAddSearchState state)
{
  self->state = state;
  g_signal_emit (self, signals[UPDATED], 0);
}

static void
take_result (MwAddSearch *self, MwDiscoveryResult *result)
{
  mw_discovery_result_ref (result);
  g_clear_pointer (&self->result, mw_discovery_result_unref);
  self->result = result;
}

static void
on_updated (MwDiscovery *discovery, MwDiscoveryResult *result, gpointer user_data)
{
  Run *run = user_data;

  if (!run_counts (run))
    return;
  take_result (run->search, result);
  g_signal_emit (run->search, signals[UPDATED], 0);
}

static void
query_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (MwNetworkState) network = mw_network_query_finish (result, NULL);

  if (!run_counts (run))
    return;
  if (network != NULL)
    run->search->connectivity = network->connectivity;
  take_state (run->search, MW_ADD_SEARCH_DONE);
}

static void
run_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Run) run = user_data;
  MwAddSearch *self = run->search;
  g_autoptr (GError) error = NULL;
  g_autoptr (MwDiscoveryResult) found =
                mw_discovery_run_finish (MW_DISCOVERY (object), result, &error);

  if (!run_counts (run))
    return;
  if (found == NULL)
    {
      self->error = g_steal_pointer (&error);
      take_state (self, MW_ADD_SEARCH_FAILED);
      return;
    }
  take_result (self, found);
  if (mw_discovery_result_get_chosen (found) >= 0)
    take_state (self, MW_ADD_SEARCH_DONE);
  else /* "nothing found" and "no network" are two things */
    mw_network_query_async (g_get_monotonic_time () + NETWORK_SECONDS * G_USEC_PER_SEC,
                            self->cancellable, query_cb, g_steal_pointer (&run));
}

/**
 * mw_add_search_new:
 * @session: the session
 *
 * Returns: (transfer full): a search that has not begun
 */
MwAddSearch *
mw_add_search_new (MwSession *session)
{
  MwAddSearch *self = g_object_new (MW_TYPE_ADD_SEARCH, NULL);

  self->session = g_object_ref (session);
  return self;
}

/**
 * mw_add_search_start:
 * @self: a search; another run of it is stopped first
 * @address: the address; nothing but its domain is told to others
 * @compare: whether every source is asked, even when the provider list knows the domain
 *
 * Starts searching. When it compares, what was found before stays until there is something new.
 */
void
mw_add_search_start (MwAddSearch *self, MwAddress *address, gboolean compare)
{
  g_autoptr (MwDiscovery) discovery = NULL;
  g_autoptr (GError) error = NULL;
  MwTrust *trust;

  cancel (self);
  self->cancellable = g_cancellable_new ();
  g_clear_error (&self->error);
  if (!compare)
    g_clear_pointer (&self->result, mw_discovery_result_unref);
  self->connectivity = MW_CONNECTIVITY_UNKNOWN;
  self->compare = compare;
  trust = mw_session_get_trust (self->session, &error);
  if (trust == NULL)
    {
      self->error = g_steal_pointer (&error);
      take_state (self, MW_ADD_SEARCH_FAILED);
      return;
    }
  discovery = mw_discovery_new (NULL, NULL, mw_session_get_providers (self->session));
  mw_discovery_set_trust (discovery, trust);
  mw_discovery_set_compare (discovery, compare);
  /* The answer is shown once it is certain; the others go on filling the comparison */
  mw_discovery_set_wait_for_all (discovery, TRUE);
  if (mw_session_get_ispdb_url (self->session) != NULL)
    mw_discovery_set_ispdb_url (discovery, mw_session_get_ispdb_url (self->session));
  self->state = MW_ADD_SEARCH_RUNNING;
  mw_discovery_run_async (discovery, address, on_updated, run_new (self), (GDestroyNotify) run_free,
                          self->cancellable, run_cb, run_new (self));
  g_signal_emit (self, signals[UPDATED], 0);
}

/**
 * mw_add_search_stop:
 * @self: a search
 *
 * Ends it at once. What was found by then stays.
 */
void
mw_add_search_stop (MwAddSearch *self)
{
  if (self->state != MW_ADD_SEARCH_RUNNING)
    return;
  cancel (self);
  take_state (self, MW_ADD_SEARCH_STOPPED);
}

/**
 * mw_add_search_forget:
 * @self: a search
 *
 * Ends it, forgets what was found, and tells nobody.
 */
void
mw_add_search_forget (MwAddSearch *self)
{
  cancel (self);
  g_clear_pointer (&self->result, mw_discovery_result_unref);
  g_clear_error (&self->error);
  self->state = MW_ADD_SEARCH_IDLE;
}

/**
 * mw_add_search_get_state:
 * @self: a search
 *
 * Returns: how far it has come
 */
MwAddSearchState
mw_add_search_get_state (MwAddSearch *self)
{
  return self->state;
}

/**
 * mw_add_search_get_compare:
 * @self: a search
 *
 * Returns: whether the present or last run asked every source
 */
gboolean
mw_add_search_get_compare (MwAddSearch *self)
{
  return self->compare;
}

/**
 * mw_add_search_get_result:
 * @self: a search
 *
 * Returns: (transfer none) (nullable): what the sources said so far
 */
MwDiscoveryResult *
mw_add_search_get_result (MwAddSearch *self)
{
  return self->result;
}

/**
 * mw_add_search_get_error:
 * @self: a search
 *
 * Returns: (transfer none) (nullable): why it could not begin
 */
const GError *
mw_add_search_get_error (MwAddSearch *self)
{
  return self->error;
}

/**
 * mw_add_search_get_connectivity:
 * @self: a search
 *
 * Returns: how the network was when nothing had been found; unknown otherwise
 */
MwConnectivity
mw_add_search_get_connectivity (MwAddSearch *self)
{
  return self->connectivity;
}
