# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page on the narrowest screen, in the language $MW_TOUR_LANG: nothing is cut, nothing is without a name,
nothing is left in English, and nothing is complained about. $MW_TOUR_LOOK names what else is different: "large" (text),
"mirrored" (from right to left), "contrast", "dark"."""

import os
import re
import unittest

from lab import proc, window

import stage
import tour

LANG = os.environ.get("MW_TOUR_LANG", "en")
LOOK = dict.fromkeys(os.environ.get("MW_TOUR_LOOK", "").split(), True)
WIDTH = 360
#: Roles that a person works with: each needs a name.
WORKED_WITH = {
    "button", "checkbox", "combo box", "link", "list item", "menu item", "menu item checkbox", "menu item radio",
    "radio", "search box", "slider", "spin button", "switch", "tab", "text box", "toggle button",
}  # fmt: skip
#: Text that has no language, and what the world of the test says in English: its servers, addresses and names.
NO_LANGUAGE = re.compile(
    r"\S*@\S*|\S+://\S+|\S+\.(example|com|org|net|test)\b\S*|[~/.]\S*/\S*|\b[A-Z]{2,}[\w.+-]*|"
    r"\b(Thunderbird|Evolution|Mailwright|msmtp|Mozilla|autoconfig|Dovecot|Postfix|GNOME|Flatpak|Snap|Wren|Heron|Post|"
    r"Example|Authority|Mail|Jo|Ann|Reed|Kim|Gull|Ray|Finch|Pat|Firefox|Linux|Ctrl|Alt|Shift|Escape|mailwright|SPF|secp\w+|"
    r"nistp\w+|autodiscover|authors|XML|PEM|Esc)\b",
    re.I,
)


class Pages(unittest.TestCase):
    def expect_none(self, found):
        if found:
            self.fail("\n".join(map(str, found)))

    def test_every_page(self):
        area = proc.Area(self)
        world = stage.Stage(area, checked=False)
        probe = os.environ.get("MW_WINDOW_PROBE")
        visit = tour.Tour(world, lang=LANG, size=(WIDTH, 720), probe=probe, **LOOK)
        seen = []
        for page in visit.pages():
            seen.append(page.name)
            nodes = page.window.nodes()
            with self.subTest(page=page.name, about="names"):
                self.expect_none(self.nameless(nodes))
            with self.subTest(page=page.name, about="language"):
                self.expect_none(self.english(visit, nodes))
            if probe:
                with self.subTest(page=page.name, about="layout"):
                    self.expect_none(self.cut(page.window.ask("layout")))
        with self.subTest(about="warnings"):
            self.expect_none(visit.complaints)
        self.assertGreater(len(seen), 25)

    @staticmethod
    def nameless(nodes):
        found = []
        for node in nodes:
            if node.role not in WORKED_WITH or "focusable" not in node.seen_states:
                continue
            if not node.seen_name.strip() and not any(
                one.seen_text or one.seen_name for one in nodes if one is not node and _is_below(one, node)
            ):
                found.append(f"{node.role} in {_place(node)}")
            elif "_" in node.seen_name and re.search(r"(^|\s)_\w", node.seen_name):
                found.append(f"{node.role} {node.seen_name!r} has the mark of its key in its name")
        return found

    @staticmethod
    def english(visit, nodes):
        if LANG == "en":
            return []
        found = []
        quotes = [node for node in nodes if node.role == "block quote"]
        for node in nodes:
            if any(_is_below(node, quote) for quote in quotes) or "editable" in node.seen_states:
                continue  # the server's own words, what was typed, a transcript
            if node.role == "button" and node.seen_name == "Close":
                continue  # of libadwaita's dialogs: its own catalogues have to know it
            for text in {node.seen_text, node.seen_name, node.seen_description} - {None, ""}:
                translated = visit.say.texts.get(text.replace("_", ""))
                if translated not in (None, text):
                    found.append(text)
                elif LANG == "zh_CN" and not re.search("[\u4e00-\u9fff]", text):
                    if re.search(r"[a-z]{4,}", NO_LANGUAGE.sub("", text)):
                        found.append(text)
        return sorted(set(found))

    @staticmethod
    def cut(tops):
        found = []
        for top in tops:
            if top["least_width"] > WIDTH:
                found.append(f"{top['type']} needs {top['least_width']} pixels")
            if top["type"] == "MwWindow" and top["width"] != WIDTH:
                found.append(f"{top['type']} is {top['width']} pixels wide")
            for one in top["complaints"]:
                if not one["tooltip"]:
                    found.append(f"{one['problem']} ({one['needs']} in {one['has']}): {one['text']!r} in {one['place']}")
        return found


def _is_below(node, above):
    while node is not None:
        if node is above:
            return True
        node = node.parent
    return False


def _place(node):
    names = []
    while node is not None:
        if node.seen_name:
            names.append(f"{node.role} {node.seen_name!r}")
        node = node.parent
    return " < ".join(names[:3])


if __name__ == "__main__":
    unittest.main()
