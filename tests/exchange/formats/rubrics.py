"""Rubrics to write and read again, of every kind that can be stored."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from lti_app.core.prose import clean_line, clean_text
from lti_app.exchange.formats.rubric_losses import losses
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan

SIGNS = st.sampled_from([*"abÄЖ漢ع 1=-+@'\"“,;|:.()[]%<>&\\#", "\t", "é", "6 points", "true", "1/2", "]]>", "\n\n"])
WORDS = st.lists(SIGNS, max_size=10).map("".join)
LINES = WORDS.map(clean_line)
TITLES = LINES.filter(bool)
TEXTS = st.lists(WORDS, max_size=3).map("\n".join).map(clean_text)
POINTS = st.one_of(st.integers(0, 20).map(Decimal), st.integers(0, 100_000).map(lambda n: Decimal(n) / 100))

quickly = settings(
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def levels(draw):
    name, description = draw(LINES), draw(TEXTS)
    return LevelPlan(draw(POINTS), name or ("" if description else "Good"), description)


@st.composite
def criteria(draw):
    found = draw(st.lists(levels(), min_size=1, max_size=5))
    return CriterionPlan(
        title=draw(TITLES),
        description=draw(TEXTS),
        evidence=draw(st.sampled_from(Evidence)),
        uses_range=draw(st.booleans()),
        counts=draw(st.booleans()),
        weight=draw(st.sampled_from([Decimal(1), Decimal("0.25"), Decimal(20)])),
        preselects=draw(st.booleans()),
        levels=tuple(sorted(found, key=lambda level: -level.points)),
    )


@st.composite
def rubrics(draw):
    return RubricPlan(
        title=draw(TITLES),
        scoring=draw(st.sampled_from(Scoring)),
        pass_mark=draw(POINTS),
        criteria=tuple(draw(st.lists(criteria(), min_size=1, max_size=4))),
    )


def told(remarks):
    return {(remark.text, tuple(remark.values.get("criteria", ()))) for remark in remarks}


def assert_told(plan, back, remarks):
    """Whatever is not the same after the way there and back was said."""
    lost = told(losses(plan, back))
    assert lost <= told(remarks)
    if not lost:
        assert replace(back, pass_mark=plan.pass_mark) == plan
