# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop without a desktop: private message buses, a home, a keyring, and services that misbehave."""

import os
import pathlib
import signal
import socket
import sys
import threading
import unittest

from lab import proc

_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>{kind}</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  {services}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


class Home:
    """A home folder of the test's own, and the environment that points there and nowhere else."""

    def __init__(self, area, name="home"):
        self.path = area.folder(name, 0o700)
        self.runtime = area.folder(f"{name}-run", 0o700)
        self.tmp = area.folder(f"{name}-tmp", 0o700)
        self.config = self.path / ".config"
        self.data = self.path / ".local/share"
        self.state = self.path / ".local/state"
        self.cache = self.path / ".cache"
        for path in (self.config, self.data, self.state, self.cache):
            path.mkdir(parents=True)
        (area.path / "nothing").mkdir(exist_ok=True)
        self._nowhere = f"unix:path={area.path}/nothing/bus"

    def env(self, session=None, system=None, **more):
        """The environment; without a bus given there is none to be found."""
        env = {
            "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin",
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.data),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "TMPDIR": str(self.tmp),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "GSETTINGS_BACKEND": "memory",
            "GIO_USE_VFS": "local",
            "DBUS_SESSION_BUS_ADDRESS": session.address if session else self._nowhere,
            "DBUS_SYSTEM_BUS_ADDRESS": system.address if system else self._nowhere,
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "MW_CLI"):
            if name in os.environ:
                env[name] = os.environ[name]
        env.update({name: str(value) for name, value in more.items()})
        return env


class Bus:
    """A message bus of its own. service_files are folders with D-Bus service files that it may start from."""

    def __init__(self, area, kind="session", env=None, service_files=(), ns=None):
        program = proc.need_program("dbus-daemon")
        self.area = area
        self.kind = kind
        self.env = env
        folder = area.folder(f"bus-{kind}", 0o755)
        self.path = folder / "bus"
        self.address = f"unix:path={self.path}"
        config = folder / "bus.conf"
        services = "".join(f"<servicedir>{path}</servicedir>" for path in service_files)
        config.write_text(_CONFIG.format(kind=kind, path=self.path, services=services))
        environment = dict(env if env is not None else os.environ)
        variable = "DBUS_SESSION_BUS_ADDRESS" if kind == "session" else "DBUS_SYSTEM_BUS_ADDRESS"
        environment[variable] = self.address
        self._process = proc.Process(
            area, f"dbus-{kind}", [program, "--nofork", f"--config-file={config}"], env=environment, ns=ns
        )
        proc.wait_for(self.path.exists, f"{kind} bus", alive=self._process)
        self._connection = None

    def stop(self):
        self._process.stop()

    def connection(self):
        """A Gio.DBusConnection of the test itself."""
        from gi.repository import Gio

        if self._connection is None:
            flags = Gio.DBusConnectionFlags
            self._connection = Gio.DBusConnection.new_for_address_sync(
                self.address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
            )
            self._connection.set_exit_on_close(False)
        return self._connection

    def call(self, name, path, interface, method, arguments=None, seconds=20):
        """Calls a method and returns its answer as plain Python values (a tuple)."""
        from gi.repository import Gio

        answer = self.connection().call_sync(
            name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, int(seconds * 1000), None
        )
        return answer.unpack()

    def owner(self, name):
        """The process that owns a bus name, or None."""
        from gi.repository import GLib

        try:
            return self.call(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)),
            )[0]  # fmt: skip
        except GLib.Error:
            return None

    def wait_for_owner(self, name, alive=None):
        return proc.wait_for(lambda: self.owner(name), f"{name} on the {self.kind} bus", alive=alive)


class DeadBus:
    """A bus that takes every connection and never answers a word."""

    def __init__(self, area):
        self.path = area.folder("dead-bus") / "bus"
        self.address = f"unix:path={self.path}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self.path))
        self._socket.listen(64)
        self._taken = []
        threading.Thread(target=self._accept, daemon=True).start()
        area.on_close(self.stop)

    def _accept(self):
        while True:
            try:
                self._taken.append(self._socket.accept()[0])
            except OSError:
                return

    def stop(self):
        self._socket.close()
        for sock in self._taken:
            sock.close()


