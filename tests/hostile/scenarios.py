# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table: what a server does, the verdict that is right, and why.

A row is a server that is good but for its changes (hostile_server.py). Rows that must stay "ok" are the controls: odd
but legal servers, which a careless defence would turn away.
"""

import dataclasses

from hostile_server import CLOSE, RESET, SILENT, flood, trickle, wait

TLS, STARTTLS, NONE = "tls", "starttls", "none"
IMAP, POP3, SMTP = "imap", "pop3", "smtp"
EVERY = (IMAP, POP3, SMTP)


@dataclasses.dataclass
class Scenario:
    name: str
    protocol: str
    security: str
    expected: tuple  # diagnoses that are right; () for a control
    why: str
    changes: dict
    certificate: str = "good"
    tls: dict = dataclasses.field(default_factory=dict)
    timeout: float = 0  # 0: the default; else --timeout
    words: tuple = ()  # further words for the command line
    verdict: str = ""  # "" : failed, or ok for a control
    password: str = ""  # "": the right one
    login: bool = None  # whether a login may be tried; None: as the certificate and the security allow

    @property
    def wanted_verdict(self):
        return self.verdict or ("failed" if self.expected else "ok")


ROWS = []


def row(name, protocol, security, expected, why, timeout=0, certificate="good", tls=None, words=(), verdict="",
        password="", login=None, **changes):
    expected = (expected,) if isinstance(expected, str) else tuple(expected)
    name = f"{protocol}-{security}-{name}"
    ROWS.append(Scenario(name, protocol, security, expected, why, changes, certificate, tls or {}, timeout, words,
                         verdict, password, login))


GREETING = {IMAP: b"* OK [CAPABILITY %(caps)] ready\r\n", POP3: b"+OK ready\r\n", SMTP: b"220 mail.hostile.test ESMTP\r\n"}
UPGRADE = {IMAP: "STARTTLS", POP3: "STLS", SMTP: "STARTTLS"}
YES = {IMAP: b"%(tag) OK go\r\n", POP3: b"+OK go\r\n", SMTP: b"220 go\r\n"}
NO = {IMAP: b"%(tag) NO not now\r\n", POP3: b"-ERR not now\r\n", SMTP: b"454 4.7.0 TLS not available\r\n"}

# ---- certificates, over TLS from the start and after STARTTLS ----

FAULTS = [
    ("expired", "cert-expired", "its end is in the past"),
    ("not-yet-valid", "cert-not-yet-valid", "its begin is in the future"),
    ("wrong-name", "cert-name-mismatch", "it is for another host"),
    ("self-signed", "cert-self-signed", "nobody but itself vouches for it"),
    ("untrusted", "cert-untrusted", "its authority is not among those of this machine"),
    ("name-only-in-subject", "cert-name-mismatch", "a name in the subject is no name (RFC 9525, section 2)"),
    ("weak-key", "cert-weak", "RSA with 1024 bits can be broken"),
    ("sha1", "cert-weak", "its signature uses a broken digest"),
    ("for-clients", "cert-untrusted", "it was not made for servers"),
    ("no-intermediate", "cert-untrusted", "the way to the authority is not sent along"),
    ("partial-wildcard", "cert-name-mismatch", "a wildcard is a whole label (RFC 9525, section 6.3)"),
    ("double-wildcard", "cert-name-mismatch", "a wildcard is the first label only"),
    ("deep-wildcard", "cert-name-mismatch", "a wildcard stands for one label, not for two"),
    ("parent-name", "cert-name-mismatch", "a certificate for the domain is none for the hosts in it"),
    ("nul-in-name", "cert-name-mismatch", "what follows a NUL belongs to the name (CVE-2009-2408)"),
    ("address-as-name", "cert-name-mismatch", "an address is no DNS name"),
    ("signed-by-leaf", "cert-untrusted", "a server's certificate is no authority"),
]
for fault, diagnosis, why in FAULTS:
    for protocol in EVERY:
        for security in (TLS, STARTTLS):
            row(f"certificate-{fault}", protocol, security, diagnosis, why, certificate=fault)
for protocol in EVERY:
    row("certificate-expired-and-wrong-name", protocol, TLS, ("cert-expired", "cert-name-mismatch"),
        "both faults are named, not only the first", certificate="expired-wrong-name")
    row("certificate-expires-soon", protocol, TLS, "cert-expires-soon", "it works today, and should be looked after",
        certificate="expires-soon", verdict="warning")

# ---- TLS itself ----

for protocol in EVERY:
    for security in (TLS, STARTTLS):
        row("tls-1.0-only", protocol, security, "tls-version-too-old", "TLS 1.0 is broken (RFC 8996)",
            tls={"maximum": "TLSv1"})
        row("tls-1.1-only", protocol, security, "tls-version-too-old", "TLS 1.1 is broken (RFC 8996)",
            tls={"minimum": "TLSv1_1", "maximum": "TLSv1_1"})
        row("handshake-alert", protocol, security, "tls-handshake-failed", "the server ends the handshake with an alert",
            tls_instead=b"\x15\x03\x03\x00\x02\x02\x28")
        row("handshake-closed", protocol, security, ("tls-handshake-failed", "connection-closed"), "the server goes in the middle",
            tls_instead=CLOSE)
        row("handshake-reset", protocol, security, ("tls-handshake-failed", "connection-closed"), "the same, by a reset",
            tls_instead=RESET)
        row("handshake-half", protocol, security, ("tls-handshake-failed", "connection-closed"), "a record that is cut off",
            tls_instead=[b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76", CLOSE])
        row("handshake-noise", protocol, security, "tls-handshake-failed", "bytes that are no TLS, and no text either",
            tls_instead=[bytes(range(128, 256)), CLOSE])
        row("handshake-huge-record", protocol, security, "tls-handshake-failed", "a record longer than TLS allows",
            tls_instead=[b"\x16\x03\x03\xff\xff" + b"\0" * 65535, CLOSE])
        row("handshake-application-data", protocol, security, "tls-handshake-failed", "data before there is any key",
            tls_instead=[b"\x17\x03\x03\x00\x20" + b"A" * 32, CLOSE])
        row("handshake-silent", protocol, security, ("timeout", "greeting-timeout", "tls-handshake-failed", "plain-on-tls-port"),
            "a server that never answers the first TLS message is given up in time", tls_instead=SILENT, timeout=2)
        row("handshake-trickle", protocol, security, ("timeout", "greeting-timeout", "tls-handshake-failed"),
            "a byte now and then does not prolong the stage",
            tls_instead=trickle(b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + b"\0" * 16000, 0.1), timeout=2)
    row("client-certificate-wanted", protocol, TLS, ("tls-handshake-failed", "connection-closed"),
        "the server wants a certificate of ours, which a mail program has none of", tls={"client_certificate": True})
    row("plain-text-on-a-tls-port", protocol, TLS, "tls-on-plain-port", "TLS was wanted, and the port talks in the clear",
        first=GREETING[protocol].replace(b"[CAPABILITY %(caps)] ", b""), tls_instead=SILENT)
    row("web-server-on-a-tls-port", protocol, TLS, ("wrong-protocol", "tls-on-plain-port", "tls-handshake-failed"),
        "a web server answers the first TLS message in the clear", tls_instead=[b"HTTP/1.1 400 Bad Request\r\n\r\n", CLOSE])
    row("ssh-on-the-port", protocol, TLS, ("wrong-protocol", "tls-on-plain-port", "tls-handshake-failed"), "a port of another service",
        first=b"SSH-2.0-OpenSSH_9.2\r\n", tls_instead=CLOSE)
    row("tls-on-a-starttls-port", protocol, STARTTLS, "plain-on-tls-port", "the port wants TLS from the first byte",
        really_tls=True, timeout=8)

# ---- STARTTLS: the families of the "NO STARTTLS" paper ----

for protocol in EVERY:
    up = UPGRADE[protocol]
    caps = {IMAP: b"IMAP4rev1 AUTH=PLAIN", POP3: b"USER\r\nSASL PLAIN", SMTP: [b"AUTH PLAIN LOGIN"]}[protocol]
    row("stripped", protocol, STARTTLS, "starttls-not-offered", "O_1: the offer was taken out on the way: never on in the clear",
        caps=caps, answers={up: {IMAP: b"%(tag) BAD what\r\n", POP3: b"-ERR what\r\n", SMTP: b"502 what\r\n"}[protocol]})
    row("refused", protocol, STARTTLS, ("starttls-refused", "server-busy"), "O_2: no TLS, no login", answers={up: NO[protocol]})
    row("refused-as-unknown", protocol, STARTTLS, "starttls-refused", "O_3: offered, and then not known",
        answers={up: {IMAP: b"%(tag) BAD what\r\n", POP3: b"-ERR unknown\r\n", SMTP: b"500 5.5.1 what\r\n"}[protocol]})
    row("answered-by-other", protocol, STARTTLS, ("starttls-refused", "response-malformed"), "O_4: an answer of the wrong kind is no yes",
        answers={up: {IMAP: b"+ go on\r\n", POP3: b"+ go on\r\n", SMTP: b"354 go on\r\n"}[protocol]})
    row("answered-then-gone", protocol, STARTTLS, ("connection-closed", "tls-handshake-failed"), "a yes, and nobody there any more",
        answers={up: [YES[protocol], CLOSE]})
    row("answered-by-silence", protocol, STARTTLS, "timeout", "no answer at all ends in time", answers={up: SILENT}, timeout=2)
    row("answered-by-hanging-up", protocol, STARTTLS, "connection-closed", "no answer, and gone", answers={up: CLOSE})
    row("answered-by-nonsense", protocol, STARTTLS, "response-malformed", "what is no answer is no yes",
        answers={up: b"\xff\xfe\x00 banana\r\n"})
    row("answered-by-an-endless-line", protocol, STARTTLS, "response-too-long", "a line without end is cut, memory stays flat",
        answers={up: flood(b"x" * 1000)})
    for name, extra in (
        ("a-byte", b"x"),
        ("an-answer", {IMAP: b"a2 OK in\r\n", POP3: b"+OK in\r\n", SMTP: b"250 ok\r\n"}[protocol]),
        ("capabilities", {IMAP: b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", POP3: b"+OK\r\nSASL PLAIN\r\n.\r\n",
                          SMTP: b"250-evil\r\n250 AUTH PLAIN\r\n"}[protocol]),
        ("half-a-line", b"* OK [ALERT] call 555"),
        ("a-page", b"y" * 4096),
        ("a-tls-record", b"\x16\x03\x03\x00\x10" + b"\0" * 16),
    ):
        row(f"injected-{name}", protocol, STARTTLS, "starttls-injection",
            "B: bytes behind the answer would be taken for words from inside TLS (CVE-2011-0411)", injected=extra)
    row("forgotten-capabilities", protocol, STARTTLS, ("auth-mechanism-unsupported", "auth-oauth2-required"),
        "what was offered before TLS does not count after it",
        caps={IMAP: b"IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN", POP3: b"STLS\r\nUSER\r\nSASL PLAIN", SMTP: [b"STARTTLS", b"AUTH PLAIN LOGIN"]}[protocol],
        caps_tls={IMAP: b"IMAP4rev1 LOGINDISABLED AUTH=GSSAPI", POP3: b"SASL GSSAPI", SMTP: [b"AUTH GSSAPI"]}[protocol],
        answers_tls={"USER": b"-ERR no\r\n", "LOGIN": b"%(tag) NO disabled\r\n"})
row("preauth", IMAP, STARTTLS, "preauth-before-tls", "P: logged in before TLS, so that TLS is skipped (CVE-2020-12398)",
    greeting=b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n")
row("preauth-with-offer", IMAP, STARTTLS, "preauth-before-tls", "P_1: the same, with STARTTLS on offer",
    greeting=b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n")
row("preauth-lower-case", IMAP, STARTTLS, "preauth-before-tls", "P_2: in small letters",
    greeting=b"* preauth hello\r\n")
row("no-capability-command", IMAP, STARTTLS, "starttls-not-offered", "D_1: CAPABILITY is hidden",
    greeting=b"* OK hello\r\n", answers={"CAPABILITY": b"%(tag) BAD what\r\n"})
row("imap4-only", IMAP, STARTTLS, "starttls-not-offered", "D_3: a server that claims to be too old for TLS", caps=b"IMAP4")
row("capability-in-the-yes", IMAP, STARTTLS, "auth-mechanism-unsupported", "a list in the plain-text yes is thrown away",
    answers={"STARTTLS": b"%(tag) OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] go\r\n"}, tls_anyway=True,
    caps_tls=b"IMAP4rev1 LOGINDISABLED", answers_tls={"LOGIN": b"%(tag) NO disabled\r\n"})
row("yes-before-the-question", IMAP, STARTTLS, "starttls-injection", "a tagged yes that was there before the command",
    greeting=b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\na1 OK go\r\n")
row("ehlo-hidden", SMTP, STARTTLS, ("starttls-not-offered", "wrong-protocol", "response-malformed"),
    "D_2: EHLO is hidden: no offer, no TLS, no login", answers={"EHLO": b"502 5.5.1 what\r\n", "HELO": b"250 hi\r\n"})
row("capa-hidden", POP3, STARTTLS, ("starttls-not-offered", "starttls-refused"), "D_1: CAPA is hidden and STLS not known",
    answers={"CAPA": b"-ERR what\r\n", "STLS": b"-ERR what\r\n"})
row("yes-of-another-kind", SMTP, STARTTLS, ("starttls-refused", "response-malformed"), "250 is not 220",
    answers={"STARTTLS": b"250 go\r\n"})

# ---- greetings ----

for protocol in EVERY:
    other = {IMAP: (b"220 mx ESMTP\r\n", b"+OK ready\r\n"), POP3: (b"220 mx ESMTP\r\n", b"* OK IMAP4rev1 ready\r\n"),
             SMTP: (b"* OK IMAP4rev1 ready\r\n", b"+OK ready\r\n")}[protocol]
    for number, text in enumerate(other, 1):
        row(f"greeting-of-another-protocol-{number}", protocol, TLS, "wrong-protocol", "a mail server, but for something else",
            greeting=[text, SILENT])
    row("greeting-of-ftp", protocol, STARTTLS, "wrong-protocol" if protocol != SMTP else ("wrong-protocol", "starttls-not-offered", "response-malformed"),
        "an FTP server", greeting=[b"220 (vsFTPd 3.0.3)\r\n", SILENT], timeout=4)
    row("greeting-of-ssh", protocol, STARTTLS, "wrong-protocol", "an SSH server", greeting=[b"SSH-2.0-OpenSSH_9.2\r\n", SILENT])
    row("greeting-refuses", protocol, TLS, ("server-busy", "auth-rate-limited"), "a refusal for now",
        greeting=[{IMAP: b"* BYE overloaded\r\n", POP3: b"-ERR [SYS/TEMP] overloaded\r\n", SMTP: b"421 4.3.2 overloaded\r\n"}[protocol], CLOSE])
    row("greeting-nonsense", protocol, TLS, ("response-malformed", "wrong-protocol"), "nothing that a server would say", greeting=[b"hello there\r\n", SILENT])
    row("greeting-binary", protocol, TLS, ("response-malformed", "wrong-protocol"), "bytes instead of a line", greeting=[bytes(range(256)) + b"\r\n", SILENT])
    row("greeting-empty", protocol, TLS, "response-malformed", "an empty line is no greeting", greeting=[b"\r\n", SILENT])
    row("greeting-endless", protocol, TLS, "response-too-long", "a greeting without end", greeting=flood(b"* OK " * 200))
    row("greeting-cut-off", protocol, TLS, "connection-closed", "half a line, and gone", greeting=[GREETING[protocol][:4], CLOSE])
    row("greeting-then-reset", protocol, TLS, "connection-closed", "a reset in place of the greeting", greeting=RESET)
    row("greeting-never", protocol, TLS, "greeting-timeout", "silence inside TLS ends in time", greeting=SILENT, timeout=3)
    row("greeting-trickles", protocol, TLS, ("greeting-timeout", "timeout"), "a byte now and then does not prolong the stage",
        greeting=trickle(b"* OK " + b"x" * 2000, 0.1), timeout=2)

# ---- logins ----

for protocol in EVERY:
    auth = {IMAP: "AUTHENTICATE", POP3: "AUTH", SMTP: "AUTH"}[protocol]
    say = {IMAP: b"%(tag) NO ", POP3: b"-ERR ", SMTP: b"535 5.7.8 "}[protocol]
    soft = {IMAP: b"%(tag) NO [UNAVAILABLE] later\r\n", POP3: b"-ERR [SYS/TEMP] later\r\n", SMTP: b"454 4.7.0 later\r\n"}[protocol]
    row("login-wrong-password", protocol, TLS, "auth-failed", "the password is wrong, and is tried once", password="not the right one 9")
    row("login-refused-for-now", protocol, TLS, "server-busy", "a temporary fault is no wrong password", answers={auth: soft})
    row("login-answered-by-silence", protocol, TLS, "timeout", "no answer ends in time", answers={auth: SILENT}, timeout=3)
    row("login-answered-by-hanging-up", protocol, TLS, "connection-closed", "gone in the middle of the login", answers={auth: CLOSE})
    row("login-answered-by-reset", protocol, TLS, "connection-closed", "the same, by a reset", answers={auth: RESET})
    row("login-answered-by-nonsense", protocol, TLS, "response-malformed", "what is no answer is no yes", answers={auth: b"yes, why not\r\n"})
    row("login-answered-by-flood", protocol, TLS, "response-too-long", "an answer without end",
        answers={auth: flood({IMAP: b"* OK still there\r\n", POP3: b"+OK" + b"x" * 500, SMTP: b"235-in\r\n"}[protocol])}, timeout=10)
    row("login-tells-the-password-back", protocol, TLS, "auth-failed", "an echoed password is masked in all that is shown",
        answers={auth: say + b"%(echo)\r\n"})
    row("login-app-password", protocol, TLS, "auth-app-password-required", "the provider's own words say which password it wants",
        answers={auth: say + b"Application-specific password required: https://support.google.com/accounts/?p=InvalidSecondFactor\r\n"})
    row("login-rate-limited", protocol, TLS, "auth-rate-limited", "too many tries, said in words",
        answers={auth: say + b"Too many login attempts, try again later\r\n"})
    row("login-markup", protocol, TLS, "auth-failed", "markup and escape sequences stay words",
        answers={auth: say + b"<b>call</b> <a href='http://evil.example'>us</a> \x1b[31mred\x1b[0m \xe2\x80\xae txet\r\n"})
    row("login-oauth-only", protocol, TLS, "auth-oauth2-required", "nothing but tokens is taken: no password is sent",
        caps_tls={IMAP: b"IMAP4rev1 SASL-IR LOGINDISABLED AUTH=XOAUTH2", POP3: b"SASL XOAUTH2", SMTP: [b"AUTH XOAUTH2"]}[protocol],
        answers_tls={"USER": b"-ERR no\r\n"}, login=False)
    row("login-unknown-mechanisms-only", protocol, TLS, "auth-mechanism-unsupported", "no mechanism that both sides have",
        caps_tls={IMAP: b"IMAP4rev1 LOGINDISABLED AUTH=GSSAPI AUTH=NTLM", POP3: b"SASL GSSAPI NTLM", SMTP: [b"AUTH GSSAPI NTLM"]}[protocol],
        answers_tls={"USER": b"-ERR no\r\n"}, login=False)
    scram = {IMAP: b"IMAP4rev1 SASL-IR LOGINDISABLED AUTH=SCRAM-SHA-256", POP3: b"SASL SCRAM-SHA-256", SMTP: [b"AUTH SCRAM-SHA-256"]}[protocol]
    row("scram-other-nonce", protocol, TLS, "response-malformed", "a nonce that does not begin with ours is a replay", caps_tls=scram,
        scram={"first": lambda text, nonce: text.replace(b"r=" + nonce, b"r=somethingelse")})
    row("scram-too-many-rounds", protocol, TLS, "response-malformed", "a billion rounds would keep the machine busy for hours", caps_tls=scram,
        scram={"first": lambda text, nonce: text.replace(b"i=4096", b"i=1000000000")})
    row("scram-one-round", protocol, TLS, "response-malformed", "one round is an invitation to guess (RFC 7677: at least 4096)", caps_tls=scram,
        scram={"first": lambda text, nonce: text.replace(b"i=4096", b"i=1")})
    row("scram-false-signature", protocol, TLS, "response-malformed", "a server that does not know the password says yes", caps_tls=scram,
        scram={"final": lambda text: b"v=" + b"QUJD" * 10 + b"QUI="})
    row("scram-no-signature", protocol, TLS, "response-malformed", "a yes without a proof is none", caps_tls=scram,
        scram={"final": lambda text: b""})
    row("plain-text-to-a-stranger", protocol, NONE, "auth-plaintext-refused", "no password goes out in the clear, whatever is offered", login=False,
        caps_tls={IMAP: b"IMAP4rev1 SASL-IR AUTH=PLAIN", POP3: b"USER\r\nSASL PLAIN", SMTP: [b"AUTH PLAIN LOGIN"]}[protocol])
    row("cram-md5-in-the-clear", protocol, NONE, "auth-plaintext-refused", "nor by a mechanism that can be guessed offline", login=False,
        caps_tls={IMAP: b"IMAP4rev1 AUTH=CRAM-MD5", POP3: b"SASL CRAM-MD5", SMTP: [b"AUTH CRAM-MD5"]}[protocol])

row("apop-in-the-clear", POP3, NONE, "auth-plaintext-refused", "APOP is MD5 over the password", greeting=b"+OK ready <1.2@mail>\r\n", login=False)
row("login-disabled", IMAP, TLS, "auth-mechanism-unsupported", "LOGINDISABLED and no mechanism: nothing is sent", caps_tls=b"IMAP4rev1 LOGINDISABLED", login=False)
row("inbox-refused", IMAP, TLS, "mailbox-unavailable", "a login that opens no mailbox is no success", answers={"EXAMINE": b"%(tag) NO no such mailbox\r\n"})
row("inbox-unsafe-login", IMAP, TLS, "login-limited", "NetEase lets in and opens nothing", answers={"EXAMINE": b"%(tag) NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n"})
row("inbox-in-use", IMAP, TLS, "server-busy", "held by another session for now", answers={"EXAMINE": b"%(tag) NO [INUSE] locked\r\n"})
row("inbox-silent", IMAP, TLS, "timeout", "no answer ends in time", answers={"EXAMINE": SILENT}, timeout=3)
row("inbox-huge-literal", IMAP, TLS, "response-too-long", "a literal of terabytes is not read", answers={"EXAMINE": b"* X {9999999999999}\r\n"})
row("inbox-literal-without-end", IMAP, TLS, ("response-too-long", "connection-closed", "timeout"), "literals upon literals", timeout=10,
    answers={"EXAMINE": flood(b"* X {3}\r\nabc\r\n")})
row("inbox-bad-literal", IMAP, TLS, ("response-malformed", "response-too-long", "timeout"), "a size that is no number", answers={"EXAMINE": [b"* X {-5}\r\n* X {0x10}\r\n* X {99999999999999999999999}\r\n", SILENT]}, timeout=3)
row("inbox-referral", IMAP, TLS, "mailbox-unavailable", "L, M: nobody is followed to another server", answers={"EXAMINE": b"%(tag) NO [REFERRAL imap://jo@evil.example/INBOX] there\r\n"})
row("login-referral", IMAP, TLS, ("auth-failed", "response-malformed"), "L: nobody is followed to another server", answers={"AUTHENTICATE": b"%(tag) NO [REFERRAL imap://jo@evil.example/] there\r\n"})
row("bye-in-the-login", IMAP, TLS, "server-busy", "the server shuts down in the middle", answers={"AUTHENTICATE": [b"* BYE shutting down\r\n", CLOSE]})
row("stat-refused", POP3, TLS, "mailbox-unavailable", "a login that opens no mailbox is no success", answers={"STAT": b"-ERR no mailbox\r\n"})
row("stat-in-use", POP3, TLS, "server-busy", "held by another session for now", answers={"PASS": b"-ERR [IN-USE] locked\r\n", "AUTH": b"-ERR [IN-USE] locked\r\n"})
row("stat-nonsense", POP3, TLS, "response-malformed", "numbers that are none", answers={"STAT": b"+OK many -1\r\n"})
row("stat-silent", POP3, TLS, "timeout", "no answer ends in time", answers={"STAT": SILENT}, timeout=3)
row("capa-without-end", POP3, TLS, "response-too-long", "a list without its dot", answers={"CAPA": [b"+OK\r\n", flood(b"X-LINE\r\n")]})
row("sender-refused", SMTP, TLS, "sender-rejected", "the server does not let this sender send", answers={"MAIL": b"553 5.7.1 not your address\r\n"})
row("sender-refused-for-now", SMTP, TLS, "server-busy", "for now only", answers={"MAIL": b"451 4.3.0 later\r\n"})
row("sender-without-login", SMTP, TLS, ("auth-failed", "sender-rejected"), "530 after a login", answers={"MAIL": b"530 5.7.0 authenticate first\r\n"})
row("sender-silent", SMTP, TLS, "timeout", "no answer ends in time", answers={"MAIL": SILENT}, timeout=3)
row("ehlo-without-end", SMTP, TLS, "response-too-long", "lines upon lines", answers={"EHLO": flood(b"250-X-LINE\r\n")})
row("ehlo-mixed-numbers", SMTP, TLS, "response-malformed", "all lines of a reply carry one number", answers={"EHLO": b"250-mail\r\n550-no\r\n250 AUTH PLAIN\r\n"})
row("ehlo-refused", SMTP, TLS, ("response-malformed", "wrong-protocol", "server-busy", "auth-mechanism-unsupported"), "a server that will not be greeted", answers={"EHLO": b"550 5.7.1 go away\r\n"})
row("auth-not-offered", SMTP, TLS, "auth-mechanism-unsupported", "no AUTH at all: the password stays here", caps_tls=[b"PIPELINING"], login=False)
row("auth-538", SMTP, TLS, ("auth-plaintext-refused", "auth-mechanism-unsupported"), "encryption required for the mechanism, inside TLS: the mechanism's fault",
    answers={"AUTH": b"538 5.7.11 encryption required\r\n"})
row("greeting-554", SMTP, TLS, "connection-refused", "RFC 5321, section 3.1: no service here", greeting=[b"554 5.7.1 no service for you\r\n", CLOSE])
row("oauth-wanted-in-words", SMTP, TLS, ("auth-oauth2-required", "auth-disabled-by-provider"), "Microsoft: basic authentication is switched off",
    answers={"AUTH": b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.\r\n"})

# ---- controls: odd, legal, and "ok" ----

for protocol in EVERY:
    for security in (TLS, STARTTLS):
        row("control-good", protocol, security, (), "nothing is odd here")
    for certificate, why in (
        ("rsa", "RSA 2048 is good"),
        ("wildcard", "a wildcard for the first label is a name of this host"),
        ("intermediate", "a chain over two intermediates"),
        ("reversed", "the chain in the wrong order, which RFC 8446 asks clients to take"),
        ("cross-signed", "an expired cross-signed certificate beside a good way: the trap of May 2020"),
        ("root-included", "the root is sent along, needlessly"),
        ("many-names", "a certificate with 300 names"),
        ("upper-case-name", "names of hosts know no case"),
    ):
        row(f"control-certificate-{certificate}", protocol, TLS, (), why, certificate=certificate)
    row("control-tls-1.2-only", protocol, TLS, (), "TLS 1.2 is still good", tls={"maximum": "TLSv1_2"})
    row("control-tls-1.3-only", protocol, TLS, (), "TLS 1.3 alone is good", tls={"minimum": "TLSv1_3"})
    row("control-slow", protocol, TLS, (), "slow, but within the limit", greeting=[wait(1.0), GREETING[protocol]])
    row("control-bytewise", protocol, TLS, (), "lines in pieces of TCP are still lines",
        greeting=[piece for n in range(len(GREETING[protocol])) for piece in (GREETING[protocol][n:n + 1],)]
        if protocol != IMAP else [b"* O", b"K ", b"re", b"ady\r", b"\n"])
row("control-bare-plus", IMAP, TLS, (), "a go-ahead without a blank, as some servers send it", caps_tls=b"IMAP4rev1 AUTH=PLAIN", prompt=b"+\r\n")
row("control-lower-case", IMAP, TLS, (), "answers in small letters", greeting=b"* ok [capability imap4rev1 sasl-ir auth=plain] hi\r\n",
    answers={"EXAMINE": b"* 3 exists\r\n%(tag) ok [read-only] done\r\n"})
row("control-chatty", IMAP, TLS, (), "untagged words between all answers",
    answers={"AUTHENTICATE": b"* OK one\r\n* 5 EXISTS\r\n* CAPABILITY IMAP4rev1\r\n* OK [ALERT] disk is nearly full\r\n%(tag) OK in\r\n"})
row("control-long-lines", IMAP, TLS, (), "long, but legal lines", answers={"AUTHENTICATE": b"* OK " + b"x" * 8000 + b"\r\n%(tag) OK in\r\n"})
row("control-login-command", IMAP, TLS, (), "no SASL at all, only LOGIN", caps_tls=b"IMAP4rev1")
row("control-no-capability-in-greeting", IMAP, TLS, (), "a bare greeting", greeting=b"* OK\r\n")
row("control-literal-in-examine", IMAP, TLS, (), "a literal with a false answer in it",
    answers={"EXAMINE": b"* XDATA {10}\r\na2 NO no\r\n tail\r\n* 1 EXISTS\r\n%(tag) OK done\r\n"})
row("control-many-capabilities", IMAP, TLS, (), "a long list", caps_tls=b"IMAP4rev1 AUTH=PLAIN SASL-IR " + b" ".join(b"X%d" % n for n in range(300)))
row("control-empty-inbox", IMAP, TLS, (), "no mail at all", answers={"EXAMINE": b"* 0 EXISTS\r\n%(tag) OK done\r\n"})
row("control-preauth-inside-tls", IMAP, TLS, (), "logged in by TLS itself", greeting=b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n", login=False)
row("control-id-refused", IMAP, TLS, (), "ID is on offer and refused: that is no harm", answers={"ID": b"%(tag) BAD what\r\n"})
row("control-scram", IMAP, TLS, (), "SCRAM only", caps_tls=b"IMAP4rev1 SASL-IR LOGINDISABLED AUTH=SCRAM-SHA-256")
row("control-cram", IMAP, TLS, (), "CRAM-MD5 only, inside TLS", caps_tls=b"IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5")
row("control-user-pass", POP3, TLS, (), "no CAPA, only USER and PASS", answers={"CAPA": b"-ERR what\r\n"})
row("control-bare-ok", POP3, TLS, (), "a greeting without words", greeting=b"+OK\r\n")
row("control-stat-with-words", POP3, TLS, (), "words behind the numbers", answers={"STAT": b"+OK 2 320 octets\r\n"})
row("control-scram", POP3, TLS, (), "SCRAM only", caps_tls=b"SASL SCRAM-SHA-256", answers_tls={"USER": b"-ERR no\r\n"})
row("control-old-auth", SMTP, TLS, (), "AUTH= as Outlook Express knew it", caps_tls=[b"AUTH=PLAIN LOGIN", b"AUTH PLAIN LOGIN"])
row("control-lower-case", SMTP, TLS, (), "extensions in small letters", caps_tls=[b"auth plain login", b"pipelining"])
row("control-no-pipelining", SMTP, TLS, (), "one command at a time", caps_tls=[b"AUTH PLAIN"])
row("control-long-greeting", SMTP, TLS, (), "a greeting of many lines", greeting=b"".join(b"220-line %d\r\n" % n for n in range(40)) + b"220 ready\r\n")
row("control-bare-number", SMTP, TLS, (), "a number without words", answers={"MAIL": b"250\r\n", "RSET": b"250\r\n"})
row("control-login-mechanism", SMTP, TLS, (), "LOGIN only", caps_tls=[b"AUTH LOGIN"])
row("control-scram", SMTP, TLS, (), "SCRAM only", caps_tls=[b"AUTH SCRAM-SHA-256"])
row("control-odd-prompts", SMTP, TLS, (), "prompts that mean nothing", caps_tls=[b"AUTH LOGIN"], prompt=b"334 VXNlcm5hbWU6AA==\r\n")
