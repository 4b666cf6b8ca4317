/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-check-view"

#include "config.h"

#include "app/mw-check-view.h"

#include "app/mw-account-page.h"
#include "app/mw-certificate-page.h"
#include "app/mw-password-group.h"
#include "app/mw-server-card.h"
#include "app/mw-server-page.h"
#include "app/mw-trouble-row.h"
#include "app/mw-ui.h"
#include "report/mw-redact.h"
#include "report/mw-report-json.h"
#include "report/mw-report-text.h"

#include <glib/gi18n-lib.h>

/* A page without encryption, which a network's sign-in page can take the place of */
#define PORTAL_URI "http://nmcheck.gnome.org/"

/* How long a row takes to open, and how far from the edge of the window it then stands */
#define OPEN_MILLISECONDS 350
#define SCROLL_MARGIN 12

/* How many stages a check goes through, by how the connection is encrypted */
static const guint n_stages[] = {
  [MW_SECURITY_TLS] = 8,
  [MW_SECURITY_STARTTLS] = 9,
  [MW_SECURITY_NONE] = 6,
};

struct _MwCheckView
{
  AdwBin parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;

  GPtrArray *server_cards;  /* (element-type MwServerCard), of the box */
  GtkWidget *first_trouble; /* of a card; it opened itself */
  gboolean verdict_said[MW_HALF_OUTGOING + 1];
  gboolean mask_names;
  gboolean when_online;
  guint scroll_id;

  /* Template children */
  GtkViewport *viewport;
  GtkWidget *spinner;
  GtkImage *image;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkLabel *changed;
  GtkProgressBar *progress;
  GtkWidget *check_button;
  GtkWidget *stop_button;
  GtkWidget *password_button;
  GtkWidget *copy_button;
  GtkListBox *past_list;
  GtkBox *cards;
};

enum
{
  PROP_0,
  PROP_MASK_NAMES,
  PROP_WHEN_ONLINE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwCheckView, mw_check_view, ADW_TYPE_BIN)

/* ---- what came of it ---- */

typedef enum
{
  OUTCOME_NONE, /* the account has no such server */
  OUTCOME_WORKS,
  OUTCOME_WARNING,
  OUTCOME_UNPROVEN, /* nobody signed in */
  OUTCOME_FAILED,
  OUTCOME_STOPPED,
  OUTCOME_RUNNING,
} Outcome;

static Outcome
outcome_of (MwLiveServer *live)
{
  MwReport *report = mw_live_server_get_report (live);
  MwStep *login;
  MwStatus verdict;

  if (report == NULL)
    return mw_live_server_is_cancelled (live) ? OUTCOME_STOPPED : OUTCOME_RUNNING;
  verdict = mw_report_get_verdict (report);
  if (verdict == MW_STATUS_FAILED)
    return OUTCOME_FAILED;
  login = mw_report_get_step (report, MW_STAGE_LOGIN);
  if (mw_server_needs_login (mw_live_server_get_server (live)) &&
      (login == NULL || mw_step_get_status (login) == MW_STATUS_SKIPPED))
    return OUTCOME_UNPROVEN;
  return verdict == MW_STATUS_WARNING ? OUTCOME_WARNING : OUTCOME_WORKS;
}

static void
collect_outcomes (MwCheckView *self, Outcome outcomes[])
{
  outcomes[MW_HALF_INCOMING] = outcomes[MW_HALF_OUTGOING] = OUTCOME_NONE;
  for (guint i = 0; i < self->server_cards->len; i++)
    {
      MwLiveServer *live = mw_server_card_get_live (g_ptr_array_index (self->server_cards, i));

      if (live != NULL)
        outcomes[mw_live_server_get_half (live)] = outcome_of (live);
    }
}

static const char *
describe_failure (Outcome incoming, Outcome outgoing)
{
  if (incoming == OUTCOME_FAILED && outgoing == OUTCOME_FAILED)
    return _ ("Neither receiving nor sending works");
  if (incoming == OUTCOME_FAILED)
    return outgoing == OUTCOME_WORKS || outgoing == OUTCOME_WARNING
        ? _ ("Sending works, receiving does not")
        : _ ("Receiving does not work");
  return incoming == OUTCOME_WORKS || incoming == OUTCOME_WARNING
      ? _ ("Receiving works, sending does not")
      : _ ("Sending does not work");
}

