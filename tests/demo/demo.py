#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An example account, all the way: from an address to three mail programs that log in and send.

Everything is real but the world around it: a Dovecot, a Postfix, a name server and a web server of its own, in a
network of its own where nothing else exists, and a home and a keyring that are gone at the end. It ends with 0 only
if all that it says is true. With a display it opens the window in that world instead, for a person to play with.
"""

import argparse
import contextlib
import os
import pathlib
import shlex
import sys
import textwrap
import time
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "clients")]
sys.dont_write_bytecode = True

from lab import bus, certs, cli, dns, dovecot, https, netns, postfix, proc  # noqa: E402: found above
import evolution_client  # noqa: E402
import msmtp_client  # noqa: E402
import thunderbird_client  # noqa: E402

DOMAIN = "wren.example"
JO, ANN = f"jo@{DOMAIN}", f"ann@{DOMAIN}"
PASSWORD = "Zaunk\u00f6nig & 7 \"eggs\""
WEB, MAIL = "192.0.2.10", "192.0.2.20"

AUTOCONFIG = f"""<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="{DOMAIN}">
    <domain>{DOMAIN}</domain>
    <displayName>Wren Mail</displayName>
    <incomingServer type="imap">
      <hostname>imap.{DOMAIN}</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.{DOMAIN}</hostname>
      <port>587</port>
      <socketType>STARTTLS</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>
