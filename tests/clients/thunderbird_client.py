# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Thunderbird, without a display, on a home of the test's own, driven through Marionette."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import time
import unittest

from lab import proc

# Thunderbird on a slow machine: starting takes its time, and every wait ends when its event happens.
PATIENCE = 120.0

# What a fresh installation would show or fetch; none of it has to do with mail accounts.
_QUIET = {
    "mail.chat.enabled": False,
    "mail.inappnotifications.enabled": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
}

# Where Thunderbird looks for policies, and how another folder takes its place.
_SYSTEM = "/etc/thunderbird"
_OVER = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'

_SEND = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const [address, to, subject, body, done] = arguments;
(async () => {
  const identity = MailServices.accounts.allIdentities.find(one => one.email == address);
  if (!identity) return "no identity has the address " + address;
  const make = (id, type) => Cc["@mozilla.org/messengercompose/" + id + ";1"].createInstance(Ci[type]);
  const fields = make("composefields", "nsIMsgCompFields");
  fields.from = identity.fullAddress;
  fields.to = to;
  fields.subject = subject;
  fields.body = body + "\\r\\n";
  fields.replyTo = identity.replyTo;
  fields.organization = identity.organization;
  const params = make("composeparams", "nsIMsgComposeParams");
  params.composeFields = fields;
  params.identity = identity;
  params.format = Ci.nsIMsgCompFormat.PlainText;
  params.type = Ci.nsIMsgCompType.New;
  const compose = make("compose", "nsIMsgCompose");
  compose.initialize(params);
  const account = MailServices.accounts.accounts.find(one => one.identities.includes(identity));
  await compose.sendMsg(Ci.nsIMsgCompDeliverMode.Now, identity, account.key, null, null);
  return "sent";
})().then(done, error => done(String(error)));
"""

_WINDOWS = """
return Array.from(Services.wm.getEnumerator(null), one => [
  one.document.documentElement.getAttribute("windowtype") || "",
  one.location.href,
  one.document.title,
]);
"""

_ACCOUNTS = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
return MailServices.accounts.accounts.filter(one => one.incomingServer.type != "none").map(one => ({
  key: one.key,
  type: one.incomingServer.type,
  host: one.incomingServer.hostname,
  port: one.incomingServer.port,
  user: one.incomingServer.username,
  socket: one.incomingServer.socketType,
  auth: one.incomingServer.authMethod,
  name: one.incomingServer.prettyName,
  uri: one.incomingServer.serverURI,
  addresses: one.identities.map(two => two.email),
  names: one.identities.map(two => two.fullName),
  organizations: one.identities.map(two => two.organization),
  sent: one.identities.map(two => two.fccFolderURI),
}));
"""

_GET_MAIL = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
for (const one of MailServices.accounts.accounts)
  if (one.identities.some(two => two.email == arguments[0]))
    one.incomingServer.performBiff(null);
"""

_OUTGOING = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
return MailServices.outgoingServer.servers.map(one => {
  const smtp = one.QueryInterface(Ci.nsISmtpServer);
  return {key: one.key, host: smtp.hostname, port: smtp.port, user: one.username,
          socket: one.socketType, auth: one.authMethod};
});
"""


_IMPORT = """
const { ThunderbirdProfileImporter } = ChromeUtils.importESModule(
  "resource:///modules/ThunderbirdProfileImporter.sys.mjs");
const [path, done] = arguments;
(async () => {
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  const importer = new ThunderbirdProfileImporter();
  importer.onProgress = () => {};
  if (!importer.validateSource(file)) return "not taken for a profile";
  const folder = await importer.extractZipFile(file, () => {});
  const all = {accounts: true, addressBooks: true, calendars: true, mailMessages: true};
  return await importer.startImport(folder, all) ? "imported" : "not imported";
})().then(done, error => done(String(error)));
"""

_READ_AUTOCONFIG = """
const { readFromXML } = ChromeUtils.importESModule("resource:///modules/accountcreation/readFromXML.sys.mjs");
const { JXON } = ChromeUtils.importESModule("resource:///modules/JXON.sys.mjs");
const config = readFromXML(JXON.build(new DOMParser().parseFromString(arguments[0], "text/xml")), "test");
const tell = one => [one.type, one.hostname, one.port, one.socketType, one.auth, one.username];
return {incoming: tell(config.incoming), outgoing: tell(config.outgoing)};
"""

