/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sits in the running program (LD_PRELOAD) and answers what no one outside can know: whether a text
 * is cut, how narrow the window can get, how long the main loop stood still, which of our objects
 * are still there. It changes nothing in the program. One line with a command comes in by the Unix
 * socket $MW_PROBE, one line of JSON goes out:
 *
 *   layout   every text that is on the screen, and what is wrong with its place
 *   stall    the longest time that one turn of the main loop took, and the turns over 50 ms, since
 *            the last "stall": by the clock, and of the processor
 *   alive    how many objects of our own types there are, by type
 *
 * At the end of the program the objects that are left are written to $MW_PROBE_END.
 */

#define G_LOG_DOMAIN "mw-window-probe"

#include <dlfcn.h>
#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <graphene.h>
#include <gtk/gtk.h>
#include <json-glib/json-glib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Less than a pixel is the rounding of the font */
#define SLACK 1.5
#define STALL_USEC 50000

static gboolean is_here;

/* ---- objects of our own -----------------------------------------------------------------------
 */

static GMutex alive_lock;
static GHashTable *alive; /* (element-type utf8 uint) name of the type: how many */
static GQuark alive_quark;

static void
count (const char *type_name, int by)
{
  g_mutex_lock (&alive_lock);
  if (alive == NULL)
    alive = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (
      alive, (gpointer) type_name,
      GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (alive, type_name)) + by));
  g_mutex_unlock (&alive_lock);
}

static void
on_finalized (gpointer type_name)
{
  count (type_name, -1);
}

/* Data of an object goes when it is finalized, not when it is disposed of */
static gpointer
watch (gpointer object)
{
  const char *name = object != NULL ? G_OBJECT_TYPE_NAME (object) : "";

  if (g_str_has_prefix (name, "Mw") && g_object_get_qdata (object, alive_quark) == NULL)
    {
      count (name, 1);
      g_object_set_qdata_full (object, alive_quark, (gpointer) name, on_finalized);
    }
  return object;
}

static gpointer
real (const char *name)
{
  gpointer symbol = dlsym (RTLD_NEXT, name);

  if (symbol == NULL)
    {
      fprintf (stderr, "window-probe: there is no %s\n", name);
      abort ();
    }
  return symbol;
}

GObject *
g_object_new_with_properties (GType type, guint n, const char *names[], const GValue values[])
{
  static GObject *(*next) (GType, guint, const char *[], const GValue[]);

  if (next == NULL)
    next = real ("g_object_new_with_properties");
  return watch (next (type, n, names, values));
}

GObject *
g_object_new_valist (GType type, const char *first, va_list values)
{
  static GObject *(*next) (GType, const char *, va_list);

  if (next == NULL)
    next = real ("g_object_new_valist");
  return watch (next (type, first, values));
}

gpointer
g_object_new (GType type, const char *first, ...)
{
  gpointer object;
  va_list values;

  if (first == NULL)
    return g_object_new_with_properties (type, 0, NULL, NULL);
  va_start (values, first);
  object = g_object_new_valist (type, first, values);
  va_end (values);
  return object;
}

static void
add_alive (JsonBuilder *builder)
{
  GHashTableIter iter;
  gpointer name, number;

  json_builder_begin_object (builder);
  g_mutex_lock (&alive_lock);
  if (alive != NULL)
    {
      g_hash_table_iter_init (&iter, alive);
      while (g_hash_table_iter_next (&iter, &name, &number))
        {
          if (GPOINTER_TO_INT (number) != 0)
            {
              json_builder_set_member_name (builder, name);
              json_builder_add_int_value (builder, GPOINTER_TO_INT (number));
            }
        }
    }
  g_mutex_unlock (&alive_lock);
  json_builder_end_object (builder);
}

/* ---- the main loop ----------------------------------------------------------------------------
 */

static gint64 longest_wall, longest_cpu, turn_wall, turn_cpu;
static guint n_turns, n_stalls;

static gint64
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Between two polls the loop works: that is how long a click would have to wait */
static int
poll_and_measure (GPollFD *fds, guint n_fds, int timeout)
{
  int result;

  if (turn_wall != 0)
    {
      gint64 wall = g_get_monotonic_time () - turn_wall, cpu = processor_time () - turn_cpu;

      n_turns++;
      longest_wall = MAX (longest_wall, wall);
      longest_cpu = MAX (longest_cpu, cpu);
      n_stalls += wall > STALL_USEC;
    }
  result = g_poll (fds, n_fds, timeout);
  turn_wall = g_get_monotonic_time ();
  turn_cpu = processor_time ();
  return result;
}

