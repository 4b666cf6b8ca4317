# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Thunderbird, without a display, on a home of the test's own, driven through Marionette."""

import contextlib
import json
import os
import pathlib
import socket

from lab import proc

# Thunderbird on a slow machine: starting takes its time, and every wait ends when its event happens.
PATIENCE = 180.0

# What a fresh installation would show or fetch; none of it has to do with mail accounts.
_QUIET = {
    "mail.chat.enabled": False,
    "mail.inappnotifications.enabled": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
}

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
  host: one.incomingServer.hostName,
  port: one.incomingServer.port,
  user: one.incomingServer.username,
  socket: one.incomingServer.socketType,
  auth: one.incomingServer.authMethod,
  name: one.incomingServer.prettyName,
  uri: one.incomingServer.serverURI,
  addresses: one.identities.map(two => two.email),
  names: one.identities.map(two => two.fullName),
}));
"""

_OUTGOING = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
return MailServices.outgoingServer.servers.map(one => {
  const smtp = one.QueryInterface(Ci.nsISmtpServer);
  return {key: one.key, host: smtp.hostname, port: smtp.port, user: one.username,
          socket: one.socketType, auth: one.authMethod};
});
"""


class MarionetteError(Exception):
    """Thunderbird's own answer to a command that failed."""


class Thunderbird:
    """One Thunderbird over one home or one profile. At most one runs at a time in a test.

    home: HOME; Thunderbird finds its default profile below, as it does for a person.
    profile: a profile folder instead of the default one.
    authorities: certs.Authority whose certificates are trusted, through a policy in a configuration folder
        of the test's own: nothing outside is touched, and nothing in the profile.
    preferences: further preferences, set at the start.
    """

    def __init__(self, area, *, home=None, profile=None, authorities=(), preferences=None, ns=None, program=None):
        self.program = program or proc.need_program("thunderbird")
        self.area = area
        self.home = pathlib.Path(home) if home else area.folder("thunderbird-home", 0o700)
        self.profile = pathlib.Path(profile) if profile else None
        self._ns = ns
        self._process = None
        self._socket = None
        self._buffer = b""
        self._count = 0
        self._system = area.folder("thunderbird-system")
        self._authorities = list(authorities)
        self._preferences = dict(_QUIET, **(preferences or {}))

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
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "DISPLAY") if name in os.environ}
        return dict(
            kept,
            HOME=str(self.home),
            TMPDIR=str(self.area.path),
            MOZ_CRASHREPORTER_DISABLE="1",
            MOZ_HEADLESS="1",
            MOZ_MARIONETTE_PREF_STATE_ACROSS_RESTARTS=json.dumps({**self._preferences, "marionette.port": port}),
            MOZ_SYSTEM_CONFIG_DIR=str(self._system),
            XDG_RUNTIME_DIR=str(self.area.path),
            DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent",
        )

    def start(self, *arguments, primary_password=None):
        """Starts it and waits for its main window; with a primary password, types it where it is asked."""
        port = proc.free_ports()[0]
        self._configure()
        argv = [self.program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        if self.profile is not None:
            argv += ["--profile", self.profile]
        self._process = proc.Process(
            self.area, "thunderbird", [*argv, *arguments], env=self._environment(port), ns=self._ns
        )
        self._socket = proc.wait_for(lambda: self._connect(port), "Marionette", PATIENCE, alive=self._process)
        self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}})
        self.command("Marionette:SetContext", {"value": "chrome"})
        if primary_password is not None:
            self._answer(primary_password)
        proc.wait_for(
            lambda: any(kind == "mail:3pane" for kind, _, _ in self.windows()),
            "Thunderbird's window",
            PATIENCE,
            alive=self._process,
        )
        return self

    def _answer(self, text):
        """Types into the first prompt that shows up."""

        def typed():
            try:
                self.command("WebDriver:SendAlertText", {"text": text})
                self.command("WebDriver:AcceptAlert", {})
                return True
            except MarionetteError:
                return False

        proc.wait_for(typed, "the question for the primary password", PATIENCE, alive=self._process)

    def _connect(self, port):
        def attempt():
            try:
                return socket.create_connection(("127.0.0.1", port), PATIENCE)
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

    def outgoing(self):
        return self.script(_OUTGOING)

    def send(self, address, to, subject, body="Hello"):
        """Sends from the identity that has this address; raises with Thunderbird's words if it fails."""
        answer = self.async_script(_SEND, address, to, subject, body)
        if answer != "sent":
            raise MarionetteError(f"not sent: {answer}; {self.prompts()}")

    def quit(self):
        """Ends it as a person does, so that it writes everything that it keeps."""
        if self._socket is not None:
            with contextlib.suppress(MarionetteError, OSError):
                self.command("Marionette:Quit", {"flags": ["eAttemptQuit"]})
            self._socket.close()
            self._socket = None
        if self._process is not None:
            self._process.wait(PATIENCE)
            self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.quit()
