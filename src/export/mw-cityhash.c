/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-cityhash.h"

#include <string.h>

/* The four odd constants of the published algorithm, and the multiplier of its 128-to-64 step */
#define K0 G_GUINT64_CONSTANT (0xc3a5c85c97cb3127)
#define K1 G_GUINT64_CONSTANT (0xb492b66fbe98f273)
#define K2 G_GUINT64_CONSTANT (0x9ae16a3b2f90404f)
#define K3 G_GUINT64_CONSTANT (0xc949d7c7509e6557)
#define MULTIPLIER G_GUINT64_CONSTANT (0x9ddfea08eb382d69)

typedef struct
{
  guint64 first;
  guint64 second;
} Pair;

static guint64
word64 (const guint8 *at)
{
  guint64 value;

  memcpy (&value, at, sizeof value);
  return GUINT64_FROM_LE (value);
}

static guint64
word32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

static guint64
rotate (guint64 value, guint bits)
{
  bits &= 63;
  return bits == 0 ? value : (value >> bits) | (value << (64 - bits));
}

static guint64
mix (guint64 value)
{
  return value ^ (value >> 47);
}

static guint64
join (guint64 low, guint64 high)
{
  guint64 a = mix ((low ^ high) * MULTIPLIER);

  return mix ((high ^ a) * MULTIPLIER) * MULTIPLIER;
}

static guint64
hash_to_16 (const guint8 *s, gsize length)
{
  if (length > 8)
    {
      guint64 head = word64 (s);
      guint64 tail = word64 (s + length - 8);

      return join (head, rotate (tail + length, (guint) length)) ^ tail;
    }
  if (length >= 4)
    return join (length + (word32 (s) << 3), word32 (s + length - 4));
  if (length > 0)
    {
      guint32 y = (guint32) s[0] + ((guint32) s[length >> 1] << 8);
      guint32 z = (guint32) length + ((guint32) s[length - 1] << 2);

      return mix ((y * K2) ^ (z * K3)) * K2;
    }
  return K2;
}

static guint64
hash_to_32 (const guint8 *s, gsize length)
{
  guint64 a = word64 (s) * K1;
  guint64 b = word64 (s + 8);
  guint64 c = word64 (s + length - 8) * K2;
  guint64 d = word64 (s + length - 16) * K0;

  return join (rotate (a - b, 43) + rotate (c, 30) + d, a + rotate (b ^ K3, 20) - c + length);
}

/* One round over 32 bytes: @tail is the word that comes before the rotations, @seed what they
 * start from */
static Pair
half_round (const guint8 *s, guint64 seed, guint64 tail)
{
  guint64 b = rotate (seed + tail, 52);
  guint64 c = rotate (seed, 37);

  seed += word64 (s + 8);
  c += rotate (seed, 7);
  seed += word64 (s + 16);
  return (Pair) { seed + tail, b + rotate (seed, 31) + c };
}

static guint64
hash_to_64 (const guint8 *s, gsize length)
{
  Pair v, w;
  guint64 r;

  v = half_round (s, word64 (s) + (length + word64 (s + length - 16)) * K0, word64 (s + 24));
  w = half_round (s + length - 32, word64 (s + 16) + word64 (s + length - 32),
                  word64 (s + length - 8));
  r = mix ((v.first + w.second) * K2 + (w.first + v.second) * K0);
  return mix (r * K0 + v.second) * K2;
}

static Pair
weak_32 (const guint8 *s, guint64 a, guint64 b)
{
  guint64 start;

  a += word64 (s);
  b = rotate (b + a + word64 (s + 24), 21);
  start = a;
  a += word64 (s + 8) + word64 (s + 16);
  b += rotate (a, 44);
  return (Pair) { a + word64 (s + 24), b + start };
}

static guint64
hash_long (const guint8 *s, gsize length)
{
  guint64 x = word64 (s);
  guint64 y = word64 (s + length - 16) ^ K1;
  guint64 z = word64 (s + length - 56) ^ K0;
  Pair v = weak_32 (s + length - 64, length, y);
  Pair w = weak_32 (s + length - 32, length * K1, K0);

  z += mix (v.second) * K1;
  x = rotate (z + x, 39) * K1;
  y = rotate (y, 33) * K1;
  for (gsize left = (length - 1) & ~(gsize) 63; left > 0; left -= 64, s += 64)
    {
      guint64 swap;

      x = rotate (x + y + v.first + word64 (s + 16), 37) * K1;
      y = rotate (y + v.second + word64 (s + 48), 42) * K1;
      x ^= w.second;
      y ^= v.first;
      z = rotate (z ^ w.first, 33);
      v = weak_32 (s, v.second * K1, x + w.first);
      w = weak_32 (s + 32, z + w.second, y);
      swap = z;
      z = x;
      x = swap;
    }
  return join (join (v.first, w.first) + mix (y) * K1 + z, join (v.second, w.second) + x);
}

/**
 * mw_cityhash64:
 * @bytes: (array length=length): what to hash
 * @length: length of @bytes
 *
 * CityHash64 in its first published version, whose constants and steps Mozilla's programs still
 * use to name an installation in `profiles.ini`. Later versions of the algorithm give other
 * values. Not a cryptographic hash.
 *
 * Returns: the hash
 */
guint64
mw_cityhash64 (const void *bytes, gsize length)
{
  if (length <= 16)
    return hash_to_16 (bytes, length);
  if (length <= 32)
    return hash_to_32 (bytes, length);
  if (length <= 64)
    return hash_to_64 (bytes, length);
  return hash_long (bytes, length);
}