static void
add_stall (JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "milliseconds");
  json_builder_add_double_value (builder, longest_wall / 1000.0);
  json_builder_set_member_name (builder, "cpu_milliseconds");
  json_builder_add_double_value (builder, longest_cpu / 1000.0);
  json_builder_set_member_name (builder, "over_50");
  json_builder_add_int_value (builder, n_stalls);
  json_builder_set_member_name (builder, "turns");
  json_builder_add_int_value (builder, n_turns);
  json_builder_end_object (builder);
  longest_wall = longest_cpu = 0;
  n_turns = n_stalls = 0;
  turn_wall = 0; /* this turn is the probe's own */
}

/* ---- the layout -------------------------------------------------------------------------------
 */

/* What the screen reader and the style know it by: "MwWindow > AdwActionRow > GtkLabel.title" */
static char *
describe_place (GtkWidget *widget)
{
  g_autoptr (GString) place = g_string_new (NULL);
  int depth = 0;

  for (GtkWidget *one = widget; one != NULL && depth < 12; one = gtk_widget_get_parent (one))
    {
      const char *name = G_OBJECT_TYPE_NAME (one);
      g_auto (GStrv) classes = gtk_widget_get_css_classes (one);
      g_autofree char *all = g_strjoinv (".", classes);

      if (one != widget && !g_str_has_prefix (name, "Mw") && !g_str_has_suffix (name, "Row"))
        continue;
      if (place->len > 0)
        g_string_prepend (place, " > ");
      if (all[0] != '\0')
        {
          g_string_prepend (place, all);
          g_string_prepend_c (place, '.');
        }
      g_string_prepend (place, name);
      depth++;
    }
  return g_string_free (g_steal_pointer (&place), FALSE);
}

static gboolean
is_see_through (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      if (gtk_widget_get_opacity (widget) < 0.05 || !gtk_widget_get_child_visible (widget))
        return TRUE;
    }
  return FALSE;
}

static const char *
find_tooltip (GtkWidget *widget)
{
  for (int depth = 0; widget != NULL && depth < 4; widget = gtk_widget_get_parent (widget), depth++)
    {
      const char *text = gtk_widget_get_tooltip_text (widget);

      if (text != NULL)
        return text;
    }
  return NULL;
}

static void
add_complaint (JsonBuilder *builder,
               GtkWidget *widget,
               const char *problem,
               const char *text,
               int has,
               int needs)
{
  g_autofree char *place = describe_place (widget);
  const char *tooltip = find_tooltip (widget);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "problem");
  json_builder_add_string_value (builder, problem);
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, text);
  json_builder_set_member_name (builder, "place");
  json_builder_add_string_value (builder, place);
  json_builder_set_member_name (builder, "has");
  json_builder_add_int_value (builder, has);
  json_builder_set_member_name (builder, "needs");
  json_builder_add_int_value (builder, needs);
  json_builder_set_member_name (builder, "tooltip");
  json_builder_add_string_value (builder, tooltip != NULL ? tooltip : "");
  json_builder_end_object (builder);
}

/* Where a wide thing may be looked at by scrolling sideways it is not cut */
static gboolean
scrolls_sideways (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      if (GTK_IS_SCROLLED_WINDOW (widget))
        {
          GtkPolicyType policy;

          gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &policy, NULL);
          if (policy == GTK_POLICY_AUTOMATIC || policy == GTK_POLICY_ALWAYS)
            return TRUE;
        }
    }
  return FALSE;
}

static void
look_at_text (
    GtkWidget *widget, GtkWidget *top, PangoLayout *layout, const char *text, JsonBuilder *builder)
{
  graphene_rect_t bounds;
  int width, height;
  PangoRectangle ink;

  pango_layout_get_pixel_size (layout, &width, &height);
  pango_layout_get_pixel_extents (layout, &ink, NULL);
  if (pango_layout_is_ellipsized (layout))
    add_complaint (builder, widget, "ellipsized", text, gtk_widget_get_width (widget), width);
  else if (width > gtk_widget_get_width (widget) + SLACK)
    add_complaint (builder, widget, "wider than its place", text, gtk_widget_get_width (widget),
                   width);
  else if (height > gtk_widget_get_height (widget) + SLACK)
    add_complaint (builder, widget, "higher than its place", text, gtk_widget_get_height (widget),
                   height);
  if (gtk_widget_compute_bounds (widget, top, &bounds) && !scrolls_sideways (widget))
    {
      float right = bounds.origin.x + bounds.size.width;

      if (bounds.origin.x < -SLACK || right > gtk_widget_get_width (top) + SLACK)
        add_complaint (builder, widget, "outside of the window", text, gtk_widget_get_width (top),
                       (int) right);
    }
}

