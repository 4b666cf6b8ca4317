/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-trust"

#include "config.h"

#include "net/mw-trust.h"

#include "net/mw-deadline.h"
#include "net/mw-net-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define MAX_CHAIN 32

/* A file with authorities: the system's own has 0.2 MB */
#define MAX_FILE_BYTES (8 * 1024 * 1024)
#define MAX_FILE_SECONDS 5

/* Chains that are remembered, and for how long what was found about them is believed */
#define MAX_KNOWN_CHAINS 256
#define MAX_KNOWN_GROUPS 1024
#define KNOWN_CHAIN_MICROSECONDS (60 * G_USEC_PER_SEC)

/* The authorities, shared by a trust and all that were made from it with a pin */
typedef struct
{
  MwTrustFlags flags;
  GBytes *ca_pem;
  gsize loaded;
  gnutls_certificate_credentials_t credentials;

  GMutex mutex;
  GHashTable *known_chains; /* digest of a chain -> KnownChain; guarded by @mutex */
  GHashTable *known_groups; /* "host:port" -> the group that it chose; this too */
} Authorities;

typedef struct
{
  MwChainVerdict *verdict;
  gint64 since;
} KnownChain;

typedef struct
{
  char *host;
  guint16 port;
  char *spki_sha256;
} Pin;

struct _MwTrust
{
  GObject parent_instance;

  Authorities *authorities;
  GPtrArray *pins;
};

G_DEFINE_FINAL_TYPE (MwTrust, mw_trust, G_TYPE_OBJECT)

static void
authorities_clear (gpointer data)
{
  Authorities *authorities = data;

  g_clear_pointer (&authorities->ca_pem, g_bytes_unref);
  g_clear_pointer (&authorities->credentials, gnutls_certificate_free_credentials);
  g_clear_pointer (&authorities->known_chains, g_hash_table_unref);
  g_clear_pointer (&authorities->known_groups, g_hash_table_unref);
  g_mutex_clear (&authorities->mutex);
}

static void
authorities_unref (Authorities *authorities)
{
  g_atomic_rc_box_release_full (authorities, authorities_clear);
}

static gnutls_certificate_credentials_t
authorities_load (Authorities *authorities)
{
  if (g_once_init_enter (&authorities->loaded))
    {
      if (gnutls_certificate_allocate_credentials (&authorities->credentials) < 0)
        g_error ("out of memory");

      if ((authorities->flags & MW_TRUST_SYSTEM) != 0 &&
          gnutls_certificate_set_x509_system_trust (authorities->credentials) < 0)
        g_debug ("this system has no list of certificate authorities");

      if (authorities->ca_pem != NULL)
        {
          gnutls_datum_t pem;
          gsize size;

          pem.data = (unsigned char *) g_bytes_get_data (authorities->ca_pem, &size);
          pem.size = (unsigned) size;
          gnutls_certificate_set_x509_trust_mem (authorities->credentials, &pem,
                                                 GNUTLS_X509_FMT_PEM);
        }

      g_once_init_leave (&authorities->loaded, 1);
    }

  return authorities->credentials;
}

static void
known_chain_free (gpointer data)
{
  KnownChain *known = data;

  mw_chain_verdict_unref (known->verdict);
  g_free (known);
}

static void
chain_verdict_clear (gpointer data)
{
  MwChainVerdict *verdict = data;

  g_clear_pointer (&verdict->chain, g_ptr_array_unref);
  g_free (verdict->text);
}

MwChainVerdict *
mw_chain_verdict_new (void)
{
  MwChainVerdict *self = g_atomic_rc_box_new0 (MwChainVerdict);

  self->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_certificate_unref);
  return self;
}

void
mw_chain_verdict_unref (MwChainVerdict *self)
{
  g_atomic_rc_box_release_full (self, chain_verdict_clear);
}

MwChainVerdict *
mw_trust_recall_chain (MwTrust *self, GBytes *digest)
{
  MwChainVerdict *verdict = NULL;
  KnownChain *known;

  g_return_val_if_fail (MW_IS_TRUST (self), NULL);

  g_mutex_lock (&self->authorities->mutex);
  known = g_hash_table_lookup (self->authorities->known_chains, digest);
  if (known != NULL && g_get_monotonic_time () - known->since < KNOWN_CHAIN_MICROSECONDS)
    verdict = g_atomic_rc_box_acquire (known->verdict);
  g_mutex_unlock (&self->authorities->mutex);
  return verdict;
}

