"""People of a platform whose key set nobody can fetch, on the way to the tool."""

import json
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import requests

ISSUER, CLIENT = "https://hangs.example", "client-1"


def base64url(part: object) -> str:
    """A part of a JSON Web Token."""
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


class Arriving:
    """One person of the platform that hangs, on the way to the tool."""

    def __init__(self, tool_url: str) -> None:
        self._tool_url = tool_url
        self._http = requests.Session()
        self._http.trust_env = False
        params = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "7", "target_link_uri": f"{tool_url}/lti/launch"}
        check = self._send("POST", "/lti/login", params)
        there = self._send("GET", check.headers["Location"].removeprefix(tool_url)).headers["Location"]
        self._state = parse_qs(urlsplit(there).query)["state"][0]

    def launch(self) -> int:
        """The status of the answer to the launch message."""
        token = ".".join(map(base64url, ({"alg": "RS256", "kid": "key-1"}, {"iss": ISSUER, "aud": CLIENT}, "unsigned")))
        return self._send("POST", "/lti/launch", {"id_token": token, "state": self._state}).status_code

    def _send(self, method: str, path: str, data: dict[str, str] | None = None) -> requests.Response:
        answer = self._http.request(method, self._tool_url + path, data=data, timeout=120, allow_redirects=False)
        for cookie in self._http.cookies:
            cookie.secure = False  # browsers send secure cookies to http://localhost, this jar would not
        return answer
