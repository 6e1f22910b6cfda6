"""Registrations of LMSs, as the operator's commands keep them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.core.http import host_of
from lti_app.lti.errors import RegistrationRefused
from lti_app.lti.models import Deployment, Platform
from lti_app.lti.states import LOCAL_HOSTS

MAX_ID = 255
MAX_URL = 2000


@dataclass(frozen=True)
class PlatformInfo:
    """A registration as operators see it."""

    id: int
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    auth_audience: str | None
    deployment_ids: tuple[str, ...]
    disabled_at: datetime | None
    created_at: datetime


def add_platform(
    session: Session,
    *,
    issuer: str,
    client_id: str,
    auth_login_url: str | None = None,
    auth_token_url: str | None = None,
    jwks_url: str | None = None,
    deployment_ids: Iterable[str] = (),
    auth_audience: str | None = None,
    now: datetime,
) -> PlatformInfo:
    """Register an LMS. For a known issuer and client, update the values that are passed and add the deployments.

    Repeating it changes nothing. Raises RegistrationRefused for a value that cannot be right, and when a new
    registration lacks one of its three addresses.
    """
    urls = {"auth_login_url": auth_login_url, "auth_token_url": auth_token_url, "jwks_url": jwks_url}
    given = {name: _checked_url(name, url) for name, url in urls.items() if url}
    deployments = [_checked_id("deployment_id", one) for one in deployment_ids]
    _checked_url("issuer", issuer)
    named = (Platform.issuer == issuer, Platform.client_id == _checked_id("client_id", client_id))
    platform = session.scalar(select(Platform).where(*named))
    if platform is None:
        if missing := sorted(urls.keys() - given.keys()):
            raise RegistrationRefused(f"a new registration needs {', '.join(missing)}")
        platform = Platform(issuer=issuer, client_id=client_id, created_at=now, **given)
        session.add(platform)
    for name, url in given.items():
        setattr(platform, name, url)
    platform.auth_audience = auth_audience or platform.auth_audience
    session.flush()
    _add_deployments(session, platform.id, deployments, now)
    return _info(platform, _deployments(session, platform.id))


def list_platforms(session: Session) -> list[PlatformInfo]:
    """All registrations, oldest first."""
    deployments: dict[int, list[str]] = {}
    for platform_id, deployment_id in session.execute(
        select(Deployment.platform_id, Deployment.deployment_id).order_by(Deployment.id)
    ):
        deployments.setdefault(platform_id, []).append(deployment_id)
    platforms = session.scalars(select(Platform).order_by(Platform.id))
    return [_info(platform, deployments.get(platform.id, [])) for platform in platforms]


def show_platform(session: Session, platform_id: int) -> PlatformInfo:
    """One registration by its number; raises NotFound."""
    return _info(_platform(session, platform_id), _deployments(session, platform_id))


def disable_platform(session: Session, platform_id: int, *, now: datetime) -> None:
    """Refuse launches of a registration from now on; visits under way go on. Raises NotFound."""
    platform = _platform(session, platform_id)
    platform.disabled_at = platform.disabled_at or now
    session.flush()


def enable_platform(session: Session, platform_id: int) -> None:
    """Accept launches of a registration again; raises NotFound."""
    _platform(session, platform_id).disabled_at = None
    session.flush()


def find_deployment(session: Session, platform_id: int, deployment_id: str) -> int:
    """Our own id of a deployment of a registration: the tenant. Raises NotFound."""
    named = (Deployment.platform_id == _platform(session, platform_id).id, Deployment.deployment_id == deployment_id)
    found = session.scalar(select(Deployment.id).where(*named))
    if found is None:
        raise NotFound("unknown_deployment")
    return found


def name_deployments(session: Session) -> dict[int, str]:
    """What operators call each deployment, by our own id of it: `platform 1, deployment 7`."""
    rows = session.execute(select(Deployment.id, Deployment.platform_id, Deployment.deployment_id))
    return {own_id: f"platform {platform_id}, deployment {named}" for own_id, platform_id, named in rows}


def tool_addresses(base_url: str) -> dict[str, str]:
    """What to enter in the LMS, by the names that Canvas and Moodle have for it."""
    return {
        "Tool URL / Target link URI": f"{base_url}/lti/launch",
        "Initiate login URL / OpenID Connect initiation URL": f"{base_url}/lti/login",
        "Redirection URI(s)": f"{base_url}/lti/launch",
        "Public keyset URL / JWK URL": f"{base_url}/lti/jwks",
        "Content selection URL (deep linking)": f"{base_url}/lti/launch",
        "Domain": urlsplit(base_url).netloc,
    }


def _platform(session: Session, platform_id: int) -> Platform:
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise NotFound("unknown_platform")
    return platform


def _deployments(session: Session, platform_id: int) -> list[str]:
    mine = select(Deployment.deployment_id).where(Deployment.platform_id == platform_id)
    return list(session.scalars(mine.order_by(Deployment.id)))


def _add_deployments(session: Session, platform_id: int, deployment_ids: Iterable[str], now: datetime) -> None:
    known = set(_deployments(session, platform_id))
    new = [one for one in dict.fromkeys(deployment_ids) if one not in known]
    session.add_all(Deployment(platform_id=platform_id, deployment_id=one, created_at=now) for one in new)
    session.flush()


def _info(platform: Platform, deployment_ids: Iterable[str]) -> PlatformInfo:
    return PlatformInfo(
        id=platform.id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_login_url=platform.auth_login_url,
        auth_token_url=platform.auth_token_url,
        jwks_url=platform.jwks_url,
        auth_audience=platform.auth_audience,
        deployment_ids=tuple(deployment_ids),
        disabled_at=platform.disabled_at,
        created_at=platform.created_at,
    )


def _checked_id(name: str, value: str) -> str:
    if not value or len(value) > MAX_ID or not value.isprintable() or value != value.strip():
        raise RegistrationRefused(f"{name} must be 1 to {MAX_ID} characters without spaces around them")
    return value


def _checked_url(name: str, url: str) -> str:
    """An https address; http only on this machine, for trials. Stored unchanged, because platforms compare it
    exactly.
    """
    host = urlsplit(url).hostname or "" if host_of(url) else ""
    encrypted = url.startswith("https://") or host in LOCAL_HOSTS or host.endswith(".localhost")
    if not host or not encrypted or "@" in url or len(url) > MAX_URL or not url.isprintable() or " " in url:
        raise RegistrationRefused(f"{name} must be an https address (http only on localhost): {url}")
    return url
