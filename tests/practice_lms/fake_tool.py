"""A tool with its own key, as small as the practice LMS needs to be tested against."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.serving import make_server

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.keys import SigningKey, new_private_key

KEYS = [SigningKey(new_private_key()), SigningKey(new_private_key())]


@dataclass
class FakeTool:
    """Signs as the tool; ``published`` are the keys in its key set, ``broken`` replaces what it answers there."""

    key: SigningKey = field(default_factory=lambda: KEYS[0])
    published: list[SigningKey] = field(default_factory=lambda: [KEYS[0]])
    broken: Response | None = None
    url: str = ""
    fetches: int = 0

    def key_set(self) -> Response:
        self.fetches += 1
        return self.broken or jsonify(keys=[key for signing in self.published for key in signing.key_set()["keys"]])

    def assertion(self, config: PracticeConfig, **changes: Any) -> str:
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": config.client_id,
            "sub": config.client_id,
            "aud": config.token_url,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        }
        return self.sign(claims | changes)

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        return self.key.sign({name: value for name, value in claims.items() if value is not None}, header)


@contextmanager
def running_tool() -> Iterator[FakeTool]:
    tool = FakeTool()
    app = Flask(__name__)
    app.add_url_rule("/lti/jwks", view_func=tool.key_set)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    tool.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield tool
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
