"""What the LTI edge works with: one set for the whole process."""

from dataclasses import dataclass

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.core.http import AT_ONCE, Outgoing
from lti_app.core.key_value import KeyValueStore, make_store
from lti_app.core.places import Places
from lti_app.core.settings import Settings
from lti_app.lti.platform_keys import PlatformKeys
from lti_app.lti.roster import RosterBell


@dataclass(frozen=True)
class LtiEdge:
    """The tools of the edge. `roster_bell` may be absent: rosters are then swept by time alone."""

    settings: Settings
    database: Database
    clock: Clock
    store: KeyValueStore
    places: Places[str]
    """In which requests of people wait for other systems, of whatever kind."""
    outgoing: Outgoing
    platform_keys: PlatformKeys
    roster_bell: RosterBell | None = None


def make_edge(
    settings: Settings, database: Database, clock: Clock, *, roster_bell: RosterBell | None = None
) -> LtiEdge:
    """The edge for these settings."""
    store, places = make_store(settings, database, clock), Places[str](AT_ONCE)
    outgoing = Outgoing(places=places)
    return LtiEdge(
        settings=settings,
        database=database,
        clock=clock,
        store=store,
        places=places,
        outgoing=outgoing,
        platform_keys=PlatformKeys(store, outgoing),
        roster_bell=roster_bell,
    )