_SERVICE = "org.freedesktop.secrets"
_ROOT = "/org/freedesktop/secrets"


class Keyring:
    """A real gnome-keyring on a session bus, its "login" keyring unlocked by password."""

    def __init__(self, bus, home, password="keyring password", unlock=True):
        program = proc.need_program("gnome-keyring-daemon")
        self.bus = bus
        self.home = home
        words = [program, "--foreground", "--components=secrets", f"--control-directory={home.runtime}/keyring"]
        if unlock:
            words.append("--unlock")
        self._process = proc.Process(
            bus.area, "keyring", words, env=home.env(session=bus), stdin=password.encode() if unlock else None
        )
        bus.wait_for_owner(_SERVICE, alive=self._process)
        if unlock:
            # The default collection is the "login" one; it is made on the first unlock.
            proc.wait_for(lambda: self.collection() != "/", "default keyring", alive=self._process)

    @property
    def pid(self):
        return self._process.pid

    def stop(self, number=signal.SIGTERM):
        self._process.stop(number)

    def _service(self, method, arguments=None):
        return self.bus.call(_SERVICE, _ROOT, "org.freedesktop.Secret.Service", method, arguments)

    def collection(self):
        from gi.repository import GLib

        return self._service("ReadAlias", GLib.Variant("(s)", ("default",)))[0]

    def lock(self):
        from gi.repository import GLib

        self._service("Lock", GLib.Variant("(ao)", ([self.collection()],)))

    def _property(self, path, interface, name):
        from gi.repository import GLib

        return self.bus.call(
            _SERVICE, path, "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (interface, name))
        )[0]

    def is_locked(self):
        return self._property(self.collection(), "org.freedesktop.Secret.Collection", "Locked")

    def items(self, **attributes):
        """The items whose attributes have these values: [{"label", "attributes", "secret" (bytes)}]."""
        from gi.repository import GLib

        session = self._service(
            "OpenSession", GLib.Variant("(sv)", ("plain", GLib.Variant("s", "")))
        )[1]
        found = []
        for path in self._property(self.collection(), "org.freedesktop.Secret.Collection", "Items"):
            interface = "org.freedesktop.Secret.Item"
            there = self._property(path, interface, "Attributes")
            if any(there.get(name) != value for name, value in attributes.items()):
                continue
            secret = self.bus.call(
                _SERVICE, path, interface, "GetSecret", GLib.Variant("(o)", (session,))
            )[0]
            found.append(
                {
                    "label": self._property(path, interface, "Label"),
                    "attributes": there,
                    "secret": bytes(secret[2]),
                }
            )
        return found


class FaultyService:
    """Owns a bus name and misbehaves: "silent" never answers, "vanishing" leaves at the first call."""

    def __init__(self, bus, name=_SERVICE, fault="silent"):
        script = pathlib.Path(__file__).with_name("faulty_service.py")
        env = dict(bus.env if bus.env is not None else os.environ)
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        self._process = proc.Process(
            bus.area, f"faulty-{fault}", [sys.executable, script, bus.address, name, fault], env=env
        )
        bus.wait_for_owner(name, alive=self._process)

    def calls(self):
        """The methods that were called, in order."""
        return [line[5:] for line in self._process.output().splitlines() if line.startswith("call ")]

    def stop(self):
        self._process.stop()


_NM = "org.freedesktop.NetworkManager"


