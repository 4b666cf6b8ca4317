/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Plays every file of a corpus to a target, and some changed a little: for compilers that have no
 * libFuzzer. A crash or a broken promise ends it, with the input's name as the last line. */

#include "config.h"

#include "fuzz/fuzz.h"

#include <string.h>

/* How many changed copies of each file are tried */
#define N_CHANGED 64

static guint64 random_state;

static guint
next_random (guint below)
{
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (guint) (random_state >> 33) % below;
}

static void
play (const guint8 *bytes, gsize length)
{
  /* An allocation of just this size, so that one byte too far is seen */
  g_autofree guint8 *copy = g_memdup2 (bytes, MAX (length, 1));

  LLVMFuzzerTestOneInput (copy != NULL ? copy : (const guint8 *) "", length);
}

static void
play_changed (const guint8 *bytes, gsize length)
{
  static const char *const pieces[] = { "\r\n", "\"", "\\", "{3}\r\n", "\0", "\xff",
                                        "<",    "&",  "%",  "[",       "0",  "-1" };
  g_autoptr(GByteArray) changed = g_byte_array_new ();

  g_byte_array_append (changed, bytes, (guint) length);
  for (guint n = 1 + next_random (4); n > 0; n--)
    {
      guint at = next_random (changed->len + 1);
      const char *piece = pieces[next_random (G_N_ELEMENTS (pieces))];

      switch (next_random (5))
        {
        case 0:
          g_byte_array_set_size (changed, at);
          break;
        case 1:
          if (at < changed->len)
            changed->data[at] = (guint8) next_random (256);
          break;
        case 2:
          if (at < changed->len)
            g_byte_array_remove_range (changed, at, 1 + next_random (changed->len - at));
          break;
        case 3:
          if (changed->len < 100000)
            {
              guint once = changed->len;

              /* Growing moves the bytes, so they cannot be appended to themselves. */
              g_byte_array_set_size (changed, 2 * once);
              memcpy (changed->data + once, changed->data, once);
            }
          break;
        default:
          {
            gsize size = MAX (strlen (piece), 1);
            gsize tail = changed->len - at;

            g_byte_array_set_size (changed, changed->len + (guint) size);
            memmove (changed->data + at + size, changed->data + at, tail);
            memcpy (changed->data + at, piece, size);
          }
          break;
        }
    }
  play (changed->data, changed->len);
}

int
main (int argc, char **argv)
{
  g_autoptr(GDir) folder = NULL;
  g_autoptr(GError) error = NULL;
  const char *name;
  guint n_files = 0;

  if (argc != 2)
    g_error ("usage: %s CORPUS", argv[0]);
  folder = g_dir_open (argv[1], 0, &error);
  if (folder == NULL)
    g_error ("%s", error->message);
  g_print ("TAP version 13\n");
  play ((const guint8 *) "", 0);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      if (!g_file_get_contents (path, &bytes, &length, &error))
        g_error ("%s", error->message);
      g_print ("# %s\n", name);
      random_state = g_str_hash (name);
      play ((const guint8 *) bytes, length);
      for (guint i = 0; i < N_CHANGED; i++)
        play_changed ((const guint8 *) bytes, length);
      n_files++;
    }
  g_print ("%s 1 - %u files of the corpus, each with %u changed copies\n1..1\n",
           n_files > 0 ? "ok" : "not ok", n_files, N_CHANGED);
  return n_files > 0 ? 0 : 1;
}