/* The whole check in one sentence, and how it stands */
static const char *
describe_outcomes (const Outcome outcomes[], MwStatus *status)
{
  Outcome incoming = outcomes[MW_HALF_INCOMING], outgoing = outcomes[MW_HALF_OUTGOING];
  Outcome worst = MAX (incoming, outgoing);

  switch (worst)
    {
    case OUTCOME_STOPPED:
      *status = MW_STATUS_SKIPPED;
      return _ ("Stopped before the end");
    case OUTCOME_FAILED:
      *status = MW_STATUS_FAILED;
      return describe_failure (incoming, outgoing);
    case OUTCOME_UNPROVEN:
      *status = MW_STATUS_WARNING;
      return _ ("The servers answer, but nobody has signed in");
    case OUTCOME_WARNING:
      *status = MW_STATUS_WARNING;
      return _ ("It works, with a warning");
    case OUTCOME_WORKS:
      *status = MW_STATUS_OK;
      if (outgoing == OUTCOME_NONE)
        return _ ("Receiving works");
      return incoming == OUTCOME_NONE ? _ ("Sending works") : _ ("Everything works");
    case OUTCOME_NONE:
    case OUTCOME_RUNNING:
    default:
      *status = MW_STATUS_RUNNING;
      return _ ("Checking…");
    }
}

static const char *
describe_past (const MwPast *past, MwStatus *status)
{
  *status = past->verdict;
  if (past->verdict == MW_STATUS_FAILED)
    return _ ("The last check found something wrong");
  if (!past->is_complete)
    {
      *status = MW_STATUS_WARNING;
      return _ ("The last check did not get as far as signing in");
    }
  return past->verdict == MW_STATUS_WARNING ? _ ("It worked at the last check, with a warning")
                                            : _ ("Everything worked at the last check");
}

/* ---- the head of the page ---- */

static char *
describe_when (const MwPast *past)
{
  g_autofree char *when = mw_ui_format_time (past->checked);

  if (past->network == NULL)
    return g_steal_pointer (&when);
  /* Translators: when a check was made, and the name of the network that the computer was on */
  return g_strdup_printf (_ ("%1$s, on the network “%2$s”"), when, past->network);
}

static char *
describe_progress (MwCheckView *self)
{
  guint n_done = 0;

  for (guint i = 0; i < self->server_cards->len; i++)
    {
      MwLiveServer *live = mw_server_card_get_live (g_ptr_array_index (self->server_cards, i));

      n_done += live != NULL && mw_live_server_get_report (live) != NULL;
    }
  /* Translators: %1$u of the %2$u servers of an account have been checked */
  return g_strdup_printf (
      ngettext ("%1$u of %2$u server done", "%1$u of %2$u servers done", self->server_cards->len),
      n_done, self->server_cards->len);
}

static void
update_progress (MwCheckView *self)
{
  double done = 0;
  guint n = 0;

  for (guint i = 0; i < self->server_cards->len; i++)
    {
      MwLiveServer *live = mw_server_card_get_live (g_ptr_array_index (self->server_cards, i));
      guint all, ended;

      if (live == NULL)
        continue;
      n++;
      all = n_stages[mw_server_get_security (mw_live_server_get_server (live))];
      ended = g_list_model_get_n_items (G_LIST_MODEL (live));
      if (mw_live_server_get_report (live) != NULL)
        done += 1;
      else if (ended > 0)
        done += (double) MIN (ended - 1, all - 1) / all;
    }
  gtk_progress_bar_set_fraction (self->progress, n > 0 ? done / n : 0);
}

static void
show_status (MwCheckView *self, MwStatus status)
{
  mw_ui_set_status_image (self->image, status);
  gtk_widget_set_visible (GTK_WIDGET (self->image), status != MW_STATUS_RUNNING);
  gtk_widget_set_visible (self->spinner, status == MW_STATUS_RUNNING);
}

