"""Where a mail comes back to: an address for each mail, which nobody can make up (variable envelope return paths)."""

import base64
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

MOST_FOUND = 5
"""Return paths that are looked for in one message."""
_SIGNS = 20
"""Characters of a signature: 100 bits. With the longest number and name this fits into the 64 of a local part."""
_PATH = re.compile(
    r"(?<![A-Z0-9.+_-])([A-Z0-9._-]{1,24})\+([0-9]{1,18})-([A-Z2-7]{20})@([A-Z0-9.-]{1,190})(?![A-Z0-9.-])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class ReturnPath:
    """Which mail an address claims to be of."""

    mail_id: int
    signature: str


class ReturnPaths:
    """Makes and recognizes addresses such as bounces+17-3rq…@example.edu.

    The signature is over the secret token of the mail and over the address that the mail went to, so that a report says
    nothing about another address which the LMS has sent since. It is in lower case, since some servers change the case.
    """

    def __init__(self, address: str, secret_key: str) -> None:
        self._local, _at, self._domain = address.rpartition("@")
        self._key = hmac.digest(secret_key.encode(), b"colloquy return paths", "sha256")

    def make(self, mail_id: int, token: str, to: str) -> str:
        """The return path of a mail with this token, sent to this address."""
        return f"{self._local}+{mail_id}-{self._sign(mail_id, token, to)}@{self._domain}"

    def find(self, texts: Iterable[str]) -> tuple[ReturnPath, ...]:
        """What looks like return paths in these texts, each once; whether we have made them is to be checked."""
        return tuple(islice(dict.fromkeys(self._all(texts)), MOST_FOUND))

    def is_genuine(self, path: ReturnPath, token: str, to: str) -> bool:
        """Whether we have made it, for a mail with this token to this address."""
        return hmac.compare_digest(path.signature, self._sign(path.mail_id, token, to))

    def _all(self, texts: Iterable[str]) -> Iterator[ReturnPath]:
        for text in texts:
            for local, mail_id, signature, domain in _PATH.findall(text):
                if (local.lower(), domain.lower()) == (self._local.lower(), self._domain.lower()):
                    yield ReturnPath(int(mail_id), signature.lower())

    def _sign(self, mail_id: int, token: str, to: str) -> str:
        said = f"{mail_id}\n{token}\n{to.casefold()}".encode()
        return base64.b32encode(hmac.digest(self._key, said, "sha256")).decode().lower()[:_SIGNS]
