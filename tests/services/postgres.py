"""A private PostgreSQL server that keeps nothing: on a socket of its own, without waiting for disks."""

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


def server_url() -> str:
    """`COLLOQUY_TEST_POSTGRES_URL`, whose account may create databases, or a server that is started for this run."""
    return os.environ.get("COLLOQUY_TEST_POSTGRES_URL") or address_of("postgres", _prepare)


def database_url(name: str) -> str:
    """The URL of one database on the server, in the form that the settings take."""
    return make_url(server_url()).set(database=name).render_as_string(hide_password=False)


def create_database(name: str) -> str:
    """Create an empty database in place of an older one of this name; answer its URL."""
    with psycopg.connect(_plain(server_url()), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return database_url(name)


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


def _prepare(folder: Path) -> Server:
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
    command += [word for setting in IN_MEMORY for word in ("-c", setting)]
    address = f"postgresql://colloquy@/postgres?host={folder}"
    return Server(command, ready="database system is ready to accept connections", address=address, user=user)


def _server_account() -> str:
    """PostgreSQL refuses to run as root; the package has made an account for it."""
    return "postgres" if getpass.getuser() == "root" or os.geteuid() == 0 else ""
