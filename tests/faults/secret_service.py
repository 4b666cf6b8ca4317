# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by test_services.py: a Secret Service that works, but for what it is told to do wrong.

secret_service.py ADDRESS FAULT METHOD SECONDS: at the method METHOD it answers SECONDS late ("late"), never
("silent"), is gone ("vanish"), or gives an error ("error"); "no-default" is one without a default keyring, and
"dismiss" one whose every question is closed at once. "none" does nothing wrong. Prints a line for whatever happens.
"""

import os
import sys

from gi.repository import Gio, GLib

address, fault, where, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/login"
PROMPT = ROOT + "/prompt/p1"
NAME = "org.freedesktop.Secret"
XML = """<node>
<interface name="org.freedesktop.Secret.Service">
 <method name="OpenSession"><arg type="s" direction="in"/><arg type="v" direction="in"/>
  <arg type="v" direction="out"/><arg type="o" direction="out"/></method>
 <method name="SearchItems"><arg type="a{ss}" direction="in"/><arg type="ao" direction="out"/>
  <arg type="ao" direction="out"/></method>
 <method name="Unlock"><arg type="ao" direction="in"/><arg type="ao" direction="out"/>
  <arg type="o" direction="out"/></method>
 <method name="ReadAlias"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
 <method name="CreateCollection"><arg type="a{sv}" direction="in"/><arg type="s" direction="in"/>
  <arg type="o" direction="out"/><arg type="o" direction="out"/></method>
 <method name="GetSecrets"><arg type="ao" direction="in"/><arg type="o" direction="in"/>
  <arg type="a{o(oayays)}" direction="out"/></method>
 <property name="Collections" type="ao" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Collection">
 <method name="CreateItem"><arg type="a{sv}" direction="in"/><arg type="(oayays)" direction="in"/>
  <arg type="b" direction="in"/><arg type="o" direction="out"/><arg type="o" direction="out"/></method>
 <property name="Items" type="ao" access="read"/><property name="Label" type="s" access="read"/>
 <property name="Locked" type="b" access="read"/><property name="Created" type="t" access="read"/>
 <property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Item">
 <method name="GetSecret"><arg type="o" direction="in"/><arg type="(oayays)" direction="out"/></method>
 <method name="SetSecret"><arg type="(oayays)" direction="in"/></method>
 <method name="Delete"><arg type="o" direction="out"/></method>
 <property name="Attributes" type="a{ss}" access="read"/><property name="Label" type="s" access="read"/>
 <property name="Locked" type="b" access="read"/><property name="Created" type="t" access="read"/>
 <property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
 <method name="Prompt"><arg type="s" direction="in"/></method><method name="Dismiss"/>
 <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
</interface>
</node>"""

items = {}  # path: [attributes, label, secret]
flags = Gio.DBusConnectionFlags
connection = Gio.DBusConnection.new_for_address_sync(
    address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
)
info = Gio.DBusNodeInfo.new_for_xml(XML)
service, collection, item, prompt = info.interfaces


def say(*words):
    print(*words, flush=True)


def secret_of(path, session):
    return (session, b"", items[path][2], "text/plain")


def complete():
    say("completed dismissed")
    connection.emit_signal(
        None, PROMPT, NAME + ".Prompt", "Completed", GLib.Variant("(bv)", (True, GLib.Variant("o", "/") if fault == "no-default" else GLib.Variant("ao", [])))
    )
    return GLib.SOURCE_REMOVE


def answer(path, method, values):
    ask = fault == "dismiss"
    if method == "OpenSession":
        return GLib.Variant("(vo)", (GLib.Variant("s", ""), ROOT + "/session/s1"))
    if method == "SearchItems":
        found = [one for one, (there, _, _) in items.items() if values[0].items() <= there.items()]
        return GLib.Variant("(aoao)", (found, []))
    if method == "ReadAlias":
        return GLib.Variant("(o)", ("/" if fault == "no-default" else COLLECTION,))
    if method == "CreateCollection":
        return GLib.Variant("(oo)", ("/", PROMPT))
    if method == "Unlock":
        return GLib.Variant("(aoo)", ([], PROMPT) if ask else (values[0], "/"))
    if method == "GetSecrets":
        return GLib.Variant("(a{o(oayays)})", ({one: secret_of(one, values[1]) for one in values[0]},))
    if method == "CreateItem":
        made = f"{COLLECTION}/{len(items) + 1}"
        properties, secret = values[0], values[1]
        items[made] = [properties[NAME + ".Item.Attributes"], properties[NAME + ".Item.Label"], bytes(secret[2])]
        connection.register_object(made, item, on_call, on_property, None)
        return GLib.Variant("(oo)", (made, "/"))
    if method == "GetSecret":
        return GLib.Variant("((oayays))", (secret_of(path, values[0]),))
    if method == "SetSecret":
        items[path][2] = bytes(values[0][2])
    elif method == "Delete":
        del items[path]
        return GLib.Variant("(o)", ("/",))
    elif method in ("Prompt", "Dismiss"):
        GLib.idle_add(complete)
    return None


def on_call(_connection, _sender, path, _interface, method, arguments, invocation):
    values = arguments.unpack()
    say("call", method)
    if method == "OpenSession" and values[0] != "plain":
        invocation.return_dbus_error("org.freedesktop.DBus.Error.NotSupported", "only plain")
        return
    if method == where:
        say("fault", method)
        if fault == "vanish":
            os._exit(0)
        if fault == "error":
            invocation.return_dbus_error("org.freedesktop.DBus.Error.Failed", "broken")
            return
        if fault == "silent":
            return
        if fault == "late":

            def late():
                say("answered", method)
                invocation.return_value(answer(path, method, values))
                return GLib.SOURCE_REMOVE

            GLib.timeout_add(int(seconds * 1000), late)
            return
    invocation.return_value(answer(path, method, values))


def on_property(_connection, _sender, path, _interface, name):
    return {
        "Collections": GLib.Variant("ao", [] if fault == "no-default" else [COLLECTION]),
        "Items": GLib.Variant("ao", list(items)),
        "Attributes": GLib.Variant("a{ss}", items[path][0] if path in items else {}),
        "Label": GLib.Variant("s", items[path][1] if path in items else "Login"),
        "Locked": GLib.Variant("b", fault == "dismiss"),
        "Created": GLib.Variant("t", 0),
        "Modified": GLib.Variant("t", 0),
    }[name]


places = [(ROOT, service), (PROMPT, prompt)]
if fault != "no-default":
    places += [(COLLECTION, collection), (ROOT + "/aliases/default", collection)]
for place, interface in places:
    connection.register_object(place, interface, on_call, on_property, None)
connection.call_sync(
    "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
    GLib.Variant("(su)", ("org.freedesktop.secrets", 0)), None, Gio.DBusCallFlags.NONE, -1, None,
)  # fmt: skip
GLib.MainLoop().run()
