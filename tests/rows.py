"""Rows of a database, taken and put back as they were."""

from typing import Any

from sqlalchemy import Table, func, insert, select, text

from lti_app.core.db import Base, Database

Rows = dict[Table, list[dict[str, Any]]]


def take_rows(database: Database) -> Rows:
    """All rows of all tables, in an order in which they can be put back."""
    with database.engine.connect() as connection:
        rows = {table: list(connection.execute(select(table)).mappings()) for table in Base.metadata.sorted_tables}
    return {table: [dict(row) for row in found] for table, found in rows.items() if found}


def put_rows(database: Database, rows: Rows) -> None:
    """Put them into an empty database; new rows get the numbers that they would have got."""
    with database.engine.begin() as connection:
        for table, found in rows.items():
            connection.execute(insert(table), found)
        if connection.dialect.name == "postgresql":
            for table in rows:
                if "id" in table.c:
                    newest = connection.scalar(select(func.max(table.c.id)))
                    sequence = {"name": table.name, "newest": newest}
                    connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :newest)"), sequence)