_SET_PRIMARY_PASSWORD = """
const token = Cc["@mozilla.org/security/internalkeytoken;1"].createInstance(Ci.nsIPKCS11Token);
token.changePassword("", arguments[0]);
return token.hasPassword;
"""


class MarionetteError(Exception):
    """Thunderbird's own answer to a command that failed."""


class Thunderbird:
    """One Thunderbird over one home or one profile. At most one runs at a time in a test.

    home: HOME; Thunderbird finds its default profile below, as it does for a person.
    profile: a profile folder instead of the default one.
    authorities: certs.Authority whose certificates are trusted, through a policy in a folder that takes the
        place of /etc/thunderbird for this process only: nothing outside is touched.
    preferences: further preferences, set at the start.
    """

    def __init__(self, area, *, home=None, profile=None, authorities=(), preferences=None, ns=None, program=None):
        self.program = program or proc.need_program("thunderbird")
        if not os.path.isdir(_SYSTEM):
            raise unittest.SkipTest(f"there is no {_SYSTEM} that a folder of policies could take the place of")
        self.area = area
        self.home = pathlib.Path(home) if home else area.folder("thunderbird-home", 0o700)
        self.profile = pathlib.Path(profile) if profile else None
        self._ns = ns
        self._process = None
        self._port = None
        self._socket = None
        self._buffer = b""
        self._count = 0
        self._system = area.folder("thunderbird-system")
        self._authorities = list(authorities)
        self._preferences = dict(_QUIET, **(preferences or {}))
        self._display = None
        self._last_start = ((), {})

    def _configure(self):
        """Policies, in the folder that stands for /etc/thunderbird."""
        folder = self._system / "policies"
        folder.mkdir(parents=True, exist_ok=True)
        certificates = [str(authority.path) for authority in self._authorities]
        policies = {
            "DisableAppUpdate": True,
            "DisableTelemetry": True,
        }
        if certificates:
            policies["Certificates"] = {"Install": certificates}
        (folder / "policies.json").write_text(json.dumps({"policies": policies}))

    def _environment(self, port):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        env = dict(
            kept,
            HOME=str(self.home),
            TMPDIR=str(self.area.path),
            MOZ_CRASHREPORTER_DISABLE="1",
            MOZ_MARIONETTE_PREF_STATE_ACROSS_RESTARTS=json.dumps({**self._preferences, "marionette.port": port}),
            XDG_RUNTIME_DIR=str(self.area.path),
            DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent",
        )
        if self._display is None:
            env["MOZ_HEADLESS"] = "1"
        else:
            env["DISPLAY"] = self._display
        return env

    def launch(self, *arguments, on_screen=False):
        """Starts it and waits for nothing; on_screen gives it a display, so that its questions can be seen."""
        self._port = proc.free_ports()[0]
        self._configure()
        if on_screen and self._display is None:
            self._display = _display(self.area, self._ns)
        argv = [self.program, "--no-remote", "--marionette", "--remote-allow-system-access"]
        if self._display is None:
            argv.append("--headless")
        if self.profile is not None:
            argv += ["--profile", self.profile]
        # A mount namespace of its own, in which the folder of policies is ours; nobody else sees that.
        unshare = proc.need_program("unshare")
        words = [unshare, "--mount", "--propagation", "private", "sh", "-c", _OVER, "over", self._system, _SYSTEM]
        if not proc.is_root():
            words.insert(1, "--map-root-user")
        self._process = proc.Process(
            self.area, "thunderbird", [*words, *argv, *arguments], env=self._environment(self._port), ns=self._ns
        )
        return self

    def start(self, *arguments, primary_password=None):
        """Starts it and waits for its main window; types a primary password (ASCII) where it is asked."""
        self._last_start = (arguments, {"primary_password": primary_password})
        self.launch(*arguments, on_screen=primary_password is not None)
        if primary_password is not None:
            self._answer(primary_password)
        self._socket = proc.wait_for(self._connect, "Marionette", PATIENCE, alive=self._process)
        self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}})
        self.command("Marionette:SetContext", {"value": "chrome"})
        proc.wait_for(
            lambda: any(kind == "mail:3pane" for kind, _, _ in self.windows()),
            "Thunderbird's window",
            PATIENCE,
            alive=self._process,
        )
        return self

    def _xdotool(self, *words, **options):
        argv = [proc.need_program("xdotool"), *words]
        if self._ns is not None:
            argv = self._ns.command(argv)
        env = dict(os.environ, DISPLAY=self._display)
        return subprocess.run(argv, env=env, capture_output=True, text=True, **options).stdout.split()

    def wait_for_question(self, title):
        """Waits for a window on the screen whose title has these words; gives its number."""
        found = proc.wait_for(
            lambda: self._xdotool("search", "--onlyvisible", "--name", title), title, PATIENCE, alive=self._process
        )
        return found[0]

    def _answer(self, text):
        """Types into the question for the primary password, which comes before anything else."""
        title = "Password Required"
        window = self.wait_for_question(title)
        # The window is there before its field is: what is typed too early is lost, so it is typed until it counts.
        while self._xdotool("search", "--onlyvisible", "--name", title):
            self._xdotool("windowfocus", "--sync", window)
            self._xdotool("key", "ctrl+a")
            self._xdotool("type", "--file", "-", input=text)
            self._xdotool("key", "Return")
            try:
                proc.wait_for(
                    lambda: not self._xdotool("search", "--onlyvisible", "--name", title), title, 5, alive=self._process
                )
            except proc.LabError:
                if self._process.finished():
                    raise

    def _connect(self):
        def attempt():
            try:
                return socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            except OSError:
                return None

        connection = self._ns.call(attempt) if self._ns is not None else attempt()
        if connection is not None:
            self._buffer = b""
            self._receive(connection)
        return connection

    def _receive(self, connection):
        while b":" not in self._buffer:
            self._more(connection)
        length, rest = self._buffer.split(b":", 1)
        self._buffer = rest
        while len(self._buffer) < int(length):
            self._more(connection)
        answer, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return json.loads(answer)

    def _more(self, connection):
        part = connection.recv(65536)
        if not part:
            raise MarionetteError("Thunderbird closed the connection")
        self._buffer += part

    def command(self, name, parameters):
        self._count += 1
        text = json.dumps([0, self._count, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        while True:
            _, number, error, result = self._receive(self._socket)
            if number == self._count:
                break
        if error:
            raise MarionetteError(f"{name}: {error.get('error')}: {error.get('message')}")
        return result

    def script(self, text, *arguments):
        """Runs JavaScript with the program's own rights, and gives what it returns."""
        return self.command("WebDriver:ExecuteScript", {"script": text, "args": arguments})["value"]

    def async_script(self, text, *arguments, seconds=PATIENCE):
        """The same for a script that calls its last argument when it is done."""
        self.command("WebDriver:SetTimeouts", {"script": int(seconds * 1000)})
        return self.command("WebDriver:ExecuteAsyncScript", {"script": text, "args": arguments})["value"]

    def windows(self):
        """[(windowtype, address, title)] of all windows."""
        return [tuple(one) for one in self.script(_WINDOWS)]

    def prompts(self):
        """Windows and questions that a person would have to answer."""
        found = [one for one in self.windows() if one[0] not in ("mail:3pane", "")]
        with contextlib.suppress(MarionetteError):
            found.append(("prompt", "", self.command("WebDriver:GetAlertText", {})["value"]))
        return found

    def accounts(self):
        return self.script(_ACCOUNTS)

    def get_mail(self, address):
        """What "Get Messages" does for the account of this address."""
        self.script(_GET_MAIL, address)

    def outgoing(self):
        return self.script(_OUTGOING)

    def send(self, address, to, subject, body="Hello"):
        """Sends from the identity that has this address; raises with Thunderbird's words if it fails."""
        answer = self.async_script(_SEND, address, to, subject, body)
        if answer != "sent":
            raise MarionetteError(f"not sent: {answer}; {self.prompts()}")

    def set_primary_password(self, text):
        return self.script(_SET_PRIMARY_PASSWORD, text)

    def import_archive(self, path):
        """What "Import Backed-up Profile" does; it takes effect at the next start."""
        answer = self.async_script(_IMPORT, str(path))
        if answer != "imported":
            raise MarionetteError(answer)

    def read_autoconfig(self, text):
        """An autoconfig file as Thunderbird's own reader understands it."""
        return self.script(_READ_AUTOCONFIG, text)

    def quit(self):
        """Ends it as a person does, so that it writes everything that it keeps."""
        if self._socket is not None:
            with contextlib.suppress(MarionetteError, OSError):
                self.command("Marionette:Quit", {"flags": ["eAttemptQuit"]})
            self._socket.close()
            self._socket = None
        elif self._process is not None:
            self._process.stop()
        if self._process is not None:
            self._process.wait(PATIENCE)
            self._process = None

    def restart(self):
        arguments, options = self._last_start
        self.quit()
        self.start(*arguments, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.quit()


def _display(area, ns):
    """A screen in memory; gives its name."""
    xvfb, xdotool = proc.need_program("Xvfb", "xdotool")

    def opens(name):
        argv = [xdotool, "getdisplaygeometry"]
        env = dict(os.environ, DISPLAY=name)
        return subprocess.run(argv if ns is None else ns.command(argv), env=env, capture_output=True).returncode == 0

    for _ in range(3):
        # -noreset: otherwise it starts anew whenever its last client leaves, and refuses who comes in that moment.
        reading, writing = os.pipe()
        try:
            screen = proc.Process(
                area, "xvfb", [xvfb, "-displayfd", str(writing), "-screen", "0", "1280x1024x24", "-noreset", "-nolisten", "tcp"],
                pass_fds=(writing,), ns=ns,
            )  # fmt: skip
        finally:
            os.close(writing)
        with open(reading) as answer:
            name = f":{answer.readline().strip()}"
        if name != ":" and opens(name):
            return name
        screen.stop()
    raise proc.LabError(f"no Xvfb: {screen.tail()}")


def prove(client, receiving, sending, address, *, protocol="imap", since=(0, 0), mechanism=None, tls=True):
    """The running Thunderbird logs in and sends as address, and nobody is asked anything.

    receiving is a lab.dovecot.Dovecot, sending a lab.postfix.Postfix; since is where their logs stood before
    Thunderbird was started. What counts is what the servers have seen. mechanism is the SASL mechanism that
    the login must have had, and tls whether it was inside TLS.
    """

    # One start in many was seen at which Thunderbird, with several accounts, left one of them alone for two minutes. A
    # person would press "Get Messages" then, and at last start it again; what counts is that no question comes back.
    patience = time.monotonic() + PATIENCE / 4

    def logged_in():
        nonlocal patience
        found = [one for one in receiving.logins(since[0]) if one[:2] == (protocol, address)]
        if not found and client.prompts():
            raise AssertionError(f"Thunderbird asks: {client.prompts()}")
        if not found and time.monotonic() > patience:
            patience += PATIENCE / 4
            client.get_mail(address)
        return found

    try:
        logins = proc.wait_for(logged_in, f"a login of {address}", PATIENCE)
    except proc.LabError:
        client.restart()
        patience = time.monotonic() + PATIENCE / 4
        logins = proc.wait_for(logged_in, f"a login of {address}, after a second start", PATIENCE)
    login = logins[0]
    if (login[3] == "TLS") != tls or mechanism not in (None, login[2]):
        raise AssertionError(f"{address} logged in like this: {login}")
    subject = f"Proof for {address} {os.urandom(4).hex()}"
    client.send(address, address, subject)
    receiving.wait_for_message(address, subject)
    senders = [user for user, _ in sending.sent(since[1])]
    if address not in senders:
        raise AssertionError(f"sent as {senders} and not as {address}")
    if receiving.refusals(since[0], address):
        raise AssertionError(f"a password of {address} was refused")
    if client.prompts():
        raise AssertionError(f"Thunderbird asks: {client.prompts()}")
