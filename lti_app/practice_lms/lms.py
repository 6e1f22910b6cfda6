"""The practice LMS as one object, used by its pages and its tests."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from lti_app.practice_lms import launches
from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.course import Person, Placement, load_course
from lti_app.practice_lms.faults import Faults
from lti_app.practice_lms.grade_messages import LineItemDraft
from lti_app.practice_lms.gradebook import Gradebook
from lti_app.practice_lms.journal import Journal, pretty_text
from lti_app.practice_lms.keys import SigningKey, ToolKeys, new_private_key
from lti_app.practice_lms.launches import Launch, LaunchFacts
from lti_app.practice_lms.mailbox import Mailbox
from lti_app.practice_lms.placements import Placements
from lti_app.practice_lms.store import Store, access_tokens, used_ids
from lti_app.practice_lms.vocabulary import DEEP_LINKING

HINT_SECONDS = 3600
TOKEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a bearer token permits."""

    scopes: frozenset[str]


class PracticeLms:
    """State and services of one practice LMS. A test finds it at ``app.extensions["practice_lms"]``."""

    def __init__(self, config: PracticeConfig) -> None:
        self.config = config
        self.course = load_course(config.course_file)
        self.store = Store(config.state_file)
        self.key = SigningKey(self.store.setting("signing_key", new_private_key))
        self.secret = self.store.setting("secret", secrets.token_hex)
        self.faults = Faults()
        self.journal = Journal(self.store, config)
        self.gradebook = Gradebook(self.store, config)
        self.mailbox = Mailbox(self.store, config)
        self.placements = Placements(self.store, self.course.placements)
        self.tool_keys = ToolKeys(config.tool_jwks_url, self._log_key_fetch, config.clock)
        self._couple_line_items()

    def _couple_line_items(self) -> None:
        for placement in self.course.placements:
            if placement.line_item:
                draft = LineItemDraft(label=placement.title, score_maximum=100, resource_link_id=placement.id)
                self.gradebook.couple(placement.id, draft)

    def _log_key_fetch(self, url: str, status: int | None, body: str) -> None:
        self.journal.record("tool_jwks", f"GET {url}", ("Answer", pretty_text(body)), status=status)

    # Signing and launching

    def sign(self, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
        """Return a JWT signed by the key of the LMS; ``header`` adds to or replaces the JOSE header."""
        return self.key.sign(claims, header)

    def sealed(self, purpose: str, value: Any) -> str:
        """Return ``value`` signed, so that it can travel through the browser."""
        return str(URLSafeTimedSerializer(self.secret, salt=purpose).dumps(value))

    def unsealed(self, purpose: str, text: str) -> Any:
        """Return what was sealed less than an hour ago; None where the text is not ours or too old."""
        try:
            return URLSafeTimedSerializer(self.secret, salt=purpose).loads(text, max_age=HINT_SECONDS)
        except BadData:
            return None

    def person(self, who: Person | str) -> Person:
        """Return a person by id or key; raises KeyError."""
        found = who if isinstance(who, Person) else self.course.person(who)
        if found is None:
            raise KeyError(who)
        return found

    def placement(self, which: Placement | str) -> Placement:
        """Return a placement by id; raises KeyError."""
        found = which if isinstance(which, Placement) else self.placements.find(which)
        if found is None:
            raise KeyError(which)
        return found

    def launch(self, person: Person | str, placement: Placement | str | None = None, **more: Any) -> Launch:
        """Return what ``person`` opens; further fields are those of Launch."""
        place = self.placement(placement) if placement is not None else None
        return Launch(person_id=self.person(person).id, placement_id=place.id if place else None, **more)

    def target_url(self, launch: Launch) -> str:
        """Return the target link URI of a launch."""
        placement = self.placement(launch.placement_id) if launch.placement_id else None
        return (placement.url if placement else None) or self.config.tool_launch_url

    def login_fields(self, launch: Launch) -> dict[str, str]:
        """Return the parameters of the third-party-initiated login (LTI Core 1.3 section 4.1)."""
        return {
            "iss": self.config.base_url,
            "login_hint": launch.person_id,
            "target_link_uri": self.target_url(launch),
            "lti_message_hint": self.sealed("launch", launch.to_json()),
            "client_id": self.config.client_id,
            "lti_deployment_id": self.deployment_id,
        }

    def claims_of(self, launch: Launch, nonce: str) -> dict[str, Any]:
        """Return the claims of the id_token that answers ``launch``; raises KeyError where something is gone."""
        person = self.person(launch.person_id)
        chosen_for = {"person": person.id, "placement": launch.placement_id}
        data = self.sealed("deep_linking", chosen_for) if launch.message_type == DEEP_LINKING else ""
        facts = LaunchFacts(
            launch=launch,
            person=person,
            placement=self.placement(launch.placement_id) if launch.placement_id else None,
            for_user=self.person(launch.for_user_id) if launch.for_user_id else None,
            line_item_urls=self._line_item_urls(launch),
            target_url=self.target_url(launch),
            deep_linking_data=data,
        )
        config = replace(self.config, deployment_id=self.deployment_id)
        return launches.launch_claims(config, self.course, facts, nonce)

    def _line_item_urls(self, launch: Launch) -> list[str]:
        if launch.line_item_id is not None:
            return [self.line_item_url(launch.line_item_id)]
        if launch.placement_id is None:
            return []
        return [self.line_item_url(i.id) for i in self.gradebook.line_items(resource_link_id=launch.placement_id)]

    def launch_claims(
        self, person: Person | str, placement: Placement | str | None, *, nonce: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Return the claims of a launch, for a test to change and sign; ``more`` are fields of Launch."""
        return self.claims_of(self.launch(person, placement, **more), nonce or launches.new_nonce())

    # Changes of the installation and of the course page

    @property
    def deployment_id(self) -> str:
        """The id of the tool's installation: another one after the tool was installed anew."""
        return self.store.setting("deployment_id", lambda: self.config.deployment_id)

    def install_anew(self) -> str:
        """Remove the tool and install it again, with the same client id, course and links; returns the new id."""
        first, number = self.config.deployment_id, self.store.setting("installations", lambda: "1")
        self.store.change_setting("installations", str(int(number) + 1))
        self.store.change_setting("deployment_id", f"{first}-{int(number) + 1}")
        return self.deployment_id

    def duplicate(self, placement: Placement) -> Placement:
        """Add a copy of a placement, as LMSs do: another id and column, the same custom parameters; returns it."""
        copy = replace(placement, id=f"rl-{secrets.token_hex(6)}", title=f"{placement.title} (copy)")
        self.placements.add(copy)
        for item in self.gradebook.line_items(resource_link_id=placement.id)[:1]:
            self.gradebook.create(
                LineItemDraft(label=copy.title, score_maximum=item.score_maximum, resource_link_id=copy.id)
            )
        return copy

    # Services

    def line_item_url(self, line_item_id: int) -> str:
        """Return the address of a line item, which is its id in AGS."""
        return launches.line_item_url(self.config, self.course, line_item_id)

    def issue_token(self, scopes: Sequence[str]) -> str:
        """Return a new access token for ``scopes``, valid for an hour; only its digest is stored."""
        token = secrets.token_urlsafe(32)
        now = self.config.clock().timestamp()
        values = {"digest": _digest(token), "scopes": list(scopes), "expires_at": now + TOKEN_SECONDS}
        with self.store.writing() as connection:
            connection.execute(delete(access_tokens).where(access_tokens.c.expires_at < now))
            connection.execute(insert(access_tokens).values(values))
        return token

    def find_token(self, token: str) -> AccessToken | None:
        """Return what a bearer token permits; None where it is unknown or expired."""
        now = self.config.clock().timestamp()
        query = select(access_tokens.c.scopes).where(
            access_tokens.c.digest == _digest(token), access_tokens.c.expires_at > now
        )
        with self.store.reading() as connection:
            scopes = connection.scalar(query)
        return None if scopes is None else AccessToken(frozenset(scopes))

    def use_once(self, kind: str, value: str, seconds: float = TOKEN_SECONDS) -> bool:
        """Mark ``value`` as used for ``seconds``; False where it was used before."""
        now = self.config.clock().timestamp()
        try:
            with self.store.writing() as connection:
                connection.execute(delete(used_ids).where(used_ids.c.expires_at < now))
                connection.execute(insert(used_ids).values(value=f"{kind}:{value}", expires_at=now + seconds))
        except IntegrityError:
            return False
        return True

    def lifetime(self, claims: Mapping[str, Any]) -> float:
        """Return for how many seconds a verified token could still be shown again."""
        return max(0.0, float(claims["exp"]) - self.config.clock().timestamp()) + 60

    def close(self) -> None:
        """Let go of hanging requests and of the database."""
        self.faults.reset()
        self.store.close()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