static void
look_at (GtkWidget *widget, GtkWidget *top, JsonBuilder *complaints, GPtrArray *texts)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    {
      GtkLabel *label = GTK_LABEL (widget);
      const char *text = gtk_label_get_text (label);

      if (*text != '\0' && !is_see_through (widget))
        {
          g_ptr_array_add (texts, g_strdup (text));
          look_at_text (widget, top, gtk_label_get_layout (label), text, complaints);
        }
    }
  else if (GTK_IS_INSCRIPTION (widget))
    {
      const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (widget));

      if (text != NULL && *text != '\0')
        g_ptr_array_add (texts, g_strdup (text));
    }
  else if (GTK_IS_SCROLLED_WINDOW (widget))
    {
      GtkAdjustment *adjustment =
          gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (widget));
      int wide =
          (int) (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_lower (adjustment));
      int page = (int) gtk_adjustment_get_page_size (adjustment);

      if (wide > page + 1)
        add_complaint (complaints, widget, "scrolls sideways", "", page, wide);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      /* A popover has a surface of its own */
      look_at (child, GTK_IS_NATIVE (child) ? child : top, complaints, texts);
    }
}

static void
add_layout (JsonBuilder *builder)
{
  GListModel *tops = gtk_window_get_toplevels ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (tops); i++)
    {
      g_autoptr (GtkWidget) top = g_list_model_get_item (tops, i);
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
      int least;

      if (!gtk_widget_get_mapped (top))
        continue;
      gtk_widget_measure (top, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "type");
      json_builder_add_string_value (builder, G_OBJECT_TYPE_NAME (top));
      json_builder_set_member_name (builder, "width");
      json_builder_add_int_value (builder, gtk_widget_get_width (top));
      json_builder_set_member_name (builder, "height");
      json_builder_add_int_value (builder, gtk_widget_get_height (top));
      json_builder_set_member_name (builder, "least_width");
      json_builder_add_int_value (builder, least);
      json_builder_set_member_name (builder, "complaints");
      json_builder_begin_array (builder);
      look_at (top, top, builder, texts);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "texts");
      json_builder_begin_array (builder);
      for (guint j = 0; j < texts->len; j++)
        json_builder_add_string_value (builder, texts->pdata[j]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* ---- questions and answers --------------------------------------------------------------------
 */

static char *
to_line (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  return g_strconcat (text, "\n", NULL);
}

static gboolean
send_all (int descriptor, const char *text)
{
  gsize length = strlen (text), done = 0;

  while (done < length)
    {
      gssize n = send (descriptor, text + done, length - done, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      done += n;
    }
  return TRUE;
}

static gboolean
on_question (int listener, GIOCondition condition, gpointer user_data)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *answer = NULL;
  char command[64] = "";
  int peer = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);

  if (peer < 0)
    return G_SOURCE_CONTINUE;
  if (recv (peer, command, sizeof command - 1, 0) > 0)
    {
      g_strchomp (command);
      if (strcmp (command, "layout") == 0)
        add_layout (builder);
      else if (strcmp (command, "stall") == 0)
        add_stall (builder);
      else if (strcmp (command, "alive") == 0)
        add_alive (builder);
      else
        json_builder_add_null_value (builder);
      answer = to_line (builder);
      send_all (peer, answer);
    }
  close (peer);
  return G_SOURCE_CONTINUE;
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = g_getenv ("MW_PROBE");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int listener;

  /* Not in a program that only starts it */
  if (path == NULL || strlen (path) >= sizeof address.sun_path ||
      strcmp (program_invocation_short_name, "mailwright") != 0)
    return;
  is_here = TRUE;
  alive_quark = g_quark_from_static_string ("mw-window-probe");
  strcpy (address.sun_path, path);
  listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind (listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (listener, 8) != 0)
    {
      fprintf (stderr, "window-probe: cannot listen at %s\n", path);
      abort ();
    }
  /* Not for what the program starts */
  g_unsetenv ("LD_PRELOAD");
  g_unsetenv ("MW_PROBE");
  g_unix_fd_add (listener, G_IO_IN, on_question, NULL);
  g_main_context_set_poll_func (NULL, poll_and_measure);
}

__attribute__ ((destructor)) static void
end (void)
{
  const char *path = g_getenv ("MW_PROBE_END");
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *text = NULL;

  if (path == NULL || !is_here)
    return;
  builder = json_builder_new ();
  add_alive (builder);
  text = to_line (builder);
  g_file_set_contents (path, text, -1, NULL);
}
