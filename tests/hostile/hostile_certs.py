# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of the hostile servers: one fault each, and some that are odd but good."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab import certs

HOST = "mail.hostile.test"
DAY = datetime.timedelta(days=1)


def _now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _leaf_below(folder, label, issuer_name, issuer_key, above):
    """A good leaf for HOST below any issuer."""
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(HOST))
        .issuer_name(issuer_name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - DAY)
        .not_valid_after(_now() + 90 * DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), False)
        .sign(issuer_key, hashes.SHA256())
    )
    leaf = certs.Leaf(folder / f"{label}.pem", folder / f"{label}.key", certificate)
    leaf.chain_path.write_bytes(b"".join(_pem(c) for c in (certificate, *above)))
    leaf.key_path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return leaf


def _signed_by_leaf(authority, folder):
    upper = authority.issue("upper.hostile.test", label="upper-leaf")
    key = serialization.load_pem_private_key(upper.key_path.read_bytes(), None)
    return _leaf_below(folder, "signed-by-leaf", upper.certificate.subject, key, [upper.certificate])


def _cross_signed(authority, folder):
    """An intermediate that the trusted authority signed, and the same key signed by one that has expired."""
    intermediate = authority.intermediate("Hostile Cross")
    old_key = ec.generate_private_key(ec.SECP256R1())
    crossed = (
        x509.CertificateBuilder()
        .subject_name(authority.certificate.subject)
        .issuer_name(_name("An Authority Of Old"))
        .public_key(authority.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - 800 * DAY)
        .not_valid_after(_now() - 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(old_key, hashes.SHA256())
    )
    return _leaf_below(
        folder, "cross-signed", intermediate.certificate.subject, intermediate.key, [intermediate.certificate, crossed]
    )


def make_all(area, authority, stranger):
    """Every certificate that a scenario names: name -> lab.certs.Leaf. stranger is an authority nobody trusts."""
    folder = area.folder("hostile-certs", 0o755)
    return {
        "good": authority.issue(HOST),
        "rsa": authority.issue(HOST, key="rsa2048"),
        "wildcard": authority.issue("*.hostile.test"),
        "intermediate": authority.intermediate().intermediate().issue(HOST),
        "reversed": authority.reversed_chain(HOST),
        "cross-signed": _cross_signed(authority, folder),
        "root-included": authority.issue(HOST, chain=[authority.certificate]),
        "many-names": authority.issue(*[f"h{n}.hostile.test" for n in range(299)], HOST),
        "upper-case-name": authority.issue("MAIL.Hostile.TEST"),
        "expired": authority.expired(HOST),
        "not-yet-valid": authority.not_yet_valid(HOST),
        "wrong-name": authority.wrong_name(),
        "self-signed": authority.self_signed(HOST),
        "untrusted": stranger.issue(HOST),
        "name-only-in-subject": authority.common_name_only(HOST),
        "weak-key": authority.weak_key(HOST),
        "sha1": authority.issue(HOST, sha1=True),
        "for-clients": authority.client_only(HOST),
        "no-intermediate": authority.missing_intermediate(HOST),
        "partial-wildcard": authority.issue("ma*.hostile.test"),
        "double-wildcard": authority.issue("*.*.test"),
        "deep-wildcard": authority.issue("*.test"),
        "parent-name": authority.issue("hostile.test"),
        "nul-in-name": authority.issue(f"{HOST}\0.evil.example", common_name="nul"),
        "address-as-name": authority.issue("192.0.2.20"),
        "signed-by-leaf": _signed_by_leaf(authority, folder),
        "expired-wrong-name": authority.issue("elsewhere.example", starts=-100, days=90),
        "expires-soon": authority.expires_soon(HOST),
    }


#: With these a password may leave; with every other one it may not.
CONFIRMED = {
    "good", "rsa", "wildcard", "intermediate", "reversed", "cross-signed", "root-included", "many-names",
    "upper-case-name", "expires-soon",
}  # fmt: skip
