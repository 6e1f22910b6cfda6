"""The bell rings a second later, in a thread of its own: after a test that nobody waits for."""

import threading


def silence() -> None:
    """No bell rings from now on that was to be rung later, so that none opens a connection which nobody closes."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()
            thread.join()