class NetworkManager:
    """NetworkManager's interface on a system bus, by python-dbusmock; its states are the test's to set."""

    _PATH = "/org/freedesktop/NetworkManager"

    # Values of NetworkManager's own enumerations.
    STATE = {"asleep": 10, "disconnected": 20, "connecting": 40, "local": 50, "site": 60, "global": 70}
    CONNECTIVITY = {"unknown": 0, "none": 1, "portal": 2, "limited": 3, "full": 4}
    METERED = {"unknown": 0, "yes": 1, "no": 2, "guess-yes": 3, "guess-no": 4}

    def __init__(self, bus, state="global", connectivity="full", metered="no", wifi=None, vpn=None):
        """wifi, vpn: names of active connections of these kinds."""
        try:
            import dbusmock  # noqa: F401: only whether it is there
        except ImportError:
            raise unittest.SkipTest("python3-dbusmock is not installed") from None
        self.bus = bus
        env = dict(bus.env if bus.env is not None else os.environ)
        env["DBUS_SYSTEM_BUS_ADDRESS"] = bus.address
        self._process = proc.Process(
            bus.area, "networkmanager", [sys.executable, "-m", "dbusmock", "--system", "--template", "networkmanager"],
            env=env,
        )  # fmt: skip
        bus.wait_for_owner(_NM, alive=self._process)
        proc.wait_for(self._ready, "NetworkManager mock", alive=self._process)
        if wifi:
            self._wifi(wifi)
        if vpn:
            self._vpn(vpn)
        self.set_state(state)
        self.set_connectivity(connectivity)
        self.set_metered(metered)

    def _mock(self, method, signature="", values=(), path=_PATH):
        from gi.repository import GLib

        arguments = GLib.Variant(signature, values) if signature else None
        return self.bus.call(_NM, path, "org.freedesktop.DBus.Mock", method, arguments)

    def _ready(self):
        from gi.repository import GLib

        try:
            self.bus.call(
                _NM, self._PATH, "org.freedesktop.DBus.Properties", "GetAll",
                GLib.Variant("(s)", (_NM,)),
            )  # fmt: skip
            return True
        except GLib.Error:
            return False

    def _set(self, name, kind, value):
        from gi.repository import GLib

        there = self.bus.call(
            _NM, self._PATH, "org.freedesktop.DBus.Properties", "GetAll", GLib.Variant("(s)", (_NM,))
        )[0]
        new = GLib.Variant(kind, value)
        if name in there:
            self._mock("SetProperty", "(sssv)", (self._PATH, _NM, name, new))
        else:  # the template does not know every property of the real service
            self._mock("AddProperty", "(ssv)", (_NM, name, new))

    def set_state(self, state):
        self._mock("SetGlobalConnectionState", "(u)", (self.STATE[state],))

    def set_connectivity(self, connectivity):
        self._mock("SetConnectivity", "(u)", (self.CONNECTIVITY[connectivity],))

    def set_metered(self, metered):
        self._set("Metered", "u", self.METERED[metered])

    def _wifi(self, name):
        device = self._mock("AddWiFiDevice", "(ssu)", ("wlan0mock", "wlan0", 100))[0]
        point = self._mock(
            "AddAccessPoint", "(ssssuuuyu)", (device, "ap0", name, "00:23:F8:7E:12:BB", 2, 2425, 5400, 82, 0x100)
        )[0]
        connection = self._mock("AddWiFiConnection", "(ssss)", (device, "wifi0", name, ""))[0]
        self._mock("AddActiveConnection", "(assssu)", ([device], connection, point, "active0", 2))
        self._set("PrimaryConnection", "o", f"{self._active()}/active0")
        self._set("PrimaryConnectionType", "s", "802-11-wireless")

    @staticmethod
    def _active():
        return "/org/freedesktop/NetworkManager/ActiveConnection"

    def _vpn(self, name):
        from gi.repository import GLib

        settings = {
            "connection": {
                "id": GLib.Variant("s", name),
                "uuid": GLib.Variant("s", "6b1e7f0c-4a5c-4a5e-9a71-0a3c3b1f0d11"),
                "type": GLib.Variant("s", "vpn"),
            },
            "vpn": {"service-type": GLib.Variant("s", "org.freedesktop.NetworkManager.openvpn")},
        }
        connection = self.bus.call(
            _NM, f"{self._PATH}/Settings", f"{_NM}.Settings", "AddConnection", GLib.Variant("(a{sa{sv}})", (settings,))
        )[0]
        self._mock("AddActiveConnection", "(assssu)", ([], connection, "/", "vpn0", 2))

    def stop(self):
        self._process.stop()
