"""Making passages of readings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.library.readings.access import require_cite
from lti_app.library.readings.models import Passage
from lti_app.library.readings.rules import PassagePlace

PlaceKey = tuple[int, str]
"""A reading's id and the fingerprint of a place in it."""
_KNOWN = or_(
    tuple_(Passage.reading_id, Passage.fingerprint).in_(bindparam("places", expanding=True)),
    Passage.id.in_(bindparam("passages", expanding=True)),
)
_NOWHERE: PlaceKey = (0, "")


def places_of(places: Iterable[tuple[int, str, str]]) -> dict[PlaceKey, PassagePlace]:
    """Places by reading, page and paragraph, each of them once."""
    found = ((reading_id, PassagePlace.of(page=page, paragraph=paragraph)) for reading_id, page, paragraph in places)
    return {(reading_id, place.fingerprint): place for reading_id, place in found}


def select_known(*columns: ColumnElement[Any]) -> Select[Any]:
    """Some columns, and the ids of the passages that are there already; run with `known_values`."""
    return select(*columns, Passage.id).where(_KNOWN)


def known_values(passage_ids: Collection[int], places: Collection[PlaceKey]) -> dict[str, object]:
    """Which passages `select_known` finds: those with these ids, and those at these places."""
    return {"passages": sorted(passage_ids), "places": sorted(places) or [_NOWHERE]}


def find_or_add(session: Session, places: Mapping[PlaceKey, PassagePlace]) -> dict[PlaceKey, int]:
    """The ids of the passages at these places; missing passages are created."""
    return _find_or_add(session, [(reading_id, place) for (reading_id, _fingerprint), place in places.items()])


def find_passages(session: Session, places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The ids of these passages (reading id, page); missing passages are created."""
    wanted = {(reading_id, page): PassagePlace.of(page=page) for reading_id, page in places}
    found = _find_or_add(session, [(reading_id, place) for (reading_id, _page), place in sorted(wanted.items())])
    return {key: found[key[0], place.fingerprint] for key, place in wanted.items()}


def choose_passage(
    session: Session,
    actor: Actor,
    reading_id: int,
    *,
    page: str = "",
    paragraph: str = "",
    exact: str = "",
    prefix: str = "",
    suffix: str = "",
) -> int:
    """The id of the passage that a reader has selected; a new one is created.

    Raises NotFound, and Forbidden for observers.
    """
    require_cite(session, actor, reading_id)
    place = {"page": page, "paragraph": paragraph, "exact": exact, "prefix": prefix, "suffix": suffix}
    return find_or_add_passage(session, reading_id, **place)


def find_or_add_passage(
    session: Session,
    reading_id: int,
    *,
    page: str,
    paragraph: str = "",
    exact: str = "",
    prefix: str = "",
    suffix: str = "",
) -> int:
    """The id of this passage; a new one is created. Does not ask who may: `choose_passage` is the gate for readers.

    Otherwise the reading is one of the discussion's, as `Composed.citations` are.
    """
    place = PassagePlace.of(page=page, paragraph=paragraph, exact=exact, prefix=prefix, suffix=suffix)
    return _find_or_add(session, [(reading_id, place)])[reading_id, place.fingerprint]


def _find_or_add(session: Session, places: list[tuple[int, PassagePlace]]) -> dict[tuple[int, str], int]:
    """Find or create passages; returns their ids by reading and fingerprint. Two posts may do this at the same time."""
    if not places:
        return {}
    rows = [
        {"reading_id": reading_id, "fingerprint": place.fingerprint, **asdict(place)} for reading_id, place in places
    ]
    put = insert_into(session, Passage).values(sorted(rows, key=itemgetter("reading_id", "fingerprint")))
    # Changing nothing about a passage that is there makes the database answer its id too.
    known = put.on_conflict_do_update(
        index_elements=["reading_id", "fingerprint"], set_={"fingerprint": put.excluded.fingerprint}
    )
    found = session.execute(known.returning(Passage.reading_id, Passage.fingerprint, Passage.id))
    return {(reading_id, fingerprint): passage_id for reading_id, fingerprint, passage_id in found}
