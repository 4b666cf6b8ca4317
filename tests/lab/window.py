# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window on a screen that nobody sees, driven the way that a screen reader does it (AT-SPI).

    class Start(unittest.TestCase):
        def test_first_look(self):
            area = proc.Area(self)
            window = Window(area).start()              # X server, message bus, home: all its own
            window.wait("button", "Add Account").click()
            dialog = window.wait("dialog")
            dialog.entry("Mail address").type("jo@example.org")
            window.key("Return")
            window.wait("label", containing="example.org", within=dialog)
            window.close()                             # asks it to close, wants status 0 and no warning

By hand, with the build folder of your choice:

    ./dev exec env MW_APP=$PWD/build/src/app/mailwright python3 tests/lab/run.py [-k PATTERN] tests/app/test_window.py

and to look around: ./dev exec env MW_APP=... python3 tests/lab/window.py [--size 360x720] [--lang de] [--dark]
[--tree] [--shot FILE.png] [--home FOLDER] [--ca-file FILE] [ACTION...], where an action is click:NAME, key:ctrl+n,
type:TEXT, entry:NAME=TEXT or wait:NAME.

Window(area, ...) takes
    home      lab.bus.Home; its own by default
    session   lab.bus.Bus; its own by default. A keyring is a bus.Keyring(session, home) of the test.
    system    lab.bus.Bus with a NetworkManager on it; none by default
    ns        lab.netns.Namespace in which the program runs
    size      (width, height) at the start; resize() changes it later
    lang      "en", "de" or "zh_CN"
    dark      True for the dark style; contrast=True for high contrast
    probe     tests/app/window-probe.c as built: then ask("layout"), ask("stall") and ask("alive") answer, and left() tells
              after the end which objects were left
    args      of the program;  env  more of the environment;  program  another one than the Mailwright under test

