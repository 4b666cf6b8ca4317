# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by bus.FaultyService: owns a name on a bus and treats its callers badly."""

import os
import sys

from gi.repository import Gio, GLib

address, name, fault = sys.argv[1:]
flags = Gio.DBusConnectionFlags
connection = Gio.DBusConnection.new_for_address_sync(
    address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
)


def swallow(_connection, message, incoming, *_):
    """Takes every call before anything could answer it."""
    if not incoming or message.get_message_type() != Gio.DBusMessageType.METHOD_CALL:
        return message
    if message.get_destination() is None:
        return message
    print("call", message.get_member(), flush=True)
    if fault == "vanishing":
        os._exit(0)
    return None


connection.call_sync(
    "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
    GLib.Variant("(su)", (name, 0)), None, Gio.DBusCallFlags.NONE, -1, None,
)  # fmt: skip
connection.add_filter(swallow)
GLib.MainLoop().run()
