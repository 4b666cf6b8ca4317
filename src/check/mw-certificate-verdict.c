/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-certificate-verdict"

#include "config.h"

#include "check/mw-certificate-verdict.h"

#include <glib/gi18n-lib.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

/* A certificate is renewed when a third of its life is left, or a month for those that people renew
 * by hand. Less than a fifth says that the renewal did not happen; the lives themselves get shorter
 * every year, so a fixed number of days would be wrong soon. Long lives of private authorities
 * would make a fifth mean years: hence the cap. */
#define SOON_SHARE 5
#define SOON_CAP (60 * G_TIME_SPAN_DAY)
#define SOON_ALWAYS G_TIME_SPAN_DAY

/* The worst first; a withdrawn certificate is never hidden behind anything. Without trust nothing
 * that stands in a certificate can be believed, so that comes before what stands in it. */
static const MwDiagnosis order[] = {
  MW_DIAGNOSIS_CERT_REVOKED,       MW_DIAGNOSIS_CERT_SELF_SIGNED,  MW_DIAGNOSIS_CERT_UNTRUSTED,
  MW_DIAGNOSIS_CERT_NAME_MISMATCH, MW_DIAGNOSIS_CERT_EXPIRED,      MW_DIAGNOSIS_CERT_NOT_YET_VALID,
  MW_DIAGNOSIS_CERT_WEAK,          MW_DIAGNOSIS_CERT_EXPIRES_SOON,
};

static void
fault_free (gpointer data)
{
  MwCertificateFault *fault = data;

  g_free (fault->message);
  g_free (fault);
}

static void
add_fault (MwCertificateVerdict *self, MwDiagnosis diagnosis, char *message)
{
  MwCertificateFault *fault;

  for (guint i = 0; i < self->faults->len; i++)
    {
      fault = g_ptr_array_index (self->faults, i);
      if (fault->diagnosis == diagnosis)
        {
          g_free (message);
          return;
        }
    }

  fault = g_new0 (MwCertificateFault, 1);
  fault->diagnosis = diagnosis;
  fault->message = message;
  g_ptr_array_add (self->faults, fault);
}

static gsize
get_rank (MwDiagnosis diagnosis)
{
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (order[i] == diagnosis)
      return i;
  return G_N_ELEMENTS (order);
}

static int
compare_faults (gconstpointer a, gconstpointer b)
{
  const MwCertificateFault *const *first = a;
  const MwCertificateFault *const *second = b;

  return (int) get_rank ((*first)->diagnosis) - (int) get_rank ((*second)->diagnosis);
}

static char *
format_date (GDateTime *date)
{
  g_autoptr(GDateTime) local = g_date_time_to_local (date);

  /* Translators: a day as strftime() writes it: 31 December 2026 */
  return g_date_time_format (local != NULL ? local : date, _ ("%-d %B %Y"));
}

static const char *
get_issuer (const MwCertificate *leaf)
{
  if (leaf->issuer_common_name != NULL && *leaf->issuer_common_name != '\0')
    return leaf->issuer_common_name;
  return leaf->issuer;
}

/* ---- dates ---- */

static gboolean
is_over (GDateTime *date, GDateTime *now)
{
  return date != NULL && g_date_time_compare (date, now) < 0;
}

static void
check_leaf_dates (MwCertificateVerdict *self, const MwCertificate *leaf, GDateTime *now)
{
  if (is_over (leaf->not_after, now))
    {
      g_autofree char *date = format_date (leaf->not_after);

      /* Translators: %s is a date */
      add_fault (self, MW_DIAGNOSIS_CERT_EXPIRED,
                 g_strdup_printf (_ ("The certificate expired on %s."), date));
    }
  if (leaf->not_before != NULL && g_date_time_compare (leaf->not_before, now) > 0)
    {
      g_autofree char *date = format_date (leaf->not_before);

      /* Translators: %s is a date */
      add_fault (self, MW_DIAGNOSIS_CERT_NOT_YET_VALID,
                 g_strdup_printf (_ ("The certificate is only valid from %s on."), date));
    }
}

/* An expired certificate further up matters only if no other way to an authority was found, and
 * then GnuTLS says so */
