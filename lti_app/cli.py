"""`colloquy …`: a thin shell around actions."""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from lti_app import migrations
from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.core.errors import ColloquyError, NotFound, SettingsError
from lti_app.core.logs import configure_logs
from lti_app.core.private_files import open_new_private_file
from lti_app.core.resources import resource
from lti_app.core.settings import PREFIX, Settings, load_settings
from lti_app.exchange.personal.actions import erase_person, preview_erasure, write_export
from lti_app.exchange.personal.queries import collect_person, find_people
from lti_app.exchange.streaming.actions import switching as streams
from lti_app.exchange.streaming.actions.switching import StreamChoices
from lti_app.exchange.streaming.errors import StreamSettingsRefused
from lti_app.exchange.streaming.queries.streams import list_statuses
from lti_app.exchange.streaming.rules.activities import StreamFormat
from lti_app.exchange.streaming.rules.endpoints import checked_destination
from lti_app.grading.passbacks.queries import list_problems
from lti_app.grading.passbacks.rules.states import ScoreKind
from lti_app.jobs.bounces import make_bounce_taker, read_bounded
from lti_app.jobs.worker import WORKERS, run_worker
from lti_app.library.files.actions import sweep
from lti_app.lti import joining, registrations
from lti_app.lti import keys as tool_keys
from lti_app.lti.errors import RegistrationRefused
from lti_app.seed import seed_demo_course
from lti_app.storage.choosing import make_storage
from lti_app.storage.private import make_private

UNKNOWN = {
    "unknown_person": "there is no such person; run `colloquy person find` to get their number",
    "unknown_platform": "there is no such platform; run `colloquy platform list` to see all platforms",
    "unknown_deployment": "there is no such deployment; run `colloquy platform list` to see all deployments",
    "no_activity_stream": "this deployment has no activity stream; turn one on with `colloquy activity-stream on`",
    "activity_stream_off": "this activity stream is off; turn it on with `colloquy activity-stream on`",
}

ALLOCATION = {"MALLOC_ARENA_MAX": "2"}
"""For glibc: with a heap for each thread, every web process would keep 5 MB more."""

TRY_LATER = 75
"""EX_TEMPFAIL: a mail server keeps the message and hands it over again."""

STOPPED = {
    "locked": "others are using a table that it must change",
    "slow": "a step took longer than it may hold others up",
}


@click.group(help="Colloquy: graded discussions of assigned readings, embedded in Canvas and Moodle.")
@click.version_option(package_name="colloquy")
def cli() -> None:
    """The group of all commands."""


@cli.command()
def upgrade() -> None:
    """Update the database to the newest version."""
    waiting = "Another upgrade of this database is running. Waiting for it to finish …"
    settings = load_settings()
    _make_private(settings)
    migrations.upgrade(settings.database_url, on_wait=lambda: click.echo(waiting))
    click.echo("The database is up to date.")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8800, show_default=True)
@click.option("--processes", type=int, help="Number of web processes. Default: one per core, or one with SQLite.")
def serve(host: str, port: int, processes: int | None) -> None:
    """Serve the web pages. With SQLite and no Redis, the worker runs in the same process."""
    settings = load_settings()
    _make_private(settings)
    _require_current(settings)
    count = 1 if settings.embedded else processes or multiprocessing.cpu_count()
    arguments = [
        "--config",
        str(resource("config", "gunicorn.py")),
        "--bind",
        f"{host}:{port}",
        "--workers",
        str(count),
    ]
    if not settings.embedded:  # the worker's threads would not come along
        arguments.append("--preload")
    program = [sys.executable, "-m", "gunicorn", *arguments, "lti_app.wsgi:application"]
    os.execve(sys.executable, program, {**ALLOCATION, **os.environ})  # noqa: S606 -- our own interpreter


@cli.command()
@click.option("--threads", default=WORKERS, show_default=True)
def worker(threads: int) -> None:
    """Send grades and read class lists until stopped."""
    settings = load_settings()
    _make_private(settings)
    _require_current(settings)
    configure_logs()
    run_worker(settings, workers=threads)


@cli.group()
def platform() -> None:
    """Manage LMS registrations."""


@platform.command("add")
@click.option("--issuer", required=True)
@click.option("--client-id", required=True)
@click.option("--auth-login-url", help="Required for a new registration.")
@click.option("--auth-token-url", help="Required for a new registration.")
@click.option("--jwks-url", help="Required for a new registration.")
@click.option("--deployment-id", "deployment_ids", multiple=True, required=True)
@click.option(
    "--auth-audience", help="The aud of our client assertions, if the LMS expects something other than its token URL."
)
def platform_add(deployment_ids: Sequence[str], **given: str) -> None:
    """Register an LMS, or change its addresses and add deployments."""
    settings = load_settings()
    with _writing(settings) as session:
        registrations.add_platform(session, deployment_ids=deployment_ids, now=system_clock(), **given)
    click.echo("Registered. Enter these addresses in the LMS:")
    for name, address in registrations.tool_addresses(settings.base_url).items():
        click.echo(f"  {name:<26} {address}")


