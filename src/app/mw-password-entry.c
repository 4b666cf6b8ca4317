/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-password-entry"

#include "config.h"

#include "app/mw-password-entry.h"

#include <string.h>

/* GTK 4.18 tells the accessibility bus of each change of an entry twice: once as it is shown, with
 * dots, and once as it was typed or taken away, which is the password itself when it is pasted, or
 * wiped. The second comes from the signals of the editable, which end here: the text goes into the
 * buffer, as the entry would put it there in the end, and the dots are told by ourselves. */

static void
tell (GtkText *text, GtkAccessibleTextContentChange change, guint start, guint end)
{
  if (!gtk_text_get_visibility (text) && end > start)
    gtk_accessible_text_update_contents (GTK_ACCESSIBLE_TEXT (text), change, start, end);
}

static void
on_insert_text (GtkText *text, const char *typed, int length, int *position, gpointer user_data)
{
  GtkEntryBuffer *buffer = gtk_text_get_buffer (text);
  gsize size = length < 0 ? strlen (typed) : (gsize) length;
  guint start = (guint) *position;

  *position += (int) gtk_entry_buffer_insert_text (buffer, start, typed,
                                                   (int) g_utf8_strlen (typed, (gssize) size));
  tell (text, GTK_ACCESSIBLE_TEXT_CONTENT_CHANGE_INSERT, start, (guint) *position);
  g_signal_stop_emission_by_name (text, "insert-text");
}

static void
on_delete_text (GtkText *text, int start, int end, gpointer user_data)
{
  GtkEntryBuffer *buffer = gtk_text_get_buffer (text);
  int length = (int) gtk_entry_buffer_get_length (buffer);

  end = end < 0 ? length : MIN (end, length);
  if (end > start)
    {
      tell (text, GTK_ACCESSIBLE_TEXT_CONTENT_CHANGE_REMOVE, (guint) start, (guint) end);
      gtk_entry_buffer_delete_text (buffer, (guint) start, end - start);
    }
  g_signal_stop_emission_by_name (text, "delete-text");
}

/**
 * mw_password_entry_guard:
 * @entry: an entry, or row, that shows dots
 *
 * To be called before @entry is shown. Nothing of what is typed is remembered for an undo either,
 * as it would be while the person looks at it.
 */
void
mw_password_entry_guard (GtkEditable *entry)
{
  GtkEditable *text = entry;

  while (text != NULL && !GTK_IS_TEXT (text))
    text = gtk_editable_get_delegate (text);
  g_return_if_fail (text != NULL);

  gtk_editable_set_enable_undo (text, FALSE);
  g_signal_connect (text, "insert-text", G_CALLBACK (on_insert_text), NULL);
  g_signal_connect (text, "delete-text", G_CALLBACK (on_delete_text), NULL);
}
