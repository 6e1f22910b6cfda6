"""How the web processes run (`lti_app/server`). Address and number of processes come from `colloquy serve`.

Limits of time and size for connections and requests are in `lti_app/server/limits.py`.
"""

import gc
from typing import Any

worker_class = "lti_app.server.worker.BufferingWorker"
threads = 4  # two may wait for an LMS (core.http.AT_ONCE) while the others serve; more would only wait for each other
timeout = 60  # seconds without a sign of life until a worker is replaced: its loop is held up
graceful_timeout = 20  # seconds that a request may still take when the service stops
max_requests = 5000  # then a worker makes room for a fresh one, at slightly different moments
max_requests_jitter = 500
accesslog = None  # the application writes its own, without names and tokens
errorlog = "-"
control_socket_disable = True


def pre_fork(_server: object, _worker: object) -> None:
    """Let processes share the memory of what was loaded before them: a collection would write to all of it, and each
    would have its own 100 MB.
    """
    if not gc.get_freeze_count():
        gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Leave what was imported out of garbage collection: to look through all of it took a request 150 ms."""
    if not worker.cfg.preload_app:
        gc.collect()
    gc.freeze()
