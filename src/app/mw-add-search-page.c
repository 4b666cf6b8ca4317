/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-search-page"

#include "config.h"

#include "app/mw-add-search-page.h"

#include "app/mw-add-words.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwAddSearchPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwAddSearch *search;
  char *said; /* what was announced last */

  /* Owned by the group */
  GtkWidget *rows[MW_SOURCE_GUESS + 1];
  GtkWidget *signs[MW_SOURCE_GUESS + 1]; /* icon or spinner at the end of the row */
  MwAnswerStatus shown[MW_SOURCE_GUESS + 1];

  /* Template children */
  GtkLabel *title_label;
  GtkLabel *text_label;
  AdwPreferencesGroup *sources_group;
  GtkWidget *stop_button;
  GtkWidget *by_hand_button;
  GtkWidget *change_button;
  GtkWidget *retry_button;
  GtkWidget *use_button;
};

G_DEFINE_FINAL_TYPE (MwAddSearchPage, mw_add_search_page, ADW_TYPE_NAVIGATION_PAGE)

static GtkWidget *
make_sign (MwAnswerStatus status)
{
  switch (status)
    {
    case MW_ANSWER_ASKING:
      return adw_spinner_new ();
    case MW_ANSWER_FOUND:
      return mw_add_icon_new ("mw-ok-symbolic", "success", _ ("Found"));
    case MW_ANSWER_FAILED:
      return mw_add_icon_new ("mw-warning-symbolic", "warning", _ ("Trouble"));
    case MW_ANSWER_NOTHING:
      return mw_add_icon_new ("mw-skipped-symbolic", "dim-label", _ ("Nothing"));
    case MW_ANSWER_SKIPPED:
    case MW_ANSWER_WAITING:
      return NULL;
    }
  g_return_val_if_reached (NULL);
}

static void
show_sign (MwAddSearchPage *self, MwSource source, MwAnswerStatus status)
{
  AdwActionRow *row = ADW_ACTION_ROW (self->rows[source]);

  if (self->shown[source] == status)
    return;
  if (self->signs[source] != NULL)
    adw_action_row_remove (row, self->signs[source]);
  self->signs[source] = make_sign (status);
  if (self->signs[source] != NULL)
    adw_action_row_add_suffix (row, self->signs[source]);
  self->shown[source] = status;
}

static void
show_answers (MwAddSearchPage *self)
{
  MwDiscoveryResult *result = mw_add_search_get_result (self->search);
  gboolean running = mw_add_search_get_state (self->search) == MW_ADD_SEARCH_RUNNING;
  GPtrArray *answers = result != NULL ? mw_discovery_result_get_answers (result) : NULL;

  for (MwSource source = MW_SOURCE_SETUP_FILE; source <= MW_SOURCE_GUESS; source++)
    {
      const MwDiscoveryAnswer *answer =
          answers != NULL ? g_ptr_array_index (answers, source) : NULL;
      MwAnswerStatus status = answer != NULL ? answer->status : MW_ANSWER_WAITING;
      g_autofree char *text = NULL;

      /* Who was still being asked when it was stopped is not being asked any more */
      if (!running && (status == MW_ANSWER_ASKING || status == MW_ANSWER_WAITING))
        {
          status = MW_ANSWER_SKIPPED;
          text = g_strdup (_ ("No answer until it was stopped."));
        }
      else
        text = answer != NULL ? mw_add_describe_answer (answer, result) : g_strdup (_ ("Waiting"));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[source]), text);
      show_sign (self, source, status);
    }
}

static const MwDiscoveryNote *
find_note (MwDiscoveryResult *result, const char *id)
{
  GPtrArray *notes = result != NULL ? mw_discovery_result_get_notes (result) : NULL;

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      const MwDiscoveryNote *note = g_ptr_array_index (notes, i);

      if (strcmp (note->id, id) == 0)
        return note;
    }
  return NULL;
}

/* A button that had the keyboard and goes away hands it on to the one that is wanted next */
static void
show_buttons (
    MwAddSearchPage *self, gboolean running, gboolean retry, gboolean change, gboolean use)
{
  const struct
  {
    GtkWidget *button;
    gboolean visible;
  } buttons[] = {
    { self->use_button, use },
    { self->stop_button, running },
    { self->retry_button, retry },
    { self->change_button, change },
    { self->by_hand_button, !running && !use },
  };
  gboolean moves = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (buttons); i++)
    moves |= gtk_widget_has_focus (buttons[i].button) && !buttons[i].visible;
  /* First those that appear: the keyboard must have somewhere to go */
  for (gsize i = 0; i < G_N_ELEMENTS (buttons); i++)
    if (buttons[i].visible)
      gtk_widget_set_visible (buttons[i].button, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (buttons) && moves; i++)
    if (buttons[i].visible)
      moves = !gtk_widget_grab_focus (buttons[i].button);
  for (gsize i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_widget_set_visible (buttons[i].button, buttons[i].visible);
}

static void
say (MwAddSearchPage *self, const char *title, const char *text)
{
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->text_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->text_label), *text != '\0');
  if (g_set_str (&self->said, title) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    mw_ui_announce (GTK_WIDGET (self), title, FALSE);
}

