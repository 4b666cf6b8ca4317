/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-account-item"

#include "config.h"

#include "app/mw-account-item.h"

#include <glib/gi18n-lib.h>

struct _MwAccountItem
{
  GObject parent_instance;

  /* Owned */
  MwAccount *account;
  MwHistory *history;
  MwPast *past;
  GListStore *servers; /* of MwLiveServer */

  gboolean is_checking;
};

enum
{
  PROP_ACCOUNT = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_STATE,
  PROP_SUMMARY,
  PROP_CHECKING,
  PROP_EXPORT_OUTDATED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CHECK_STARTED,
  CHECKED,
  PAST_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwAccountItem, mw_account_item, G_TYPE_OBJECT)

static void
mw_account_item_dispose (GObject *object)
{
  MwAccountItem *self = MW_ACCOUNT_ITEM (object);

  if (self->servers != NULL)
    g_list_store_remove_all (self->servers);

  G_OBJECT_CLASS (mw_account_item_parent_class)->dispose (object);
}

static void
mw_account_item_finalize (GObject *object)
{
  MwAccountItem *self = MW_ACCOUNT_ITEM (object);

  g_object_unref (self->servers);
  g_object_unref (self->account);
  g_object_unref (self->history);
  mw_past_free (self->past);

  G_OBJECT_CLASS (mw_account_item_parent_class)->finalize (object);
}

