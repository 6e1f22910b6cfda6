"""Private PostgreSQL servers, each on a socket of its own. That of the tests keeps nothing and waits for no disk."""

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.services.programs import POSTGRES, find_or_install
from tests.services.run import Server, address_of

IN_MEMORY = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
)
WITHOUT_CHANCE = ("autovacuum_analyze_threshold=2147483647",)
"""No statistics are taken at a moment of chance: of a table whose rows a test has not committed they would say that it
is empty, and the plans that follow from that took minutes. Tests of plans take them themselves."""
COUNTING = ("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.max=5000")
LASTING = (
    *COUNTING,
    "max_connections=200",
    "shared_buffers=1GB",
    "max_wal_size=4GB",
    "wal_level=minimal",
    "max_wal_senders=0",
)
"""As an operator would have it: a commit waits for the disk."""


def server_url() -> str:
    """`COLLOQUY_TEST_POSTGRES_URL`, whose account may create databases, or a server that is started for this run."""
    return os.environ.get("COLLOQUY_TEST_POSTGRES_URL") or address_of("postgres", _prepare)


def counting_server_url() -> str:
    """The same for benchmarks: a server that is started counts its statements, one that is named may."""
    return os.environ.get("COLLOQUY_TEST_POSTGRES_URL") or address_of("postgres-counting", _prepare_counting)


def lasting_server_url() -> str:
    """The same for trials under load: a server that is started keeps what it has taken, and counts its statements."""
    return os.environ.get("COLLOQUY_TEST_POSTGRES_URL") or address_of("postgres-lasting", _prepare_lasting)


def create_database(name: str, server: str | None = None) -> str:
    """Create an empty database in place of an older one of this name; answer its URL, in the form that the settings
    take.
    """
    server = server or server_url()
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def clear(url: str, tables: Iterable[str]) -> None:
    """Delete all rows, numbers start anew, and sessions that an earlier test left open end.

    A hundred times faster than copying a database. The tables are given in an order in which rows may be deleted; where
    the account may say so, PostgreSQL does not check it.
    """
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        queue = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'huey%'").fetchall()
        every = ("post_search", *tables, *(row[0] for row in queue))  # no message may reach the next test's queue
        if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
            connection.execute("SET session_replication_role = replica")
        deletions = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in every]
        connection.execute(sql.SQL("; ").join(deletions))
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
        )


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _prepare(folder: Path, settings: Iterable[str] = (*IN_MEMORY, *WITHOUT_CHANCE)) -> Server:
    programs, data = find_or_install(POSTGRES), folder / "data"
    user = _server_account()
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user, user)
        shutil.chown(data, user, user)
    as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
    initdb = [programs / "initdb", "--pgdata", data, "--username", "colloquy", "--auth", "trust", "--no-sync"]
    options = ["--encoding", "UTF8", "--locale", "C"]
    subprocess.run([*initdb, *options], check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)  # type: ignore[call-overload]
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
    command += [word for setting in settings for word in ("-c", setting)]
    address = f"postgresql://colloquy@/postgres?host={folder}"
    return Server(command, ready="database system is ready to accept connections", address=address, user=user)


def _prepare_counting(folder: Path) -> Server:
    return _prepare(folder, (*IN_MEMORY, *COUNTING))


def _prepare_lasting(folder: Path) -> Server:
    return _prepare(folder, LASTING)


def _server_account() -> str:
    """PostgreSQL refuses to run as root; the package has made an account for it."""
    return "postgres" if getpass.getuser() == "root" or os.geteuid() == 0 else ""