/* What the program remembers of an earlier run */
static void
show_past (MwCheckView *self, const MwPast *past, const char **title, char **subtitle)
{
  MwStatus status;

  if (past->checked == NULL)
    {
      show_status (self, MW_STATUS_SKIPPED);
      gtk_image_set_from_icon_name (self->image, mw_ui_state_icon (MW_ACCOUNT_STATE_NEVER));
      *title = _ ("Not checked yet");
      *subtitle = g_strdup (_ ("A check signs in to the servers and opens the mailbox. It sends no "
                               "mail and changes nothing."));
      return;
    }
  *title = describe_past (past, &status);
  *subtitle = describe_when (past);
  show_status (self, status);
}

/* One takes the place of the other, and the focus along */
static void
swap_buttons (MwCheckView *self, gboolean is_checking)
{
  GtkWidget *come = is_checking ? self->stop_button : self->check_button;
  GtkWidget *go = is_checking ? self->check_button : self->stop_button;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), is_checking ? "check.stop" : "check.start",
                                 TRUE);
  gtk_widget_set_visible (come, TRUE);
  if (gtk_widget_has_focus (go))
    gtk_widget_grab_focus (come);
  gtk_widget_set_visible (go, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), is_checking ? "check.start" : "check.stop",
                                 FALSE);
}

static void
update_buttons (MwCheckView *self, gboolean is_checking, const Outcome outcomes[])
{
  const MwPast *past = mw_account_item_get_past (self->item);
  gboolean has_result = FALSE, is_unproven = FALSE;

  for (guint i = 0; i < self->server_cards->len; i++)
    {
      MwLiveServer *live = mw_server_card_get_live (g_ptr_array_index (self->server_cards, i));

      has_result |= live != NULL && mw_live_server_get_report (live) != NULL;
    }
  for (guint i = 0; i <= MW_HALF_OUTGOING; i++)
    is_unproven |= outcomes[i] == OUTCOME_UNPROVEN;

  gtk_button_set_label (GTK_BUTTON (self->check_button),
                        has_result || past->checked != NULL ? _ ("_Check Again") : _ ("_Check"));
  if (has_result)
    gtk_widget_remove_css_class (self->check_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->check_button, "suggested-action");
  swap_buttons (self, is_checking);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.copy-text", has_result);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.copy-json", has_result);
  gtk_widget_set_visible (self->copy_button, has_result && !is_checking);
  gtk_widget_set_visible (self->password_button, is_unproven && !is_checking);
}

static void
update_head (MwCheckView *self)
{
  const MwPast *past = mw_account_item_get_past (self->item);
  gboolean is_checking = mw_account_item_get_checking (self->item);
  Outcome outcomes[MW_HALF_OUTGOING + 1];
  gboolean has_live;
  const char *title;
  g_autofree char *subtitle = NULL;
  MwStatus status;

  collect_outcomes (self, outcomes);
  has_live =
      outcomes[MW_HALF_INCOMING] != OUTCOME_NONE || outcomes[MW_HALF_OUTGOING] != OUTCOME_NONE;
  if (is_checking)
    {
      title = _ ("Checking…");
      subtitle = has_live ? describe_progress (self) : NULL;
      show_status (self, MW_STATUS_RUNNING);
    }
  else if (has_live)
    {
      title = describe_outcomes (outcomes, &status);
      subtitle = past->checked != NULL && status != MW_STATUS_SKIPPED ? describe_when (past) : NULL;
      show_status (self, status);
    }
  else
    show_past (self, past, &title, &subtitle);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), subtitle != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->changed),
                          !is_checking && past->checked != NULL && !past->is_current);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_checking);
  update_progress (self);
  update_buttons (self, is_checking, outcomes);
}

/* ---- the cards ---- */

static const char *
find_help (MwCheckView *self)
{
  const MwProvider *provider =
      mw_session_find_provider (self->session, mw_account_item_get_account (self->item));

  return provider != NULL ? mw_provider_get_help (provider) : NULL;
}

