"""Requirements that are common in syllabi, to begin with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_app.core.wording import marked


@dataclass(frozen=True)
class Preset:
    """A combination of requirements under a name; what it does not name is not required."""

    key: str
    name: str
    """A sentence that says what it requires."""
    values: Mapping[str, object] = field(default_factory=dict)
    """The values of form fields, by input."""
    early: int = 0
    """The protection of students who post early."""


PRESETS: tuple[Preset, ...] = (
    Preset(
        "weekly",
        marked("Weekly post and two replies: 200 words, then 75 words each to different people"),
        {"first_post_words": 200, "replies_wanted": 2, "reply_words": 75},
        early=3,
    ),
    Preset(
        "three_days",
        marked("Three posts on three days: 150 words, then two replies of 50 words"),
        {"first_post_words": 150, "replies_wanted": 2, "reply_words": 50, "days_wanted": 3, "threads_wanted": 2},
    ),
    Preset(
        "readings",
        marked("Close reading: 250 words that cite three pages, and two replies of 75 words"),
        {"first_post_words": 250, "replies_wanted": 2, "reply_words": 75, "passages_wanted": 3},
    ),
    Preset(
        "question",
        marked("Post and question: 200 words, then two replies of 50 words, one of them a question"),
        {"first_post_words": 200, "replies_wanted": 2, "reply_words": 50, "questions_wanted": 1},
    ),
    Preset(
        "debate",
        marked("Debate: a position, 200 words, and two replies of 100 words, one of them a counter-argument"),
        {
            "first_post_words": 200,
            "replies_wanted": 2,
            "reply_words": 100,
            "wanted_move": "counter",
            "position_wanted": "twice",
        },
    ),
    Preset(
        "long",
        marked("Long form: 500 words, then two replies of 300 words"),
        {"first_post_words": 500, "replies_wanted": 2, "reply_words": 300},
    ),
    Preset("posts", marked("Any six posts of at least 100 words"), {"first_posts_wanted": 6, "first_post_words": 100}),
    Preset("one_post", marked("One post of any length"), {"first_post_words": 1}),
    Preset("none", marked("No requirements")),
)