static void
mw_account_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MwAccountItem *self = MW_ACCOUNT_ITEM (object);

  switch (prop_id)
    {
    case PROP_ACCOUNT:
      g_value_set_object (value, self->account);
      break;
    case PROP_TITLE:
      g_value_set_string (value, mw_account_item_get_title (self));
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, mw_account_get_name (self->account));
      break;
    case PROP_STATE:
      g_value_set_int (value, mw_account_item_get_state (self));
      break;
    case PROP_SUMMARY:
      g_value_set_string (value, mw_account_item_get_summary (self));
      break;
    case PROP_CHECKING:
      g_value_set_boolean (value, self->is_checking);
      break;
    case PROP_EXPORT_OUTDATED:
      g_value_set_boolean (value, mw_account_item_get_export_outdated (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mw_account_item_class_init (MwAccountItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = mw_account_item_dispose;
  object_class->finalize = mw_account_item_finalize;
  object_class->get_property = mw_account_item_get_property;

  properties[PROP_ACCOUNT] = g_param_spec_object ("account", NULL, NULL, MW_TYPE_ACCOUNT, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, MW_ACCOUNT_STATE_NEVER, MW_ACCOUNT_STATE_CHECKING,
                        MW_ACCOUNT_STATE_NEVER, flags);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, flags);
  properties[PROP_CHECKING] = g_param_spec_boolean ("checking", NULL, NULL, FALSE, flags);
  properties[PROP_EXPORT_OUTDATED] =
      g_param_spec_boolean ("export-outdated", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHECK_STARTED] = g_signal_new ("check-started", MW_TYPE_ACCOUNT_ITEM, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHECKED] = g_signal_new ("checked", MW_TYPE_ACCOUNT_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[PAST_CHANGED] = g_signal_new ("past-changed", MW_TYPE_ACCOUNT_ITEM, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mw_account_item_init (MwAccountItem *self)
{
  self->servers = g_list_store_new (MW_TYPE_LIVE_SERVER);
}

/* What a person sees of it, as it was before a change */
typedef struct
{
  MwAccountState state;
  const char *summary; /* static */
  gboolean is_outdated;
} Look;

static Look
take_look (MwAccountItem *self)
{
  return (Look) { mw_account_item_get_state (self), mw_account_item_get_summary (self),
                  mw_account_item_get_export_outdated (self) };
}

static void
notify_look (MwAccountItem *self, const Look *before)
{
  Look now = take_look (self);

  if (now.state != before->state)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (g_strcmp0 (now.summary, before->summary) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUMMARY]);
  if (now.is_outdated != before->is_outdated)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPORT_OUTDATED]);
}

/**
 * mw_account_item_new:
 * @account: (transfer none): the account; not changed any more by anybody
 * @history: (transfer none): what was done with it
 *
 * Returns: (transfer full): an item
 */
MwAccountItem *
mw_account_item_new (MwAccount *account, MwHistory *history)
{
  MwAccountItem *self;

  g_return_val_if_fail (MW_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (MW_IS_HISTORY (history), NULL);

  self = g_object_new (MW_TYPE_ACCOUNT_ITEM, NULL);
  self->account = g_object_ref (account);
  self->history = g_object_ref (history);
  self->past = mw_history_load (history, account);
  return self;
}

/**
 * mw_account_item_get_account:
 * @self: an item
 *
 * Returns: (transfer none): the account as it was last loaded or saved. Do not change it: copy it,
 *   change the copy, and mw_session_save() that.
 */
MwAccount *
mw_account_item_get_account (MwAccountItem *self)
{
  return self->account;
}

/**
 * mw_account_item_get_id:
 * @self: an item
 *
 * Returns: (transfer none): the account's id
 */
const char *
mw_account_item_get_id (MwAccountItem *self)
{
  return mw_account_get_id (self->account);
}

/**
 * mw_account_item_get_title:
 * @self: an item
 *
 * Returns: (transfer none): what to call it: the mail address
 */
const char *
mw_account_item_get_title (MwAccountItem *self)
{
  return mw_address_get_text (mw_account_get_address (self->account));
}

/**
 * mw_account_item_get_state:
 * @self: an item
 *
 * Returns: how it is, at a glance
 */
MwAccountState
mw_account_item_get_state (MwAccountItem *self)
{
  const MwPast *past = self->past;

  if (self->is_checking)
    return MW_ACCOUNT_STATE_CHECKING;
  if (past->checked == NULL)
    return MW_ACCOUNT_STATE_NEVER;
  if (!past->is_current)
    return MW_ACCOUNT_STATE_CHANGED;
  if (past->verdict == MW_STATUS_FAILED)
    return MW_ACCOUNT_STATE_FAILED;
  if (!past->is_complete)
    return MW_ACCOUNT_STATE_INCOMPLETE;
  return past->verdict == MW_STATUS_WARNING ? MW_ACCOUNT_STATE_WARNING : MW_ACCOUNT_STATE_PROVEN;
}

/**
 * mw_account_item_get_summary:
 * @self: an item
 *
 * Returns: (transfer none): how it is, in one translated sentence, without markup
 */
const char *
mw_account_item_get_summary (MwAccountItem *self)
{
  MwDiagnosis diagnosis = self->past->diagnosis;

  switch (mw_account_item_get_state (self))
    {
    case MW_ACCOUNT_STATE_NEVER:
      return _ ("Not checked yet");
    case MW_ACCOUNT_STATE_CHANGED:
      return _ ("Changed since the last check");
    case MW_ACCOUNT_STATE_INCOMPLETE:
      return diagnosis != MW_DIAGNOSIS_NONE ? mw_diagnosis_get_title (diagnosis)
                                            : _ ("Checked without logging in");
    case MW_ACCOUNT_STATE_PROVEN:
      return _ ("Everything works");
    case MW_ACCOUNT_STATE_WARNING:
      return diagnosis != MW_DIAGNOSIS_NONE ? mw_diagnosis_get_title (diagnosis)
                                            : _ ("It works, with a warning");
    case MW_ACCOUNT_STATE_FAILED:
      return diagnosis != MW_DIAGNOSIS_NONE ? mw_diagnosis_get_title (diagnosis)
                                            : _ ("It does not work");
    case MW_ACCOUNT_STATE_CHECKING:
      return _ ("Being checked…");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * mw_account_item_get_checking:
 * @self: an item
 *
 * Returns: whether a check of it runs
 */
gboolean
mw_account_item_get_checking (MwAccountItem *self)
{
  return self->is_checking;
}

/**
 * mw_account_item_get_export_outdated:
 * @self: an item
 *
 * Returns: whether another program still has it as it was before a change
 */
gboolean
mw_account_item_get_export_outdated (MwAccountItem *self)
{
  for (guint i = 0; i < self->past->exports->len; i++)
    if (!((const MwPastExport *) g_ptr_array_index (self->past->exports, i))->is_current)
      return TRUE;
  return FALSE;
}

/**
 * mw_account_item_get_past:
 * @self: an item
 *
 * Returns: (transfer none): what was done with it; valid until the main loop goes on
 */
const MwPast *
mw_account_item_get_past (MwAccountItem *self)
{
  return self->past;
}

/**
 * mw_account_item_get_servers:
 * @self: an item
 *
 * Returns: (transfer none): the #MwLiveServer's of the check that runs, or of the last one of this
 *   session; one for each server, none before the first check
 */
GListModel *
mw_account_item_get_servers (MwAccountItem *self)
{
  return G_LIST_MODEL (self->servers);
}

/**
 * mw_account_item_set_account:
 * @self: an item
 * @account: (transfer none): the account as it is now, with the same id
 */
void
mw_account_item_set_account (MwAccountItem *self, MwAccount *account)
{
  g_autoptr (MwAccount) before = NULL;
  Look look;

  g_return_if_fail (MW_IS_ACCOUNT_ITEM (self));
  g_return_if_fail (MW_IS_ACCOUNT (account));
  g_return_if_fail (g_str_equal (mw_account_get_id (account), mw_account_item_get_id (self)));

  if (account == self->account)
    return;
  look = take_look (self);
  before = self->account;
  self->account = g_object_ref (account);
  mw_past_free (self->past);
  self->past = mw_history_load (self->history, account);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCOUNT]);
  if (g_strcmp0 (mw_address_get_text (mw_account_get_address (before)),
                 mw_account_item_get_title (self)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
  if (g_strcmp0 (mw_account_get_name (before), mw_account_get_name (account)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
  notify_look (self, &look);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[PAST_CHANGED], 0);
}

/**
 * mw_account_item_begin_check:
 * @self: an item that is not being checked
 * @servers: (element-type MwLiveServer): one for each of its servers
 */
void
mw_account_item_begin_check (MwAccountItem *self, GPtrArray *servers)
{
  Look look;

  g_return_if_fail (MW_IS_ACCOUNT_ITEM (self));
  g_return_if_fail (servers != NULL);
  g_return_if_fail (!self->is_checking);

  look = take_look (self);
  self->is_checking = TRUE;
  g_list_store_splice (self->servers, 0, g_list_model_get_n_items (G_LIST_MODEL (self->servers)),
                       servers->pdata, servers->len);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHECKING]);
  notify_look (self, &look);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[CHECK_STARTED], 0);
}

/**
 * mw_account_item_end_check:
 * @self: an item that is being checked
 *
 * Says that all verdicts are in, or that the check was stopped, and reads the history again.
 */
void
mw_account_item_end_check (MwAccountItem *self)
{
  Look look;

  g_return_if_fail (MW_IS_ACCOUNT_ITEM (self));
  g_return_if_fail (self->is_checking);

  look = take_look (self);
  self->is_checking = FALSE;
  mw_past_free (self->past);
  self->past = mw_history_load (self->history, self->account);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHECKING]);
  notify_look (self, &look);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[PAST_CHANGED], 0);
  g_signal_emit (self, signals[CHECKED], 0);
}

/**
 * mw_account_item_reload_past:
 * @self: an item
 *
 * Reads again what was done with it.
 */
void
mw_account_item_reload_past (MwAccountItem *self)
{
  Look look;

  g_return_if_fail (MW_IS_ACCOUNT_ITEM (self));

  look = take_look (self);
  mw_past_free (self->past);
  self->past = mw_history_load (self->history, self->account);
  g_object_freeze_notify (G_OBJECT (self));
  notify_look (self, &look);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[PAST_CHANGED], 0);
}