static MwLiveServer *
find_live (MwCheckView *self, MwHalf half)
{
  GListModel *servers = mw_account_item_get_servers (self->item);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      g_autoptr (MwLiveServer) live = g_list_model_get_item (servers, i);

      if (mw_live_server_get_half (live) == half)
        return live; /* held by the list */
    }
  return NULL;
}

/* Brings the trouble into sight; of one that is taller than the window its beginning */
static gboolean
scroll_cb (gpointer user_data)
{
  MwCheckView *self = user_data;
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->viewport));
  graphene_rect_t bounds;
  double top, value;

  self->scroll_id = 0;
  if (!gtk_widget_compute_bounds (self->first_trouble, gtk_viewport_get_child (self->viewport),
                                  &bounds))
    return G_SOURCE_REMOVE;
  top = bounds.origin.y - SCROLL_MARGIN;
  value = top + bounds.size.height + 2 * SCROLL_MARGIN - gtk_adjustment_get_page_size (place);
  gtk_adjustment_set_value (place, MIN (top, MAX (value, gtk_adjustment_get_value (place))));
  return G_SOURCE_REMOVE;
}

/* The first thing that is wrong opens itself; whatever follows waits for a click. */
static void
on_trouble (MwCheckView *self, MwServerCard *card)
{
  GtkWidget *row;
  MwDiagnosis diagnosis;
  g_autofree char *message = NULL;

  if (self->first_trouble != NULL && !mw_server_card_has_opened (card))
    return;
  row = mw_server_card_open_trouble (card);
  if (row == NULL || row == self->first_trouble)
    return;
  self->first_trouble = row;
  diagnosis = mw_trouble_row_get_diagnosis (MW_TROUBLE_ROW (row));
  if (!mw_account_item_get_checking (self->item))
    return;
  /* Translators: what is wrong, and what to do about it: two sentences for screen readers */
  message = g_strdup_printf (_ ("%1$s. %2$s"), mw_diagnosis_get_title (diagnosis),
                               mw_diagnosis_get_next_step (diagnosis));
  mw_ui_announce (GTK_WIDGET (self), message, TRUE);
  if (self->scroll_id == 0)
    self->scroll_id = g_timeout_add (OPEN_MILLISECONDS, scroll_cb, self);
}

