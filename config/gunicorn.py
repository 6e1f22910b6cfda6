"""How the web processes run. Address and number of processes come from `colloquy serve`; see gunicorn's settings."""

import gc

worker_class = "gthread"
threads = 4  # two may wait for an LMS (core.http.AT_ONCE) while the others serve; more would only wait for each other
timeout = 60  # seconds without a sign of life until a worker is replaced
graceful_timeout = 20  # seconds that a request may still take when the service stops
keepalive = 5  # seconds; longer than a proxy needs between two requests
max_requests = 5000  # then a worker makes room for a fresh one, at slightly different moments
max_requests_jitter = 500
limit_request_line = 8190  # an OIDC login with its hints can be long
accesslog = None  # the application writes its own, without names and tokens
errorlog = "-"
control_socket_disable = True


def post_worker_init(_worker: object) -> None:
    """Leave what was imported out of garbage collection: to look through all of it took a request 150 ms."""
    gc.collect()
    gc.freeze()
