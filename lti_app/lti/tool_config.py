"""The registrations as PyLTI1p3 asks for them: from the database, for one request."""

from typing import Any

from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import select

from lti_app.core.db import Database
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.models import Deployment, Platform


class PlatformRegistration(Registration):
    """A registration of ours, with the number of its row."""

    def __init__(self, platform: Platform) -> None:
        self.platform_id = platform.id
        self.issuer = platform.issuer
        self.client_id = platform.client_id
        self.auth_login_url = platform.auth_login_url
        self.jwks_url = platform.jwks_url
        self.set_issuer(platform.issuer).set_client_id(platform.client_id).set_key_set_url(platform.jwks_url)
        self.set_auth_login_url(platform.auth_login_url).set_auth_token_url(platform.auth_token_url)
        self.set_auth_audience(platform.auth_audience or platform.auth_token_url)


class PlatformDeployment(LibraryDeployment):
    """A deployment of ours, with the number of its row."""

    def __init__(self, deployment: Deployment) -> None:
        self.id = deployment.id
        self.set_deployment_id(deployment.deployment_id)


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
        self, iss: str, client_id: str | None, *_args: Any, **_kwargs: Any
    ) -> PlatformRegistration:
        """The registration of this issuer, compared to the letter, and client.

        An LMS with one registration may leave `client_id` out of its login request (Security Framework 1.0, 5.1.1.1).
        Raises LaunchRefused: unknown, ambiguous without a client id, or disabled.
        """
        wanted = select(Platform).where(Platform.issuer == iss)
        if client_id:
            wanted = wanted.where(Platform.client_id == client_id)
        with self._database.glance() as session:
            found = session.scalars(wanted.limit(2)).all()
        if len(found) != 1:
            reason = RefusalReason.PLATFORM_AMBIGUOUS if found else RefusalReason.PLATFORM_UNKNOWN
            raise LaunchRefused(reason, issuer=iss, client_id=client_id or "")
        if found[0].disabled_at is not None:
            raise LaunchRefused(RefusalReason.PLATFORM_DISABLED, issuer=iss, client_id=found[0].client_id)
        return PlatformRegistration(found[0])

    def find_deployment(self, iss: str, deployment_id: str) -> None:
        """Not used, as issuers have many clients."""
        raise NotImplementedError

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: Any, **_kwargs: Any
    ) -> PlatformDeployment | None:
        """The deployment of this registration; None when the operator has not added it."""
        wanted = select(Deployment).join(Platform, Platform.id == Deployment.platform_id)
        named = (Platform.issuer == iss, Platform.client_id == client_id, Deployment.deployment_id == deployment_id)
        with self._database.glance() as session:
            deployment = session.scalar(wanted.where(*named))
        return PlatformDeployment(deployment) if deployment else None