@platform.command("list")
def platform_list() -> None:
    """List all registrations."""
    with _reading(load_settings()) as session:
        for info in registrations.list_platforms(session):
            state = "disabled" if info.disabled_at else "enabled"
            click.echo(f"{info.id}\t{state}\t{info.issuer}\t{info.client_id}\t{','.join(info.deployment_ids)}")


@platform.command("show")
@click.argument("platform_id", type=int)
def platform_show(platform_id: int) -> None:
    """Show one registration in full."""
    with _reading(load_settings()) as session:
        for name, value in vars(registrations.show_platform(session, platform_id)).items():
            click.echo(f"{name:<16} {value}")


@platform.command("disable")
@click.argument("platform_id", type=int)
@click.option("--undo", is_flag=True, help="Enable it again.")
def platform_disable(platform_id: int, undo: bool) -> None:
    """Refuse launches from a registration. Nothing is deleted."""
    with _writing(load_settings()) as session:
        if undo:
            registrations.enable_platform(session, platform_id)
        else:
            registrations.disable_platform(session, platform_id, now=system_clock())
    click.echo("Enabled." if undo else "Disabled.")


@platform.command("join")
@click.argument("platform_id", type=int)
@click.option("--old", required=True, help="The deployment id that the LMS no longer uses.")
@click.option("--new", required=True, help="The deployment id that replaced it.")
@click.option("--apply", "applies", is_flag=True, help="Do it. Without this, only show what would change.")
def platform_join(platform_id: int, old: str, new: str, applies: bool) -> None:
    """Let a new installation of Colloquy in an LMS go on with the courses of the old one."""
    with _writing(load_settings()) as session:
        work = joining.join_deployments if applies else joining.preview_join
        join = work(session, platform_id, old=old, new=new)
    if join.is_done:
        click.echo("Nothing to do: the old deployment is not registered, or was joined before.")
        return
    for course in join.courses:
        click.echo(f"{course.id}\t{course.title}\t{course.people} people\t{course.discussions} discussions")
    if join.dropped:
        click.echo(f"{join.dropped} empty courses of the new deployment are given up.")
    click.echo("Joined." if applies else "Nothing has changed yet. Add --apply to join the two deployments.")


@cli.group()
def keys() -> None:
    """Manage the signing keys of this tool."""


@keys.command("list")
def keys_list() -> None:
    """List all keys, newest first. The previous key signs until LMSs have had time to fetch the new one."""
    with _reading(load_settings()) as session:
        for key in tool_keys.list_keys(session, system_clock()):
            click.echo(f"{key.kid}\tcreated {key.created_at:%Y-%m-%d %H:%M}\t{_key_state(key)}")


def _key_state(key: tool_keys.KeyInfo) -> str:
    state = "signs" if key.signs else "published"
    return f"{state}, published until {key.retired_at:%Y-%m-%d}" if key.retired_at else state


@keys.command("rotate")
@click.option("--at-once", is_flag=True, help="Withdraw earlier keys immediately, for example if one has leaked.")
def keys_rotate(at_once: bool) -> None:
    """Publish a new key. It starts signing once LMSs have had time to fetch it; earlier keys stay valid for a while."""
    with _writing(load_settings()) as session:
        key = tool_keys.rotate(session, system_clock(), at_once=at_once)
    click.echo(f"{key.kid} {'signs now.' if at_once else 'is published and will sign soon; see `colloquy keys list`.'}")


@cli.group()
def grades() -> None:
    """Look after grades on their way to gradebooks."""


@grades.command("problems")
def grades_problems() -> None:
    """List grades and points for participation that are not in their gradebook, and why, in the words that instructors
    read.
    """
    with _reading(load_settings()) as session:
        problems = list_problems(session)
    for each in problems:
        kind = " (participation points)" if each.kind is ScoreKind.POINTS else ""
        click.echo(f"course {each.course_id}, discussion {each.discussion_id}: {each.course} / {each.discussion}{kind}")
        click.echo(f"  {each.count} {each.standing.value} since {each.since:%Y-%m-%d %H:%M} UTC")
        if each.words:
            click.echo(f"  {each.words.text % each.words.values}")
    if not problems:
        click.echo("Every grade is where it should be.")


@cli.group()
def person() -> None:
    """Export or erase what is stored about one person."""
    import_module("lti_app.tables")  # every table has to be known