static void
show_nothing_found (MwAddSearchPage *self, MwDiscoveryResult *result)
{
  MwConnectivity connectivity = mw_add_search_get_connectivity (self->search);
  const MwDiscoveryNote *note;

  if (connectivity == MW_CONNECTIVITY_OFFLINE)
    {
      show_buttons (self, FALSE, TRUE, FALSE, FALSE);
      say (self, _ ("There Is No Network"),
                   _ ("Nobody could be asked. Connect to a network and try again."));
    }
  else if (connectivity == MW_CONNECTIVITY_PORTAL)
    {
      show_buttons (self, FALSE, TRUE, FALSE, FALSE);
      say (self,
           _ ("This Network Wants a Sign-In First"),
             _ ("A sign-in page stands before the Internet, so nobody could be asked. Open any web "
                "page, sign in to the network there, and try again."));
    }
  else if ((note = find_note (result, "no-such-domain")) != NULL ||
           (note = find_note (result, "null-mx")) != NULL)
    {
      show_buttons (self, FALSE, FALSE, TRUE, FALSE);
      say (self, _ ("No Mail Goes to This Address"), mw_discovery_note_get_text (note));
    }
  else if ((note = find_note (result, "dns-unavailable")) != NULL)
    {
      show_buttons (self, FALSE, TRUE, FALSE, FALSE);
      say (self, _ ("The Name Servers Do Not Answer"), mw_discovery_note_get_text (note));
    }
  else
    {
      show_buttons (self, FALSE, TRUE, TRUE, FALSE);
      say (self,
           _ ("Nothing Was Found"),
             _ ("Nobody publishes settings for this domain. The website or the administrator of the "
                "mail service knows the names of the servers."));
    }
}

static void
update (MwAddSearchPage *self)
{
  MwDiscoveryResult *result = mw_add_search_get_result (self->search);
  gboolean found = result != NULL && mw_discovery_result_get_chosen (result) >= 0;
  const GError *error = mw_add_search_get_error (self->search);
  g_autofree char *text = NULL;

  show_answers (self);
  switch (mw_add_search_get_state (self->search))
    {
    case MW_ADD_SEARCH_IDLE:
      break;
    case MW_ADD_SEARCH_RUNNING:
      show_buttons (self, TRUE, FALSE, FALSE, FALSE);
      say (self, _ ("Looking for Settings"), _ ("That takes ten seconds at most."));
      break;
    case MW_ADD_SEARCH_STOPPED:
      show_buttons (self, FALSE, TRUE, !found, found);
      say (self, _ ("The Search Was Stopped"), found
                   ? _ ("What was found until then can be used, but a better source may have been "
                      "about to answer.")
                   : _ ("Nothing was found until then."));
      break;
    case MW_ADD_SEARCH_FAILED:
      show_buttons (self, FALSE, TRUE, FALSE, FALSE);
      text = mw_text_make_harmless (error != NULL ? error->message : "", -1, 400);
      say (self, _ ("The Search Could Not Begin"), text);
      break;
    case MW_ADD_SEARCH_DONE:
      if (found)
        {
          show_buttons (self, FALSE, FALSE, FALSE, TRUE);
          say (self, _ ("Settings Were Found"), "");
        }
      else
        show_nothing_found (self, result);
      break;
    }
}

static void
mw_add_search_page_shown (AdwNavigationPage *page)
{
  MwAddSearchPage *self = MW_ADD_SEARCH_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_search_page_parent_class)->shown (page);

  if (gtk_widget_get_visible (self->stop_button))
    gtk_widget_grab_focus (self->stop_button);
  else if (gtk_widget_get_visible (self->retry_button))
    gtk_widget_grab_focus (self->retry_button);
  else
    gtk_widget_grab_focus (self->change_button);
}

static void
mw_add_search_page_dispose (GObject *object)
{
  MwAddSearchPage *self = MW_ADD_SEARCH_PAGE (object);

  g_clear_object (&self->search);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_SEARCH_PAGE);

  G_OBJECT_CLASS (mw_add_search_page_parent_class)->dispose (object);
}

static void
mw_add_search_page_finalize (GObject *object)
{
  MwAddSearchPage *self = MW_ADD_SEARCH_PAGE (object);

  g_free (self->said);

  G_OBJECT_CLASS (mw_add_search_page_parent_class)->finalize (object);
}

static void
mw_add_search_page_class_init (MwAddSearchPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_add_search_page_dispose;
  object_class->finalize = mw_add_search_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = mw_add_search_page_shown;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-add-search-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, text_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, sources_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, by_hand_button);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, change_button);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, MwAddSearchPage, use_button);
}

static void
mw_add_search_page_init (MwAddSearchPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (MwSource source = MW_SOURCE_SETUP_FILE; source <= MW_SOURCE_GUESS; source++)
    {
      self->rows[source] = mw_add_row_new (mw_add_source_title (source), NULL);
      self->shown[source] = MW_ANSWER_WAITING;
      adw_preferences_group_add (self->sources_group, self->rows[source]);
    }
}

/**
 * mw_add_search_page_new:
 * @search: the search to show
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
mw_add_search_page_new (MwAddSearch *search)
{
  MwAddSearchPage *self = g_object_new (MW_TYPE_ADD_SEARCH_PAGE, NULL);

  self->search = g_object_ref (search);
  g_signal_connect_object (search, "updated", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return ADW_NAVIGATION_PAGE (self);
}
