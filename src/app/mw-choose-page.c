/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-choose-page"

#include "config.h"

#include "app/mw-choose-page.h"

#include "app/mw-add-words.h"
#include "report/mw-report-text.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  QUESTION_PROTOCOL,
  QUESTION_RECEIVING,
  QUESTION_SENDING,
  QUESTION_LOGIN,
  QUESTION_NAMES,
  N_QUESTIONS
} Question;

#define MAX_ANSWERS 3

typedef struct
{
  const char *answer;
  const char *reason;
} Answer;

/* The first answer of each is right for most people, and is chosen at first */
static const struct
{
  const char *title;
  Answer answers[MAX_ANSWERS];
} questions_table[N_QUESTIONS] = {
  [QUESTION_PROTOCOL] = { N_ ("Where Do You Read Your Mail?"),
                          { { N_ ("On several devices, or also on the web"),
                              N_ ("Then IMAP: the mail stays on the server, and every device shows "
                                  "the same.") },
                            { N_ ("On this computer only"),
                              N_ ("Then POP3: the mail is fetched to this computer. Make copies of "
                                  "it, since the server "
                                  "does not keep it for ever.") } } },
  [QUESTION_RECEIVING] = { N_ ("What Does Your Mail Service Say About Receiving?"),
                           { { N_ ("“SSL” or “TLS”, port 993 or 995, or nothing"),
                               N_ ("Then TLS from the start: encrypted from the first byte. It is "
                                   "the best where it is "
                                   "offered, and nearly everybody offers it.") },
                             { N_ ("“STARTTLS”, port 143 or 110"),
                               N_ ("Then STARTTLS: the connection begins in the clear and is "
                                   "encrypted before anything "
                                   "else is said.") } } },
  [QUESTION_SENDING] = { N_ ("What Does It Say About Sending?"),
                         { { N_ ("“SSL” or “TLS”, port 465, or nothing"),
                             N_ ("Then TLS from the start, on port 465.") },
                           { N_ ("“STARTTLS”, port 587 or 25"),
                             N_ ("Then STARTTLS, on port 587. Port 25 is meant for servers among "
                                 "themselves, and many "
                                 "networks block it.") } } },
  [QUESTION_LOGIN] = { N_ ("With What Name Do You Sign In to Your Mail on the Web?"),
                       { { N_ ("With the whole mail address"),
                           N_ ("Nearly all mail services want it.") },
                         { N_ ("With what stands before the @"),
                           N_ ("Usual in companies and universities that run their own servers.") },
                         { N_ ("With something else"),
                           N_ ("Then the login name stays as it is in the form: type it there just "
                               "as the mail service "
                               "wrote it.") } } },
  [QUESTION_NAMES] = { N_ ("Do You Know the Names of the Servers?"),
                       { { N_ ("No"), N_ ("Then the usual names are filled in where the form has "
                                          "none. The check that follows "
                                          "shows whether they exist.") },
                         { N_ ("Yes"), N_ ("Then type them in the form.") } } },
};

struct _MwChoosePage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwAddress *address;

  /* Owned by the groups */
  GtkCheckButton *checks[N_QUESTIONS][MAX_ANSWERS];

  /* Template children */
  GtkBox *questions;
  GtkLabel *outcome_label;
  GtkWidget *use_button;
};

G_DEFINE_FINAL_TYPE (MwChoosePage, mw_choose_page, ADW_TYPE_NAVIGATION_PAGE)

static guint
get_answer (MwChoosePage *self, Question question)
{
  for (guint i = 0; i < MAX_ANSWERS; i++)
    if (self->checks[question][i] != NULL &&
        gtk_check_button_get_active (self->checks[question][i]))
      return i;
  return 0;
}

static MwProtocol
get_protocol (MwChoosePage *self, MwHalf half)
{
  if (half == MW_HALF_OUTGOING)
    return MW_PROTOCOL_SMTP;
  return get_answer (self, QUESTION_PROTOCOL) == 0 ? MW_PROTOCOL_IMAP : MW_PROTOCOL_POP3;
}

static MwSecurity
get_security (MwChoosePage *self, MwHalf half)
{
  Question question = half == MW_HALF_INCOMING ? QUESTION_RECEIVING : QUESTION_SENDING;

  return get_answer (self, question) == 0 ? MW_SECURITY_TLS : MW_SECURITY_STARTTLS;
}