@person.command("find")
@click.option("--issuer", required=True)
@click.option("--user-id", required=True, help="The user id that the LMS sends (the sub of its launches).")
def person_find(issuer: str, user_id: str) -> None:
    """List who has this user id, once for each registration of the LMS."""
    with _reading(load_settings()) as session:
        found = find_people(session, issuer=issuer, sub=user_id)
    for each in found:
        click.echo(f"{each.id}\t{each.issuer}\t{each.client_id}\t{each.sub}\t{each.courses} courses")
    if not found:
        click.echo("Nobody with this user id has come from this LMS.")


@person.command("export")
@click.argument("person_id", type=int)
@click.argument("file", type=click.Path(dir_okay=False))
def person_export(person_id: int, file: str) -> None:
    """Write a ZIP file with all that is stored about a person. It includes the notes of graders about them."""
    settings = load_settings()
    with _reading(settings) as session:
        data = collect_person(session, person_id)
    try:
        with open_new_private_file(Path(file)) as stream:
            write_export(stream, data, make_storage(settings))
    except OSError as error:
        raise click.ClickException(f"{file} can’t be written: {error.strerror}. Choose another name.") from None
    rows = sum(len(found) for found in data.rows.values())
    click.echo(f"{rows} rows of {len(data.rows)} tables and {len(data.files)} files written to {file}.")


@person.command("erase")
@click.argument("person_id", type=int)
@click.option("--apply", "applies", is_flag=True, help="Do it. Without this, only show what would be erased.")
def person_erase(person_id: int, applies: bool) -> None:
    """Erase what is stored about a person. This cannot be undone; remove them from the LMS's courses first."""
    settings = load_settings()
    with _writing(settings) as session:
        counts = preview_erasure(session, person_id)
        if applies:
            erase_person(session, person_id, now=system_clock())
    if applies:
        with _writing(settings) as session:
            sweep(session, make_storage(settings), now=system_clock())
    for table, count in sorted(counts.items()):
        click.echo(f"{table:<20} {count}")
    click.echo("Erased." if applies else "Nothing has changed yet. Add --apply to erase this.")


@cli.group("activity-stream")
def activity_stream() -> None:
    """Report what people do to a Caliper or xAPI endpoint. Off unless turned on; see deploy/activity-stream.md."""


_of_deployment = click.option("--deployment-id", required=True, help="The deployment whose courses are reported.")


@activity_stream.command("on")
@click.argument("platform_id", type=int)
@_of_deployment
@click.option("--format", "kind", type=click.Choice([each.value for each in StreamFormat]), required=True)
@click.option("--address", required=True, help="Where to send the activities, beginning with https://.")
@click.option("--token-file", type=click.File(encoding="utf-8"), help="A file with the token, or with key:secret.")
@click.option("--grades", is_flag=True, help="Also report released grades, without comments.")
@click.option("--lms-user-ids", is_flag=True, help="Name people by their LMS user ids, not by pseudonyms.")
def activity_stream_on(
    platform_id: int, deployment_id: str, kind: str, address: str, token_file: TextIO | None, **choices: bool
) -> None:
    """Report what happens in a deployment from now on, or change where and how that is done."""
    destination = checked_destination(StreamFormat(kind), address, token_file.read() if token_file else "")
    chosen = StreamChoices(tells_grades=choices["grades"], names_lms_users=choices["lms_user_ids"])
    with _writing(load_settings()) as session:
        tenant_id = registrations.find_deployment(session, platform_id, deployment_id)
        streams.turn_on(session, tenant_id, destination, chosen, now=system_clock())
    people = "LMS user ids" if chosen.names_lms_users else "pseudonyms"
    grades = "with" if chosen.tells_grades else "without"
    click.echo(f"On. Activities go to {destination.address}, with {people} for people and {grades} grades.")


@activity_stream.command("off")
@click.argument("platform_id", type=int)
@_of_deployment
def activity_stream_off(platform_id: int, deployment_id: str) -> None:
    """Send nothing more, and discard what is waiting."""
    with _writing(load_settings()) as session:
        tenant_id = registrations.find_deployment(session, platform_id, deployment_id)
        count = streams.turn_off(session, tenant_id, now=system_clock())
    click.echo(f"Off. Activities discarded: {count}.")


@activity_stream.command("retry")
@click.argument("platform_id", type=int)
@_of_deployment
def activity_stream_retry(platform_id: int, deployment_id: str) -> None:
    """Send what is waiting now, and once more what was refused."""
    with _writing(load_settings()) as session:
        tenant_id = registrations.find_deployment(session, platform_id, deployment_id)
        count = streams.retry(session, tenant_id, now=system_clock())
    click.echo(f"The worker sends what is waiting within a minute. Refused activities to send again: {count}.")


@activity_stream.command("status")
def activity_stream_status() -> None:
    """List all activity streams, what is waiting, and what went wrong."""
    with _reading(load_settings()) as session:
        names, statuses = registrations.name_deployments(session), list_statuses(session)
    for each in statuses:
        click.echo(names.get(each.tenant_id, f"deployment {each.tenant_id}, no longer registered"))
        for line in each.lines():
            click.echo(f"  {line}")
    if not statuses:
        click.echo("There are no activity streams.")


