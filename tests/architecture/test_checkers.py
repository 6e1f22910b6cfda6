"""Each rule finds what it is for, and leaves alone what only looks like it."""

import textwrap

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.architecture import python_rules, text_rules
from tests.architecture.test_rules import Rule, upward_foreign_keys
from tests.architecture.tree import Source

# Assembled here, because the tests' own text is checked as well.
SILENCED = "#" + " noqa"
IGNORED = "#" + " type: ignore"
REGISTRY = "https://registry." + "npmjs" + ".org/esbuild"
SOMEBODYS_PATH = "/" + "home/ada/colloquy"

CODE = [
    (python_rules.lazy_imports, "def f():\n    import os", "import os\ndef f():\n    return os.name"),
    (
        python_rules.unsafe_aliases,
        "from sqlalchemy.orm import Session, aliased",
        "from lti_app.core.db import alias_of",
    ),
    (python_rules.bare_silencers, f"x = 1  {SILENCED}", f"x = 1  {SILENCED}: S603 - why"),
    (python_rules.bare_silencers, f"x = 1  {IGNORED}", f"x = 1  {IGNORED}[arg-type]"),
    (python_rules.visibility_conditions, "Post.held_at.is_(None)", "File.deleted_at.is_(None)"),
    (python_rules.visibility_conditions, "post.hidden_at is not None", "post.hidden_at = now"),
    (python_rules.visibility_conditions, "Post.group_id == group", "group_id == group"),
    (python_rules.visibility_conditions, "x = post.private_to_id or 0", "x = post.author_id or 0"),
    (python_rules.untyped_returns, "def f(): ...", "def f() -> None: ..."),
    (python_rules.too_many_parameters, "def f(a, b, c, d, e, g): ...", "def f(self, a, b, c, d, e, *, g): ..."),
    (python_rules.clock_readings, "datetime.now(UTC)", "clock.now(UTC)"),
    (python_rules.sleeping, "import time\ntime.sleep(1)", "clock.sleep(1)"),
    (python_rules.sleeping, "from time import sleep", "from time import monotonic"),
    (python_rules.too_long_file, "x = 1\n" * 501, "x = 1\n" * 500),
    (python_rules.silencers, f"x = 1  {SILENCED}: S603 - why", "x = 1  # no question"),
    (
        python_rules.named_foreign_keys,
        "class Reply(Base):\n    __tablename__ = 'reply'\n    post_id = mapped_column(ForeignKey('post.id'))",
        "class Post(Base):\n    __tablename__ = 'post'\n    a = f(ForeignKey('post.id'), ForeignKey(Person.id))",
    ),
    (python_rules.too_long_functions, "def f():\n" + "    x = 1\n" * 60, "def f():\n" + "    x = 1\n" * 59),
    (
        python_rules.too_long_views,
        "@posts.get('/')\ndef f():\n" + "    x = 1\n" * 26,
        "@posts.get('/')\ndef f():\n    'What.'\n" + "    x = 1\n" * 25,
    ),
]
PAGES = [
    ("<script>go()</script>", '<script type="module" src="/static/main.js"></script>'),
    ('<script src="a.js">go()</script>', '<script src="a.js"> </script>'),
    ('<p style="color: red">', '<p class="style">'),
    ("<style>p {}</style>", '<link rel="stylesheet" href="a.css">'),
    ('<a href="#" onclick="go()">', '<a href="#" data-only="on">based on=purpose</a>'),
    ('<a href="javascript:go()">', '<a href="/javascript">'),
    ("<p>{# a\ncomment #}<script>go()</script>", "{# <script> stands for itself here #}<p>"),
]


@pytest.mark.parametrize(("rule", "bad", "good"), CODE)
def test_rule_about_code(rule: Rule, bad: str, good: str):
    assert len(list(rule(Source("lti_app/discussion/posts/rules.py", bad)))) == 1
    assert list(rule(Source("lti_app/discussion/posts/rules.py", good))) == []


