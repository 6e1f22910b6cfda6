"""A worker that does nothing but tell activity streams, again and again, with short leases: a program to be killed.

It takes the address of the database.
"""

import sys
import threading
from datetime import timedelta

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.exchange.streaming.actions import sending
from lti_app.jobs import streams
from lti_app.jobs.streams import ActivityTeller, HttpEndpoint

BETWEEN = 0.05


def main(url: str) -> None:
    streams.LEASE = timedelta(seconds=1)
    sending.after_acceptance = lambda batch: batch  # small batches, so that there are many chances to die
    sending.wait_before_retry = lambda *_arguments, **_options: timedelta(seconds=BETWEEN)
    teller = ActivityTeller(
        Database.at(url), system_clock, threading.Event(), "https://colloquy.example.edu", HttpEndpoint(system_clock)
    )
    while not teller.stopping.wait(BETWEEN):
        teller.tell()


if __name__ == "__main__":
    main(sys.argv[1])
