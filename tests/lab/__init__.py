# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers for the tests: each is started by the test that needs it and stopped by its process id.

Every module stands alone; a test takes what it needs:

    from lab import cli, dovecot, proc

    class Login(unittest.TestCase):
        def setUp(self):
            self.area = proc.Area(self)
            self.server = dovecot.Dovecot(self.area, users={"jo": "secret"})
            self.server.start()
"""
