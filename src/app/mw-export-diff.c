/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-diff"

#include "config.h"

#include "app/mw-export-diff.h"

#include "export/mw-diff.h"

#include <glib/gi18n-lib.h>

/* More lines than anybody reads in a window */
#define MAX_LINES 2000

/* The sign and the space behind it, in characters */
#define MARK_WIDTH 2

struct _MwExportDiff
{
  AdwBin parent_instance;

  /* Owned */
  GBytes *before; /* or %NULL */
  GBytes *after;
  char *name;
};

G_DEFINE_FINAL_TYPE (MwExportDiff, mw_export_diff, ADW_TYPE_BIN)

/* Light enough to read on, dark enough to see, on a light and on a dark ground */
static const GdkRGBA removed_colour = { 0.88f, 0.11f, 0.14f, 0.16f };
static const GdkRGBA added_colour = { 0.15f, 0.64f, 0.41f, 0.18f };

static GtkTextTag *
make_tag (GtkTextBuffer *buffer, MwDiffKind kind, int character_width)
{
  /* A long line goes on under its text, not under its sign */
  GtkTextTag *tag =
      gtk_text_buffer_create_tag (buffer, NULL, "indent", -MARK_WIDTH * character_width, NULL);

  if (kind == MW_DIFF_REMOVED)
    g_object_set (tag, "paragraph-background-rgba", &removed_colour, NULL);
  else if (kind == MW_DIFF_ADDED)
    g_object_set (tag, "paragraph-background-rgba", &added_colour, NULL);
  else if (kind == MW_DIFF_GAP)
    g_object_set (tag, "scale", 0.9, "style", PANGO_STYLE_ITALIC, NULL);
  return tag;
}

static char *
write_line (const MwDiffLine *line)
{
  g_autofree char *gap = NULL;

  if (line->kind == MW_DIFF_GAP)
    {
      /* Translators: stands in a difference for lines that stay and are not shown */
      gap = g_strdup_printf (ngettext ("%u unchanged line", "%u unchanged lines", line->n_lines),
                             line->n_lines);
      return g_strdup_printf ("%s %s", mw_diff_kind_to_mark (line->kind), gap);
    }
  return g_strdup_printf ("%s %s%s", mw_diff_kind_to_mark (line->kind), line->text,
                          /* Translators: the last line of a file has no line end */
                          line->unended ? _ (" (no line end)") : "");
}

static void
fill (GtkTextView *view, GPtrArray *diff)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (view), "0");
  GtkTextTag *tags[MW_DIFF_GAP + 1];
  GtkTextIter iter;
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    tags[i] = make_tag (buffer, (MwDiffKind) i, width);
  gtk_text_buffer_get_end_iter (buffer, &iter);
  for (guint i = 0; i < diff->len && i < MAX_LINES; i++)
    {
      const MwDiffLine *line = g_ptr_array_index (diff, i);
      g_autofree char *text = write_line (line);

      if (i > 0)
        gtk_text_buffer_insert (buffer, &iter, "\n", 1);
      gtk_text_buffer_insert_with_tags (buffer, &iter, text, -1, tags[line->kind], NULL);
    }
  if (diff->len > MAX_LINES)
    {
      guint n = diff->len - MAX_LINES;
      g_autofree char *text = g_strdup_printf (
          ngettext ("%u more line is not shown", "%u more lines are not shown", n), n);

      gtk_text_buffer_insert (buffer, &iter, "\n", 1);
      gtk_text_buffer_insert_with_tags (buffer, &iter, text, -1, tags[MW_DIFF_GAP], NULL);
    }
}

static void
mw_export_diff_map (GtkWidget *widget)
{
  MwExportDiff *self = MW_EXPORT_DIFF (widget);

  if (adw_bin_get_child (ADW_BIN (self)) == NULL)
    {
      g_autoptr (GPtrArray) diff = mw_diff_new (self->before, self->after, MW_DIFF_CONTEXT_LINES);
      g_autofree char *label = NULL;
      GtkWidget *view = gtk_text_view_new ();

      /* Translators: %s is the path of a file; what the text that follows shows */
      label = g_strdup_printf (_ ("Changes of %s"), self->name);
      gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
      gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
      gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
      gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
      gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
      gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 6);
      gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 6);
      gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 12);
      gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 12);
      gtk_widget_add_css_class (view, "mw-diff");
      gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      adw_bin_set_child (ADW_BIN (self), view);
      fill (GTK_TEXT_VIEW (view), diff);
    }
  GTK_WIDGET_CLASS (mw_export_diff_parent_class)->map (widget);
}

static void
mw_export_diff_finalize (GObject *object)
{
  MwExportDiff *self = MW_EXPORT_DIFF (object);

  g_clear_pointer (&self->before, g_bytes_unref);
  g_clear_pointer (&self->after, g_bytes_unref);
  g_free (self->name);

  G_OBJECT_CLASS (mw_export_diff_parent_class)->finalize (object);
}

static void
mw_export_diff_class_init (MwExportDiffClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_export_diff_finalize;
  GTK_WIDGET_CLASS (klass)->map = mw_export_diff_map;
}

static void
mw_export_diff_init (MwExportDiff *self)
{
}

/**
 * mw_export_diff_new:
 * @before: (nullable): the text that is there; %NULL: it is new
 * @after: the text that will be there
 * @name: what it is, for those who hear the window
 *
 * Returns: (transfer floating): the difference
 */
GtkWidget *
mw_export_diff_new (GBytes *before, GBytes *after, const char *name)
{
  MwExportDiff *self = g_object_new (MW_TYPE_EXPORT_DIFF, NULL);

  self->before = before != NULL ? g_bytes_ref (before) : NULL;
  self->after = g_bytes_ref (after);
  self->name = g_strdup (name);
  return GTK_WIDGET (self);
}