/* What a screen reader says of one server, receiving and sending */
static const struct
{
  Outcome outcome;
  const char *sentences[MW_HALF_OUTGOING + 1];
} verdicts[] = {
  /* Translators: in all of these %s is the name of a server */
  { OUTCOME_WORKS, { N_ ("Receiving from %s works"), N_ ("Sending through %s works") } },
  { OUTCOME_WARNING,
    { N_ ("Receiving from %s works, with a warning"),
      N_ ("Sending through %s works, with a warning") } },
  { OUTCOME_UNPROVEN,
    { N_ ("%s answers, but nobody has signed in to receive"),
      N_ ("%s answers, but nobody has signed in to send") } },
  { OUTCOME_FAILED,
    { N_ ("Receiving from %s does not work"), N_ ("Sending through %s does not work") } },
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
say_verdict (MwCheckView *self, MwLiveServer *live)
{
  MwHalf half = mw_live_server_get_half (live);
  Outcome outcome = outcome_of (live);
  g_autofree char *host = NULL;

  if (mw_live_server_get_report (live) == NULL || self->verdict_said[half])
    return;
  self->verdict_said[half] = TRUE;
  host = mw_host_to_display (mw_server_get_host (mw_live_server_get_server (live)));
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (verdicts[i].outcome == outcome)
      {
        g_autofree char *message = g_strdup_printf (_ (verdicts[i].sentences[half]), host);

        mw_ui_announce (GTK_WIDGET (self), message, FALSE);
      }
}

#pragma GCC diagnostic pop

static void
on_live_changed (MwCheckView *self, MwLiveServer *live)
{
  if (mw_account_item_get_checking (self->item))
    say_verdict (self, live);
  update_head (self);
}

static void
remove_cards (MwCheckView *self)
{
  for (guint i = 0; i < self->server_cards->len; i++)
    {
      MwServerCard *card = g_ptr_array_index (self->server_cards, i);

      if (mw_server_card_get_live (card) != NULL)
        g_signal_handlers_disconnect_by_func (mw_server_card_get_live (card), on_live_changed,
                                              self);
      gtk_box_remove (self->cards, GTK_WIDGET (card));
    }
  g_ptr_array_set_size (self->server_cards, 0);
}

static void
add_card (MwCheckView *self, MwHalf half)
{
  MwLiveServer *live = find_live (self, half);
  MwServer *server = live != NULL
                         ? mw_live_server_get_server (live)
                         : mw_account_get_server (mw_account_item_get_account (self->item), half);
  GtkWidget *card;

  if (server == NULL)
    return;
  card = mw_server_card_new (server, half);
  gtk_box_append (self->cards, card);
  g_ptr_array_add (self->server_cards, card);
  g_signal_connect_object (card, "trouble", G_CALLBACK (on_trouble), self, G_CONNECT_SWAPPED);
  if (live == NULL)
    return;
  mw_server_card_set_live (MW_SERVER_CARD (card), live, find_help (self));
  g_signal_connect_object (live, "steps-changed", G_CALLBACK (on_live_changed), self,
                           G_CONNECT_SWAPPED);
}

/* What was wrong at the last check, when no more than that is known of it */
static void
show_past_trouble (MwCheckView *self)
{
  const MwPast *past = mw_account_item_get_past (self->item);
  gboolean is_shown = g_list_model_get_n_items (mw_account_item_get_servers (self->item)) == 0 &&
                      past->checked != NULL && past->diagnosis != MW_DIAGNOSIS_NONE;

  gtk_list_box_remove_all (self->past_list);
  if (is_shown)
    gtk_list_box_append (self->past_list, mw_trouble_row_new (past->diagnosis, MW_HALF_INCOMING));
  gtk_widget_set_visible (GTK_WIDGET (self->past_list), is_shown);
}

static void
rebuild (MwCheckView *self)
{
  remove_cards (self);
  self->first_trouble = NULL;
  g_clear_handle_id (&self->scroll_id, g_source_remove);
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwLiveServer *live = find_live (self, half);

      /* A verdict that was in before is no news. */
      self->verdict_said[half] = live != NULL && mw_live_server_get_report (live) != NULL;
      add_card (self, half);
    }
  show_past_trouble (self);
  update_head (self);
}

/* ---- what happens to the account ---- */

static void
set_when_online (MwCheckView *self, gboolean when_online)
{
  if (self->when_online == when_online)
    return;
  self->when_online = when_online;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WHEN_ONLINE]);
}

static void
on_check_started (MwCheckView *self)
{
  g_autofree char *message = NULL;

  set_when_online (self, FALSE);
  rebuild (self);
  /* Translators: %s is a mail address */
  message = g_strdup_printf (_ ("Checking %s"), mw_account_item_get_title (self->item));
  mw_ui_announce (GTK_WIDGET (self), message, FALSE);
}

static void
on_checked (MwCheckView *self)
{
  update_head (self);
  mw_ui_announce (GTK_WIDGET (self), gtk_label_get_label (self->title), FALSE);
}

static void
on_account_changed (MwCheckView *self)
{
  /* A result of this session stays, with the server that it is about; without one the cards show
   * the servers as they are now. */
  if (g_list_model_get_n_items (mw_account_item_get_servers (self->item)) == 0)
    rebuild (self);
  else
    update_head (self);
}

static void
on_network_changed (MwCheckView *self, MwNetwork *network)
{
  MwNetworkState *state = mw_network_get_state (network);

  if (!self->when_online || mw_account_item_get_checking (self->item))
    return;
  if (state->connectivity != MW_CONNECTIVITY_ONLINE &&
      (state->connectivity != MW_CONNECTIVITY_UNKNOWN || !state->has_default_route))
    return;
  set_when_online (self, FALSE);
  mw_session_check_one (self->session, self->item);
}

/* ---- actions ---- */

static MwAccountPage *
find_page (MwCheckView *self)
{
  return MW_ACCOUNT_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (self), MW_TYPE_ACCOUNT_PAGE));
}

