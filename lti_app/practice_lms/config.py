"""What a practice LMS must know before it can start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

DEFAULT_BASE_URL = "http://127.0.0.1:8801"
DEFAULT_TOOL_URL = "http://localhost:8800"
CLIENT_ID = "practice-client"
DEPLOYMENT_ID = "practice-1"


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def default_course_file() -> Path:
    """Return the demonstration course that is shipped with the package."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_config" / "demo" / "course.json"
    return shipped if shipped.exists() else package.parent / "config" / "demo" / "course.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeConfig:
    """The settings of the practice LMS and of the one tool that is registered with it.

    ``base_url`` is also the issuer. ``page_size`` is how many line items, results or members one page holds. ``locale``
    is the language that it sends for every person; its own pages are in English.
    """

    tool_login_url: str
    tool_launch_url: str
    tool_jwks_url: str
    redirect_uris: tuple[str, ...]
    state_file: Path
    course_file: Path
    base_url: str = DEFAULT_BASE_URL
    client_id: str = CLIENT_ID
    deployment_id: str = DEPLOYMENT_ID
    page_size: int = 10
    log_size: int = 2000
    id_token_seconds: int = 120
    locale: str = "en"
    clock: Callable[[], datetime] = utc_now

    @classmethod
    def for_tool(cls, tool_url: str, state_file: Path, **changes: Any) -> Self:
        """Return the configuration for a tool with the addresses that Colloquy uses below ``tool_url``."""
        launch_url = f"{tool_url}/lti/launch"
        values: dict[str, Any] = {
            "tool_login_url": f"{tool_url}/lti/login",
            "tool_launch_url": launch_url,
            "tool_jwks_url": f"{tool_url}/lti/jwks",
            "redirect_uris": (launch_url,),
            "state_file": state_file,
            "course_file": default_course_file(),
        }
        return cls(**(values | changes))

    @property
    def token_url(self) -> str:
        """Address of the access token endpoint, which is also the audience of a client assertion."""
        return f"{self.base_url}/token"

    @property
    def auth_url(self) -> str:
        """Address of the OpenID Connect authentication endpoint."""
        return f"{self.base_url}/auth"

    @property
    def jwks_url(self) -> str:
        """Address of the public keys with which messages of this LMS are checked."""
        return f"{self.base_url}/jwks"
