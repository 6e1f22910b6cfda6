"""`python -m tests.resilience.sending_mail DATABASE_URL PORT HOURS`: tell and mail what is due, with a clock that is
ahead by so many hours, so that the leases of a worker that was killed have ended.
"""

import sys
import threading
from datetime import timedelta

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.mail import MailServer, SmtpConnection
from lti_app.jobs.notices import MailSender, NoticeGatherer, SmtpPostman
from lti_app.web.notices.mail_writer import MailWriter, UnsubscribeTokens

TOKENS = UnsubscribeTokens("a secret of at least 32 characters")


def main(database_url: str, port: str, hours: str) -> None:
    """Do it once."""
    ahead = timedelta(hours=float(hours))
    database, stopping = Database.at(database_url), threading.Event()
    writer = MailWriter(base_url="https://tool.example.edu", tokens=TOKENS, quotes_posts=True)
    connection = SmtpConnection(MailServer("127.0.0.1", int(port), "none"))

    def clock():
        return system_clock() + ahead

    NoticeGatherer(database, clock, stopping).gather_new()
    postman = SmtpPostman(writer, connection, "colloquy@tool.example.edu", clock)
    MailSender(database, postman, clock, stopping, "tool.example.edu").send_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