@cli.group()
def mail() -> None:
    """Look after mail that came back."""


@mail.command("bounced")
@click.option(
    "--to", "recipient", default="", help="The address that the message came to, if the mail server tells it."
)
def mail_bounced(recipient: str) -> None:
    """Take one message from standard input, as mail servers hand it over; see deploy/README.md."""
    raw = read_bounded(sys.stdin.buffer)
    try:
        settings = load_settings()
        configure_logs()
        with _database(settings) as database:
            taker = make_bounce_taker(settings, database=database, clock=system_clock)
            if taker is None:
                raise SettingsError({f"{PREFIX}MAIL_BOUNCES": "is missing. Example: bounces@example.edu"})
            taker.take(raw, sent_to=recipient)
    except (SettingsError, DBAPIError) as error:
        told = error if isinstance(error, SettingsError) else "the database can’t be used"
        click.echo(f"colloquy: {told}", err=True)
        sys.exit(TRY_LATER)


@cli.command("sweep-files")
def sweep_files() -> None:
    """Erase files that have been unused, or deleted, for more than a day."""
    settings = load_settings()
    with _writing(settings) as session:
        count = sweep(session, make_storage(settings), now=system_clock())
    click.echo(f"{count} {'file' if count == 1 else 'files'} erased.")


@cli.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def demo(arguments: Sequence[str]) -> None:
    """Try Colloquy with a practice LMS and a sample course; Ctrl-C ends both."""
    # A program of its own: the application knows nothing of the practice LMS. -P leaves the current folder out of it.
    program = [sys.executable, "-P", "-m", "lti_app.practice_lms.demo"]
    os.execv(sys.executable, [*program, *arguments])  # noqa: S606 -- our own interpreter


@cli.command("seed-demo", hidden=True)
@click.option("--issuer", required=True)
@click.option("--client-id", required=True)
@click.option("--deployment-id", required=True)
def seed_demo(issuer: str, client_id: str, deployment_id: str) -> None:
    """Fill the course of the practice LMS. Does nothing if the course is already filled."""
    settings = load_settings()
    with _writing(settings) as session:
        seed_demo_course(
            session,
            issuer=issuer,
            client_id=client_id,
            deployment_id=deployment_id,
            time_zone=settings.default_time_zone,
            now=system_clock(),
            storage=make_storage(settings),
            with_grades=True,
        )


def main() -> None:
    """The command; settings and refusals end it with a plain sentence."""
    try:
        cli()
    except SettingsError as error:
        for line in str(error).splitlines():
            click.echo(f"colloquy: {line}", err=True)
        sys.exit(2)
    except migrations.UpgradeStopped as error:
        stands = error.data["revision"] or "empty"
        click.echo(f"colloquy: the upgrade stopped at a time limit: {STOPPED[error.code]}.", err=True)
        click.echo(f"Nothing was left half done (the database is at {stands}). Run `colloquy upgrade` again.", err=True)
        sys.exit(1)
    except (RegistrationRefused, StreamSettingsRefused) as error:
        click.echo(f"colloquy: {error}", err=True)
        sys.exit(1)
    except NotFound as error:
        click.echo(f"colloquy: {UNKNOWN.get(error.code, error.code)}", err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as error:
        told = str(error.orig).partition("\n")[0].rstrip(".")
        click.echo(f"colloquy: the database can’t be used: {told}. Run `colloquy upgrade`, then try again.", err=True)
        sys.exit(1)
    except ColloquyError as error:
        click.echo(f"colloquy: {error.code} {error.data or ''}", err=True)
        sys.exit(1)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = Database.at(settings.database_url)
    try:
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    with _database(settings) as database, database.read() as session:
        yield session


@contextmanager
def _writing(settings: Settings) -> Iterator[Session]:
    with _database(settings) as database, database.writing() as session:
        yield session


def _make_private(settings: Settings) -> None:
    """Tell on standard error which files others could open until now, and which they still can."""
    for found in make_private(settings):
        if found.is_private_now:
            click.echo(f"colloquy: others on this machine could open {found.path}. It is private now.", err=True)
        else:
            click.echo(
                f"colloquy: others on this machine can open {found.path}, and only its owner can change that. "
                f"Run `chmod go= {found.path}` as its owner.",
                err=True,
            )


def _require_current(settings: Settings) -> None:
    """Stop before serving on a database that the code does not know."""
    with _reading(settings) as session:
        if not migrations.is_current(session.connection()):
            reason = "points to a database that is not up to date: run `colloquy upgrade`"
            raise SettingsError({f"{PREFIX}DATABASE_URL": reason})


if __name__ == "__main__":
    main()
