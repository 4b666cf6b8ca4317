# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding an account whose settings have to be found: sources that agree, disagree, lie, hang, or know nothing."""

import unittest

from add_world import World


class Search(World):
    def test_published_settings_are_found_and_saved_with_the_password(self):
        window = self.open()
        self.search("jo@kite.test")
        window.wait_for_text("Published by kite.test")
        window.wait_for_text("imap.kite.test, port 993, TLS from the start")
        window.wait_for_text("Login name: jo@kite.test")
        self.picture("result")
        window.wait("button", "Continue").click()
        window.entry("Password").set_text("right horse")
        self.picture("password")
        window.wait("button", "Save and Check").click()
        account = self.saved()
        self.assertEqual(account["name"], "Jo Example")
        self.assertEqual(account["incoming"]["host"], "imap.kite.test")
        self.assertEqual(account["outgoing"]["host"], "smtp.kite.test")
        self.assertEqual([item["secret"] for item in self.keyring.items()], [b"right horse"])
        window.close()

    def test_pop3_is_a_choice(self):
        window = self.open()
        self.search("jo@kite.test")
        window.wait_for_text("imap.kite.test, port 993")
        window.wait("radio", "POP3").click()
        window.wait_for_text("pop.kite.test, port 995, TLS from the start")
        window.wait("button", "Continue").click()
        window.wait("button", "Later").click()
        account = self.saved()
        self.assertEqual((account["incoming"]["protocol"], account["incoming"]["host"]), ("pop3", "pop.kite.test"))
        self.assertEqual(self.keyring.items(), [])
        window.close()

    def test_sources_that_disagree_are_compared_field_by_field(self):
        window = self.open()
        self.search("jo@rail.test")
        window.wait_for_text("smtp.rail.test, port 465")
        window.wait_for_text("The sources disagree about")
        window.row("Compare what each of them says").click()
        window.wait("radio", "IMAP Server: imap.rail.test")
        self.assertTrue(window.find("radio", "SMTP Port: 465").checked)
        window.wait("radio", "SMTP Port: 4650").click()
        # Name and port of a server belong together
        window.wait_until(lambda: window.find("radio", "SMTP Server: post.rail.test").checked, "the name that belongs to it")
        self.assertFalse(window.find("radio", "IMAP Server: post.rail.test").checked)
        self.picture("compare")
        window.key("Escape")
        window.wait_for_text("post.rail.test, port 4650")
        window.wait("button", "Continue").click()
        window.wait("button", "Later").click()
        account = self.saved()
        self.assertEqual(account["incoming"]["host"], "imap.rail.test")
        self.assertEqual((account["outgoing"]["host"], account["outgoing"]["port"]), ("post.rail.test", 4650))
        window.close()

    def test_a_known_provider_is_compared_on_wish(self):
        window = self.open()
        self.search("jo@gmx.net")
        window.wait_for_text("from Mailwright’s provider list")
        self.assertEqual(self.web.requests, [])  # nobody was asked
        window.row("Compare All Sources").click()
        window.wait_for_text("The sources disagree about")
        window.row("Compare what each of them says").click()
        window.wait("radio", "SMTP Server: old.gmx.net").click()
        window.key("Escape")
        window.wait_for_text("old.gmx.net, port 465")
        window.key("Escape", "Escape")
        self.discard()
        window.close()

    def test_servers_of_strangers_need_a_yes(self):
        window = self.open()
        self.search("jo@crane.test")
        window.wait_for_text("They belong neither to crane.test")
        self.picture("strangers")
        self.assertFalse(window.wait("button", "Continue").sensitive)
        # The way through the form is no way around the question
        window.wait("button", "Edit by Hand").click()
        window.wait_for_text("They belong neither to crane.test")
        window.wait("button", "Continue").click()
        self.assertIsNone(window.find("button", "Later"))
        window.key("Escape")
        window.wait_for_text("Published by crane.test")
        window.row("Yes, Use These Servers").click()
        window.wait("button", "Continue", sensitive=True).click()
        window.wait("button", "Later").click()
        self.assertEqual(self.saved()["incoming"]["host"], "imap.elsewhere.example")
        window.close()

    def test_nothing_found_leads_to_the_form(self):
        window = self.open()
        self.search("jo@bare.test")
        window.wait_for_text("Nothing was found for bare.test")
        self.picture("form")
        window.wait("button", "Continue").click()
        window.wait_for_text("The name of the server is missing.")
        window.row("Help Me Choose").click()
        window.wait("radio", "On this computer only").click()
        window.wait("radio", "“STARTTLS”, port 587 or 25").click()
        window.wait("radio", "With what stands before the @").click()
        self.picture("choose")
        window.wait("button", "Fill In the Form").click()
        window.wait("button", "Continue").click()
        window.wait("button", "Later").click()
        account = self.saved()
        incoming, outgoing = account["incoming"], account["outgoing"]
        self.assertEqual((incoming["protocol"], incoming["host"], incoming["port"]), ("pop3", "pop.bare.test", 995))
        self.assertEqual((outgoing["host"], outgoing["port"], outgoing["security"]), ("smtp.bare.test", 587, "starttls"))
        self.assertEqual(incoming["username"], "jo")
        window.close()

    def test_what_is_known_is_filled_in(self):
        window = self.open()
        self.search("jo@half.test")
        window.wait_for_text("Not everything was found for half.test")
        self.assertEqual(window.entry("IMAP server").text, "in.half.test")
        window.key("Escape", "Escape")
        self.discard()
        window.close()

    def test_a_domain_that_does_not_exist(self):
        window = self.open()
        self.search("jo@none.test")
        window.wait_for_text("No Mail Goes to This Address")
        self.picture("no-domain")
        window.wait("button", "Change Address").click()
        self.assertEqual(window.entry("Mail Address").text, "jo@none.test")
        window.key("Escape")
        self.discard()
        window.close()

    def test_silent_name_servers_are_not_nothing_found(self):
        window = self.open()
        self.search("jo@dead.test")
        window.wait("button", "Stop")
        self.picture("searching")
        window.wait_for_text("The Name Servers Do Not Answer")
        window.wait("button", "Try Again").click()
        window.wait("button", "Stop").click()
        window.wait_for_text("The Search Was Stopped")
        window.wait("button", "Enter by Hand").click()
        window.wait("button", "Continue")
        window.key("Escape", "Escape", "Escape")
        self.discard()
        window.close()

    def test_stop_works_at_once(self):
        window = self.open()
        self.search("jo@slow.test")
        window.wait("button", "Stop").click()
        window.wait_for_text("The Search Was Stopped")
        self.picture("stopped")
        window.wait_for_text("No answer until it was stopped.")
        self.assertEqual(window.focused().name, "Try Again")  # the keyboard is not lost with the button
        window.key("Escape", "Escape")
        self.discard()
        window.close()


if __name__ == "__main__":
    unittest.main()