static GtkWidget *
find_descendant (GtkWidget *widget, GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found =
          G_TYPE_CHECK_INSTANCE_TYPE (child, type) ? child : find_descendant (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static MwHalf
half_from_string (const char *text)
{
  return g_str_equal (text, mw_half_to_string (MW_HALF_OUTGOING)) ? MW_HALF_OUTGOING
                                                                  : MW_HALF_INCOMING;
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwCheckView *self = MW_CHECK_VIEW (widget);
  MwAccountPage *page = find_page (self);

  if (page != NULL && mw_account_page_get_has_changes (page))
    mw_ui_toast (widget, _ ("Checking the saved settings, without the unsaved changes"));
  mw_session_check_one (self->session, self->item);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwCheckView *self = MW_CHECK_VIEW (widget);

  mw_session_stop_check (self->session, self->item);
}

static void
fix_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAccountPage *page = find_page (MW_CHECK_VIEW (widget));
  const char *half, *field, *value;

  g_variant_get (parameter, "(&s&s&s)", &half, &field, &value);
  if (page != NULL)
    mw_account_page_fix (page, half_from_string (half), field, value);
}

static void
change_password_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAccountPage *page = find_page (MW_CHECK_VIEW (widget));
  GtkWidget *group;

  if (page == NULL)
    return;
  mw_account_page_show (page, "settings");
  group = find_descendant (GTK_WIDGET (page), MW_TYPE_PASSWORD_GROUP);
  if (group != NULL)
    mw_password_group_focus (MW_PASSWORD_GROUP (group));
}

static void
open_help_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *help = find_help (MW_CHECK_VIEW (widget));

  if (help != NULL)
    mw_ui_open_uri (widget, help);
}

static void
open_sign_in_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mw_ui_open_uri (widget, PORTAL_URI);
}

static void
show_details_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwCheckView *self = MW_CHECK_VIEW (widget);
  MwHalf half = half_from_string (g_variant_get_string (parameter, NULL));
  MwLiveServer *live = find_live (self, half);

  if (live != NULL && mw_live_server_get_report (live) != NULL)
    mw_ui_push (widget, mw_server_page_new (self->session, self->item, half,
                                            mw_live_server_get_report (live)));
}

static void
show_certificate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwCheckView *self = MW_CHECK_VIEW (widget);
  MwHalf half = half_from_string (g_variant_get_string (parameter, NULL));
  MwLiveServer *live = find_live (self, half);

  if (live != NULL && mw_live_server_get_report (live) != NULL)
    mw_ui_push (widget, mw_certificate_page_new (self->session, self->item, half,
                                                 mw_live_server_get_report (live)));
}

/* ---- copying ---- */

static GPtrArray *
collect_reports (MwCheckView *self)
{
  GPtrArray *reports = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->server_cards->len; i++)
    {
      MwLiveServer *live = mw_server_card_get_live (g_ptr_array_index (self->server_cards, i));

      if (live != NULL && mw_live_server_get_report (live) != NULL)
        g_ptr_array_add (reports, g_object_ref (mw_live_server_get_report (live)));
    }
  return reports;
}

static char *
make_text (MwCheckView *self, GPtrArray *reports)
{
  GString *text = g_string_new (mw_account_item_get_title (self->item));

  g_string_append_c (text, '\n');
  for (guint i = 0; i < reports->len; i++)
    {
      g_autofree char *one = mw_report_to_text (g_ptr_array_index (reports, i),
                                                MW_REPORT_TEXT_DETAILS | MW_REPORT_TEXT_TRANSCRIPT);

      g_string_append_printf (text, "\n%s", one);
    }
  return g_string_free (text, FALSE);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwCheckView *self = MW_CHECK_VIEW (widget);
  gboolean as_json = g_str_equal (name, "check.copy-json");
  g_autoptr (GPtrArray) reports = collect_reports (self);
  g_autoptr (GPtrArray) accounts = g_ptr_array_new ();
  g_autofree char *text = NULL, *masked = NULL;

  if (reports->len == 0)
    return;
  g_ptr_array_add (accounts, mw_account_item_get_account (self->item));
  text = as_json ? mw_json_text_from_check (mw_account_item_get_account (self->item), reports, TRUE)
                 : make_text (self, reports);
  if (self->mask_names)
    masked = mw_redact (text, accounts);
  if (as_json)
    mw_ui_copy (widget, masked != NULL ? masked : text,
                masked != NULL ? _ ("Result copied as JSON, names and addresses masked")
                               : _ ("Result copied as JSON, with names and addresses"));
  else
    mw_ui_copy (widget, masked != NULL ? masked : text,
                masked != NULL ? _ ("Result copied as text, names and addresses masked")
                               : _ ("Result copied as text, with names and addresses"));
}