static void
update (MwChoosePage *self)
{
  MwSecurity receiving = get_security (self, MW_HALF_INCOMING);
  MwSecurity sending = get_security (self, MW_HALF_OUTGOING);
  MwProtocol protocol = get_protocol (self, MW_HALF_INCOMING);
  guint receiving_port = mw_protocol_get_default_port (protocol, receiving);
  guint sending_port = mw_protocol_get_default_port (MW_PROTOCOL_SMTP, sending);
  g_autofree char *text = NULL;

  if (protocol == MW_PROTOCOL_IMAP)
    /* Translators: a port and an encryption, twice */
    text = g_strdup_printf (_ ("Receiving: IMAP, port %1$u, %2$s\nSending: SMTP, port %3$u, %4$s"),
                              receiving_port, mw_security_get_title (receiving), sending_port,
                              mw_security_get_title (sending));
  else
    /* Translators: a port and an encryption, twice */
    text = g_strdup_printf (_ ("Receiving: POP3, port %1$u, %2$s\nSending: SMTP, port %3$u, %4$s"),
                              receiving_port, mw_security_get_title (receiving), sending_port,
                              mw_security_get_title (sending));
  gtk_label_set_label (self->outcome_label, text);
}

static void
on_toggled (MwChoosePage *self, GtkCheckButton *check)
{
  if (gtk_check_button_get_active (check))
    update (self);
}

static void
add_question (MwChoosePage *self, Question question)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *heading = gtk_label_new (_ (questions_table[question].title));

  /* The title of a group is cut where it is too long */
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (group), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  heading, NULL, -1);
  for (guint i = 0; i < MAX_ANSWERS; i++)
    {
      const Answer *answer = &questions_table[question].answers[i];
      GtkWidget *row, *check;

      if (answer->answer == NULL)
        break;
      row = mw_add_row_new (_ (answer->answer), _ (answer->reason));
      check = gtk_check_button_new ();
      self->checks[question][i] = GTK_CHECK_BUTTON (check);
      gtk_check_button_set_group (GTK_CHECK_BUTTON (check),
                                  i > 0 ? self->checks[question][0] : NULL);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), i == 0);
      gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
      g_signal_connect_object (check, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
      adw_preferences_group_add (group, row);
    }
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (group));
  gtk_box_append (self->questions, box);
}

static void
mw_choose_page_dispose (GObject *object)
{
  MwChoosePage *self = MW_CHOOSE_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_CHOOSE_PAGE);

  G_OBJECT_CLASS (mw_choose_page_parent_class)->dispose (object);
}

static void
mw_choose_page_finalize (GObject *object)
{
  MwChoosePage *self = MW_CHOOSE_PAGE (object);

  g_clear_pointer (&self->address, mw_address_unref);

  G_OBJECT_CLASS (mw_choose_page_parent_class)->finalize (object);
}

static void
mw_choose_page_class_init (MwChoosePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_choose_page_dispose;
  object_class->finalize = mw_choose_page_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-choose-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwChoosePage, questions);
  gtk_widget_class_bind_template_child (widget_class, MwChoosePage, outcome_label);
  gtk_widget_class_bind_template_child (widget_class, MwChoosePage, use_button);
}

static void
mw_choose_page_init (MwChoosePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (Question question = 0; question < N_QUESTIONS; question++)
    add_question (self, question);
  update (self);
}

/**
 * mw_choose_page_new:
 * @address: the address of the account
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
mw_choose_page_new (MwAddress *address)
{
  MwChoosePage *self = g_object_new (MW_TYPE_CHOOSE_PAGE, NULL);

  self->address = mw_address_ref (address);
  return ADW_NAVIGATION_PAGE (self);
}

static char *
guess_host (MwChoosePage *self, MwProtocol protocol)
{
  const char *label = protocol == MW_PROTOCOL_IMAP   ? "imap"
                      : protocol == MW_PROTOCOL_POP3 ? "pop"
                                                     : "smtp";

  return g_strdup_printf ("%s.%s", label, mw_address_get_domain_ascii (self->address));
}

/**
 * mw_choose_page_dup_server:
 * @self: the page
 * @half: receiving or sending
 * @present: (nullable): what stands in the form now
 *
 * Returns: (transfer full) (nullable): what the answers lead to: the names of @present where it has
 *   some; %NULL when there is no name
 */
MwServer *
mw_choose_page_dup_server (MwChoosePage *self, MwHalf half, MwServer *present)
{
  MwProtocol protocol = get_protocol (self, half);
  MwSecurity security = get_security (self, half);
  g_autofree char *host = NULL;
  g_autoptr (MwServer) server = NULL;
  const char *username = present != NULL ? mw_server_get_username (present) : NULL;

  if (present != NULL)
    host = g_strdup (mw_server_get_host (present));
  else if (get_answer (self, QUESTION_NAMES) == 0)
    host = guess_host (self, protocol);
  else
    return NULL;
  server =
      mw_server_new (protocol, host, mw_protocol_get_default_port (protocol, security), security);
  switch (get_answer (self, QUESTION_LOGIN))
    {
    case 0:
      username = mw_address_get_ascii (self->address);
      break;
    case 1:
      username = mw_address_get_local_part (self->address);
      break;
    default:
      break;
    }
  return username != NULL ? mw_server_with_username (server, username) : g_steal_pointer (&server);
}
