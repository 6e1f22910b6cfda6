"""The placements on the course page: those of the course file and those that the instructor added from the tool."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from lti_app.practice_lms.course import Placement
from lti_app.practice_lms.store import Store, placements


class Placements:
    """Resource links in the order of the course page."""

    def __init__(self, store: Store, shipped: Iterable[Placement]) -> None:
        self._store = store
        self._shipped = tuple(shipped)

    def all(self) -> tuple[Placement, ...]:
        """Return every placement: first those of the course file."""
        with self._store.reading() as connection:
            rows = connection.execute(select(placements).order_by(placements.c.position)).mappings().all()
        return (*self._shipped, *(_placement(row) for row in rows))

    def find(self, placement_id: str) -> Placement | None:
        """Return one placement, or None."""
        return next((p for p in self.all() if p.id == placement_id), None)

    def is_added(self, placement_id: str) -> bool:
        """Whether the placement came by deep linking, and so may be removed."""
        return all(p.id != placement_id for p in self._shipped)

    def add(self, placement: Placement) -> None:
        """Put a placement at the end of the course page."""
        values = {
            "id": placement.id,
            "title": placement.title,
            "text": placement.text,
            "url": placement.url,
            "custom": dict(placement.custom),
        }
        with self._store.writing() as connection:
            last = connection.scalar(select(func.coalesce(func.max(placements.c.position), 0)))
            connection.execute(insert(placements).values(position=(last or 0) + 1, **values))

    def replace(self, placement: Placement) -> None:
        """Give an added placement other content; its id and place on the page stay."""
        values = {"title": placement.title, "text": placement.text, "url": placement.url}
        with self._store.writing() as connection:
            changed = update(placements).where(placements.c.id == placement.id)
            connection.execute(changed.values(custom=dict(placement.custom), **values))

    def remove(self, placement_id: str) -> None:
        """Take an added placement away; line items that point to it stay in the gradebook."""
        with self._store.writing() as connection:
            connection.execute(delete(placements).where(placements.c.id == placement_id))


def _placement(row: Any) -> Placement:
    return Placement(row["id"], row["title"], row["text"], row["url"], row["custom"])
