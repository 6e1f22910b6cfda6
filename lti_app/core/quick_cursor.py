"""A cursor of psycopg that says of its columns only what is asked."""

from collections.abc import Sequence
from typing import Any, overload

from psycopg import Column, Cursor


class _Columns(Sequence[Column]):
    """The columns of a result, each made when it is looked at."""

    def __init__(self, cursor: Cursor[Any], count: int) -> None:
        self._cursor = cursor
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Column: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Column]: ...
    def __getitem__(self, at: int | slice) -> Column | Sequence[Column]:
        if isinstance(at, slice):
            return [self[nth] for nth in range(self._count)[at]]
        return Column(self._cursor, range(self._count)[at])


class QuickCursor(Cursor[Any]):
    """SQLAlchemy asks after every statement whether it has columns. psycopg would describe all of them."""

    @property
    def description(self) -> Any:
        """The columns of the result; None for a statement that has none."""
        result = self.pgresult
        return _Columns(self, result.nfields) if result and result.nfields else super().description
