/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-live-server"

#include "config.h"

#include "app/mw-live-server.h"

#include <glib/gi18n-lib.h>

struct _MwLiveServer
{
  GObject parent_instance;

  /* Owned */
  MwServer *server;
  GPtrArray *steps; /* (element-type MwStep) */
  MwReport *report;

  MwHalf half;
  gboolean is_cancelled;
};

enum
{
  PROP_STATUS = 1,
  PROP_REPORT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  STEPS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return MW_TYPE_STEP;
}

static guint
get_n_items (GListModel *model)
{
  return MW_LIVE_SERVER (model)->steps->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  MwLiveServer *self = MW_LIVE_SERVER (model);

  return position < self->steps->len ? g_object_ref (g_ptr_array_index (self->steps, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MwLiveServer,
                               mw_live_server,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
mw_live_server_dispose (GObject *object)
{
  MwLiveServer *self = MW_LIVE_SERVER (object);

  g_clear_object (&self->report);

  G_OBJECT_CLASS (mw_live_server_parent_class)->dispose (object);
}

static void
mw_live_server_finalize (GObject *object)
{
  MwLiveServer *self = MW_LIVE_SERVER (object);

  g_ptr_array_unref (self->steps);
  mw_server_unref (self->server);

  G_OBJECT_CLASS (mw_live_server_parent_class)->finalize (object);
}

static void
mw_live_server_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MwLiveServer *self = MW_LIVE_SERVER (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      g_value_set_int (value, mw_live_server_get_status (self));
      break;
    case PROP_REPORT:
      g_value_set_object (value, self->report);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mw_live_server_class_init (MwLiveServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = mw_live_server_dispose;
  object_class->finalize = mw_live_server_finalize;
  object_class->get_property = mw_live_server_get_property;

  properties[PROP_STATUS] = g_param_spec_int ("status", NULL, NULL, MW_STATUS_OK, MW_STATUS_RUNNING,
                                              MW_STATUS_RUNNING, flags);
  properties[PROP_REPORT] = g_param_spec_object ("report", NULL, NULL, MW_TYPE_REPORT, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[STEPS_CHANGED] = g_signal_new ("steps-changed", MW_TYPE_LIVE_SERVER, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mw_live_server_init (MwLiveServer *self)
{
  self->steps = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * mw_live_server_new:
 * @server: (transfer none): what is checked
 * @half: which half of the account it serves
 *
 * Returns: (transfer full): a check of which nothing is known yet
 */
MwLiveServer *
mw_live_server_new (MwServer *server, MwHalf half)
{
  MwLiveServer *self;

  g_return_val_if_fail (server != NULL, NULL);

  self = g_object_new (MW_TYPE_LIVE_SERVER, NULL);
  self->server = mw_server_ref (server);
  self->half = half;
  return self;
}

/**
 * mw_live_server_get_server:
 * @self: a check of one server
 *
 * Returns: (transfer none): the server, as it was when the check began
 */
MwServer *
mw_live_server_get_server (MwLiveServer *self)
{
  return self->server;
}

/**
 * mw_live_server_get_half:
 * @self: a check of one server
 *
 * Returns: which half of the account it serves
 */
MwHalf
mw_live_server_get_half (MwLiveServer *self)
{
  return self->half;
}

/**
 * mw_live_server_get_report:
 * @self: a check of one server
 *
 * Returns: (transfer none) (nullable): what was found; %NULL until the verdict is in
 */
MwReport *
mw_live_server_get_report (MwLiveServer *self)
{
  return self->report;
}

/**
 * mw_live_server_get_status:
 * @self: a check of one server
 *
 * Returns: the verdict; %MW_STATUS_RUNNING until it is in, %MW_STATUS_SKIPPED when the check was
 *   stopped before
 */
MwStatus
mw_live_server_get_status (MwLiveServer *self)
{
  if (self->report != NULL)
    return mw_report_get_verdict (self->report);
  return self->is_cancelled ? MW_STATUS_SKIPPED : MW_STATUS_RUNNING;
}

/**
 * mw_live_server_get_current:
 * @self: a check of one server
 *
 * Returns: (transfer none) (nullable): the stage that is under way
 */
MwStep *
mw_live_server_get_current (MwLiveServer *self)
{
  for (guint i = self->steps->len; i > 0; i--)
    {
      MwStep *step = g_ptr_array_index (self->steps, i - 1);

      if (mw_step_get_status (step) == MW_STATUS_RUNNING)
        return step;
    }
  return NULL;
}

/**
 * mw_live_server_is_cancelled:
 * @self: a check of one server
 *
 * Returns: whether it was stopped before its verdict
 */
gboolean
mw_live_server_is_cancelled (MwLiveServer *self)
{
  return self->is_cancelled;
}

static gboolean
belongs_to (MwStage stage, MwLight light)
{
  static const MwLight lights[] = {
    [MW_STAGE_NETWORK] = MW_LIGHT_PORT,
    [MW_STAGE_RESOLVE] = MW_LIGHT_PORT,
    [MW_STAGE_CONNECT] = MW_LIGHT_PORT,
    [MW_STAGE_GREETING] = MW_LIGHT_PROTOCOL,
    [MW_STAGE_STARTTLS] = MW_LIGHT_PROTOCOL,
    [MW_STAGE_TLS] = MW_LIGHT_CERTIFICATE,
    [MW_STAGE_CERTIFICATE] = MW_LIGHT_CERTIFICATE,
    [MW_STAGE_CAPABILITY] = MW_LIGHT_PROTOCOL,
    [MW_STAGE_LOGIN] = MW_LIGHT_LOGIN,
    [MW_STAGE_MAILBOX] = MW_LIGHT_LOGIN,
  };

  return stage < G_N_ELEMENTS (lights) && lights[stage] == light;
}

/* Which of two stages' ends tells more about both */
static int
weigh (MwStatus status)
{
  static const int weights[] = {
    [MW_STATUS_SKIPPED] = 0, [MW_STATUS_OK] = 1,     [MW_STATUS_WARNING] = 2,
    [MW_STATUS_RUNNING] = 3, [MW_STATUS_FAILED] = 4,
  };

  return weights[status];
}

/**
 * mw_live_server_get_light:
 * @self: a check of one server
 * @light: one of the four lights
 *
 * Returns: %MW_STATUS_FAILED or %MW_STATUS_WARNING when a stage of @light ended so,
 *   %MW_STATUS_RUNNING while one is under way, %MW_STATUS_SKIPPED when nothing of it was reached
 */
MwStatus
mw_live_server_get_light (MwLiveServer *self, MwLight light)
{
  MwStatus status = MW_STATUS_SKIPPED;

  g_return_val_if_fail (MW_IS_LIVE_SERVER (self), MW_STATUS_SKIPPED);

  for (guint i = 0; i < self->steps->len; i++)
    {
      MwStep *step = g_ptr_array_index (self->steps, i);

      if (belongs_to (mw_step_get_stage (step), light) &&
          weigh (mw_step_get_status (step)) > weigh (status))
        status = mw_step_get_status (step);
    }
  return status;
}

/**
 * mw_light_get_title:
 * @light: one of the four lights
 *
 * Returns: its name, translated
 */
const char *
mw_light_get_title (MwLight light)
{
  switch (light)
    {
    case MW_LIGHT_PROTOCOL:
      /* Translators: one of four lights: does the server speak IMAP, POP3 or SMTP as it should? */
      return _ ("Protocol");
    case MW_LIGHT_PORT:
      /* Translators: one of four lights: can the server be reached under its name and port? */
      return _ ("Port");
    case MW_LIGHT_CERTIFICATE:
      /* Translators: one of four lights: does the server prove who it is? */
      return _ ("Certificate");
    case MW_LIGHT_LOGIN:
      /* Translators: one of four lights: does the server take login name and password? */
      return _ ("Login");
    case MW_N_LIGHTS:
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * mw_live_server_take_step:
 * @self: a check of one server
 * @step: (transfer none): a stage that has begun or ended; it replaces what is known of that stage
 *
 * What comes after the verdict, or after the check was stopped, is not taken.
 */
void
mw_live_server_take_step (MwLiveServer *self, MwStep *step)
{
  guint i;

  g_return_if_fail (MW_IS_LIVE_SERVER (self));
  g_return_if_fail (MW_IS_STEP (step));

  if (self->report != NULL || self->is_cancelled)
    return;
  for (i = 0; i < self->steps->len; i++)
    if (mw_step_get_stage (g_ptr_array_index (self->steps, i)) == mw_step_get_stage (step))
      break;
  if (i < self->steps->len)
    {
      g_object_unref (g_ptr_array_index (self->steps, i));
      g_ptr_array_index (self->steps, i) = g_object_ref (step);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 1);
    }
  else
    {
      g_ptr_array_add (self->steps, g_object_ref (step));
      g_list_model_items_changed (G_LIST_MODEL (self), i, 0, 1);
    }
  g_signal_emit (self, signals[STEPS_CHANGED], 0);
}

/* The steps of the report, where they are not those that were heard of anyway */
static void
take_report_steps (MwLiveServer *self)
{
  guint n_before = self->steps->len, n_same = 0;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->report));
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (steps, g_list_model_get_item (G_LIST_MODEL (self->report), i));
  while (n_same < MIN (n, n_before) &&
         g_ptr_array_index (steps, n_same) == g_ptr_array_index (self->steps, n_same))
    n_same++;
  if (n_same == n && n_same == n_before)
    return;
  g_ptr_array_unref (self->steps);
  self->steps = g_steal_pointer (&steps);
  g_list_model_items_changed (G_LIST_MODEL (self), n_same, n_before - n_same, n - n_same);
}

/**
 * mw_live_server_set_report:
 * @self: a check of one server
 * @report: (transfer none): its verdict
 */
void
mw_live_server_set_report (MwLiveServer *self, MwReport *report)
{
  g_return_if_fail (MW_IS_LIVE_SERVER (self));
  g_return_if_fail (MW_IS_REPORT (report));

  if (self->is_cancelled || !g_set_object (&self->report, report))
    return;
  take_report_steps (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REPORT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  g_signal_emit (self, signals[STEPS_CHANGED], 0);
}

/**
 * mw_live_server_set_cancelled:
 * @self: a check of one server
 *
 * Says that it was stopped. A verdict that is in already stays.
 */
void
mw_live_server_set_cancelled (MwLiveServer *self)
{
  g_return_if_fail (MW_IS_LIVE_SERVER (self));

  if (self->report != NULL || self->is_cancelled)
    return;
  self->is_cancelled = TRUE;
  for (guint i = self->steps->len; i > 0; i--)
    if (mw_step_get_status (g_ptr_array_index (self->steps, i - 1)) == MW_STATUS_RUNNING)
      {
        g_ptr_array_remove_index (self->steps, i - 1);
        g_list_model_items_changed (G_LIST_MODEL (self), i - 1, 1, 0);
      }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  g_signal_emit (self, signals[STEPS_CHANGED], 0);
}
