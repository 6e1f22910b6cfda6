"""Readers that take posts out of the discussion into files."""

from lti_app.exchange.exporting.queries import export_posts, list_authors, select_for_export
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope
from tests.discussion.visibility import oracle
from tests.discussion.visibility.looks import LOOKS, READING, existing, name_of
from tests.discussion.visibility.oracle import STAFF, Viewer
from tests.discussion.visibility.world import PLACES, VIEWERS, World


def check_export_of_what_one_can_read(world: World) -> None:
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        selection = select_for_export(world.session, actor, view, scope=Scope.READABLE, kind=ExportFormat.HTML)
        found = {
            post.id: (post.author, bool(post.html), bool(post.cited)) for post in export_posts(world.session, selection)
        }
        assert found == {
            number: (name_of(world, viewer, place, post), says, says)
            for number, post in existing(world, viewer, place).items()
            for says in [oracle.says(viewer, place, post)]
        }, (viewer, place)


def check_export_of_what_the_class_can_read(world: World) -> None:
    nobody = Viewer("nobody", "student")
    for place in PLACES:
        view = world.view(VIEWERS[0], place)
        selection = select_for_export(world.session, world.cast.ines, view, scope=Scope.PUBLIC, kind=ExportFormat.HTML)
        found = {post.id: (post.author, bool(post.html)) for post in export_posts(world.session, selection)}
        assert found == {
            number: (name_of(world, nobody, place, post), oracle.says(nobody, place, post))
            for number, post in existing(world, nobody, place).items()
        }, place


def check_export_of_ones_own(world: World) -> None:
    for viewer, place in LOOKS:
        if viewer.role == "observer":
            continue
        view = world.view(viewer, place)
        selection = select_for_export(world.session, world.actor(viewer), view, scope=Scope.ONE, kind=ExportFormat.JSON)
        found = {post.id: bool(post.html) for post in export_posts(world.session, selection)}
        assert found == {
            number: not post.deleted
            for number, post in world.posts(place).items()
            if post.author == viewer.person and not post.byline
        }, (viewer, place)


def check_authors(world: World) -> None:
    for viewer, place in READING:
        found = {author.name for author in list_authors(world.session, world.actor(viewer), world.view(viewer, place))}
        hides = oracle.hides_names(viewer, place)
        assert found == {
            name_of(world, viewer, place, post)
            for post in existing(world, viewer, place).values()
            if not post.byline and not (hides and post.author in STAFF)
        }, (viewer, place)


CHECKS = (
    check_export_of_what_one_can_read,
    check_export_of_what_the_class_can_read,
    check_export_of_ones_own,
    check_authors,
)
