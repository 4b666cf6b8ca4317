/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-help-dialog"

#include "config.h"

#include "app/mw-help-dialog.h"

#include <glib/gi18n-lib.h>

/* All the help there is: questions that people have on a page, and answers without jargon. */
typedef struct
{
  const char *page;
  const char *question; /* of a group when it has no answer */
  const char *answer;
} Help;

static const Help help[] = {
  { "check", N_ ("The Check"), NULL },
  { "check", N_ ("What is checked?"),
    N_ ("Every server of the account, all at once, as a mail program would do it: the name is "
        "looked "
        "up, the server is called, the connection is encrypted and its certificate looked at, then "
        "the login is tried and the mailbox opened. No mail is read, sent or changed.") },
  { "check", N_ ("What do the four lights mean?"),
    N_ ("Port: the server can be reached there. Protocol: it speaks the language that was "
        "expected. "
        "Certificate: the connection is encrypted, and the server is the one that it says it is. "
        "Login: it took your name and password, and the mailbox opened.") },
  { "check", N_ ("Something failed. What now?"),
    N_ ("The first trouble opens itself. It says what happened, what that means and what to do "
        "next; where the program can do it, there is a button. What the server said is shown in "
        "its "
        "own words.") },
  { "check", N_ ("Can a check lock my account?"),
    N_ ("A password that a server refused is not sent there again in the same check.") },
  { "settings", N_ ("The Settings"), NULL },
  { "settings", N_ ("What are IMAP, POP3 and SMTP?"),
    N_ ("IMAP keeps your mail on the server, so that all your devices show the same. POP3 fetches "
        "it "
        "to one computer. SMTP is how mail is sent.") },
  { "settings", N_ ("What do the kinds of security mean?"),
    N_ ("“TLS from the start”: encrypted from the first byte; the best choice. “STARTTLS "
        "(upgrade)”: "
        "begins in the clear and is encrypted before anything private is said; just as safe here, "
        "as "
        "the check fails when the server does not do it. “No encryption”: everybody on the way can "
        "read your password.") },
  { "settings", N_ ("What are app passwords and authorization codes?"),
    N_ ("Many providers do not take your usual password from mail programs. On their web page you "
        "have them make another one, for mail programs only. The password row says which kind your "
        "provider expects.") },
  { "settings", N_ ("Where are my passwords?"),
    N_ ("In the keyring of your desktop, or, if you wish, only in memory until Mailwright is "
        "closed. "
        "Never in a file of Mailwright’s, and never in a report.") },
  { "export", N_ ("The Export"), NULL },
  { "export", N_ ("What does an export change?"),
    N_ ("Only what belongs to this account. Before anything is written you see every line that "
        "will "
        "change, and what was there before is kept, so that each export can be undone.") },
  { "export", N_ ("Why is an export out of date?"),
    N_ ("The account was changed after it was put into that program. Export it again, and the "
        "program "
        "has the new settings.") },
  { "export", N_ ("The mail program is on another computer"),
    N_ ("Save files for it, and carry them there: the export page says for each program how they "
        "are "
        "taken up.") },
  { "network", N_ ("The Network"), NULL },
  { "network", N_ ("It worked at home and fails here"),
    N_ ("Offices, hotels and some providers keep mail programs away from certain ports, or want "
        "you "
        "to sign in on a web page first. Each check says on which network it ran, and when the "
        "network "
        "changes you are offered to run a failed one again.") },
  { "network", N_ ("What leaves this computer?"),
    N_ ("While settings are searched, only the part of the address after the @. The address and "
        "the password go to the servers of the account alone, and the password only when the "
        "connection is encrypted and the server has proven who it is.") },
};

static GtkWidget *
make_row (const Help *entry)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *label = gtk_label_new (_ (entry->answer));
  GtkWidget *answer = gtk_list_box_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (entry->question));
  adw_expander_row_set_title_lines (ADW_EXPANDER_ROW (row), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 12);
  gtk_widget_set_margin_bottom (label, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (answer), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (answer), FALSE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (answer), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  label, NULL, -1);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), answer);
  return row;
}

/**
 * mw_help_dialog_new:
 * @page: (nullable): "check", "settings" or "export": what is asked about stands first
 *
 * Returns: (transfer floating): a dialog with the questions that people have, answered
 */
AdwDialog *
mw_help_dialog_new (const char *page)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();
  GtkWidget *preferences_page = adw_preferences_page_new ();

  /* First what is asked about, then the rest in the order of the table. */
  for (guint pass = 0; pass < 2; pass++)
    {
      GtkWidget *group = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (help); i++)
        {
          if ((g_strcmp0 (help[i].page, page) == 0) != (pass == 0))
            continue;
          if (help[i].answer != NULL)
            {
              adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (&help[i]));
              continue;
            }
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ (help[i].question));
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (preferences_page),
                                    ADW_PREFERENCES_GROUP (group));
        }
    }
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog),
                              ADW_PREFERENCES_PAGE (preferences_page));
  adw_dialog_set_title (dialog, _ ("Help"));
  adw_dialog_set_content_width (dialog, 560);
  return dialog;
}
