"""Running the practice LMS: in this process for a command, or in a thread for a test."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lti_app.practice_lms.app import create_practice_lms
from lti_app.practice_lms.config import PracticeConfig


class QuietHandler(WSGIRequestHandler):
    """A request handler that does not print each request: the Log page shows them better."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def make_practice_server(host: str, port: int, app: Flask) -> BaseWSGIServer:
    """Return a threaded server that listens already; port 0 takes any free port. Raises OSError when it is taken."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler)


@contextmanager
def running(config: PracticeConfig) -> Iterator[Flask]:
    """Serve a practice LMS in a thread on a free port of 127.0.0.1, whose address replaces ``config.base_url``.

    Gives the application; its address is ``app.extensions["practice_lms"].config.base_url``.
    """
    server = make_practice_server("127.0.0.1", 0, Flask(__name__))
    app = create_practice_lms(replace(config, base_url=f"http://127.0.0.1:{server.port}"))
    server.app = app
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        app.extensions["practice_lms"].faults.reset()
        server.server_close()
        thread.join()
        app.extensions["practice_lms"].close()
