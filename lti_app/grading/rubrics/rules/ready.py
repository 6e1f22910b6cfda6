"""The rubrics that ship."""

from decimal import Decimal

from lti_app.core.wording import marked
from lti_app.grading.rubrics.rules.criteria import Evidence
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan

ARGUMENT_FROM_READINGS = RubricPlan(
    title=marked("Argument from the readings"),
    criteria=(
        CriterionPlan(
            title=marked("Content and argument"),
            description=marked("Takes a clear position, supports it with reasons and answers the prompt."),
            evidence=Evidence.FIRST_POST,
            levels=(
                LevelPlan(
                    Decimal(6),
                    marked("Excellent"),
                    marked("A clear position, supported by an example or case and a conclusion"),
                ),
                LevelPlan(
                    Decimal(4), marked("Good"), marked("A position with reasons, but with a gap or without an example")
                ),
                LevelPlan(Decimal(2), marked("Developing"), marked("Summarizes more than it argues")),
                LevelPlan(Decimal(0), marked("Missing"), marked("No position, or nothing written")),
            ),
        ),
        CriterionPlan(
            title=marked("Use of the readings"),
            description=marked("Supports the argument with each required reading and gives page numbers."),
            evidence=Evidence.READINGS,
            levels=(
                LevelPlan(
                    Decimal(5),
                    marked("Excellent"),
                    marked("Each required reading is cited precisely and supports the argument"),
                ),
                LevelPlan(Decimal(3), marked("Good"), marked("All are cited loosely, or one is cited well")),
                LevelPlan(Decimal(1), marked("Developing"), marked("Mentioned but not used")),
                LevelPlan(Decimal(0), marked("Missing"), marked("Not used")),
            ),
        ),
        CriterionPlan(
            title=marked("Replies move the discussion forward"),
            description=marked("Replies extend, question, connect or challenge the post they answer."),
            evidence=Evidence.REPLIES,
            levels=(
                LevelPlan(
                    Decimal(5),
                    marked("Excellent"),
                    marked("Replies change the argument: a new case, a sharp question, a counter-argument"),
                ),
                LevelPlan(Decimal(3), marked("Good"), marked("Replies add something new")),
                LevelPlan(Decimal(1), marked("Developing"), marked("Replies mostly agree or repeat")),
                LevelPlan(Decimal(0), marked("Missing"), marked("No replies")),
            ),
        ),
        CriterionPlan(
            title=marked("Timeliness"),
            description=marked("First post and replies on time, as counted."),
            evidence=Evidence.TIMELINESS,
            levels=(
                LevelPlan(Decimal(2), marked("On time"), marked("Everything required, on time")),
                LevelPlan(Decimal(1), marked("Partly late"), marked("Everything required, some of it late")),
                LevelPlan(Decimal(0), marked("Incomplete"), marked("Something is missing")),
            ),
        ),
        CriterionPlan(
            title=marked("Clarity"),
            description=marked("Easy to follow; clear which words are quoted and which are your own."),
            evidence=Evidence.NONE,
            levels=(
                LevelPlan(Decimal(2), marked("Clear"), marked("Clear and well organized")),
                LevelPlan(Decimal(1), marked("Mostly clear"), marked("Understandable with some effort")),
                LevelPlan(Decimal(0), marked("Unclear"), marked("Hard to understand")),
            ),
        ),
    ),
)
"""Twenty points for what most courses score in discussions: argument, readings, replies, timeliness, clarity."""

DEFAULT_RUBRIC = ARGUMENT_FROM_READINGS