void
mw_trust_remember_chain (MwTrust *self, GBytes *digest, MwChainVerdict *verdict)
{
  KnownChain *known = g_new0 (KnownChain, 1);

  g_return_if_fail (MW_IS_TRUST (self));

  known->verdict = g_atomic_rc_box_acquire (verdict);
  known->since = g_get_monotonic_time ();
  g_mutex_lock (&self->authorities->mutex);
  if (g_hash_table_size (self->authorities->known_chains) >= MAX_KNOWN_CHAINS)
    g_hash_table_remove_all (self->authorities->known_chains);
  g_hash_table_replace (self->authorities->known_chains, g_bytes_ref (digest), known);
  g_mutex_unlock (&self->authorities->mutex);
}

static char *
make_place (const char *host, guint16 port)
{
  return g_strdup_printf ("%s:%u", host, port);
}

guint
mw_trust_recall_group (MwTrust *self, const char *host, guint16 port)
{
  g_autofree char *place = make_place (host, port);
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_val_if_fail (MW_IS_TRUST (self), 0);

  locker = g_mutex_locker_new (&self->authorities->mutex);
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->authorities->known_groups, place));
}

void
mw_trust_remember_group (MwTrust *self, const char *host, guint16 port, guint group)
{
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_if_fail (MW_IS_TRUST (self));

  locker = g_mutex_locker_new (&self->authorities->mutex);
  if (g_hash_table_size (self->authorities->known_groups) >= MAX_KNOWN_GROUPS)
    g_hash_table_remove_all (self->authorities->known_groups);
  g_hash_table_replace (self->authorities->known_groups, make_place (host, port),
                        GUINT_TO_POINTER (group));
}

static void
pin_free (gpointer data)
{
  Pin *pin = data;

  g_free (pin->host);
  g_free (pin->spki_sha256);
  g_free (pin);
}

static char *
normalise_host (const char *host)
{
  char *name = g_ascii_strdown (host, -1);
  gsize length = strlen (name);

  if (length > 0 && name[length - 1] == '.')
    name[length - 1] = '\0';

  return name;
}

static void
add_pin (MwTrust *self, const char *host, guint16 port, const char *spki_sha256)
{
  Pin *pin = g_new0 (Pin, 1);

  pin->host = normalise_host (host);
  pin->port = port;
  pin->spki_sha256 = g_ascii_strdown (spki_sha256, -1);
  g_ptr_array_add (self->pins, pin);
}

static gboolean
holds_certificates (GBytes *pem)
{
  gnutls_x509_crt_t *list = NULL;
  unsigned n = 0;
  gnutls_datum_t datum;
  gsize size;

  datum.data = (unsigned char *) g_bytes_get_data (pem, &size);
  datum.size = (unsigned) size;
  if (size > G_MAXUINT ||
      gnutls_x509_crt_list_import2 (&list, &n, &datum, GNUTLS_X509_FMT_PEM, 0) < 0)
    return FALSE;

  for (unsigned i = 0; i < n; i++)
    gnutls_x509_crt_deinit (list[i]);
  gnutls_free (list);

  return n > 0;
}

static void
mw_trust_finalize (GObject *object)
{
  MwTrust *self = MW_TRUST (object);

  g_clear_pointer (&self->authorities, authorities_unref);
  g_clear_pointer (&self->pins, g_ptr_array_unref);

  G_OBJECT_CLASS (mw_trust_parent_class)->finalize (object);
}

static void
mw_trust_class_init (MwTrustClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_trust_finalize;
}

static void
mw_trust_init (MwTrust *self)
{
  self->pins = g_ptr_array_new_with_free_func (pin_free);
}

MwTrust *
mw_trust_get_default (void)
{
  static gsize once = 0;
  static MwTrust *trust = NULL;

  if (g_once_init_enter (&once))
    {
      trust = mw_trust_new (MW_TRUST_SYSTEM, NULL, NULL);
      g_once_init_leave (&once, 1);
    }

  return trust;
}

MwTrust *
mw_trust_new (MwTrustFlags flags, GBytes *ca_pem, GError **error)
{
  MwTrust *self;

  if (ca_pem != NULL && !holds_certificates (ca_pem))
    {
      g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_TLS_FAILED,
                           "no certificate in PEM form was found");
      return NULL;
    }

  self = g_object_new (MW_TYPE_TRUST, NULL);
  self->authorities = g_atomic_rc_box_new0 (Authorities);
  g_mutex_init (&self->authorities->mutex);
  self->authorities->known_chains = g_hash_table_new_full (
      g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, known_chain_free);
  self->authorities->known_groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->authorities->flags = flags;
  self->authorities->ca_pem = ca_pem != NULL ? g_bytes_ref (ca_pem) : NULL;

  return self;
}

/* Reads what is there now. A pipe (of the shell, say) is waited for, for a while; none without end,
 * or without anybody who writes into it. */