/* ---- the class ---- */

static void
mw_check_view_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MwCheckView *self = MW_CHECK_VIEW (object);

  switch (property_id)
    {
    case PROP_MASK_NAMES:
      g_value_set_boolean (value, self->mask_names);
      break;
    case PROP_WHEN_ONLINE:
      g_value_set_boolean (value, self->when_online);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mw_check_view_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  MwCheckView *self = MW_CHECK_VIEW (object);

  switch (property_id)
    {
    case PROP_MASK_NAMES:
      if (self->mask_names == g_value_get_boolean (value))
        return;
      self->mask_names = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_WHEN_ONLINE:
      set_when_online (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mw_check_view_dispose (GObject *object)
{
  MwCheckView *self = MW_CHECK_VIEW (object);

  g_clear_handle_id (&self->scroll_id, g_source_remove);
  g_clear_pointer (&self->server_cards, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_CHECK_VIEW);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_check_view_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "check.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "check.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "check.fix", "(sss)", fix_action);
  gtk_widget_class_install_action (widget_class, "check.change-password", NULL,
                                   change_password_action);
  gtk_widget_class_install_action (widget_class, "check.open-help", NULL, open_help_action);
  gtk_widget_class_install_action (widget_class, "check.open-sign-in", NULL, open_sign_in_action);
  gtk_widget_class_install_action (widget_class, "check.show-details", "s", show_details_action);
  gtk_widget_class_install_action (widget_class, "check.show-certificate", "s",
                                   show_certificate_action);
  gtk_widget_class_install_action (widget_class, "check.copy-text", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "check.copy-json", NULL, copy_action);
  gtk_widget_class_install_property_action (widget_class, "check.mask-names", "mask-names");
  gtk_widget_class_install_property_action (widget_class, "check.when-online", "when-online");
}

static void
mw_check_view_class_init (MwCheckViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mw_check_view_get_property;
  object_class->set_property = mw_check_view_set_property;
  object_class->dispose = mw_check_view_dispose;

  /**
   * MwCheckView:mask-names:
   *
   * Whether names and addresses are masked in what is copied.
   */
  properties[PROP_MASK_NAMES] = g_param_spec_boolean ("mask-names", NULL, NULL, FALSE, flags);

  /**
   * MwCheckView:when-online:
   *
   * Whether to check again by itself as soon as the network is back.
   */
  properties[PROP_WHEN_ONLINE] = g_param_spec_boolean ("when-online", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-check-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, viewport);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, spinner);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, image);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, title);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, changed);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, progress);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, check_button);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, password_button);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, copy_button);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, past_list);
  gtk_widget_class_bind_template_child (widget_class, MwCheckView, cards);
  install_actions (widget_class);
}

static void
mw_check_view_init (MwCheckView *self)
{
  self->server_cards = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_check_view_new:
 * @session: what the windows share
 * @item: an account
 *
 * Returns: (transfer floating): the page of its check
 */
GtkWidget *
mw_check_view_new (MwSession *session, MwAccountItem *item)
{
  MwCheckView *self;

  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);

  self = g_object_new (MW_TYPE_CHECK_VIEW, NULL);
  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  g_settings_bind (mw_session_get_settings (session), "mask-names", self, "mask-names",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (item, "check-started", G_CALLBACK (on_check_started), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "checked", G_CALLBACK (on_checked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify::account", G_CALLBACK (on_account_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify::state", G_CALLBACK (update_head), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify::checking", G_CALLBACK (update_head), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mw_session_get_network (session), "changed",
                           G_CALLBACK (on_network_changed), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return GTK_WIDGET (self);
}
