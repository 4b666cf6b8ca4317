# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli network, told by NetworkManager's interface (python-dbusmock), by the kernel, and by nobody."""

import json
import time
import unittest

from lab import bus, cli, netns
from support import Desk

SOON = 20.0


class Network(Desk):
    def network(self, ns=None, **manager):
        system = bus.Bus(self.area, "system", env=self.env)
        self.manager = bus.NetworkManager(system, **manager)
        result = self.run_cli("network", "--json", env=self.home.env(system=system), ns=ns)
        self.assertEqual(result.status, cli.FINE, result)
        self.system = system
        return result.json, result

    def test_connected(self):
        value, result = self.network(wifi="Home & Garden")
        self.assertEqual(value["state"], "online", result)
        self.assertEqual(value["source"], "networkmanager", result)
        self.assertIn("Home & Garden", json.dumps(value))

    def test_not_connected(self):
        ns = netns.Namespace(self.area)  # without a default route, which would speak against it
        for state in ("disconnected", "asleep"):
            with self.subTest(state=state):
                value, result = self.network(ns, state=state, connectivity="none")
                self.assertEqual(value["state"], "offline", result)

    def test_sign_in_page(self):
        value, result = self.network(state="site", connectivity="portal", wifi="Station")
        self.assertEqual(value["state"], "captive-portal", result)

    def test_limited(self):
        value, result = self.network(state="site", connectivity="limited", wifi="Cellar")
        self.assertEqual(value["state"], "limited", result)

    def test_vpn(self):
        value, result = self.network(wifi="Home", vpn="Office")
        self.assertEqual(value["state"], "online", result)
        self.assertIn("Office", json.dumps(value["vpn"]), result)

    def test_name_that_an_access_point_made_up_is_harmless(self):
        name = "Free\x1b[31m \u202ewifi"
        value, result = self.network(wifi=name)
        self.assertNotIn("\x1b", value["connection"], result)
        self.assertNotIn("\u202e", value["connection"], result)
        self.assertIn("[31m", value["connection"], result)

    def test_metered(self):
        for metered, word in (("yes", "yes"), ("guess-yes", "guess"), ("no", "no")):
            with self.subTest(metered=metered):
                value, result = self.network(wifi="Phone", metered=metered)
                self.assertIn(word, str(value["metered"]).lower().replace("true", "yes").replace("false", "no"))

    def test_text_for_people(self):
        self.network(wifi="Home")
        result = self.run_cli("network", env=self.home.env(system=self.system))
        self.assertEqual(result.status, cli.FINE, result)
        self.assertIn("Home", result.stdout)

    def test_without_networkmanager_the_kernel_is_asked(self):
        result = self.run_cli("network", "--json")
        self.assertEqual(result.status, cli.FINE, result)
        self.assertNotEqual(result.json["source"], "networkmanager")

    def test_without_any_network(self):
        ns = netns.Namespace(self.area)
        result = self.run_cli("network", "--json", ns=ns)
        self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(result.json["state"], "offline", result)

    def test_nobody_answers_in_time(self):
        system = bus.Bus(self.area, "system", env=self.env)
        bus.FaultyService(system, name="org.freedesktop.NetworkManager", fault="silent")
        cases = {"service": system.address, "bus": bus.DeadBus(self.area).address}
        for name, address in cases.items():
            with self.subTest(silent=name):
                begun = time.monotonic()
                result = self.run_cli("network", "--json", env=dict(self.env, DBUS_SYSTEM_BUS_ADDRESS=address))
                self.assertLess(time.monotonic() - begun, SOON)
                self.assertEqual(result.status, cli.FINE, result)
                self.assertNotEqual(result.json["source"], "networkmanager")

    def test_offline_and_sign_in_page_are_the_diagnosis_of_a_check(self):
        ns = netns.Namespace(self.area)
        for state, connectivity, diagnosis in (("disconnected", "none", "offline"), ("site", "portal", "captive-portal")):
            with self.subTest(diagnosis=diagnosis):
                self.network(state=state, connectivity=connectivity)
                result = self.run_cli(
                    "probe", "imap", "imap.example.test", "--timeout", "6", "--json",
                    env=self.home.env(system=self.system), ns=ns,
                )  # fmt: skip
                self.assertEqual(result.json["diagnosis"], diagnosis, result)
                self.assertEqual(result.status, cli.FAILED)

    def test_this_machine_can_be_probed_without_a_network(self):
        import socket
        import threading

        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve():
                try:
                    client, _ = server.accept()
                    client.sendall(b"* OK [CAPABILITY IMAP4rev1] here\r\n")
                    client.recv(4096)
                    client.close()
                except OSError:
                    pass

            threading.Thread(target=serve, daemon=True).start()
            self.network(state="disconnected", connectivity="none")
            result = self.run_cli(
                "probe", "imap", "127.0.0.1", "--port", server.getsockname()[1], "--security", "none", "--json",
                env=self.home.env(system=self.system),
            )  # fmt: skip
            self.assertNotIn("offline", result.json["diagnoses"], result)


if __name__ == "__main__":
    unittest.main()
