/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A cable with a length: two TUN devices, one in each of two network namespaces, and every IP
 * packet comes out at the other end half a round trip after it went in. Handshakes, DNS and ICMP
 * are delayed alike, so the count of round trips is that of a real distance; a proxy would answer
 * the TCP handshake by itself and hide one.
 *
 *   delay-link PID_A INTERFACE_A PID_B INTERFACE_B
 *
 * The process ids name the namespaces. Commands come on standard input, one a line, and each is
 * answered by a line:
 *   delay MICROSECONDS   one way, for packets from now on
 *   lose ADDRESS         packets to this address get lost; "lose nothing" ends that
 *   count                what went from A to B since the last count, as JSON: TCP connections
 *                        (first SYN), DNS questions, packets, connections to port 25
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define LARGEST_PACKET 65536
#define SLOTS 8192
#define MAX_LOST 16

typedef struct
{
  int64_t due;
  size_t length;
  uint8_t *bytes;
} Packet;

/* One direction: a ring of packets, in the order in which they went in */
typedef struct
{
  int from;
  int to;
  Packet ring[SLOTS];
  size_t first;
  size_t count;
} Direction;

typedef struct
{
  unsigned connections;
  unsigned questions;
  unsigned packets;
  unsigned to_port_25;
} Counts;

static int64_t delay;
static struct in6_addr lost[MAX_LOST];
static size_t n_lost;
static Counts counts;

static int64_t
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
fail (const char *what)
{
  fprintf (stderr, "delay-link: %s: %s\n", what, strerror (errno));
  exit (1);
}

static int
open_tun (const char *pid, const char *interface)
{
  char path[64];
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int namespace, tun;

  snprintf (path, sizeof path, "/proc/%s/ns/net", pid);
  namespace = open (path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0 || setns (namespace, CLONE_NEWNET) != 0)
    fail (path);
  close (namespace);

  tun = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  snprintf (request.ifr_name, sizeof request.ifr_name, "%s", interface);
  if (tun < 0 || ioctl (tun, TUNSETIFF, &request) != 0)
    fail ("TUN device");
  return tun;
}

/* Where a packet goes to, IPv4 as a mapped address; %false for what is no IP */
static bool
get_destination (const uint8_t *bytes, size_t length, struct in6_addr *destination)
{
  if (length >= 20 && bytes[0] >> 4 == 4)
    {
      memset (destination, 0, sizeof *destination);
      destination->s6_addr[10] = destination->s6_addr[11] = 0xff;
      memcpy (destination->s6_addr + 12, bytes + 16, 4);
      return true;
    }
  if (length >= 40 && bytes[0] >> 4 == 6)
    {
      memcpy (destination, bytes + 24, 16);
      return true;
    }
  return false;
}

static bool
is_lost (const uint8_t *bytes, size_t length)
{
  struct in6_addr destination;

  if (!get_destination (bytes, length, &destination))
    return true;
  for (size_t i = 0; i < n_lost; i++)
    if (memcmp (&lost[i], &destination, sizeof destination) == 0)
      return true;
  return false;
}

static void
count_packet (const uint8_t *bytes, size_t length)
{
  size_t header = bytes[0] >> 4 == 4 ? (size_t) (bytes[0] & 15) * 4 : 40;
  unsigned protocol = bytes[0] >> 4 == 4 ? bytes[9] : bytes[6];
  unsigned port;

  if (length < header + 14)
    return;
  port = (unsigned) bytes[header + 2] << 8 | bytes[header + 3];
  counts.packets++;
  if (protocol == IPPROTO_UDP && port == 53)
    counts.questions++;
  if (protocol == IPPROTO_TCP && (bytes[header + 13] & 0x12) == 0x02)
    {
      counts.connections++;
      if (port == 25)
        counts.to_port_25++;
    }
}

static void
take_in (Direction *direction, bool counted)
{
  static uint8_t buffer[LARGEST_PACKET];
  ssize_t length;

  while ((length = read (direction->from, buffer, sizeof buffer)) > 0)
    {
      Packet *packet;

      if (counted && get_destination (buffer, (size_t) length, &(struct in6_addr) { 0 }))
        count_packet (buffer, (size_t) length);
      /* A full cable drops, as a full queue would. */
      if (is_lost (buffer, (size_t) length) || direction->count == SLOTS)
        continue;
      packet = &direction->ring[(direction->first + direction->count) % SLOTS];
      packet->due = now () + delay;
      packet->length = (size_t) length;
      packet->bytes = malloc ((size_t) length);
      if (packet->bytes == NULL)
        fail ("memory");
      memcpy (packet->bytes, buffer, (size_t) length);
      direction->count++;
    }
}

