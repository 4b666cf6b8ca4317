/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The shape of a password that a provider hands out, such as "[a-z]{16}": characters or [classes]
 * of ASCII, each followed by nothing, "{n}", "{n,m}", "?" or "+". The whole password has to match.
 * What else has a meaning in regular expressions has to stand in a class.
 *
 * A language of our own and not GRegex, for the sake of the password: it is read in place, never
 * copied and never kept in the state of a library, and blanks can be skipped without making a
 * second string that would have to be wiped. Elements take as much as they can and never give back;
 * compile-providers.py refuses patterns where that would matter. */

#define G_LOG_DOMAIN "mw-providers"

#include "config.h"

#include "providers/mw-provider-image.h"

#define MAX_COUNT 200

typedef struct
{
  const char *set; /* the character, or what stands between the brackets */
  gsize set_length;
  guint min;
  guint max;
} Element;

static gboolean
is_plain (char c)
{
  return g_ascii_isgraph (c) && strchr ("[]{}()?+*.|^$\\", c) == NULL;
}

static gboolean
parse_set (const char **pattern, Element *element)
{
  const char *end;

  if (**pattern != '[')
    {
      element->set = (*pattern)++;
      element->set_length = 1;
      return is_plain (*element->set);
    }

  element->set = *pattern + 1;
  end = strchr (element->set, ']');
  if (end == NULL || end == element->set)
    return FALSE;
  element->set_length = (gsize) (end - element->set);
  *pattern = end + 1;
  for (gsize i = 0; i < element->set_length; i++)
    if (!g_ascii_isgraph (element->set[i]) || element->set[i] == '[')
      return FALSE;
  return TRUE;
}

static gboolean
parse_number (const char **text, guint *number)
{
  guint64 value = 0;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  while (g_ascii_isdigit (**text) && value <= MAX_COUNT)
    value = value * 10 + (guint64) g_ascii_digit_value (*(*text)++);
  *number = (guint) value;
  return value <= MAX_COUNT;
}

static gboolean
parse_count (const char **pattern, Element *element)
{
  element->min = element->max = 1;
  switch (**pattern)
    {
    case '?':
      element->min = 0;
      (*pattern)++;
      return TRUE;

    case '+':
      element->max = MAX_COUNT;
      (*pattern)++;
      return TRUE;

    case '{':
      (*pattern)++;
      if (!parse_number (pattern, &element->min))
        return FALSE;
      element->max = element->min;
      if (**pattern == ',')
        {
          (*pattern)++;
          if (!parse_number (pattern, &element->max))
            return FALSE;
        }
      if (**pattern != '}' || element->max < element->min)
        return FALSE;
      (*pattern)++;
      return TRUE;

    default:
      return TRUE;
    }
}

static gboolean
parse_element (const char **pattern, Element *element)
{
  return parse_set (pattern, element) && parse_count (pattern, element);
}

static gboolean
element_has (const Element *element, char c)
{
  for (gsize i = 0; i < element->set_length; i++)
    {
      if (i + 2 < element->set_length && element->set[i + 1] == '-')
        {
          if (c >= element->set[i] && c <= element->set[i + 2])
            return TRUE;
          i += 2;
        }
      else if (c == element->set[i])
        {
          return TRUE;
        }
    }
  return FALSE;
}

/* The length of the blank that @text begins with, or 0: also no-break and ideographic blanks and
 * the invisible marks that come along when a password is copied from a web page. */
static gsize
blank_length (const char *text)
{
  gunichar c;

  if (g_ascii_isspace (*text))
    return 1;
  if ((guchar) *text < 0x80)
    return 0;
  c = g_utf8_get_char_validated (text, -1);
  if (c == (gunichar) -1 || c == (gunichar) -2)
    return 0;
  if (g_unichar_isspace (c) || c == 0x200b || c == 0x2060 || c == 0xfeff)
    return (gsize) (g_utf8_next_char (text) - text);
  return 0;
}

static const char *
skip_blanks_at (const char *text)
{
  gsize length;

  while ((length = blank_length (text)) > 0)
    text += length;
  return text;
}

/*< private >
 * mw_password_pattern_is_valid:
 * @pattern: a pattern of a provider file
 *
 * Returns: whether @pattern can be understood
 */
gboolean
mw_password_pattern_is_valid (const char *pattern)
{
  Element element;

  if (*pattern == '\0')
    return FALSE;
  while (*pattern != '\0')
    if (!parse_element (&pattern, &element))
      return FALSE;
  return TRUE;
}

/*< private >
 * mw_password_pattern_matches:
 * @pattern: a valid pattern
 * @password: a password; it is not copied
 * @skip_blanks: whether blanks in @password count for nothing
 *
 * Returns: whether all of @password has the shape @pattern
 */
gboolean
mw_password_pattern_matches (const char *pattern, const char *password, gboolean skip_blanks)
{
  Element element;

  while (*pattern != '\0')
    {
      guint count = 0;

      if (!parse_element (&pattern, &element))
        return FALSE;
      while (count < element.max)
        {
          const char *next = skip_blanks ? skip_blanks_at (password) : password;

          if (*next == '\0' || !element_has (&element, *next))
            break;
          password = next + 1;
          count++;
        }
      if (count < element.min)
        return FALSE;
    }
  if (skip_blanks)
    password = skip_blanks_at (password);
  return *password == '\0';
}

/*< private >
 * mw_password_pattern_has_only_its_characters:
 * @pattern: a valid pattern
 * @password: a password
 *
 * Returns: whether every character of @password, blanks aside, occurs somewhere in @pattern
 */
gboolean
mw_password_pattern_has_only_its_characters (const char *pattern, const char *password)
{
  for (password = skip_blanks_at (password); *password != '\0';
       password = skip_blanks_at (password + 1))
    {
      const char *rest = pattern;
      gboolean found = FALSE;
      Element element;

      while (!found && *rest != '\0')
        {
          if (!parse_element (&rest, &element))
            return FALSE;
          found = element_has (&element, *password);
        }
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/*< private >
 * mw_password_pattern_get_bounds:
 * @pattern: a valid pattern
 * @min: (out): how many characters a password of this shape has at least
 * @max: (out): and at most
 */
void
mw_password_pattern_get_bounds (const char *pattern, guint *min, guint *max)
{
  Element element;

  *min = *max = 0;
  while (*pattern != '\0' && parse_element (&pattern, &element))
    {
      *min += element.min;
      *max += element.max;
    }
}

/*< private >
 * mw_password_count_characters:
 * @password: a password
 * @out_blanks: (out): how many of its bytes belong to blanks
 *
 * Returns: how many bytes of @password are not blanks
 */
guint
mw_password_count_characters (const char *password, guint *out_blanks)
{
  guint characters = 0;

  *out_blanks = 0;
  while (*password != '\0')
    {
      gsize blank = blank_length (password);

      if (blank > 0)
        *out_blanks += (guint) blank;
      else
        characters++;
      password += MAX (blank, 1);
    }
  return characters;
}
