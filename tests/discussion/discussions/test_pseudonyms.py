"""Names under which people are known where theirs are hidden: given once, never twice, whoever comes at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody, reveal_names
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, pseudonym
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import NamesChanged
from lti_app.discussion.posts.models import Mention
from lti_app.discussion.posts.queries.referred import ALIASES, find_people
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import release_all
from lti_app.grading.assessments.queries.desk import list_desk
from tests.cast import arrive
from tests.factories.discussions import plan, set_up
from tests.factories.grades import mark
from tests.factories.posts import write


def given(session, discussion):
    rows = session.execute(select(Pseudonym.person_id, Pseudonym.name).where(Pseudonym.discussion_id == discussion.id))
    return dict(iter(rows))


@pytest.fixture
def hidden(session, cast, clock):
    return set_up(session, cast.ines, clock(), anonymity=Anonymity.PEERS, post_first=False)


def test_the_first_post_gives_a_name_that_stays(session, cast, clock, hidden):
    first = write(session, cast.ana, hidden, now=clock())
    write(session, cast.ben, hidden, to=first, now=clock())
    write(session, cast.ana, hidden, now=clock())
    write(session, cast.ines, hidden, now=clock())
    names = given(session, hidden)
    assert names == {cast.ana.person_id: pseudonym(hidden.id, 0), cast.ben.person_id: pseudonym(hidden.id, 1)}
    own = get_discussion(session, cast.ana, hidden.id, now=clock())
    assert own.own_pseudonym == names[cast.ana.person_id]


def test_where_names_are_seen_none_is_given(session, cast, clock, discussion):
    write(session, cast.ana, discussion, now=clock())
    assert given(session, discussion) == {}


def test_many_who_post_at_once_get_names_of_their_own(database, session, cast, clock, hidden):
    people = [arrive(session, cast.course_id, f"Student Number{n}", Role.STUDENT, now=clock()) for n in range(12)]
    session.commit()

    def post(numbered):
        nth, actor = numbered
        with database.writing() as own:
            discussion = get_discussion(own, actor, hidden.id, now=clock())
            for n in range(2):
                create_post(
                    own, actor, discussion, PostContent(f"{actor.name}: {nth} {n}"), parent_id=None, now=clock()
                )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(post, enumerate(people * 2)))
    names = given(session, hidden)
    assert names.keys() == {actor.person_id for actor in people}
    assert len(set(names.values())) == len(people)


def test_anonymity_is_fixed_once_somebody_has_posted(session, cast, clock, hidden):
    write(session, cast.ana, hidden, now=clock())
    again = plan(anonymity=Anonymity.NAMED, title="Another title")
    kept = save_settings(session, cast.ines, hidden.id, settings=again, version=1, now=clock())
    assert (kept.title, kept.anonymity) == ("Another title", Anonymity.PEERS)


@pytest.mark.parametrize(("before", "after"), [(Anonymity.PEERS, Anonymity.NAMED), (Anonymity.NAMED, Anonymity.BLIND)])
def test_nobody_posts_under_other_terms_than_they_were_told(session, cast, clock, before, after):
    told = set_up(session, cast.ines, clock(), anonymity=before, post_first=False)
    save_settings(session, cast.ines, told.id, settings=plan(anonymity=after), version=1, now=clock())
    by_now = get_discussion(session, cast.ana, told.id, now=clock())
    for seen, written in ((told, PostContent("Hello.")), (by_now, PostContent("Hello.", shown_anonymity=before))):
        with pytest.raises(NamesChanged) as refusal, session.begin_nested():
            create_post(session, cast.ana, seen, written, parent_id=None, now=clock())
        assert refusal.value.data["anonymity"] == after
    create_post(session, cast.ana, by_now, PostContent("Hello.", shown_anonymity=after), parent_id=None, now=clock())


def test_people_are_found_under_the_names_that_the_class_knows(session, cast, clock, hidden):
    write(session, cast.ben, hidden, now=clock())
    name = given(session, hidden)[cast.ben.person_id]
    everybody = [actor.person_id for actor in (*cast.students, cast.ines)]

    def found(actor, **asked):
        return find_people(session, actor, hidden, **{"ids": [], "names": [], **asked})

    for actor in (cast.ana, cast.ines):
        assert found(actor, ids=everybody) == (
            {cast.ines.person_id: "Ines Navarro"},
            {cast.ines.person_id: cast.ines.person_id},
        )
        names, behind = found(actor, names=["Ben Carter", name])
        (alias,) = names
        assert names == {alias: name}
        assert behind == {alias: cast.ben.person_id}
        assert alias > ALIASES  # nothing that tells who it is elsewhere
        assert found(actor, ids=[alias]) == (names, behind)
    assert found(cast.ana) == ({}, {})


def test_a_mention_tells_no_id_of_the_person(session, cast, clock, hidden):
    write(session, cast.ben, hidden, now=clock())
    name = given(session, hidden)[cast.ben.person_id]
    post = write(session, cast.ana, hidden, text=f"I agree with @{name} here.", now=clock())
    assert f"@{name}</span>" in post.html
    assert f'data-id="{cast.ben.person_id}"' not in post.html
    assert session.scalars(select(Mention.person_id)).all() == [cast.ben.person_id]


@pytest.fixture
def blind(session, cast, clock):
    return set_up(session, cast.ines, clock(), anonymity=Anonymity.BLIND, post_first=False)


def desk(session, actor, discussion, clock):
    return list_desk(session, actor, get_discussion(session, actor, discussion.id, now=clock()))


def test_the_blind_desk_is_in_the_order_of_its_pseudonyms_until_grades_are_released(session, cast, clock, blind):
    for actor in cast.students:
        write(session, actor, blind, now=clock())
    lines = desk(session, cast.tariq, blind, clock)
    assert [line.name for line in lines] == sorted(given(session, blind).values())
    assert all(line.key.startswith("b") for line in lines)
    mark(session, cast.tariq, blind, cast.ana, now=clock())
    assert release_all(session, cast.tariq, blind, now=clock()) == 1
    lines = desk(session, cast.tariq, blind, clock)
    assert [line.name for line in lines] == ["Ana Brandt", "Ben Carter", "Chi Nguyen"]
    assert [line.key for line in lines] == [f"{actor.person_id}" for actor in cast.students]


def test_names_are_revealed_once_and_to_staff_alone(session, cast, clock, blind):
    first = write(session, cast.ana, blind, now=clock())
    name_everybody(session, cast.ines, blind)
    name_everybody(session, cast.ines, blind)
    assert len(set(given(session, blind).values())) == 3
    before = given(session, blind)[cast.ana.person_id]
    reveal_names(session, cast.ines, blind, now=clock())
    assert get_discussion(session, cast.ines, blind.id, now=clock()).names_revealed
    seen = get_discussion(session, cast.ben, blind.id, now=clock())
    assert seen.hides_names_from(cast.ben)
    names, _behind = find_people(session, cast.ben, seen, ids=[first.author_id], names=[before])
    assert list(names.values()) == [before]
