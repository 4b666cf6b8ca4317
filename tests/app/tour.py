# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the window, one after the other, in any language and size: for pictures and for measuring.

    for page in Tour(stage, lang="de", size=(360, 720)).pages():
        page.window.screenshot(f"{page.name}.png")

A page's name is that of the file of a picture. names limits what is visited (the way there is gone all the same).
"""

import gettext
import pathlib
import re

from lab import bus, window

import stage as world

SLOW = "swift.example"  # whose web server answers nobody


def plain(text):
    """Without the mark of its key, which Chinese puts behind the word: "Check(_C)"."""
    return re.sub(r"\s*\(_?[A-Z]\)", "", text).replace("_", "")


#: libadwaita measures the heading of an alert for a width that it does not give it in the end.
_NOT_OURS = ("Trying to measure GtkLabel",)


class Words:
    """The program's own texts in the language of the window: words("Check") is what stands there."""

    def __init__(self, lang, program):
        self.texts = {}
        self.plurals = {}
        if lang == "en":
            return
        path = pathlib.Path(program).parents[2] / "po" / lang / "LC_MESSAGES/mailwright.mo"
        with open(path, "rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        for english, text in catalogue.items():
            if isinstance(english, str) and english:
                text = plain(text)
                self.texts[english.rsplit("\x04", 1)[-1].replace("_", "")] = text
            elif isinstance(english, tuple):
                self.plurals.setdefault(english[0].replace("_", ""), []).append(plain(text))

    def __call__(self, english):
        return self.texts.get(english, english)


class Page:
    def __init__(self, name, tour, shown, scrolls=False):
        self.name = name
        self.tour = tour
        self.window = shown
        self.scrolls = scrolls


class Tour:
    def __init__(self, stage, *, lang="en", size=(1000, 720), probe=None, names=None, args=(), **look):
        self.stage = stage
        # look: dark, contrast, large, mirrored
        self.options = {"lang": lang, "size": size, "args": args, **look}
        if probe:
            self.options["probe"] = probe
        self.say = Words(lang, window.program())
        self.narrow = size[0] < 640
        self.names = names
        self.window = None
        self.left = []  # what the probe says was left of our objects, likewise
        self.complaints = []  # warnings that the program printed, one chapter after the other

    def pages(self):
        for chapter in (self.first_start, self.accounts, self.trouble):
            for name in chapter():
                if self.names is None or any(name.startswith(wanted) for wanted in self.names):
                    self.window.settle()
                    yield Page(name, self, self.window)
            self.window.close(complaints=[""])
            self.complaints += self.window.complaints(_NOT_OURS)
            if "probe" in self.options:
                self.left.append(self.window.left())

    # Small ways

    def label(self, text):
        """Waits until it stands somewhere."""
        wanted = self.say(text)

        def look():
            for node in self.window.nodes():
                if any(wanted in plain(one) for one in (node.seen_name, node.seen_text or "")):
                    return node
            return None

        return self.window.wait_until(look, f"the text {wanted!r}")

    def button(self, text, within=None, wait=True):
        """A button that can be pressed, by its English name."""
        name = self.say(text)

        def look():
            for node in self.window.nodes(within):
                if node.role in ("button", "toggle button") and "sensitive" in node.seen_states:
                    if plain(node.seen_name) == name or any(one.seen_text and plain(one.seen_text) == name for one in node.all("label")):
                        return node
            return None

        return self.window.wait_until(look, f"a button {name!r}") if wait else look()

    def press(self, text, within=None):
        self.button(text, within).click()

    def row(self, text, within=None):
        self.window.row(self.say(text), within).click()

    def dialog(self):
        return self.window.wait("dialog")

    def close_dialog(self):
        """By Escape, which first goes back inside of the dialog, and may ask about what was typed."""

        def gone_or_asked():
            if not self.window.find("dialog"):
                return True
            asked = self.window.find("alert dialog")
            return asked and asked.all("button", sensitive=True)

        for _ in range(8):
            self.window.key("Escape")
            for _ in range(10):
                answers = gone_or_asked()
                if answers:
                    break
                self.window.settle()
            if answers is True:
                break
            if answers:
                discard = [one for one in answers if plain(one.seen_name) == self.say("Discard")]
                (discard or answers)[-1].click()
                self.window.gone("alert dialog")
                if not self.window.find("dialog"):
                    break
        self.window.gone("dialog")

    def back(self):
        self.window.key("alt+Right" if self.options.get("mirrored") else "alt+Left")

    def show_account(self, address):
        if not self.window.find("list item", containing=address):
            self.back()

        def shown():
            if self.window.find("group", address):
                return True
            row = self.window.find("list item", containing=address)
            if row:
                # Again if need be: a row that changes under the mouse takes no click.
                row.mouse()
            return False

        self.window.wait_until(shown, f"the page of {address}")

    # The pages

    def first_start(self):
        home = bus.Home(self.stage.area, "empty")
        self.window = self.stage.window(home=home, **self.options).start()
        self.label("Add Account")
        yield "empty"
        self.press("Add Account")
        self.dialog()
        yield "add"
        yield from self._find(world.NEW, "add-found")
        self.press("Continue")
        password = self.window.wait_until(
            lambda: [n for n in self.window.nodes(self.dialog()) if "editable" in n.seen_states], "a password row"
        )[0]
        password.type("abc def")
        yield "add-password"
        self._start_again()
        yield from self._find("zoe@qq.com", "add-known")
        self._start_again()
        yield from self._find("max@heron.example", "add-disagree")
        self.window.wait_until(self._compare_row, "the way to the comparison").click()
        self.label("Compare Sources")
        yield "add-compare"
        self._start_again()
        yield from self._find(f"tim@{SLOW}", "add-search", wait=False)
        self.close_dialog()
        self.press("Add Account")
        yield from self._find("eve@plover.example", "add-by-hand", wait=False)
        self.press("Help Me Choose")
        self.window.wait_until(
            lambda: [n for n in self.window.nodes(self.dialog()) if n.role in ("radio", "checkbox", "toggle button")],
            "the questions",
        )
        yield "add-choose"
        self.close_dialog()

    def _compare_row(self):
        one, many = "The sources disagree about %u value", "The sources disagree about %u values"
        forms = [self.say("Compare All Sources"), *self.say.plurals.get(one, [one, many])]
        patterns = [re.escape(form).replace("%u", r"\d+") for form in forms]
        for node in self.window.nodes(self.dialog()):
            if node.role in ("button", "list item") and "focusable" in node.seen_states:
                if any(re.fullmatch(pattern, plain(node.seen_name)) for pattern in patterns):
                    return node
        return None

    def _start_again(self):
        self.close_dialog()
        self.press("Add Account")
        self.dialog()

    def _find(self, address, name, wait=True):
        dialog = self.dialog()
        entries = self.window.wait_until(
            lambda: [n for n in self.window.nodes(dialog) if "editable" in n.seen_states][:2], "name and address"
        )
        entries[0].set_text("Pat Wren")
        entries[1].set_text(address)
        self.press("Find Settings", dialog)
        if wait:
            self.window.wait_until(
                lambda: any(plain(node.seen_name) == self.say("Edit by Hand") for node in dialog.all("button")), "the result"
            )
        elif name == "add-search":
            self.button("Stop", dialog)
        else:
            self.button("Help Me Choose", dialog)
        yield name

    def accounts(self):
        stage = self.stage
        self.window = stage.window(**self.options).start()
        self.window.wait_for_text(stage.accounts[0])
        if self.narrow:
            yield "list"
        self.window.key("ctrl+r")
        self.show_account(world.NEVER)
        self.label("Check Again")
        yield "check-nothing"
        self.show_account(world.GOOD)
        self.label("Check Again")
        yield "check-good"
        self.window.row(self.say("Stages")).click()
        yield "check-stages"
        self.window.row(self.say("Details")).click()
        self.label("What the Server Offers")
        yield "server"
        self.window.row(self.say("Dialogue")).click()
        self.label("C: is this computer, S: the server. Passwords are masked.")
        yield "dialogue"
        self.back()
        self.back()
        self.show_account(world.WARNS)
        self.label("Check Again")
        yield "check-warning"
        self.show_account(world.EXPIRED)
        self.label("Check Again")
        yield "check-failed"
        self.press("Show Certificate")
        self.label("Accept Exactly This Key…")
        yield "certificate"
        self.back()
        self.show_account(world.REFUSED)
        self.label("Check Again")
        yield "check-refused"
        self.window.key("alt+2")
        self.window.wait("text box", self.say("IMAP server"))
        yield "settings"
        server = self.window.wait("text box", self.say("IMAP port"))
        server.set_text("143")
        self.button("Save")
        yield "settings-changed"
        self.press("Discard Changes")
        self.show_account(world.GOOD)
        self.window.key("alt+3")
        thunderbird = self.window.row("msmtp")
        yield "export"
        thunderbird.find("button").click()
        apply = self.window.wait_until(lambda: self._export_button(), "the preview")
        yield "export-preview"
        apply.click()
        self.label("Undo")
        yield "export-done"
        self.window.key("ctrl+h")
        undo = self.window.wait_until(self._undo_button, "the history")
        yield "export-history"
        undo.click()
        self.window.wait_until(lambda: not self._undo_button(), "the undoing")
        if self.window.find("dialog"):
            self.close_dialog()
        else:
            self.back()
        self.window.key("ctrl+comma")
        self.dialog()
        yield "preferences"
        self.close_dialog()
        self.window.key("ctrl+question")
        self.dialog()
        yield "shortcuts"
        self.close_dialog()
        self.window.key("F1")
        self.dialog()
        yield "help"
        self.close_dialog()
        if self.narrow:
            self.back()
        self.press("Main Menu")
        self.window.wait("menu item")
        yield "menu"
        self.window.key("Escape")

    def _undo_button(self):
        """Of the history: the toast's has no account in its name."""
        word = self.say("Undo")
        for node in self.window.all("button"):
            if plain(node.seen_name) != word and any(plain(one.seen_text or "") == word for one in node.all("label")):
                return node
        return None

    def _export_button(self):
        names = {self.say("Apply"), self.say("Export")}
        return next((n for n in self.window.all("button", sensitive=True) if plain(n.seen_name) in names), None)

    def trouble(self):
        """Without a keyring, and with files that cannot be read."""
        home = bus.Home(self.stage.area, "trouble")
        folder = home.config / "mailwright/accounts"
        folder.mkdir(parents=True)
        (folder / "0c5c5f2a-7d3a-4b4b-8a54-0f3c9d1d2e10.ini").write_text("[Account]\nformat=99\n")
        self.window = self.stage.window(home=home, session=bus.Bus(self.stage.area, env=home.env()), **self.options).start()
        yield "trouble"
