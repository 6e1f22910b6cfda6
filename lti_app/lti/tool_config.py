"""The registrations as PyLTI1p3 asks for them: from the database, for one request."""

from typing import Any

from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from lti_app.core.db import Database
from lti_app.core.statements import fetch_rows
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.models import Deployment, Platform


class PlatformDeployment(LibraryDeployment):
    """A deployment of ours, with the number of its row."""

    def __init__(self, number: int, deployment_id: str) -> None:
        self.id = number
        self.set_deployment_id(deployment_id)


class PlatformRegistration(Registration):
    """A registration of ours, with the number of its row, and with the deployment that was looked for with it."""

    def __init__(self, platform: Any, deployment: PlatformDeployment | None = None) -> None:
        self.platform_id = platform.id
        self.issuer = platform.issuer
        self.client_id = platform.client_id
        self.auth_login_url = platform.auth_login_url
        self.jwks_url = platform.jwks_url
        self.deployment = deployment
        self.set_issuer(platform.issuer).set_client_id(platform.client_id).set_key_set_url(platform.jwks_url)
        self.set_auth_login_url(platform.auth_login_url).set_auth_token_url(platform.auth_token_url)
        self.set_auth_audience(platform.auth_audience or platform.auth_token_url)


def _registered(*wanted: ColumnElement[bool]) -> Select[Any]:
    """Registrations, at most two, each with its deployment of one id, if the operator has added that."""
    asked = and_(Deployment.platform_id == Platform.id, Deployment.deployment_id == bindparam("deployment"))
    named = (Platform.id, Platform.issuer, Platform.client_id, Platform.disabled_at)
    addresses = (Platform.jwks_url, Platform.auth_login_url, Platform.auth_token_url, Platform.auth_audience)
    columns: tuple[Any, ...] = (*named, *addresses, Deployment.id.label("deployment"))
    return select(*columns).outerjoin(Deployment, asked).where(*wanted).limit(2)


_OF_ISSUER = Platform.issuer == bindparam("issuer")
_BY_ISSUER = _registered(_OF_ISSUER)
_BY_CLIENT = _registered(_OF_ISSUER, Platform.client_id == bindparam("client"))
"""Made once: every login and every launch begins with one of them."""


class RegisteredPlatforms(ToolConfAbstract[Request]):
    """The tool configuration. An issuer may have many clients, always: the library's other mode is not used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check_iss_has_one_client(self, _iss: str) -> bool:
        """Never: the library then always asks by issuer and client."""
        return False

    def check_iss_has_many_clients(self, _iss: str) -> bool:
        """Always."""
        return True

    def find_registration_by_issuer(self, iss: str, *_args: Any, **_kwargs: Any) -> PlatformRegistration:
        """The only registration of this issuer; LaunchRefused when there is none or more than one."""
        return self.find_registration_by_params(iss, None)

    def find_registration_by_params(
        self, iss: str, client_id: str | None, *_args: Any, deployment_id: object = None, **_kwargs: Any
    ) -> PlatformRegistration:
        """The registration of this issuer, compared to the letter, and client, with its deployment of this id.

        An LMS with one registration may leave `client_id` out of its login request (Security Framework 1.0, 5.1.1.1).
        Raises LaunchRefused: unknown, ambiguous without a client id, or disabled.
        """
        told = deployment_id if isinstance(deployment_id, str) else None
        asked = {"issuer": iss, "deployment": told} | ({"client": client_id} if client_id else {})
        with self._database.glance() as session:
            found = fetch_rows(session, _BY_CLIENT if client_id else _BY_ISSUER, asked)
        if len(found) != 1:
            reason = RefusalReason.PLATFORM_AMBIGUOUS if found else RefusalReason.PLATFORM_UNKNOWN
            raise LaunchRefused(reason, issuer=iss, client_id=client_id or "")
        if found[0].disabled_at is not None:
            raise LaunchRefused(RefusalReason.PLATFORM_DISABLED, issuer=iss, client_id=found[0].client_id)
        number = found[0].deployment
        return PlatformRegistration(found[0], PlatformDeployment(number, told) if told and number else None)

    def find_deployment(self, iss: str, deployment_id: str) -> None:
        """Not used, as issuers have many clients."""
        raise NotImplementedError

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: Any, **_kwargs: Any
    ) -> None:
        """Not used: a registration brings its deployment."""
        raise NotImplementedError