static GBytes *
read_authorities (const char *path, GError **error)
{
  g_autoptr(GByteArray) contents = g_byte_array_new ();
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gint64 deadline = mw_deadline_after (MAX_FILE_SECONDS);
  char buffer[16 * 1024];
  gssize n = fd < 0 ? -1 : 1;

  while (n > 0 && contents->len <= MAX_FILE_BYTES)
    {
      struct pollfd ready = { .fd = fd, .events = POLLIN };

      if (poll (&ready, 1, mw_deadline_get_poll_timeout (deadline)) == 0)
        {
          errno = ETIMEDOUT;
          n = -1;
        }
      else
        n = read (fd, buffer, sizeof buffer);
      if (n > 0)
        g_byte_array_append (contents, (const guint8 *) buffer, (guint) n);
      else if (n < 0 && (errno == EINTR || errno == EAGAIN))
        n = 1;
    }
  if (n > 0)
    errno = EFBIG;
  if (n != 0)
    {
      int saved_errno = errno;

      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved_errno),
                   "%s cannot be read: %s", path, g_strerror (saved_errno));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&contents));
}

MwTrust *
mw_trust_new_for_file (const char *ca_file, GError **error)
{
  g_autoptr(GBytes) pem = NULL;
  MwTrust *self;

  g_return_val_if_fail (ca_file != NULL, NULL);

  pem = read_authorities (ca_file, error);
  if (pem == NULL)
    return NULL;
  self = mw_trust_new (MW_TRUST_SYSTEM, pem, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", ca_file);

  return self;
}

MwTrust *
mw_trust_with_pin (MwTrust *self, const char *host, guint16 port, const char *spki_sha256)
{
  MwTrust *other;

  g_return_val_if_fail (MW_IS_TRUST (self), NULL);
  g_return_val_if_fail (host != NULL && spki_sha256 != NULL, NULL);

  other = g_object_new (MW_TYPE_TRUST, NULL);
  other->authorities = g_atomic_rc_box_acquire (self->authorities);
  for (guint i = 0; i < self->pins->len; i++)
    {
      const Pin *pin = g_ptr_array_index (self->pins, i);

      add_pin (other, pin->host, pin->port, pin->spki_sha256);
    }
  add_pin (other, host, port, spki_sha256);

  return other;
}

gboolean
mw_trust_accepts_pin (MwTrust *self,
                      const char *host,
                      guint16 port,
                      const MwCertificate *certificate)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (MW_IS_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL && certificate != NULL, FALSE);

  /* An unreadable key has the empty digest: nothing that anybody could have accepted */
  if (*certificate->spki_sha256 == '\0')
    return FALSE;

  name = normalise_host (host);
  for (guint i = 0; i < self->pins->len; i++)
    {
      const Pin *pin = g_ptr_array_index (self->pins, i);

      if (pin->port == port && strcmp (pin->host, name) == 0 &&
          strcmp (pin->spki_sha256, certificate->spki_sha256) == 0)
        return TRUE;
    }

  return FALSE;
}

void
mw_trust_preload (MwTrust *self)
{
  g_return_if_fail (MW_IS_TRUST (self));

  authorities_load (self->authorities);
}

gpointer
mw_trust_get_credentials (MwTrust *self)
{
  g_return_val_if_fail (MW_IS_TRUST (self), NULL);

  return authorities_load (self->authorities);
}

guint
mw_trust_verify_chain (MwTrust *self, GPtrArray *chain)
{
  gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
  gnutls_x509_trust_list_t list;
  gnutls_x509_crt_t certificates[MAX_CHAIN];
  unsigned n = 0, status = GNUTLS_CERT_INVALID;

  g_return_val_if_fail (MW_IS_TRUST (self), GNUTLS_CERT_INVALID);
  g_return_val_if_fail (chain != NULL, GNUTLS_CERT_INVALID);

  for (guint i = 0; i < chain->len && n < MAX_CHAIN; i++)
    {
      gnutls_datum_t der;
      gsize size;

      der.data = (unsigned char *) g_bytes_get_data (g_ptr_array_index (chain, i), &size);
      der.size = (unsigned) size;
      if (gnutls_x509_crt_init (&certificates[n]) < 0)
        g_error ("out of memory");
      if (gnutls_x509_crt_import (certificates[n], &der, GNUTLS_X509_FMT_DER) < 0)
        {
          gnutls_x509_crt_deinit (certificates[n]);
          break;
        }
      n++;
    }

  purpose.data = (unsigned char *) GNUTLS_KP_TLS_WWW_SERVER;
  gnutls_certificate_get_trust_list (authorities_load (self->authorities), &list);
  if (n == 0 || gnutls_x509_trust_list_verify_crt2 (
                    list, certificates, n, &purpose, 1,
                    GNUTLS_PROFILE_TO_VFLAGS (GNUTLS_PROFILE_MEDIUM), &status, NULL) < 0)
    status = GNUTLS_CERT_INVALID;

  for (unsigned i = 0; i < n; i++)
    gnutls_x509_crt_deinit (certificates[i]);

  return status;
}
