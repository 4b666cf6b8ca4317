# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evolution's real parts, its source registry and its mail library Camel, with a home of the test's own."""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

from lab import proc

BUS_NAME = "org.gnome.evolution.dataserver.Sources5"
SERVICE = "org.gnome.evolution.dataserver.Sources5.service"
_MANAGER = "/org/gnome/evolution/dataserver/SourceManager"
_SERVICE_FOLDERS = ("/usr/share/dbus-1/services", "/usr/local/share/dbus-1/services")


def service_files(area):
    """A folder from which a bus can start the registry, and nothing else; for bus.Bus(service_files=...)."""
    folder = area.folder("services")
    for place in _SERVICE_FOLDERS:
        path = pathlib.Path(place, SERVICE)
        if path.exists():
            shutil.copy(path, folder)
            return folder
    raise unittest.SkipTest("evolution-data-server is not installed")


def uid(account_id, part):
    """The uid of one of our sources: "account", "identity" or "transport" of a Mailwright account."""
    return hashlib.sha1(f"mailwright evolution {account_id} {part}".encode()).hexdigest()


class Evolution:
    """One person's Evolution on one bus; names and certificates are those of ns."""

    def __init__(self, area, home, session, ns=None):
        self.area = area
        self.home = home
        self.session = session
        self.folder = home.config / "evolution/sources"
        self._ns = ns

    def _run(self, **job):
        worker = pathlib.Path(__file__).with_name("evolution_worker.py")
        job["folder"] = str(self.area.folder("camel"))
        argv = [sys.executable, str(worker), json.dumps(job)]
        # The test's network has no way out, which GLib would take for being offline.
        more = {"PYTHONDONTWRITEBYTECODE": "1", "GIO_USE_NETWORK_MONITOR": "base"}
        env = self.home.env(session=self.session, **more)
        done = subprocess.run(
            self._ns.command(argv) if self._ns else argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=2 * proc.PATIENCE,
        )
        try:
            return json.loads(done.stdout.decode().splitlines()[-1])
        except (IndexError, ValueError):
            raise AssertionError(f"Evolution's part ended with {done.returncode}: {done.stderr.decode()}") from None

    def sources(self):
        """All sources that the registry has: {uid: text}. Starts the registry when it does not run."""
        return self._run(do=["sources"])

    def objects(self):
        """The same by the registry's own interface, without starting anything of Evolution in between."""
        found = self.session.call(
            BUS_NAME, _MANAGER, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", None, proc.PATIENCE
        )[0]
        sources = (one.get("org.gnome.evolution.dataserver.Source") for one in found.values())
        return {source["UID"]: source["Data"] for source in sources if source}

    def use(self, account, *, send_to=None, subject=None, messages=0, folders=()):
        """Opens the INBOX of an account (its uid), reads its first messages, and sends from it.

        {"folders": [those of folders that there are], "subjects": [...], "sent": True, "error": "...",
        "asked": [uids that Evolution would ask a password for]}.
        """
        do = ["list"] + (["send"] if send_to else [])
        return self._run(
            do=do, account=account, to=send_to, subject=subject, messages=messages, folders=list(folders)
        )


def prove(area, home, session, ns, dovecot, account_id, recipient, subject, **more):
    """Logs in to both servers of an exported account, opens INBOX, sends, and waits for the mail to arrive.

    account_id is Mailwright's; more is for Evolution.use(). Returns what Evolution saw; raises when it would
    have asked, or failed.
    """
    evolution = Evolution(area, home, session, ns)
    seen = evolution.use(uid(account_id, "account"), send_to=recipient, subject=subject, **more)
    if seen.get("error") or seen["asked"] or not seen.get("sent"):
        raise AssertionError(f"Evolution: {seen}")
    dovecot.wait_for_message(recipient, f"Subject: {subject}")
    return seen
