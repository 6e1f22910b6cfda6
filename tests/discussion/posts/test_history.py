"""Any history of a discussion against a simple model: nothing written is lost, and order and counters are right."""

from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.errors import PostChanged
from lti_app.discussion.posts.models import Citation, Post, Revision
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.rules import written
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.posts.rules.compose import compose
from lti_app.discussion.threads.queries import get_overview, read_thread
from lti_app.library.readings.models import Passage
from lti_app.participation.progress.queries import collect_class_facts
from tests.cast import FrozenClock, gather_cast
from tests.factories.discussions import plan
from tests.factories.posts import post_id_at
from tests.factories.readings import add_readings

people = st.sampled_from(["ana", "ben", "ines"])
words = st.sampled_from(
    ["Leaders", "cope", "with change", "[Kotter, p. 104]", "[Zaleznik]", "> quoted\n", "<b>", "👍🏽"]
)
texts = st.lists(words, min_size=1, max_size=5).map(" ".join)


@dataclass
class WrittenPost:
    """What the model knows of a post."""

    author: str
    address: str
    texts: list[str]
    deleted: bool = False
    replies: int = 0


class Histories(RuleBasedStateMachine):
    """Several people write, answer, edit and delete, in a transaction that is given up at the end."""

    database = None

    def __init__(self):
        super().__init__()
        self.clock = FrozenClock()
        self.session = self.database.write()
        self.cast = gather_cast(self.session, self.clock())
        ines, now = self.cast.ines, self.clock()
        readings = add_readings(self.session, ines, now)
        reserved = reserve_discussion(self.session, course_id=ines.course_id, title="", now=now)
        chosen = plan(post_first=False, reading_ids=readings)
        self.discussion = save_settings(self.session, ines, reserved, settings=chosen, version=0, now=now)
        self.posts: dict[int, WrittenPost] = {}
        self.first_posts = 0

    def teardown(self):
        self.session.rollback()
        self.session.close()

    def tick(self):
        return self.clock.move(minutes=11)  # long enough for equal words to be two posts

    def chosen(self, data, *, of=None):
        numbers = [n for n, post in self.posts.items() if not post.deleted and of in (None, post.author)]
        return data.draw(st.sampled_from(numbers)) if numbers else None

    def remember(self, name, address, text):
        number = post_id_at(self.session, self.discussion, address)
        assert number not in self.posts
        self.posts[number] = WrittenPost(name, address, [compose(text, ()).text])

    @rule(name=people, text=texts)
    def start(self, name, text):
        placed = create_post(
            self.session,
            getattr(self.cast, name),
            self.discussion,
            written.PostContent(text),
            parent_id=None,
            now=self.tick(),
        )
        self.first_posts += 1
        assert placed.address == str(self.first_posts)
        self.remember(name, placed.address, text)

    @precondition(lambda self: any(not post.deleted for post in self.posts.values()))
    @rule(name=people, text=texts, data=st.data())
    def reply(self, name, text, data):
        parent_id = self.chosen(data)
        parent = self.posts[parent_id]
        placed = create_post(
            self.session,
            getattr(self.cast, name),
            self.discussion,
            written.PostContent(text),
            parent_id=parent_id,
            now=self.tick(),
        )
        parent.replies += 1
        assert placed.address == f"{parent.address}.{parent.replies}"
        self.remember(name, placed.address, text)

    @rule(name=people, text=texts, behind=st.sampled_from([0, 0, 0, 1]), data=st.data())
    def edit(self, name, text, behind, data):
        number = self.chosen(data, of=name)
        if number is None:
            return
        post = self.posts[number]
        version, text = len(post.texts) - behind, compose(text, ()).text
        changes = post.texts[-1] != text
        actor = getattr(self.cast, name)
        try:
            edit_post(
                self.session,
                actor,
                self.discussion,
                number,
                written.PostContent(text),
                version=version,
                now=self.tick(),
            )
        except PostChanged:
            assert behind
            assert changes
        else:
            assert not behind or not changes
            post.texts += [text] * changes

    @rule(name=people, data=st.data())
    def delete(self, name, data):
        number = self.chosen(data, of=None if name == "ines" else name)
        if number is not None:
            actor = getattr(self.cast, name)
            delete_post(self.session, actor, self.discussion, number, now=self.tick())
            self.posts[number].deleted = True

    @invariant()
    def nothing_written_is_lost(self):
        revisions: dict[int, list[str]] = {}
        for row in self.session.execute(select(Revision.post_id, Revision.text).order_by(Revision.version)):
            revisions.setdefault(row.post_id, []).append(row.text)
        found = {
            row.id: [*revisions.get(row.id, []), row.text] for row in self.session.execute(select(Post.id, Post.text))
        }
        assert found == {number: post.texts for number, post in self.posts.items()}

    @invariant()
    def counters_are_right(self):
        rows = self.session.execute(select(Post.id, Post.reply_count, Post.version, Post.deleted_at))
        found = {number: (replies, version, deleted is not None) for number, replies, version, deleted in rows}
        assert found == {n: (post.replies, len(post.texts), post.deleted) for n, post in self.posts.items()}
        assert self.session.scalar(select(Discussion.root_count)) == self.first_posts
        activity = get_overview(self.session, self.cast.ines, self.discussion).activity
        standing = [post for post in self.posts.values() if not post.deleted]
        assert activity.first_posts == sum("." not in post.address for post in standing)
        assert activity.replies == sum("." in post.address for post in standing)
        assert activity.participants == len({post.author for post in standing})

    @invariant()
    def the_thread_is_in_order(self):
        here = circumstances_of(self.session, self.cast.ana, self.discussion)
        shown, start = [], ""
        while start is not None:
            page = read_thread(
                self.session,
                self.cast.ana,
                self.discussion,
                circumstances=here,
                start=address_to_path(start) if start else "",
            )
            shown += page.posts
            start = page.next
        numbers = [[int(part) for part in post.address.split(".")] for post in shown]
        assert numbers == sorted(numbers)
        assert {post.id: post.address for post in shown} == {n: post.address for n, post in self.posts.items()}
        assert all(post.html == "" for post in shown if self.posts[post.id].deleted)

    @invariant()
    def citations_are_those_of_the_text(self):
        rows = self.session.execute(
            select(Citation.post_id, Passage.reading_id, Passage.page).join(Passage, Passage.id == Citation.passage_id)
        )
        expected = {
            (number, cited.reading_id, cited.page)
            for number, post in self.posts.items()
            for cited in compose(post.texts[-1], self.discussion.readings).citations
        }
        assert {tuple(row) for row in rows} == expected

    @invariant()
    def facts_know_every_version(self):
        facts = collect_class_facts(self.session, self.cast.ines, self.discussion)
        found = {post.id: len(post.versions) for posts in facts.values() for post in posts}
        assert found == {number: len(post.texts) for number, post in self.posts.items()}
        moments = [version.at for posts in facts.values() for post in posts for version in post.versions]
        assert len(set(moments)) == len(moments)


def test_any_history(database):
    class OnThisDatabase(Histories):
        pass

    OnThisDatabase.database = database
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=15, stateful_step_count=20, suppress_health_check=[HealthCheck.too_slow]),
    )
