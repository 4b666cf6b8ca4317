/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Certificates for tests, made in memory. Keys are ECDSA P-256 unless told otherwise.
 */

/**
 * MwTestCertOptions:
 * @subject: common name; %NULL for "test.example"
 * @dns_names: comma-separated dNSName entries; %NULL for none
 * @ip_addresses: comma-separated iPAddress entries; %NULL for none
 * @not_before_days: days from now; 0 stands for -1
 * @not_after_days: days from now; 0 stands for 365
 * @never_expires: 99991231235959Z instead of @not_after_days
 * @ca: make it a certificate authority
 * @self_signed: sign it with its own key instead of the issuer's
 * @rsa_bits: an RSA key of that size instead of ECDSA; 0 for ECDSA
 * @sha1: sign with SHA-1
 * @purpose_client: extended key usage for clients only
 * @no_digital_signature: key usage without digitalSignature
 *
 * What a certificate shall be like; all zero is a good leaf without names.
 */
typedef struct
{
  const char *subject;
  const char *dns_names;
  const char *ip_addresses;
  int not_before_days;
  int not_after_days;
  gboolean never_expires;
  gboolean ca;
  gboolean self_signed;
  guint rsa_bits;
  gboolean sha1;
  gboolean purpose_client;
  gboolean no_digital_signature;
} MwTestCertOptions;

/**
 * MwTestCert:
 * @pem: the certificate, PEM
 * @der: the same, DER
 * @key_pem: its private key, PEM
 * @chain_pem: @pem and the issuers that are no root
 *
 * A certificate with its key. Freed with mw_test_cert_free().
 */
typedef struct
{
  char *pem;
  GBytes *der;
  char *key_pem;
  char *chain_pem;
  gpointer crt; /* gnutls_x509_crt_t */
  gpointer key; /* gnutls_x509_privkey_t */
  gboolean root;
} MwTestCert;

MwTestCert *mw_test_cert_new (const MwTestCert *issuer, const MwTestCertOptions *options);
void mw_test_cert_free (MwTestCert *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwTestCert, mw_test_cert_free)

/* The root of this process, never freed, and its PEM for mw_trust_new() */
const MwTestCert *mw_test_cert_get_root (void);
GBytes *mw_test_cert_dup_root_pem (void);

/* A fresh OCSP answer of @issuer (ECDSA) about @leaf, in DER, to be stapled */
GBytes *mw_test_cert_make_ocsp (const MwTestCert *issuer, const MwTestCert *leaf, gboolean revoked);

G_END_DECLS