static void
check_chain_dates (MwCertificateVerdict *self, const MwTlsInfo *info, GDateTime *now)
{
  const char *name = "";

  for (guint i = 1; i < info->chain->len; i++)
    {
      const MwCertificate *certificate = g_ptr_array_index (info->chain, i);

      if (is_over (certificate->not_after, now))
        name = certificate->subject;
    }
  if ((info->verify_status & GNUTLS_CERT_EXPIRED) != 0)
    /* Translators: %s is the name of a certificate authority, may be empty */
    add_fault (
        self, MW_DIAGNOSIS_CERT_EXPIRED,
        g_strdup_printf (_ ("A certificate that vouches for the server’s has expired: %s"), name));
  if ((info->verify_status & GNUTLS_CERT_NOT_ACTIVATED) != 0)
    add_fault (self, MW_DIAGNOSIS_CERT_NOT_YET_VALID,
               g_strdup (_ ("A certificate that vouches for the server’s is not valid yet.")));
}

static void
check_expiry_forecast (MwCertificateVerdict *self, const MwCertificate *leaf, GDateTime *now)
{
  GTimeSpan life, left;
  gint64 days;

  if (leaf->not_after == NULL || leaf->not_before == NULL)
    return;

  life = g_date_time_difference (leaf->not_after, leaf->not_before);
  left = g_date_time_difference (leaf->not_after, now);
  if (left > SOON_ALWAYS && left >= MIN (life / SOON_SHARE, SOON_CAP))
    return;

  days = left / G_TIME_SPAN_DAY;
  if (days < 1)
    add_fault (self, MW_DIAGNOSIS_CERT_EXPIRES_SOON,
               g_strdup (_ ("The certificate expires within a day.")));
  else
    add_fault (self, MW_DIAGNOSIS_CERT_EXPIRES_SOON,
               /* Translators: %d is a number of days */
               g_strdup_printf (ngettext ("The certificate expires in %d day.",
                                          "The certificate expires in %d days.", (gulong) days),
                                (int) days));
}

/* ---- names ---- */

static char *
list_names (GStrv names)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) some = NULL;
  gsize n = 0;

  for (; names[n] != NULL && n < 5; n++)
    g_strv_builder_add (builder, names[n]);
  if (names[n] != NULL)
    g_strv_builder_add (builder, "…");
  some = g_strv_builder_end (builder);

  return g_strjoinv (", ", some);
}

static void
check_names (MwCertificateVerdict *self, const MwCertificate *leaf, const char *host)
{
  g_autofree char *names = NULL;

  if (mw_certificate_matches_host (leaf, host))
    return;

  if (leaf->names[0] != NULL)
    {
      names = list_names (leaf->names);
      add_fault (self, MW_DIAGNOSIS_CERT_NAME_MISMATCH,
                 /* Translators: %1$s is a list of names, %2$s is the name in the settings */
                 g_strdup_printf (_ ("The certificate is for %1$s and not for %2$s."), names, host));
    }
  else if (leaf->common_name != NULL && *leaf->common_name != '\0')
    add_fault (
        self, MW_DIAGNOSIS_CERT_NAME_MISMATCH,
        /* Translators: %s is a server name */
        g_strdup_printf (_ ("The certificate names %s only in a place that is no longer looked "
                                   "at (the common name)."),
                           leaf->common_name));
  else
    add_fault (self, MW_DIAGNOSIS_CERT_NAME_MISMATCH,
               g_strdup (_ ("The certificate names no server at all.")));
}

/* ---- trust ---- */

static gboolean
is_weak_signature (const char *algorithm)
{
  return algorithm != NULL &&
         (strstr (algorithm, "SHA1") != NULL || strstr (algorithm, "MD5") != NULL ||
          strstr (algorithm, "MD2") != NULL);
}

static gboolean
is_weak_key (const MwCertificate *certificate)
{
  if (certificate->key_type == NULL)
    return FALSE;
  if (g_str_has_prefix (certificate->key_type, "RSA") ||
      g_str_has_prefix (certificate->key_type, "DSA"))
    return certificate->key_bits < 2048;
  if (g_str_has_prefix (certificate->key_type, "EC"))
    return certificate->key_bits < 224;
  return FALSE;
}

