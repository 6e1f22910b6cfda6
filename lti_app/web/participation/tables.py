"""What the tables of students have in common: their filter in the address, their links, and their files."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.core.prose import cut
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import GroupLine, collect_members, list_groups
from lti_app.exchange.exporting.rules.tables import ExportedTable, TableFormat, csv_table, xlsx_table
from lti_app.participation.matrix.rules.filters import MAX_FIND, REVERSED, WORK, MatrixFilter, NamedLine
from lti_app.participation.matrix.rules.states import STATES, UNDONE, state_of
from lti_app.participation.progress.rules import WorkStanding
from lti_app.participation.requirements.base import Standing
from lti_app.web.headers import LOCKED_UP, name_file
from lti_app.web.requests import is_number
from lti_app.web.transactions import now, read_session

NAME = "name"
FILTERS = tuple(each.name for each in fields(MatrixFilter))
"""What tables are narrowed and sorted by, in the order of addresses."""
TYPES = {
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class SortLink:
    """Where the head of a column leads, and how the table is sorted by it now."""

    query: str
    direction: str
    """The value of aria-sort; empty where the table is sorted by another column."""


def read_matrix_filter() -> MatrixFilter:
    """The filter in the address of this request; values that cannot be are left out."""
    group, state, sort = (request.args.get(name, "") for name in ("group", "state", "sort"))
    return MatrixFilter(
        find=request.args.get("find", "").strip()[:MAX_FIND],
        group=group if is_number(group) else "",
        state=state if state in (*STATES, UNDONE) else "",
        column=request.args.get("column", "")[:MAX_FIND],
        sort=sort[:MAX_FIND],
    )


def query_of(wanted: MatrixFilter, **more: str) -> str:
    """What links add to keep the filter: empty, or from the question mark on."""
    chosen = {name: value for name in FILTERS if (value := getattr(wanted, name))}
    chosen |= {name: value for name, value in more.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""


def sort_links(wanted: MatrixFilter, keys: Collection[str]) -> dict[str, SortLink]:
    """The links in the heads of the columns, by key; the same column again turns the order around."""
    return {key: _sort_link(wanted, key) for key in (NAME, WORK, *keys)}


def groups_and_members(
    actor: Actor, wanted: MatrixFilter, *, blind: bool
) -> tuple[list[GroupLine], frozenset[int] | None]:
    """The sections and groups to choose from, and the people of the chosen one (one statement, two with a choice).

    While names are hidden there are none: they would tell who is behind a pseudonym.
    """
    if blind:
        return [], None
    chosen = wanted.chosen_group
    members = None if chosen is None else collect_members(read_session(), actor, chosen)
    return list_groups(read_session(), actor), members


def ids_of(lines: Iterable[NamedLine]) -> str:
    """The students whom a table shows, as the form of a message names them."""
    return ",".join([str(line.person_id) for line in lines])


def table_file(table: ExportedTable, name: str) -> Response:
    """The table as a file to be saved, in the format of the address, else CSV. Raises NotFound for an unknown format.

    Its rows may be made only after the request, so their words are to be translated before.
    """
    try:
        kind = TableFormat(request.args.get("kind", TableFormat.CSV))
    except ValueError as error:
        raise NotFound from error
    body = csv_table(table) if kind is TableFormat.CSV else xlsx_table(table)
    response = Response(body, content_type=TYPES[kind])
    response.headers["Content-Security-Policy"] = LOCKED_UP
    name_file(response, "attachment", f"{cut(name, 80)} {now():%Y-%m-%d}.{kind.value}")
    return response


def shown_states() -> dict[str, Any]:
    """What templates need to show states: all there are, and the state for each standing of a requirement, also of
    somebody who is excused.
    """
    plain = {standing: state_of(standing) for standing in Standing}
    excused = {standing: state_of(standing, is_excused=True) for standing in Standing}
    others = [state_of(standing) for standing in WorkStanding]
    return {
        "states": STATES,
        "shown_states": list(dict.fromkeys([*STATES, *plain.values(), *excused.values(), *others])),
        "plain_states": plain,
        "excused_states": excused,
    }


def state_words() -> Mapping[str, str]:
    """The states of the tables in words, as files have them."""
    return {
        "complete": _("complete"),
        "late": _("late"),
        "started": _("in progress"),
        "nothing": _("nothing yet"),
        "missing": _("missing"),
        "excused": _("excused"),
    }


def _sort_link(wanted: MatrixFilter, key: str) -> SortLink:
    is_class_order = key == NAME and not wanted.sort
    ascending = is_class_order or wanted.sort == key
    descending = wanted.sort == REVERSED + key or (key == NAME and wanted.sort == NAME)
    following = "" if key == NAME else key
    if ascending and not descending:
        following = NAME if key == NAME else REVERSED + key
    direction = "descending" if descending else "ascending" if ascending else ""
    return SortLink(query_of(replace(wanted, sort=following)) or "?", direction)