/* Lets out what is due, and says when the next is: %INT64_MAX for never. */
static int64_t
let_out (Direction *direction)
{
  while (direction->count > 0)
    {
      Packet *packet = &direction->ring[direction->first];

      if (packet->due > now ())
        return packet->due;
      if (write (direction->to, packet->bytes, packet->length) < 0 && errno == EAGAIN)
        return now () + 1000000;
      free (packet->bytes);
      direction->first = (direction->first + 1) % SLOTS;
      direction->count--;
    }
  return INT64_MAX;
}

/* What is still under way comes out now: it must not hold up what follows it at a shorter distance.
 */
static void
hurry (Direction *direction)
{
  for (size_t i = 0; i < direction->count; i++)
    direction->ring[(direction->first + i) % SLOTS].due = 0;
  let_out (direction);
}

static void
obey (char *line, Direction *there, Direction *back)
{
  char *word = strtok (line, " \n");
  char *value = strtok (NULL, " \n");

  if (word != NULL && strcmp (word, "delay") == 0 && value != NULL)
    {
      delay = atoll (value) * 1000;
      hurry (there);
      hurry (back);
      puts ("ok");
    }
  else if (word != NULL && strcmp (word, "lose") == 0 && value != NULL)
    {
      struct in6_addr address = { 0 };
      uint8_t *four = address.s6_addr + 12;

      if (strcmp (value, "nothing") == 0)
        n_lost = 0;
      else if (n_lost < MAX_LOST && inet_pton (AF_INET, value, four) == 1)
        {
          address.s6_addr[10] = address.s6_addr[11] = 0xff;
          lost[n_lost++] = address;
        }
      else if (n_lost < MAX_LOST && inet_pton (AF_INET6, value, &address) == 1)
        lost[n_lost++] = address;
      puts ("ok");
    }
  else if (word != NULL && strcmp (word, "count") == 0)
    {
      printf ("{\"connections\": %u, \"questions\": %u, \"packets\": %u, \"port_25\": %u}\n",
              counts.connections, counts.questions, counts.packets, counts.to_port_25);
      memset (&counts, 0, sizeof counts);
    }
  else
    puts ("what?");
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  static Direction there, back;
  char line[256];
  size_t filled = 0;

  if (argc != 5)
    {
      fprintf (stderr, "usage: delay-link PID_A INTERFACE_A PID_B INTERFACE_B\n");
      return 2;
    }
  there.from = back.to = open_tun (argv[1], argv[2]);
  there.to = back.from = open_tun (argv[3], argv[4]);

  /* As punctual as the kernel lets us be; without the rights it is only a little less so. */
  prctl (PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
  sched_setscheduler (0, SCHED_FIFO, &(struct sched_param) { .sched_priority = 10 });
  puts ("ready");
  fflush (stdout);

  while (true)
    {
      int64_t next = let_out (&there);
      int64_t other = let_out (&back);
      int64_t wait;
      struct pollfd polls[] = {
        { .fd = there.from, .events = POLLIN },
        { .fd = back.from, .events = POLLIN },
        { .fd = STDIN_FILENO, .events = POLLIN },
      };

      if (other < next)
        next = other;
      wait = next == INT64_MAX ? 1000000000 : next - now ();
      if (wait < 0)
        wait = 0;
      if (ppoll (polls, 3,
                 &(struct timespec) { .tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000 },
                 NULL) <= 0)
        continue;
      if (polls[0].revents != 0)
        take_in (&there, true);
      if (polls[1].revents != 0)
        take_in (&back, false);
      if (polls[2].revents != 0)
        {
          char byte;

          if (read (STDIN_FILENO, &byte, 1) <= 0)
            return 0; /* whoever started us is gone */
          if (filled < sizeof line - 1)
            line[filled++] = byte;
          if (byte == '\n')
            {
              line[filled] = '\0';
              filled = 0;
              obey (line, &there, &back);
            }
        }
    }
}