@pytest.mark.parametrize(("bad", "good"), PAGES)
def test_rule_about_inline_code(bad: str, good: str):
    assert len(list(text_rules.inline_code(Source("templates/a.html", bad)))) == 1
    assert list(text_rules.inline_code(Source("templates/a.html", good))) == []


def test_long_template_is_found():
    assert len(list(text_rules.too_long_template(Source("templates/a.html", "<p>\n" * 121)))) == 1
    assert list(text_rules.too_long_template(Source("templates/a.html", "<p>\n" * 120))) == []


def test_finding_names_the_file_and_the_line():
    source = Source("lti_app/discussion/posts/rules.py", "x = 1\ny = datetime.now(UTC)\n")
    assert next(iter(python_rules.clock_readings(source))).startswith("lti_app/discussion/posts/rules.py:2: ")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("lti_app/discussion/posts/rules.py", True),
        ("lti_app/discussion/posts/__init__.py", True),
        ("lti_app/discussion/posts/rules/words.py", True),
        ("lti_app/discussion/posts/search.py", False),
        ("lti_app/discussion/posts/rules/words/long.py", False),
        ("lti_app/exchange/formats/canvas.py", True),
        ("lti_app/web/search.py", True),
    ],
)
def test_kinds_of_files(path: str, allowed: bool):
    rooms = ["discussion.posts", "exchange.formats"]
    assert (list(python_rules.unknown_kinds(Source(path, ""), rooms)) == []) is allowed


def test_modules_that_could_hold_anything_are_found():
    assert len(list(python_rules.nameless_modules(Source("lti_app/web/utils.py", "")))) == 1
    assert list(python_rules.nameless_modules(Source("lti_app/web/headers.py", ""))) == []


def test_registries_and_paths_of_machines_are_found():
    assert len(list(text_rules.registry_hosts(Source("a.json", REGISTRY)))) == 1
    assert list(text_rules.registry_hosts(Source("a.json", "https://www.imsglobal.org/spec"))) == []
    assert len(list(text_rules.machine_paths(Source("a.md", f"see {SOMEBODYS_PATH}")))) == 1
    assert list(text_rules.machine_paths(Source("a.md", "/course/home and <lms>/home/x and ~/home"))) == []


def test_upward_foreign_keys_are_found():
    class Tables(DeclarativeBase):
        pass

    def table(name: str, package: str, **columns: object) -> type:
        key = {"id": mapped_column(primary_key=True), "__annotations__": {"id": Mapped[int]}}
        home = {"__tablename__": name, "__module__": f"lti_app.{package}.models"}
        return type(name, (Tables,), {**home, **key, **columns})

    heights = {"courses": (1, 0), "posts": (2, 0)}
    downward = [table("course", "courses"), table("post", "posts", course_id=mapped_column(ForeignKey("course.id")))]
    assert list(upward_foreign_keys(Tables.registry, heights)) == []
    upward = table("visit", "courses", post_id=mapped_column(ForeignKey("post.id")))
    assert list(upward_foreign_keys(Tables.registry, heights)) == [
        "visit.post_id of courses refers to post.id of posts"
    ]
    del downward, upward  # the registry alone does not keep them


def test_docstring_does_not_count_as_a_views_body():
    view = textwrap.dedent("""
        @posts.get("/")
        def show() -> str:
            '''What this page is.

            At length.
            '''
            return ""
    """)
    (function,) = python_rules.functions(Source("lti_app/web/discussion/posts.py", view))
    assert python_rules.body_length(function) == 1


def test_class_names_that_mean_two_things_are_found():
    one, other = Source("lti_app/a.py", "class Kind: ...\nclass _Own: ..."), Source("lti_app/b.py", "class Kind: ...")
    assert python_rules.shared_class_names([one, other]) == {"Kind": ["lti_app/a.py", "lti_app/b.py"]}
    assert python_rules.shared_class_names([one, Source("lti_app/b.py", "class _Own: ...")]) == {}