/* GnuTLS ends at the first fault that makes a chain worthless, so what is weak is looked for by
 * hand too. The signature of a root proves nothing and may be as old as it likes. */
static void
check_strength (MwCertificateVerdict *self, const MwTlsInfo *info)
{
  for (guint i = 0; i < info->chain->len; i++)
    {
      const MwCertificate *certificate = g_ptr_array_index (info->chain, i);

      if (is_weak_key (certificate))
        add_fault (self, MW_DIAGNOSIS_CERT_WEAK,
                   /* Translators: %1$s is a kind of key, %2$u its size */
                   g_strdup_printf (_ ("The certificate’s key is too short: %1$s with %2$u bits."),
                                      certificate->key_type, certificate->key_bits));
      if (!certificate->is_self_issued && is_weak_signature (certificate->signature_algorithm))
        add_fault (self, MW_DIAGNOSIS_CERT_WEAK,
                   /* Translators: %s is the name of a signature algorithm */
                   g_strdup_printf (_ ("The certificate’s signature is outdated: %s."),
                                      certificate->signature_algorithm));
    }
  if ((info->verify_status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0)
    add_fault (self, MW_DIAGNOSIS_CERT_WEAK,
               g_strdup (_ ("The certificate uses cryptography that is no longer safe.")));
}

static const struct
{
  guint bit;
  const char *message;
} reasons[] = {
  { GNUTLS_CERT_SIGNATURE_FAILURE, N_ ("A signature in the certificate’s chain is wrong.") },
  { GNUTLS_CERT_SIGNER_NOT_CA,
    N_ ("The certificate was issued by somebody who is no certificate authority.") },
  { GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE,
    N_ ("The certificate authority is not entitled to vouch for this server.") },
  { GNUTLS_CERT_PURPOSE_MISMATCH, N_ ("The certificate was not made for servers.") },
  { GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS,
    N_ ("The certificate has conditions that cannot be understood here.") },
  { GNUTLS_CERT_MISSING_OCSP_STATUS,
    N_ ("The certificate demands a proof that it was not withdrawn, and the server sends none.") },
  { GNUTLS_CERT_INVALID_OCSP_STATUS,
    N_ ("The server’s proof that its certificate was not withdrawn is wrong.") },
};

#define DATE_BITS (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED)

static void
check_trust (MwCertificateVerdict *self, const MwTlsInfo *info, const MwCertificate *leaf)
{
  guint status = info->verify_status;
  guint rest = status & ~(guint) (GNUTLS_CERT_INVALID | GNUTLS_CERT_INSECURE_ALGORITHM |
                                  GNUTLS_CERT_REVOKED | DATE_BITS);

  if ((status & GNUTLS_CERT_REVOKED) != 0 || info->ocsp == MW_OCSP_REVOKED)
    add_fault (self, MW_DIAGNOSIS_CERT_REVOKED,
               g_strdup (_ ("The authority that issued the certificate has withdrawn it.")));

  if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
    {
      if (leaf->is_self_issued)
        add_fault (self, MW_DIAGNOSIS_CERT_SELF_SIGNED,
                   g_strdup (_ ("The certificate is signed by the server itself.")));
      else
        add_fault (
            self, MW_DIAGNOSIS_CERT_UNTRUSTED,
            /* Translators: %s is the name of a certificate authority */
            g_strdup_printf (_ ("The certificate was issued by “%s”, which this computer does "
                                       "not know."),
                               get_issuer (leaf)));
      rest &= ~(guint) GNUTLS_CERT_SIGNER_NOT_FOUND;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if ((rest & reasons[i].bit) != 0)
      {
        add_fault (self,
                   leaf->is_self_issued ? MW_DIAGNOSIS_CERT_SELF_SIGNED
                                        : MW_DIAGNOSIS_CERT_UNTRUSTED,
                   g_strdup (_ (reasons[i].message)));
        rest &= ~reasons[i].bit;
      }
  if (!leaf->allows_server)
    add_fault (self, MW_DIAGNOSIS_CERT_UNTRUSTED,
               g_strdup (_ ("The certificate was not made for servers.")));
  if (rest != 0)
    add_fault (self, MW_DIAGNOSIS_CERT_UNTRUSTED,
               g_strdup (_ ("The certificate cannot be traced to a known authority.")));
}

static void
judge (MwCertificateVerdict *self,
       const MwTlsInfo *info,
       const char *host,
       guint16 port,
       MwTrust *trust,
       GDateTime *now)
{
  const MwCertificate *leaf = g_ptr_array_index (info->chain, 0);
  gboolean revoked;

  check_trust (self, info, leaf);
  check_names (self, leaf, host);
  check_leaf_dates (self, leaf, now);
  check_chain_dates (self, info, now);
  check_strength (self, info);

  /* Bad, and nothing of the above: still bad */
  if (info->verify_status != 0 && self->faults->len == 0)
    add_fault (self, MW_DIAGNOSIS_CERT_UNTRUSTED,
               g_strdup (_ ("The certificate cannot be traced to a known authority.")));

  if (self->faults->len == 0)
    {
      self->trusted = TRUE;
      check_expiry_forecast (self, leaf, now);
      return;
    }

  g_ptr_array_sort (self->faults, compare_faults);
  revoked = ((MwCertificateFault *) g_ptr_array_index (self->faults, 0))->diagnosis ==
            MW_DIAGNOSIS_CERT_REVOKED;
  self->pinned = !revoked && mw_trust_accepts_pin (trust, host, port, leaf);
  self->trusted = self->pinned;
}

static char *
summarise (const MwCertificateVerdict *self, const MwTlsInfo *info, const char *host)
{
  const MwCertificate *leaf = g_ptr_array_index (info->chain, 0);
  const MwCertificateFault *first;
  g_autofree char *date = NULL;

  if (self->pinned)
    return g_strdup (_ ("You accepted this very certificate key for this server."));
  if (self->faults->len > 0)
    {
      first = g_ptr_array_index (self->faults, 0);
      return g_strdup (first->message);
    }
  if (leaf->not_after == NULL)
    /* Translators: %1$s is a server name, %2$s a certificate authority */
    return g_strdup_printf (_ ("The certificate is for %1$s, issued by “%2$s”."), host,
                              get_issuer (leaf));
  date = format_date (leaf->not_after);
  /* Translators: %1$s is a server name, %2$s a certificate authority, %3$s a date */
  return g_strdup_printf (_ ("The certificate is for %1$s, issued by “%2$s”, valid until %3$s."),
                            host, get_issuer (leaf), date);
}

/**
 * mw_certificate_verdict_new:
 * @info: what the handshake showed
 * @host: the server as the person typed it, of A-labels
 * @port: its port
 * @trust: the trust of the handshake, for accepted keys
 * @now: the time to judge at
 *
 * Names everything that is wrong with a certificate, not only the first thing. A key that a person
 * accepted for this host and port (a pin) makes up for every fault but a revocation.
 *
 * Returns: (transfer full): the verdict
 */
MwCertificateVerdict *
mw_certificate_verdict_new (
    const MwTlsInfo *info, const char *host, guint16 port, MwTrust *trust, GDateTime *now)
{
  MwCertificateVerdict *self;

  g_return_val_if_fail (info != NULL && host != NULL, NULL);
  g_return_val_if_fail (now != NULL, NULL);

  self = g_new0 (MwCertificateVerdict, 1);
  self->faults = g_ptr_array_new_with_free_func (fault_free);
  if (info->chain == NULL || info->chain->len == 0)
    {
      add_fault (self, MW_DIAGNOSIS_CERT_UNTRUSTED,
                 g_strdup (_ ("The server showed no certificate that could be read.")));
      self->message =
          g_strdup (((MwCertificateFault *) g_ptr_array_index (self->faults, 0))->message);
      return self;
    }

  judge (self, info, host, port, trust, now);
  self->message = summarise (self, info, host);

  return self;
}

/**
 * mw_certificate_verdict_free:
 * @self: (transfer full) (nullable): a verdict
 */
void
mw_certificate_verdict_free (MwCertificateVerdict *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->faults);
  g_free (self->message);
  g_free (self);
}
