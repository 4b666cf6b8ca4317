# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of the test's own and leaves with one fault each."""

import dataclasses
import datetime
import ipaddress
import pathlib
import subprocess
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


def _now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@dataclasses.dataclass
class Leaf:
    """What a server needs: a file with its chain, a file with its key."""

    chain_path: pathlib.Path
    key_path: pathlib.Path
    certificate: x509.Certificate

    @property
    def sha256(self):
        return self.certificate.fingerprint(hashes.SHA256()).hex()


class Authority:
    """A CA; issue() makes leaves, the named methods make faulty ones."""

    def __init__(self, folder, name="Mailwright Test Authority", parent=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.parent = parent
        self._count = 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        signer_key = parent.key if parent else self.key
        signer_name = parent.certificate.subject if parent else _name(name)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(signer_name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() - 400 * DAY)
            .not_valid_after(_now() + 3650 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(False, False, False, False, False, True, True, False, False),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
            .sign(signer_key, hashes.SHA256())
        )
        self.path = self.folder / "ca.pem"
        self.path.write_bytes(_pem(self.certificate))
        self.path.chmod(0o644)

    def chain(self):
        """The certificates above a leaf that a server sends: all but the root."""
        return [] if self.parent is None else [self.certificate, *self.parent.chain()]

    def intermediate(self, name="Mailwright Test Intermediate"):
        self._count += 1
        return Authority(self.folder / f"intermediate{self._count}", name, parent=self)

    def issue(
        self,
        *names,
        common_name=None,
        starts=-1,
        days=90,
        key="ec",
        sha1=False,
        self_signed=False,
        client_only=False,
        chain=None,
        label=None,
    ):
        """Makes a leaf for names (DNS names and IP addresses, "*.example.org" too).

        starts and days are in days from now: starts=-30, days=20 has expired ten days ago.
        chain replaces the intermediates that the server sends; [] leaves them out.
        """
        self._count += 1
        label = label or f"leaf{self._count}"
        if key == "ec":
            private = ec.generate_private_key(ec.SECP256R1())
        else:  # "rsa1024", "rsa2048"
            private = rsa.generate_private_key(public_exponent=65537, key_size=int(key[3:]))
        subject = _name(common_name or (names[0] if names else "localhost"))
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client_only else ExtendedKeyUsageOID.SERVER_AUTH
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if self_signed else self.certificate.subject)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() + starts * DAY)
            .not_valid_after(_now() + (starts + days) * DAY)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]), False
            )
        if not self_signed:
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
            )
        signer = private if self_signed else self.key
        certificate = builder.sign(signer, hashes.SHA256())
        if sha1:
            certificate = self._sign_again_with_sha1(certificate)
        above = [] if self_signed else (self.chain() if chain is None else chain)
        leaf = Leaf(self.folder / f"{label}.pem", self.folder / f"{label}.key", certificate)
        leaf.chain_path.write_bytes(b"".join(_pem(c) for c in [certificate, *above]))
        leaf.key_path.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        leaf.chain_path.chmod(0o644)
        leaf.key_path.chmod(0o600)
        return leaf

    def _sign_again_with_sha1(self, certificate):
        """The same certificate with a signature of old; libraries refuse to make one, the openssl program does."""
        with tempfile.TemporaryDirectory() as folder:
            there, key = pathlib.Path(folder, "leaf.pem"), pathlib.Path(folder, "ca.key")
            there.write_bytes(_pem(certificate))
            key.write_bytes(
                self.key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
            done = subprocess.run(
                ["openssl", "x509", "-in", there, "-sha1", "-CA", self.path, "-CAkey", key, "-CAcreateserial",
                 "-CAserial", pathlib.Path(folder, "serial"), "-days", "90"],
                capture_output=True, check=True,
            )  # fmt: skip
        return x509.load_pem_x509_certificate(done.stdout)

    # One fault each, everything else right.

    def expired(self, *names):
        return self.issue(*names, starts=-100, days=90)

    def not_yet_valid(self, *names):
        return self.issue(*names, starts=10, days=90)

    def expires_soon(self, *names):
        return self.issue(*names, starts=-88, days=90)

    def wrong_name(self):
        return self.issue("elsewhere.example")

    def self_signed(self, *names):
        return self.issue(*names, self_signed=True)

    def common_name_only(self, name):
        return self.issue(common_name=name)

    def weak_key(self, *names):
        return self.issue(*names, key="rsa1024")

    def client_only(self, *names):
        return self.issue(*names, client_only=True)

    def missing_intermediate(self, *names):
        return self.intermediate().issue(*names, chain=[])

    def long_chain(self, *names, length=4):
        authority = self
        for number in range(length):
            authority = authority.intermediate(f"Mailwright Test Intermediate {number + 1}")
        return authority.issue(*names)

    def reversed_chain(self, *names):
        """A complete chain whose intermediates come in the wrong order."""
        lower = self.intermediate("Mailwright Upper").intermediate("Mailwright Lower")
        return lower.issue(*names, chain=list(reversed(lower.chain())))
