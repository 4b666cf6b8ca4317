/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How long a program takes to show a window.
 *
 *   first-frame COMMAND [ARGUMENT]...
 *
 * Starts it, and waits for a top-level window of at least 200 pixels each way: "mapped" when the X
 * server says so, "painted" when there are eight different colours in it. Prints both in seconds,
 * and the processor time in seconds and the proportional memory in MiB that the program had used
 * by then; ends it.
 */

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEAST_SIZE 200
#define LEAST_COLOURS 8
#define LIMIT 60.0

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/* Windows come and go while they are looked at */
static int
ignore_error (Display *display, XErrorEvent *event)
{
  (void) display;
  (void) event;
  return 0;
}

static bool
is_painted (Display *display, Window window)
{
  XWindowAttributes attributes;
  unsigned long seen[LEAST_COLOURS];
  int n = 0;
  XImage *image;

  if (!XGetWindowAttributes (display, window, &attributes))
    return false;
  image = XGetImage (display, window, 0, 0, (unsigned) attributes.width,
                     (unsigned) attributes.height, AllPlanes, ZPixmap);
  if (image == NULL)
    return false;
  for (int y = 0; y < image->height && n < LEAST_COLOURS; y += 2)
    for (int x = 0; x < image->width && n < LEAST_COLOURS; x += 2)
      {
        unsigned long pixel = XGetPixel (image, x, y);
        int i = 0;

        while (i < n && seen[i] != pixel)
          i++;
        if (i == n)
          seen[n++] = pixel;
      }
  XDestroyImage (image);
  return n == LEAST_COLOURS;
}

static Window
wait_for_window (Display *display, double until)
{
  while (now () < until)
    {
      struct pollfd fd = { .fd = ConnectionNumber (display), .events = POLLIN };

      while (XPending (display) > 0)
        {
          XWindowAttributes attributes;
          XEvent event;

          XNextEvent (display, &event);
          if (event.type == MapNotify &&
              XGetWindowAttributes (display, event.xmap.window, &attributes) &&
              attributes.width >= LEAST_SIZE && attributes.height >= LEAST_SIZE)
            return event.xmap.window;
        }
      poll (&fd, 1, 100);
    }
  return None;
}

static double
get_processor_time (pid_t pid)
{
  unsigned long user = 0, system = 0;
  char path[64], line[1024];
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/stat", (int) pid);
  file = fopen (path, "r");
  if (file != NULL && fgets (line, sizeof line, file) != NULL && strrchr (line, ')') != NULL)
    sscanf (strrchr (line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
            &system);
  if (file != NULL)
    fclose (file);
  return (double) (user + system) / (double) sysconf (_SC_CLK_TCK);
}

static double
get_memory (pid_t pid)
{
  char path[64], line[256];
  double kib = 0;
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/smaps_rollup", (int) pid);
  file = fopen (path, "r");
  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Pss: %lf", &kib) == 1)
      break;
  if (file != NULL)
    fclose (file);
  return kib / 1024;
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);
  double begun, mapped = 0, painted = 0;
  Window window;
  pid_t child;

  if (argc < 2 || display == NULL)
    {
      fprintf (stderr, "usage: first-frame COMMAND [ARGUMENT]...; needs a display\n");
      return 2;
    }
  XSetErrorHandler (ignore_error);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);

  begun = now ();
  child = fork ();
  if (child == 0)
    {
      execvp (argv[1], argv + 1);
      _exit (127);
    }
  window = wait_for_window (display, begun + LIMIT);
  if (window != None)
    mapped = now () - begun;
  while (mapped > 0 && painted == 0 && now () - begun < LIMIT)
    {
      if (is_painted (display, window))
        painted = now () - begun;
      else
        usleep (4000);
    }
  printf ("%.4f %.4f %.3f %.1f\n", mapped, painted, get_processor_time (child), get_memory (child));
  kill (child, SIGTERM);
  waitpid (child, NULL, 0);
  XCloseDisplay (display);
  return painted > 0 ? 0 : 1;
}
