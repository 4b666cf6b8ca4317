/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "providers/mw-provider.h"

/* How the database lies in memory. One image holds the providers that compile-providers.py joined
 * at build time, another those that were added by key files on this machine; look-ups treat them
 * alike. Strings are offsets into one block, so that the built-in image needs no relocation, no
 * parsing and no allocation: the system maps it and pages it in where it is touched.
 *
 * A list is "a\0b\0\0". A text is "default\0LANG\0translation\0...\0\0". Offset 0 is the empty
 * string, list and text at once. */

typedef guint32 MwProviderString;
typedef guint32 MwProviderList;
typedef guint32 MwProviderText;

/* Provider index of an MX pattern that belongs to a gateway (facts: it proves nothing). */
#define MW_PROVIDER_GATEWAY G_MAXUINT16

typedef enum
{
  MW_PROVIDER_LIST_DOMAINS,
  MW_PROVIDER_LIST_MX,
  MW_PROVIDER_LIST_SOURCES,
  MW_PROVIDER_LIST_AUTHENTICATIONS,
  MW_PROVIDER_LIST_USERNAMES,
  MW_PROVIDER_LIST_SMTP_USERNAMES,
  MW_PROVIDER_LIST_REGIONS,
  MW_PROVIDER_LIST_OTHER_HOSTS,
  MW_PROVIDER_LIST_WRONG_HOSTS,
  MW_PROVIDER_LIST_QUIRKS,
  MW_PROVIDER_N_LISTS,
} MwProviderListId;

typedef struct
{
  MwProviderString id;
  MwProviderString region;
  MwProviderString help;
  MwProviderString checked;
  MwProviderString password_pattern;
  MwProviderString other_password_pattern;
  MwProviderText name;
  MwProviderText prepare;
  MwProviderText password_hint;
  MwProviderList lists[MW_PROVIDER_N_LISTS];
  guint32 first_server;
  guint32 first_note;
  guint32 first_error;
  guint16 n_servers;
  guint16 n_notes;
  guint16 n_errors;
  guint8 service;
  guint8 confidence;
  guint8 blanks_ignored;
} MwProviderRecord;

typedef struct
{
  MwProviderString host;
  guint16 port;
  guint8 protocol;
  guint8 security;
  guint8 unusual;
} MwProviderServerRecord;

typedef struct
{
  MwProviderList matches; /* folded as mw_provider_fold_error_text() does */
  MwProviderString diagnosis;
  MwProviderText text;
  guint8 protocol; /* MW_PROTOCOL_UNKNOWN: any */
} MwProviderErrorRecord;

/* Sorted by key, bytewise. */
typedef struct
{
  MwProviderString key; /* domain, or "*.DOMAIN" for all below it */
  guint16 provider;
} MwProviderDomainRecord;

typedef enum
{
  MW_PROVIDER_HOST_SERVER,
  MW_PROVIDER_HOST_OTHER,
  MW_PROVIDER_HOST_WRONG,
} MwProviderHostKind;

/* Sorted by key, bytewise; then the more exact pattern first, then the kind. */
typedef struct
{
  MwProviderString key; /* the labels behind the last one with a "*": what a look-up goes by */
  MwProviderString pattern;
  guint16 provider;
  guint8 protocols; /* 1 << MwProtocol each; 0 for MX patterns and wrong hosts */
  guint8 kind;
} MwProviderPatternRecord;

typedef struct
{
  const char *strings;
  const MwProviderRecord *providers;
  const MwProviderServerRecord *servers;
  const MwProviderText *notes;
  const MwProviderErrorRecord *errors;
  const MwProviderDomainRecord *domains;
  const MwProviderPatternRecord *mx;
  const MwProviderPatternRecord *hosts;
  guint n_providers;
  guint n_domains;
  guint n_mx;
  guint n_hosts;
  guint first_common_error; /* texts of no provider in particular are at the end of errors */
  guint n_common_errors;
} MwProviderImage;

extern const MwProviderImage mw_provider_builtin_image;

struct _MwProvider
{
  const MwProviderImage *image;
  const MwProviderRecord *record;

  /* Made on demand, one pointer array each, never freed before the provider is */
  const char **lists[MW_PROVIDER_N_LISTS];
};

typedef struct _MwProviderLoader MwProviderLoader;

MwProviderLoader *mw_provider_loader_new (void);
gboolean mw_provider_loader_add_data (MwProviderLoader *self,
                                      const char *id,
                                      const char *data,
                                      gsize length,
                                      GPtrArray *complaints,
                                      GError **error);
const MwProviderImage *mw_provider_loader_finish (MwProviderLoader *self);
void mw_provider_loader_free (MwProviderLoader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwProviderLoader, mw_provider_loader_free)

void mw_provider_init (MwProvider *self, const MwProviderImage *image, guint index);
void mw_provider_clear (MwProvider *self);
const char *mw_provider_image_list_next (const char *item);
gboolean mw_provider_pattern_matches (const char *pattern, const char *host);
const char *mw_provider_pattern_key (const char *pattern);
char *mw_provider_fold_error_text (const char *text);
gboolean mw_provider_fold_host (const char *host, char *buffer, gsize size);

gboolean mw_password_pattern_is_valid (const char *pattern);
gboolean
mw_password_pattern_matches (const char *pattern, const char *password, gboolean skip_blanks);
gboolean mw_password_pattern_has_only_its_characters (const char *pattern, const char *password);
void mw_password_pattern_get_bounds (const char *pattern, guint *min, guint *max);
guint mw_password_count_characters (const char *password, guint *out_blanks);
