# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by test_prompts.py: a Secret Service whose keyring is locked, and a person at its question.

prompting_service.py ADDRESS SECONDS ANSWER: the question is on the screen for SECONDS, then it is answered
("unlock"), closed ("dismiss"), or nobody comes ("never"). Prints a line for whatever happens.
"""

import sys

from gi.repository import Gio, GLib

address, seconds, answer = sys.argv[1], float(sys.argv[2]), sys.argv[3]
ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/login"
ALIAS = ROOT + "/aliases/default"
PROMPT = ROOT + "/prompt/p1"
ITEM = COLLECTION + "/1"
XML = """<node>
<interface name="org.freedesktop.Secret.Service">
 <method name="OpenSession"><arg type="s" direction="in"/><arg type="v" direction="in"/>
  <arg type="v" direction="out"/><arg type="o" direction="out"/></method>
 <method name="SearchItems"><arg type="a{ss}" direction="in"/><arg type="ao" direction="out"/>
  <arg type="ao" direction="out"/></method>
 <method name="Unlock"><arg type="ao" direction="in"/><arg type="ao" direction="out"/>
  <arg type="o" direction="out"/></method>
 <method name="ReadAlias"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
 <property name="Collections" type="ao" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Collection">
 <method name="CreateItem"><arg type="a{sv}" direction="in"/><arg type="(oayays)" direction="in"/>
  <arg type="b" direction="in"/><arg type="o" direction="out"/><arg type="o" direction="out"/></method>
 <property name="Items" type="ao" access="read"/><property name="Label" type="s" access="read"/>
 <property name="Locked" type="b" access="read"/><property name="Created" type="t" access="read"/>
 <property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
 <method name="Prompt"><arg type="s" direction="in"/></method><method name="Dismiss"/>
 <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
</interface>
</node>"""

locked = True


def say(*words):
    print(*words, flush=True)


def complete(dismissed):
    global locked
    locked = locked and dismissed
    say("completed", "dismissed" if dismissed else "unlocked")
    connection.emit_signal(
        None, PROMPT, "org.freedesktop.Secret.Prompt", "Completed",
        GLib.Variant("(bv)", (dismissed, GLib.Variant("ao", [] if dismissed else [COLLECTION]))),
    )  # fmt: skip
    return GLib.SOURCE_REMOVE


def on_call(_connection, _sender, _path, _interface, method, arguments, invocation):
    values = arguments.unpack()
    say("call", method)
    if method == "OpenSession":
        if values[0] != "plain":
            invocation.return_dbus_error("org.freedesktop.DBus.Error.NotSupported", "only plain")
            return
        result = GLib.Variant("(vo)", (GLib.Variant("s", ""), ROOT + "/session/s1"))
    elif method == "SearchItems":
        result = GLib.Variant("(aoao)", ([], []))
    elif method == "ReadAlias":
        result = GLib.Variant("(o)", (COLLECTION,))
    elif method == "Unlock":
        result = GLib.Variant("(aoo)", ([], PROMPT) if locked else (values[0], "/"))
    elif method == "CreateItem":
        if locked:
            invocation.return_dbus_error("org.freedesktop.Secret.Error.IsLocked", "locked")
            return
        result = GLib.Variant("(oo)", (ITEM, "/"))
    elif method == "Prompt":
        result = None
        if answer != "never":
            GLib.timeout_add(int(seconds * 1000), complete, answer == "dismiss")
    else:
        result = None
        GLib.idle_add(complete, True)
    invocation.return_value(result)


def on_property(_connection, _sender, _path, _interface, name):
    return {
        "Collections": GLib.Variant("ao", [COLLECTION]),
        "Items": GLib.Variant("ao", []),
        "Label": GLib.Variant("s", "Login"),
        "Locked": GLib.Variant("b", locked),
        "Created": GLib.Variant("t", 0),
        "Modified": GLib.Variant("t", 0),
    }[name]


flags = Gio.DBusConnectionFlags
connection = Gio.DBusConnection.new_for_address_sync(
    address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
)
info = Gio.DBusNodeInfo.new_for_xml(XML)
service, collection, prompt = info.interfaces
for place, interface in ((ROOT, service), (COLLECTION, collection), (ALIAS, collection), (PROMPT, prompt)):
    connection.register_object(place, interface, on_call, on_property, None)
connection.call_sync(
    "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
    GLib.Variant("(su)", ("org.freedesktop.secrets", 0)), None, Gio.DBusCallFlags.NONE, -1, None,
)  # fmt: skip
GLib.MainLoop().run()