A Node is a thing that the screen reader sees. role is the AT-SPI name of the role ("button", "entry", "label", "list
item", "switch", "dialog", ...: print(window.tree()) shows what is there), name the accessible name. Names are compared
whole; containing= looks for a part, in the name, or in the text of a label. Only what is showing counts, unless
showing=False. find() gives a Node or None at once, all() a list, wait() a Node as soon as there is one, gone() waits
until there is none. What does not come in 60 s is an error that has the tree in it, and a picture in $MW_LAB_PICTURES
(a folder; otherwise beside the files of the test, which MW_LAB_KEEP=1 keeps).

Nodes stay good as long as their widget lives; every property asks the program anew.
"""

import argparse
import ctypes
import itertools
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    sys.dont_write_bytecode = True

from lab import bus, proc

_STATES = """invalid active armed busy checked collapsed defunct editable enabled expandable expanded focusable
    focused has-tooltip horizontal iconified modal multi-line multiselectable opaque pressed resizable selectable
    selected sensitive showing single-line stale transient vertical visible manages-descendants indeterminate required
    truncated animated invalid-entry supports-autocompletion selectable-text is-default visited checkable has-popup
    read-only""".split()  # in the order of AtspiStateType
_A11Y = "org.a11y.atspi"
_ROOT = "/org/a11y/atspi/accessible/root"
_LABELLED_BY = 2  # ATSPI_RELATION_LABELLED_BY
_NOWHERE = "/org/a11y/atspi/null"
_SERVICES = pathlib.Path("/usr/share/dbus-1/services")
_LOCALES = {"en": "en_US.UTF-8", "de": "de_DE.UTF-8", "zh_CN": "zh_CN.UTF-8"}
#: Widgets that something happens to when a person clicks on them.
_CLICKS = ("click", "activate", "press", "toggle", "default.activate")


_ROWS = ("list item", "button", "toggle button", "switch", "combo box", "checkbox", "radio", "tab", "menu item", "link")


class Gone(Exception):
    """The widget is no more."""


def program():
    """The mailwright under test: MW_APP, or that of MW_BUILDDIR, or that of build/."""
    path = os.environ.get("MW_APP")
    if not path:
        top = os.environ.get("MW_BUILDDIR") or pathlib.Path(__file__).resolve().parents[2] / "build"
        path = pathlib.Path(top) / "src/app/mailwright"
    path = pathlib.Path(path).absolute()
    if not os.access(path, os.X_OK):
        raise proc.LabError(f"no mailwright at {path}: build it, or say in MW_APP where it is")
    return path


class Screen:
    """An X server without a screen, with a display number that it finds by itself."""

    def __init__(self, area, size=(1600, 1200)):
        xvfb = proc.need_program("Xvfb")
        reading, writing = os.pipe()
        words = [xvfb, "-displayfd", writing, "-screen", "0", f"{size[0]}x{size[1]}x24", "-nolisten", "tcp", "-noreset"]
        # A key that is let go late on a busy machine would be typed twice: no auto-repeat.
        words += ["-dpi", "96", "-nocursor", "-r"]
        try:
            self._process = proc.Process(area, "xvfb", words, pass_fds=(writing,))
        finally:
            os.close(writing)
        number = b""
        with open(reading, "rb", buffering=0) as pipe:
            while not number.endswith(b"\n"):
                byte = pipe.read(1)
                if not byte:
                    raise proc.LabError(f"Xvfb did not start\n{self._process.tail()}")
                number += byte
        self.display = f":{int(number)}"
        self.size = size

    def stop(self):
        self._process.stop()


class _ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),  # the union that Xlib copies is larger
    ]


#: Without it Xlib ends this process when the window is gone already.
_IGNORE_ERRORS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda display, event: 0)


def _ask_to_close(display, xid):
    """What a window manager does when a person closes a window (WM_DELETE_WINDOW)."""
    xlib = ctypes.CDLL("libX11.so.6")
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XInternAtom.restype = ctypes.c_ulong
    xlib.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    xlib.XSendEvent.argtypes = [
        ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.POINTER(_ClientMessage),
    ]  # fmt: skip
    xlib.XCloseDisplay.argtypes = [ctypes.c_void_p]
    xlib.XSetErrorHandler(_IGNORE_ERRORS)
    connection = xlib.XOpenDisplay(display.encode())
    if not connection:
        raise proc.LabError(f"no connection to the display {display}")
    message = _ClientMessage(type=33, window=xid, format=32)
    message.message_type = xlib.XInternAtom(connection, b"WM_PROTOCOLS", 0)
    message.data[0] = xlib.XInternAtom(connection, b"WM_DELETE_WINDOW", 0)
    xlib.XSendEvent(connection, xid, 0, 0, ctypes.byref(message))
    xlib.XCloseDisplay(connection)


class Node:
    """A thing that the screen reader sees. See the top of the file."""

    def __init__(self, window, sender, path, role=None, name=None, states=None, description=None, parent=None):
        self.window = window
        self.sender = sender
        self.path = path
        self.key = (sender, path)
        self.depth = 0
        self._role = role
        self.parent = parent
        #: As they were in the snapshot that this node came from.
        self.seen_name = name
        self.seen_states = states
        self.seen_description = description
        self.seen_text = None

    def __eq__(self, other):
        return isinstance(other, Node) and other.key == self.key

    def __hash__(self):
        return hash(self.key)

    def __repr__(self):
        return f"<{self.role} {self.seen_name!r}>"

    # What it is now

    def call(self, interface, method, arguments=None):
        return self.window.call(self.sender, self.path, f"{_A11Y}.{interface}", method, arguments)

    def _property(self, interface, name):
        from gi.repository import GLib

        arguments = GLib.Variant("(ss)", (f"{_A11Y}.{interface}", name))
        return self.window.call(self.sender, self.path, "org.freedesktop.DBus.Properties", "Get", arguments)[0]

    @property
    def role(self):
        if self._role is None:
            self._role = self.call("Accessible", "GetRoleName")[0]
        return self._role

    @property
    def name(self):
        return self._property("Accessible", "Name")

    @property
    def description(self):
        return self._property("Accessible", "Description")

    @property
    def states(self):
        return _states(self.call("Accessible", "GetState")[0])

    @property
    def interfaces(self):
        return {name.rsplit(".", 1)[1] for name in self.call("Accessible", "GetInterfaces")[0]}

    @property
    def showing(self):
        try:
            return "showing" in self.states
        except Gone:
            return False

    @property
    def sensitive(self):
        return "sensitive" in self.states

    @property
    def checked(self):
        return bool({"checked", "pressed"} & self.states)

    @property
    def focused(self):
        return "focused" in self.states

    @property
    def text(self):
        """What stands in a label or an entry."""
        from gi.repository import GLib

        if "Text" not in self.interfaces:
            return self.name
        return self.call("Text", "GetText", GLib.Variant("(ii)", (0, -1)))[0]

    @property
    def value(self):
        """Of a progress bar, a spin button, a level bar."""
        return self._property("Value", "CurrentValue")

    @property
    def extents(self):
        """(x, y, width, height) in the window."""
        from gi.repository import GLib

        return self.call("Component", "GetExtents", GLib.Variant("(u)", (1,)))[0]

    @property
    def actions(self):
        """The names that the program knows them by; GetActions has the translated ones."""
        from gi.repository import GLib

        if "Action" not in self.interfaces:
            return []
        count = len(self.call("Action", "GetActions")[0])
        return [self.call("Action", "GetName", GLib.Variant("(i)", (number,)))[0] for number in range(count)]

    def relations(self):
        """{number of the relation (AtspiRelationType): [Node]}"""
        found = {}
        for kind, targets in self.call("Accessible", "GetRelationSet")[0]:
            found[kind] = [Node(self.window, *target) for target in targets]
        return found

    # What is in it

    def children(self):
        return [
            Node(self.window, *one, parent=self)
            for one in self.call("Accessible", "GetChildren")[0]
            if one[1] != _NOWHERE
        ]

    def find(self, role=None, name=None, **how):
        return self.window.find(role, name, within=self, **how)

    def all(self, role=None, name=None, **how):
        return self.window.all(role, name, within=self, **how)

    def wait(self, role=None, name=None, **how):
        return self.window.wait(role, name, within=self, **how)

    def entry(self, name):
        return self.window.entry(name, within=self)

    def tree(self):
        return self.window.tree(self)

    def texts(self):
        return self.window.texts(self)

    # What a person can do with it

    def focus(self):
        """Gives it the keyboard, as a person does: an entry by a click into it, anything else by Tab."""
        if not self._has_keyboard():
            if "editable" in self.states:
                self.mouse()
                self.window.wait_until(self._has_keyboard, f"focus in {self!r}")
            else:
                self.window.tab_to(self)
        return self

    def do(self, action):
        """One of actions, by its name."""
        from gi.repository import GLib

        names = self.actions
        if action not in names:
            raise AssertionError(f"{self!r} has no action {action!r} but {names}")
        self.call("Action", "DoAction", GLib.Variant("(i)", (names.index(action),)))
        return self

    def click(self):
        """What a click does: by the accessible action where it has one (or the part of it that has its name), else by
        the mouse."""
        if not self.sensitive:
            raise AssertionError(f"{self!r} is not sensitive")
        for node in self.window.nodes(self):
            if node == self or node.seen_name == self.name and node.role in ("toggle button", "button", "switch"):
                for action in _CLICKS:
                    if action in node.actions:
                        node.do(action)
                        return self
        return self.mouse()

    def visible_extents(self):
        """The part of extents that no scrolled ancestor hides: (x, y, width, height), or None."""
        left, top, width, height = self.extents
        right, bottom = left + width, top + height
        node = self.parent or Node(self.window, *self._property("Accessible", "Parent"))
        while node.path != _NOWHERE and node.role not in ("application", "window", "dialog", "frame"):
            x, y, width, height = node.extents
            if width > 0 and height > 0:
                left, top = max(left, x), max(top, y)
                right, bottom = min(right, x + width), min(bottom, y + height)
            node = node.parent or Node(self.window, *node._property("Accessible", "Parent"))
        right, bottom = min(right, self.window.geometry()[0]), min(bottom, self.window.geometry()[1])
        left, top = max(left, 0), max(top, 0)
        return (left, top, right - left, bottom - top) if right > left and bottom > top else None

    def scroll_to(self):
        """Turns the mouse wheel until its middle can be seen."""

        def middle():
            x, y, width, height = self.extents
            return x + width // 2, y + height // 2

        for _ in range(200):
            x, y = middle()
            seen = self.visible_extents()
            if seen and seen[0] < x < seen[0] + seen[2] and seen[1] + 3 <= y <= seen[1] + seen[3] - 3:
                return self
            # Over whatever hides it: the nearest ancestor that does not have it inside.
            node = self.parent or Node(self.window, *self._property("Accessible", "Parent"))
            while True:
                left, top, width, height = node.extents
                if height > 0 and not top <= y <= top + height or node.role in ("window", "dialog", "application"):
                    break
                node = node.parent or Node(self.window, *node._property("Accessible", "Parent"))
            seen = node.visible_extents() or (0, 0, *self.window.geometry())
            self.window.wheel(seen[0] + seen[2] // 2, seen[1] + seen[3] // 2, down=y > top + height // 2)
        raise AssertionError(f"{self!r} cannot be scrolled to\n{self.window.report()}")

    def mouse(self, button=1):
        """A real click with the mouse in its middle, scrolled to if need be."""
        while True:
            self.scroll_to()
            place = self.extents
            self.window.settle()
            if self.extents == place:  # else it still moves
                break
        x, y, width, height = place
        self.window.point(x + width // 2, y + height // 2)
        self.window.xdotool("click", str(button))
        self.window.settle()
        return self

    def set_text(self, text):
        """Puts text into an entry at once (any characters)."""
        from gi.repository import GLib

        if not self.call("EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]:
            raise AssertionError(f"{self!r} takes no text")
        return self

    def type(self, text):
        """Types text (ASCII only) with the keyboard into an entry, in place of what is there."""
        self.focus()
        self.window.key("ctrl+a", "BackSpace")
        if text:
            self.window.type(text)
        return self

    def _has_keyboard(self):
        # The focus of a composite (an entry row) is with a part of it.
        return self.focused or any("focused" in node.seen_states for node in self.window.nodes(self))

    def wait_for_text(self, text, what=None):
        return self.window.wait_until(lambda: text in self.text, what or f"{text!r} in {self!r}")


def _states(words):
    bits = words[0] | (words[1] << 32 if len(words) > 1 else 0)
    return {name for number, name in enumerate(_STATES) if bits >> number & 1}


class Window:
    def __init__(
        self,
        area,
        *,
        home=None,
        session=None,
        system=None,
        ns=None,
        size=(1000, 720),
        lang="en",
        dark=False,
        contrast=False,
        large=False,
        mirrored=False,
        args=(),
        env=None,
        program=None,
        screen=None,
        probe=None,
    ):
        try:
            import gi  # noqa: F401: only whether it is there
        except ImportError:
            raise unittest.SkipTest("python3-gi is not installed") from None
        proc.need_program("xdotool", "import")
        self.area = area
        self.program = pathlib.Path(program) if program else _default_program()
        self.home = home or bus.Home(area, "home")
        self.ns = ns
        self.args = [str(word) for word in args]
        self.size = size
        self.lang = lang
        self.large = large
        self.mirrored = mirrored
        self.screen = screen or Screen(area)
        self.session = session or bus.Bus(area, env=self._environment(None))
        self.system = system
        self.process = None
        self.xid = None
        self._said = []
        self._signals = None
        self._a11y = None
        more = {
            "ADW_DEBUG_COLOR_SCHEME": "prefer-dark" if dark else "prefer-light",
            "ADW_DEBUG_HIGH_CONTRAST": "1" if contrast else "0",
            **(env or {}),
        }
        self._probe = None
        if probe:
            self._probe = area.folder("probe") / "socket"
            more.update(LD_PRELOAD=probe, MW_PROBE=self._probe, MW_PROBE_END=self._probe.with_name("end"))
        self.env = self._environment(self.session, **more)
        self._connect()

    # Starting and ending

    def _environment(self, session, **more):
        locale = _LOCALES[self.lang]
        found = {
            "DISPLAY": self.screen.display,
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GTK_A11Y": "atspi",
            "ADW_DISABLE_PORTAL": "1",
            "GDK_DEBUG": "no-portals",
            "GSETTINGS_BACKEND": "keyfile",
            "LANG": locale,
            "LC_ALL": locale,
            "LANGUAGE": self.lang,
            "NO_AT_BRIDGE": "0",
            "GVFS_DISABLE_FUSE": "1",
        }
        if self.mirrored:
            found.update(self._hebrew())
        schemas = self.program.parents[2] / "data" if len(self.program.parents) > 2 else None
        if schemas and (schemas / "gschemas.compiled").exists():
            found["GSETTINGS_SCHEMA_DIR"] = str(schemas)
        found.update({name: str(value) for name, value in more.items()})
        return self.home.env(session=session, system=getattr(self, "system", None), **found)

    def _hebrew(self):
        """GTK takes the direction from the locale's script. The words stay those of the language."""
        folder = self.area.path / "locale"
        if not folder.exists():
            proc.need_program("localedef")
            folder.mkdir()
            subprocess.run(["localedef", "-i", "he_IL", "-f", "UTF-8", folder / "he_IL.UTF-8"], check=True)
        return {"LOCPATH": str(folder), "LANG": "he_IL.UTF-8", "LC_ALL": "he_IL.UTF-8"}

    def _connect(self):
        """Starts the accessibility bus beside the session bus, and listens to it."""
        from gi.repository import Gio, GLib

        if not self.session.owner("org.a11y.Bus"):
            service = _SERVICES / "org.a11y.Bus.service"
            if not service.exists():
                raise unittest.SkipTest("at-spi2-core is not installed")
            words = shlex.split(re.search(r"(?m)^Exec=(.*)$", service.read_text())[1])
            for attempt in range(3):
                launcher = proc.Process(self.area, "at-spi", [*words, "--launch-immediately"], env=self.env)
                try:
                    self.session.wait_for_owner("org.a11y.Bus", alive=launcher)
                    break
                except proc.LabError:
                    # On a busy machine it was seen to end at once: "Failed to connect to session bus"
                    if attempt == 2 or not launcher.finished():
                        raise
        address = self.session.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")[0]
        flags = Gio.DBusConnectionFlags
        self._a11y = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
        )
        self._a11y.set_exit_on_close(False)
        self._a11y.signal_subscribe(
            None, f"{_A11Y}.Event.Object", "Announcement", None, None, Gio.DBusSignalFlags.NONE, self._on_announcement, None
        )
        # Starts the registry; listeners are what makes toolkits send events at all.
        self._a11y.call_sync(
            f"{_A11Y}.Registry", "/org/a11y/atspi/registry", f"{_A11Y}.Registry", "RegisterEvent",
            GLib.Variant("(sass)", ("object:announcement", [], "")), None, Gio.DBusCallFlags.NONE, 60000, None,
        )  # fmt: skip

    def _on_announcement(self, connection, sender, path, interface, signal_name, parameters, *_):
        values = parameters.unpack()
        self._said.append(values[3] if isinstance(values[3], str) else str(values[3]))

    def announcements(self):
        """What was said to screen readers so far, in order."""
        from gi.repository import GLib

        while GLib.MainContext.default().iteration(False):
            pass
        return list(self._said)

    def start(self, wait=True):
        """Starts the program and waits until its window is there."""
        config = self.home.config / "gtk-4.0"
        config.mkdir(exist_ok=True)
        settings = config / "settings.ini"
        if not settings.exists():
            settings.write_text(
                # GNOME's "Large Text" is a quarter larger
                f"[Settings]\ngtk-font-name=Inter {13.75 if self.large else 11}\ngtk-enable-animations=false\ngtk-cursor-blink=false\n"
                "gtk-decoration-layout=:close\n"  # GNOME's own
            )
        style = config / "gtk.css"
        if not style.exists():
            # On a screen without a compositor windows have a rim of 5 pixels in place of a shadow.
            style.write_text("window.solid-csd { margin: 0; padding: 0; border: none; box-shadow: none; }\n")
        self._write_size()
        env = dict(self.env)
        env.setdefault("G_DEBUG", "fatal-criticals")
        self.process = proc.Process(
            self.area, "window", [self.program, *self.args], env=env, ns=self.ns, cwd=self.home.path
        )
        if wait:
            self.wait_for_window()
        return self

    def _write_size(self):
        """The size that the program finds in its own settings."""
        path = self.home.config / "glib-2.0/settings/keyfile"
        if self.env["GSETTINGS_BACKEND"] != "keyfile" or path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"[io/github/mailwright/Mailwright]\nwindow-width={self.size[0]}\nwindow-height={self.size[1]}\n"
        )

    def settings(self, **values):
        """Writes settings of the program before its start: settings(last_page="'export'") (GVariant texts)."""
        self._write_size()
        path = self.home.config / "glib-2.0/settings/keyfile"
        with open(path, "a", encoding="utf-8") as file:
            for name, value in values.items():
                file.write(f"{name.replace('_', '-')}={value}\n")

    def wait_for_window(self):
        self.xid = proc.wait_for(self._find_window, "the program's window", alive=self.process)
        self.wait_until(lambda: self.application() is not None, "the program on the accessibility bus")
        self.focus_window()
        return self

    def _find_window(self):
        words = ["--pid", str(self.process.pid)]
        if getattr(self.ns, "hides_pid", False):
            words = ["--name", "^Mailwright$"]
        found = self._xdotool("search", "--onlyvisible", *words, check=False)
        best, area = None, 0
        for line in found.split():
            width, height = self._geometry(line)[2:]
            if width * height > area:
                best, area = line, width * height
        return best if area > 10000 else None

    def _geometry(self, xid):
        words = dict(
            line.split("=", 1)
            for line in self._xdotool("getwindowgeometry", "--shell", xid, check=False).split()
            if "=" in line
        )
        return tuple(int(words.get(name, 0)) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def origin(self):
        return self._geometry(self.xid)[:2]

    def geometry(self):
        """(width, height) as the X server has it."""
        return self._geometry(self.xid)[2:]

    def focus_window(self):
        """There is no window manager: the keyboard is given by hand."""
        if self.xid:
            self._xdotool("windowfocus", self.xid, check=False)

    def alive(self):
        return self.process is not None and not self.process.finished()

    def close(self, complaints=()):
        """Asks the window to close (an open dialog would take that for itself). The program must end with 0, with no warning but those that match complaints."""
        if self.alive():
            self.ask_to_close()
            self.wait_end()
        if self.process.returncode != 0:
            raise AssertionError(f"the program ended with {self.process.returncode}\n{self.process.tail(60)}")
        found = self.complaints(complaints)
        if found:
            raise AssertionError("the program complained:\n" + "\n".join(found))

    def ask_to_close(self):
        """Like a click on the window manager's cross; the program may have something to ask first."""
        _ask_to_close(self.screen.display, int(self.xid))

    def wait_end(self):
        try:
            self.process.wait(proc.PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not end\n{self.report()}") from None
        return self.process.returncode

    def stop(self, number=signal.SIGTERM):
        if self.process:
            self.process.stop(number)

    def complaints(self, allowed=()):
        """Warnings and worse in what the program printed."""
        lines = re.findall(r"(?m)^.*(?:WARNING|CRITICAL|ERROR) \*\*.*$|^.*(?:-WARNING|-CRITICAL|-ERROR).*$|^.*Sanitizer.*$", self.process.output())
        return [line for line in lines if not any(re.search(pattern, line) for pattern in allowed)]

    # What the probe in the program knows

    def ask(self, question):
        """Asks the probe; see tests/app/window-probe.c for its questions."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(proc.PATIENCE)
            sock.connect(str(self._probe))
            sock.sendall(question.encode() + b"\n")
            return json.loads(b"".join(iter(lambda: sock.recv(65536), b"")))

    def left(self):
        """{type: number} of our own objects that were still there when the program had ended."""
        return json.loads(self._probe.with_name("end").read_text())

    # The tree

    def call(self, sender, path, interface, method, arguments=None):
        from gi.repository import Gio, GLib

        try:
            answer = self._a11y.call_sync(
                sender, path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START, 60000, None
            )
        except GLib.Error as error:
            if self.process is not None and self.process.finished():
                raise proc.LabError(f"the program ended with {self.process.returncode}\n{self.process.tail(60)}") from None
            raise Gone(f"{interface}.{method}: {error.message}") from None
        return answer.unpack()

    def application(self):
        """The program's own root, or None while it is not there yet."""
        try:
            children = self.call(f"{_A11Y}.Registry", _ROOT, f"{_A11Y}.Accessible", "GetChildren")[0]
        except Gone:
            return None
        for sender, path in children:
            if self._pid(sender) == self.process.pid:
                return Node(self, sender, path, role="application")
        return None

    def _pid(self, sender):
        from gi.repository import GLib

        try:
            return self.call(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                GLib.Variant("(s)", (sender,)),
            )[0]  # fmt: skip
        except Gone:
            return None

    def nodes(self, within=None, showing=True):
        """All nodes, in the order of the tree, as they are now; hidden ones are left out with all below them."""
        from gi.repository import Gio, GLib

        root = within or self.application()
        if root is None:
            return []
        pending = 0
        kids = {}
        loop = GLib.MainLoop()

        def ask(node, interface, method, arguments, take):
            nonlocal pending

            def done(connection, result):
                nonlocal pending
                try:
                    take(connection.call_finish(result).unpack())
                except GLib.Error:
                    pass  # gone meanwhile
                pending -= 1
                if pending == 0:
                    loop.quit()

            pending += 1
            self._a11y.call(
                node.sender, node.path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START, 60000,
                None, done,
            )  # fmt: skip

        def visit(node):
            def take_properties(answer):
                node.seen_name = answer[0].get("Name", "")
                node.seen_description = answer[0].get("Description", "")

            def take_role(answer):
                node._role = answer[0]
                if node._role in ("label", "entry", "text", "password text", "paragraph", "static", "heading"):
                    ask(node, f"{_A11Y}.Text", "GetText", GLib.Variant("(ii)", (0, -1)), take_text)

            def take_text(answer):
                node.seen_text = answer[0]

            def take_relations(answer):
                for kind, targets in answer[0]:
                    if kind == _LABELLED_BY:
                        for sender, path in targets:
                            label = Node(self, sender, path)
                            ask(label, f"{_A11Y}.Text", "GetText", GLib.Variant("(ii)", (0, -1)), take_label)

            def take_label(answer):
                node.seen_name = f"{node.seen_name} {answer[0]}".strip()

            def take_states(answer):
                node.seen_states = _states(answer[0])
                # The name of a menu's item comes by way of a label that is no part of the tree (as of GTK 4.18).
                if not node.seen_name and "focusable" in node.seen_states:
                    ask(node, f"{_A11Y}.Accessible", "GetRelationSet", None, take_relations)
                if not showing or node is root or node._role == "application" or "showing" in node.seen_states:
                    ask(node, f"{_A11Y}.Accessible", "GetChildren", None, take_children)

            def take_children(answer):
                kids[node] = []
                for sender, path in answer[0]:
                    if path != _NOWHERE:
                        child = Node(self, sender, path, parent=node)
                        child.depth = node.depth + 1
                        kids[node].append(child)
                        visit(child)

            interface = GLib.Variant("(s)", (f"{_A11Y}.Accessible",))
            ask(node, "org.freedesktop.DBus.Properties", "GetAll", interface, take_properties)
            ask(node, f"{_A11Y}.Accessible", "GetRoleName", None, take_role)
            ask(node, f"{_A11Y}.Accessible", "GetState", None, take_states)

        root.depth = 0
        visit(root)
        loop.run()
        found = []

        def gather(node):
            if node.seen_states is None or node.seen_name is None or node._role is None:
                return  # gone while we looked
            if not showing or node is root or "showing" in node.seen_states:
                found.append(node)
                for child in kids.get(node, []):
                    gather(child)

        gather(root)
        return found

    @staticmethod
    def _matches(node, role, name, containing, sensitive):
        if role is not None and node.role != role:
            return False
        if name is not None and node.seen_name != name and not (node.role == "label" and node.seen_text == name):
            return False
        if containing is not None and containing not in node.seen_name and containing not in (node.seen_text or ""):
            return False
        if sensitive is not None and ("sensitive" in node.seen_states) != sensitive:
            return False
        return True

    def all(self, role=None, name=None, *, containing=None, within=None, showing=True, sensitive=None):
        return [
            node
            for node in self.nodes(within, showing)
            if self._matches(node, role, name, containing, sensitive) and node is not within
        ]

    def find(self, role=None, name=None, **how):
        return next(iter(self.all(role, name, **how)), None)

    def wait(self, role=None, name=None, seconds=proc.PATIENCE, **how):
        what = " ".join(f"{key}={value!r}" for key, value in {"role": role, "name": name, **how}.items() if value is not None)
        return self.wait_until(lambda: self.find(role, name, **how), what, seconds)

    def gone(self, role=None, name=None, seconds=proc.PATIENCE, **how):
        return self.wait_until(lambda: self.find(role, name, **how) is None, f"the end of {role} {name}", seconds)

    def wait_until(self, ready, what, seconds=proc.PATIENCE):
        """Waits until ready() is true; the error tells what was on the screen instead."""

        def look():
            try:
                return ready()
            except Gone:
                return None

        try:
            return proc.wait_for(look, what, seconds, alive=self.process)
        except proc.LabError as error:
            raise AssertionError(f"{error}\n{self.report()}") from None

    def entry(self, name, within=None):
        """The text field that has this name or belongs to the row of this name."""

        def look():
            for node in self.nodes(within):
                if node.seen_name == name and "editable" in node.seen_states:
                    return node
            for row in self.nodes(within):
                if row.seen_name == name and row is not within:
                    for node in self.nodes(row):
                        if "editable" in node.seen_states:
                            return node
            return None

        return self.wait_until(look, f"an entry {name!r}")

    def row(self, text, within=None, role=None):
        """The row (or button) in which a label says text: what a person would click on. role narrows it down."""

        def says(node, whole):
            if whole:
                return text in (node.seen_name, node.seen_text)
            return node.role == "label" and text in (node.seen_text or "")

        def look():
            nodes = self.nodes(within)
            for node in [node for whole in (True, False) for node in nodes if says(node, whole)]:
                while node is not None and node is not within:
                    if (node.role == role if role else node.role in _ROWS) and "focusable" in node.seen_states:
                        return node
                    node = node.parent
            return None

        return self.wait_until(look, f"a row {text!r}")

    def choose(self, name, value, within=None):
        """Takes a value of a drop-down list (a combo row): opens it and goes there with the keyboard."""
        row = self.row(name, within, "combo box")
        row.mouse()
        self.wait_until(lambda: self._focused_in(row) and row.find("label", value), f"{value!r} in the list of {name!r}")
        self._go_to(lambda: self._focused_in(row), value)
        self.key("Return")
        return row

    def menu(self, button, item, within=None):
        """Opens a menu by the name of its button, and takes an item of it."""
        (self.wait(name=button, within=within) if isinstance(button, str) else button).click()
        self.wait("menu item", item).click()

    def _focused_in(self, node):
        found = [one for one in self.nodes(node) if "focused" in one.seen_states and one != node]
        return found[-1] if found else None

    def _go_to(self, focused, text):
        """Presses Down, and at the end Up, until what has the keyboard says text."""
        seen = set()
        key = "Down"
        for _ in range(200):
            node = focused()
            if node is not None:
                if text in (node.seen_name, *(one.seen_text or one.seen_name for one in self.nodes(node))):
                    return
                if node in seen:
                    key = "Up" if key == "Down" else "Down"
                    seen.clear()
                seen.add(node)
            self.key(key)
        raise AssertionError(f"no way to {text!r}\n{self.report()}")

    def texts(self, within=None):
        """Every text that is showing, in the order of the tree, each once where it is repeated right away."""
        found = []
        for node in self.nodes(within):
            for text in (node.seen_text, node.seen_name, node.seen_description):
                if text and (not found or found[-1] != text):
                    found.append(text)
        return found

    def wait_for_text(self, text, within=None):
        """Waits until some showing label, name or entry has text in it."""
        return self.wait(containing=text, within=within)

    def focused(self):
        """The node with the keyboard, the innermost one."""
        found = [node for node in self.nodes() if "focused" in node.seen_states]
        return found[-1] if found else None

    def tree(self, within=None, showing=True):
        lines = []
        interesting = ("focused", "checked", "pressed", "selected", "expanded", "active", "modal", "busy")
        for node in self.nodes(within, showing):
            words = [state for state in interesting if state in node.seen_states]
            words += [] if "sensitive" in node.seen_states else ["insensitive"]
            line = "  " * node.depth + f"{node.role} {node.seen_name!r}"
            if node.seen_text is not None and node.seen_text != node.seen_name:
                line += f" text={node.seen_text!r}"
            if node.seen_description:
                line += f" ({node.seen_description})"
            lines.append(line + (f" [{' '.join(words)}]" if words else ""))
        return "\n".join(lines)

    def report(self):
        """What a person who was not there would want to see."""
        words = []
        try:
            folder = os.environ.get("MW_LAB_PICTURES")
            folder = pathlib.Path(folder) if folder else self.area.path
            for number in itertools.count(1):
                path = folder / f"window-{os.getpid()}-{number}.png"
                if not path.exists():
                    break
            self.screenshot(path)
            words.append(f"picture: {path}")
            words.append(self.tree())
        except Exception as error:  # the report must not hide what it is about
            words.append(f"({error})")
        if self.process is not None:
            words.append(f"the program said:\n{self.process.tail()}")
        return "\n".join(words)

    # Keyboard, mouse, eyes

    def _xdotool(self, *words, check=True, stdin=None):
        result = subprocess.run(
            ["xdotool", *words], env=self.env, capture_output=True, text=True, input=stdin, timeout=120
        )
        if check and result.returncode != 0:
            raise proc.LabError(f"xdotool {' '.join(words)}: {result.stderr.strip()}")
        return result.stdout

    def xdotool(self, *words):
        return self._xdotool(*words)

    def key(self, *names):
        """Presses keys one after the other: key("ctrl+r"), key("Tab", "Return")."""
        self._xdotool("key", "--clearmodifiers", "--delay", "5", *names)
        self.settle()

    def type(self, text):
        """Types text (ASCII) into whatever has the keyboard."""
        self._xdotool("type", "--clearmodifiers", "--delay", "5", "--file", "-", stdin=text)
        self.settle()

    def tab_to(self, node, key="Tab", limit=300):
        """Presses Tab until node (a Node, or its name) or a part of it has the keyboard."""

        def there():
            if isinstance(node, Node):
                return node._has_keyboard()
            place = self.focused()
            while place is not None:
                if place.seen_name == node:
                    return True
                place = place.parent
            return False

        for _ in range(limit):
            if there():
                return self.focused()
            self.key(key)
        raise AssertionError(f"{limit} times {key} does not lead to {node!r}\n{self.report()}")

    def point(self, x, y):
        """Moves the mouse to a place in the window."""
        left, top = self.origin()
        self._xdotool("mousemove", str(left + x), str(top + y))

    def wheel(self, x, y, down=True):
        self.point(x, y)
        self._xdotool("click", "5" if down else "4")
        self.settle()

    def settle(self):
        """Waits until the program has worked off what was sent to it so far.

        An answer on the accessibility bus comes from the same loop that takes the events of the X server; two of
        them, one after the other, have the events between them.
        """
        for _ in range(2):
            root = self.application() if self.alive() else None
            if root is None:
                return
            try:
                root.call("Accessible", "GetState")
            except (Gone, proc.LabError):
                return  # the key has closed it

    def resize(self, width, height):
        """Makes the window this large (there is no window manager that could refuse)."""
        self._xdotool("windowsize", "--sync", self.xid, str(width), str(height), check=False)
        self.wait_until(lambda: self.geometry() == (width, height), f"a window of {width}x{height}")
        self.settle()

    def screenshot(self, path):
        """A picture (PNG) of the window with its menus, or of the whole screen when there is no window."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        words = ["import", "-silent", "-display", self.screen.display, "-window", "root"]
        if self.xid:
            x, y, width, height = self._geometry(self.xid)
            if width and height:
                words += ["-crop", f"{width}x{height}+{max(x, 0)}+{max(y, 0)}", "+repage"]
        subprocess.run([*words, str(path)], env=self.env, check=True, capture_output=True, timeout=120)
        return path


def _default_program():
    return program()


def main():
    parser = argparse.ArgumentParser(description="Looks at the window by hand.")
    parser.add_argument("--size", default="1000x720")
    parser.add_argument("--lang", default="en", choices=sorted(_LOCALES))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--contrast", action="store_true")
    parser.add_argument("--home", type=pathlib.Path, help="a home folder to copy, with accounts in .config/mailwright")
    parser.add_argument("--keyring", action="store_true", help="with an unlocked keyring")
    parser.add_argument("--tree", action="store_true", help="print what is there at the end")
    parser.add_argument("--shot", help="take a picture at the end")
    parser.add_argument("--program")
    parser.add_argument("--arg", action="append", default=[], help="an argument of the program")
    parser.add_argument("actions", nargs="*")
    options = parser.parse_args()
    proc.become_reaper()
    status = 0
    with proc.Area() as area:
        try:
            home = bus.Home(area, "home")
            if options.home:
                shutil.copytree(options.home, home.path, dirs_exist_ok=True)
            size = tuple(map(int, options.size.split("x")))
            window = Window(
                area, home=home, size=size, lang=options.lang, dark=options.dark, contrast=options.contrast,
                args=options.arg, program=options.program,
            )  # fmt: skip
            if options.keyring:
                bus.Keyring(window.session, home)
            window.start()
            if window.geometry() != size:
                window.resize(*size)
            for action in options.actions:
                verb, _, rest = action.partition(":")
                if verb == "click":
                    window.wait(name=rest).click()
                elif verb == "key":
                    window.key(rest)
                elif verb == "type":
                    window.type(rest)
                elif verb == "wait":
                    window.wait_for_text(rest)
                elif verb == "entry":
                    name, _, text = rest.partition("=")
                    window.entry(name).set_text(text)
                elif verb == "shot":
                    window.screenshot(rest)
                else:
                    parser.error(f"no action {verb!r}")
            if options.tree:
                print(window.tree())
            if options.shot:
                window.screenshot(options.shot)
                print(options.shot)
            window.close()
        except (AssertionError, proc.LabError) as error:
            print(error, file=sys.stderr)
            status = 1
    proc.reap_all()
    return status


if __name__ == "__main__":
    sys.exit(main())