"""


class NotTrue(Exception):
    """Something that the demo shows did not happen."""


class Story:
    """Prints what happens, and holds it against what should."""

    def __init__(self):
        self.chapter = 0
        self.bold, self.dim, self.plain = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")

    def begin(self, title):
        self.chapter += 1
        print(f"\n{self.bold}{self.chapter}. {title}{self.plain}\n", flush=True)

    def say(self, text):
        print(textwrap.fill(text, 100, initial_indent="   ", subsequent_indent="   "), flush=True)

    def show(self, text, limit=40):
        lines = text.rstrip().splitlines()
        for line in lines[:limit]:
            print(f"   {self.dim}|{self.plain} {line}")
        if len(lines) > limit:
            print(f"   {self.dim}| \u2026 {len(lines) - limit} more lines{self.plain}")
        sys.stdout.flush()

    def command(self, words, note=""):
        text = shlex.join(map(str, words))
        print(f"\n   {self.bold}$ {text}{self.plain}" + (f"   {self.dim}# {note}{self.plain}" if note else ""), flush=True)

    def true(self, fact, proof):
        if not fact:
            raise NotTrue(proof)
        print(f"   \u2713 {proof}", flush=True)


class Demo:
    def __init__(self, area, story):
        self.area = area
        self.story = story
        self.home = bus.Home(area)

    def run(self, *words, password=None, status=cli.FINE, show=True, limit=40):
        """Runs the command line as a person would type it, and shows both."""
        note = "the password comes in by a pipe" if password is not None else ""
        self.story.command(["mailwright-cli", *words, *(["--password-fd", "3"] if password is not None else [])], note)
        result = cli.run(*words, password=password, env=self.env, ns=self.ns, seconds=300)
        if show:
            self.story.show(result.stdout + result.stderr, limit)
        if result.status != status:
            self.story.show(result.stdout + result.stderr, 200)
            raise NotTrue(f"it ended with {result.status} and not with {status}")
        return result

    def quiet(self, *words):
        return cli.run(*words, env=self.env, ns=self.ns).json

    # The chapters

    def servers(self):
        story = self.story
        story.begin("A mail provider, all on this machine")
        self.authority = certs.Authority(self.area / "ca", "Wren Example Authority")
        self.ns = netns.Namespace(self.area, addresses=[WEB, MAIL], authorities=[self.authority], online=True)
        story.say("A network of its own, with no way out; everything below happens in there.")
        web, mail = [("A", WEB)], [("A", MAIL)]
        self.dns = dns.Dns(
            self.area,
            {DOMAIN: {"@": [("MX", f"10 mx.{DOMAIN}.")], "autoconfig": web, "imap": mail, "smtp": mail, "mx": mail}},
            ns=self.ns,
        ).start()
        story.say(f"Name server: unbound knows {DOMAIN} and nothing else.")
        names = [f"{name}.{DOMAIN}" for name in ("imap", "smtp", "autoconfig", "mx")]
        leaf = self.authority.issue(*names)
        self.web = https.Https(
            self.area, {(f"autoconfig.{DOMAIN}", "/mail/config-v1.1.xml"): AUTOCONFIG}, leaf=leaf, addresses=[WEB], ns=self.ns
        ).start()
        story.say(f"Web server: https://autoconfig.{DOMAIN} publishes the settings, as a provider should.")
        self.dovecot = dovecot.Dovecot(
            self.area, {JO: PASSWORD, ANN: "another password"}, leaf=leaf, addresses=(MAIL,), ns=self.ns
        ).start()
        story.say(f"Receiving: Dovecot on imap.{DOMAIN}, port 993; no password without TLS.")
        self.postfix = postfix.Postfix(
            self.area, self.dovecot, leaf=leaf, address=MAIL, domains=(DOMAIN,), ns=self.ns
        ).start()
        story.say(f"Sending: Postfix on smtp.{DOMAIN}, port 587 with STARTTLS.")
        self.dovecot.deliver(
            JO, f"From: Ann Wren <{ANN}>\r\nTo: {JO}\r\nSubject: Welcome to the nest\r\n\r\nHello Jo\r\n".encode()
        )
        folders = [evolution_client.service_files(self.area)]
        self.session = bus.Bus(self.area, env=self.home.env(), service_files=folders)
        self.keyring = bus.Keyring(self.session, self.home)
        self.env = self.home.env(session=self.session)
        story.say("A desktop of its own: an empty home, a message bus, gnome-keyring (unlocked).")

    def window(self):
        story = self.story
        story.begin("The window, in this world")
        program = pathlib.Path(cli.program()).parents[1] / "app" / "mailwright"
        schemas = program.parents[2] / "data"
        own = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "GDK_BACKEND", "GSK_RENDERER", "LANG", "LANGUAGE", "LC_ALL")
        env = {name: value for name, value in self.env.items() if name not in own}
        env.update((name, os.environ[name]) for name in own if name in os.environ)
        cookies = pathlib.Path.home() / ".Xauthority"
        if "XAUTHORITY" not in env and cookies.exists():
            env["XAUTHORITY"] = str(cookies)
        env.update(GSETTINGS_SCHEMA_DIR=str(schemas), GSETTINGS_BACKEND="keyfile", GVFS_DISABLE_FUSE="1")
        if "AT_SPI_BUS_ADDRESS" in os.environ:  # of the person's own screen reader; this world has none
            env["AT_SPI_BUS_ADDRESS"] = os.environ["AT_SPI_BUS_ADDRESS"]
        else:
            env["GTK_A11Y"] = "none"
        display = os.environ.get("WAYLAND_DISPLAY")
        if display and not os.path.isabs(display) and "XDG_RUNTIME_DIR" in os.environ:
            env["WAYLAND_DISPLAY"] = os.path.join(os.environ["XDG_RUNTIME_DIR"], display)
        story.say(f"Add the account {JO}. Its password is")
        story.show(PASSWORD)
        story.say(f"What else to try: the wrong password; the port 143 with TLS from the start; {ANN}.")
        story.say("Nothing in there is yours, and all of it is gone when the window is closed.")
        window = proc.Process(self.area, "window", [program], env=env, ns=self.ns, cwd=self.home.path)
        while not window.finished():
            time.sleep(0.2)
        said = window.tail().strip()
        if said:
            story.show(said)
        story.true(window.returncode == 0, "the window closed as it should")

    def detect(self):
        story = self.story
        story.begin(f"Which settings does {JO} need?")
        self.run("detect", JO)
        found = self.quiet("detect", JO, "--json")
        best = found["settings"][found["chosen"]]
        hosts = {server["protocol"]: (server["host"], server["port"]) for server in best["servers"]}
        story.true(
            best["source"] == "autoconfig"
            and hosts == {"imap": (f"imap.{DOMAIN}", 993), "smtp": (f"smtp.{DOMAIN}", 587)},
            "these are the settings that the domain publishes",
        )
        story.true(all("jo" not in url.split(DOMAIN)[-1] for url in self.web.asked()), "the web server was told the domain, not the address")

        story.begin("What if they are typed by hand, and wrong?")
        result = self.run("advise", JO, "--imap", f"imaps://smtp.{DOMAIN}:143", "--smtp", f"smtps://imap.{DOMAIN}:587",
                          status=cli.FAILED)  # fmt: skip
        story.true("imap" in result.stdout, "it says what is wrong and what to type instead")

    def account(self):
        story = self.story
        story.begin("The account, and its password in the keyring")
        self.run("account", "add", JO, "--name", "Jo Wren", "--detect", password=PASSWORD)
        self.run("account", "show", JO)
        self.id = self.quiet("account", "show", JO, "--json")["id"]
        ours = self.keyring.items()
        for item in ours:
            story.say(f"In the keyring: {item['label']!r}")
        story.true(ours and all(item["secret"].decode() == PASSWORD for item in ours), "the keyring holds the password")
        leaks = cli.leaks(PASSWORD, self.home.path, self.home.tmp, self.home.runtime, user=JO)
        story.true(not leaks, "and it is in no file of the home, in no encoding")

    def check(self):
        story = self.story
        story.begin("Does it work? Asking both servers, stage by stage")
        mark = self.dovecot.mark()
        self.run("check", JO, limit=60)
        story.true(("imap", JO) in [one[:2] for one in self.dovecot.logins(mark)], "Dovecot's log says that Jo has logged in")

        story.begin("And when it does not")
        refused = self.dovecot.mark()
        result = self.run(
            "probe", "imap", f"imap.{DOMAIN}", "--user", JO, password="a wrong password", status=cli.FAILED, limit=60
        )
        story.true("auth-failed" in result.stdout, "the diagnosis is the password, not the network")
        story.true(self.dovecot.refusals(refused) == 1, "the server was asked exactly once: no lock-out")

    def traces(self, target):
        """Files of a program that name Jo. Evolution's registry makes files of its own when it is looked at."""
        folder = {"msmtp": ".config/msmtp", "evolution": ".config/evolution", "thunderbird": ".thunderbird"}[target]
        paths = [path for path in (self.home.path / folder).rglob("*") if path.is_file()]
        return [path for path in paths if JO.encode() in path.read_bytes()]

    def exports(self):
        story = self.story
        story.begin("The programs on this machine")
        self.run("export", "--list")
        for target, words in (("msmtp", []), ("evolution", []), ("thunderbird", ["--with-passwords"])):
            story.begin(f"Export to {target}: first only look, then do it")
            self.run("export", target, JO, "--install", *words, "--dry-run", limit=60)
            story.true(not self.traces(target), "looking changed nothing")
            self.run("export", target, JO, "--install", *words)
            plan = self.quiet("export", target, JO, "--install", *words, "--dry-run", "--json")
            story.true(self.traces(target), "its own files have Jo's account now")
            story.true(
                all(file["action"] == "none" for file in plan["files"]), "once more would change nothing: it is all there"
            )

    def msmtp(self):
        story = self.story
        story.begin("msmtp sends, with the password from the keyring")
        story.command(["msmtp", f"--from={JO}", ANN], "a message on its standard input")
        message = msmtp_client.prove(self.home, self.session, self.ns, self.dovecot, JO, ANN, "Sent by msmtp")
        story.show("\n".join(line for line in message.decode().splitlines() if line.startswith(("From:", "To:", "Subject:"))))
        story.true(True, "the mail has arrived in Ann's mail box; nothing was asked")

    def evolution(self):
        story = self.story
        story.begin("Evolution's data server and its mail library log in, list INBOX, and send")
        mark, sent = self.dovecot.mark(), self.postfix.mark()
        seen = evolution_client.prove(
            self.area, self.home, self.session, self.ns, self.dovecot, self.id, ANN, "Sent by Evolution",
            messages=1, folders=("INBOX", "Sent", "Drafts"),
        )  # fmt: skip
        story.show("\n".join(f"INBOX: {subject}" for subject in seen["subjects"]))
        story.true("Welcome to the nest" in seen["subjects"], "Jo's mail is listed")
        story.true(seen["asked"] == [], "no question for a password")
        story.true({one[1] for one in self.dovecot.logins(mark)} == {JO}, "Dovecot's log has the login, inside TLS")
        story.true([user for user, _ in self.postfix.sent(sent)] == [JO], "Postfix took the mail from Jo, and it arrived")

    def thunderbird(self):
        story = self.story
        story.begin("Thunderbird, started without a window, logs in to both servers")
        story.command(["thunderbird", "--headless"], "the profile is the one that the export made")
        since = (self.dovecot.mark(), self.postfix.mark())
        client = thunderbird_client.Thunderbird(
            self.area, home=self.home.path, authorities=[self.authority], ns=self.ns
        )
        try:
            client.start()
            thunderbird_client.prove(client, self.dovecot, self.postfix, JO, since=since)
            for account in client.accounts():
                story.show(f"{account['type']} {account['user']} at {account['host']}:{account['port']}")
        finally:
            client.quit()
        story.true(True, "it has logged in and sent a mail that arrived, with no question")

    def undo(self):
        story = self.story
        story.begin("And back")
        journal = self.run("export", "--journal").stdout
        entry = next(line.split()[0] for line in journal.splitlines() if "msmtp" in line)
        self.run("export", "--undo", entry)
        story.true(not self.traces("msmtp"), "msmtp's file is as it was before: not there")
        story.say("Thunderbird has worked with its files since; an undo would say so and leave them alone:")
        entry = next(line.split()[0] for line in journal.splitlines() if "thunderbird" in line)
        self.run("export", "--undo", entry, status=cli.TROUBLE)
        self.run("password", "forget", JO)
        self.run("account", "remove", JO)
        left = [item for item in self.keyring.items() if item["attributes"].get("xdg:schema", "").startswith("io.github.mailwright")]
        story.true(not left, "the account and its password are gone from Mailwright")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="keep the files of the servers and of the home")
    parser.add_argument("--text", action="store_true", help="the command line, even where a window could be shown")
    options = parser.parse_args()
    if options.keep:
        os.environ["MW_LAB_KEEP"] = "1"
    proc.become_reaper()
    story = Story()
    begun = time.monotonic()
    status = 1
    area = proc.Area(prefix="mw-demo-")
    try:
        cli.program()
        demo = Demo(area, story)
        chapters = [
            demo.servers, demo.detect, demo.account, demo.check, demo.exports, demo.msmtp, demo.evolution,
            demo.thunderbird, demo.undo,
        ]  # fmt: skip
        if not options.text and (os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")):
            chapters = [demo.servers, demo.window]
        for chapter in chapters:
            chapter()
        print(f"\n{story.bold}All of it was true.{story.plain} ({time.monotonic() - begun:.0f} s)")
        status = 0
    except unittest.SkipTest as error:
        print(f"\nThe demo cannot be given here: {error}", file=sys.stderr)
        status = 3
    except (NotTrue, AssertionError) as error:
        print(f"\n   \u2717 {error}\n\nThe demo has failed.", file=sys.stderr)
    except proc.LabError as error:
        print(f"\nThe servers of the demo failed: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
    finally:
        with contextlib.suppress(proc.LabError):
            area.close()
        proc.reap_all()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
