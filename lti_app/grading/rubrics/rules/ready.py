"""The rubrics that ship."""

from decimal import Decimal

from lti_app.core.wording import marked
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan


def _levels(*levels: tuple[str, str, str]) -> tuple[LevelPlan, ...]:
    """Levels from their points, names and descriptions, the most points first."""
    return tuple(LevelPlan(Decimal(points), name, description) for points, name, description in levels)


_EXCELLENT, _GOOD, _DEVELOPING = marked("Excellent"), marked("Good"), marked("Developing")
_MISSING, _COMPLETE, _PARTLY = marked("Missing"), marked("Complete"), marked("Partly complete")
_ON_TIME, _PARTLY_LATE, _INCOMPLETE = marked("On time"), marked("Partly late"), marked("Incomplete")


def _timeliness(most: str, half: str) -> CriterionPlan:
    return CriterionPlan(
        title=marked("Timeliness"),
        description=marked("First post and replies on time, as counted."),
        evidence=Evidence.TIMELINESS,
        levels=_levels(
            (most, _ON_TIME, marked("Everything required, on time")),
            (half, _PARTLY_LATE, marked("Everything required, some of it late")),
            ("0", _INCOMPLETE, marked("Something is missing")),
        ),
    )


ARGUMENT_FROM_READINGS = RubricPlan(
    title=marked("Argument from the readings"),
    criteria=(
        CriterionPlan(
            title=marked("Content and argument"),
            description=marked("Takes a clear position, supports it with reasons and answers the prompt."),
            evidence=Evidence.FIRST_POST,
            levels=_levels(
                ("6", _EXCELLENT, marked("A clear position, supported by an example or case and a conclusion")),
                ("4", _GOOD, marked("A position with reasons, but with a gap or without an example")),
                ("2", _DEVELOPING, marked("Summarizes more than it argues")),
                ("0", _MISSING, marked("No position, or nothing written")),
            ),
        ),
        CriterionPlan(
            title=marked("Use of the readings"),
            description=marked("Supports the argument with each required reading and gives page numbers."),
            evidence=Evidence.READINGS,
            levels=_levels(
                ("5", _EXCELLENT, marked("Each required reading is cited precisely and supports the argument")),
                ("3", _GOOD, marked("All are cited loosely, or one is cited well")),
                ("1", _DEVELOPING, marked("Mentioned but not used")),
                ("0", _MISSING, marked("Not used")),
            ),
        ),
        CriterionPlan(
            title=marked("Replies move the discussion forward"),
            description=marked("Replies extend, question, connect or challenge the post they answer."),
            evidence=Evidence.REPLIES,
            levels=_levels(
                (
                    "5",
                    _EXCELLENT,
                    marked("Replies change the argument: a new case, a sharp question, a counter-argument"),
                ),
                ("3", _GOOD, marked("Replies add something new")),
                ("1", _DEVELOPING, marked("Replies mostly agree or repeat")),
                ("0", _MISSING, marked("No replies")),
            ),
        ),
        _timeliness("2", "1"),
        CriterionPlan(
            title=marked("Clarity"),
            description=marked("Easy to follow; clear which words are quoted and which are your own."),
            levels=_levels(
                ("2", marked("Clear"), marked("Clear and well organized")),
                ("1", marked("Mostly clear"), marked("Understandable with some effort")),
                ("0", marked("Unclear"), marked("Hard to understand")),
            ),
        ),
    ),
)
"""Twenty points for what most courses score in discussions: argument, readings, replies, timeliness, clarity."""


def _reply(title: str) -> CriterionPlan:
    return CriterionPlan(
        title=title,
        description=marked("Adds an example, a question or a different view to a classmate’s post."),
        evidence=Evidence.REPLIES,
        levels=_levels(
            ("2", _GOOD, marked("Adds something new to the post it answers")),
            ("1", _DEVELOPING, marked("Simply agrees, or repeats the post")),
            ("0", _MISSING, marked("No reply")),
        ),
    )


SHORT_WEEKLY_POST = RubricPlan(
    title=marked("Short weekly post"),
    criteria=(
        CriterionPlan(
            title=marked("First post"),
            description=marked("Answers the prompt in your own words and points to the reading."),
            evidence=Evidence.FIRST_POST,
            levels=_levels(
                ("5", _EXCELLENT, marked("Answers the whole prompt and uses the reading to support a point")),
                ("4", _GOOD, marked("Answers the prompt; the reading is mentioned")),
                ("2", _DEVELOPING, marked("Answers part of the prompt, or gives an opinion without the reading")),
                ("0", _MISSING, marked("No first post")),
            ),
        ),
        _reply(marked("First reply")),
        _reply(marked("Second reply")),
        _timeliness("1", "0.5"),
    ),
)
"""Ten points, quick to grade: half for the first post, a fifth for each reply."""

SEMINAR_LEADERSHIP = RubricPlan(
    title=marked("Seminar leadership"),
    criteria=(
        CriterionPlan(
            title=marked("Opening post and questions"),
            description=marked("Introduces the topic and asks questions that a class can disagree about."),
            evidence=Evidence.FIRST_POST,
            levels=_levels(
                (
                    "10",
                    _EXCELLENT,
                    marked("A focused introduction, and open questions that need the readings to answer"),
                ),
                ("7", _GOOD, marked("A clear introduction; some questions have an obvious answer")),
                ("4", _DEVELOPING, marked("Mostly a summary, or questions that can be answered with yes or no")),
                ("0", _MISSING, marked("No opening post")),
            ),
        ),
        CriterionPlan(
            title=marked("Leading the conversation"),
            description=marked("Draws people in, connects their posts, and follows up."),
            evidence=Evidence.REPLIES,
            levels=_levels(
                ("5", _EXCELLENT, marked("Connects several classmates’ posts and takes the discussion further")),
                ("3", _GOOD, marked("Answers most threads with follow-up questions")),
                ("1", _DEVELOPING, marked("Thanks people or agrees, but does not follow up")),
                ("0", _MISSING, marked("No replies after the opening post")),
            ),
        ),
        CriterionPlan(
            title=marked("Command of the readings"),
            description=marked("Points to the passages that the discussion depends on."),
            evidence=Evidence.READINGS,
            levels=_levels(
                ("3", _EXCELLENT, marked("Brings in the right passage at the right moment")),
                ("2", _GOOD, marked("Cites the readings accurately")),
                ("1", _DEVELOPING, marked("Mentions the readings in general terms")),
                ("0", _MISSING, marked("Not used")),
            ),
        ),
        CriterionPlan(
            title=marked("Closing summary"),
            description=marked("Says what the class agreed on and what is still open."),
            levels=_levels(
                ("2", _EXCELLENT, marked("Fair to all sides; names an open question")),
                ("1", _DEVELOPING, marked("Repeats posts one after another")),
                ("0", _MISSING, marked("No summary")),
            ),
        ),
    ),
)
"""Twenty points for the student who leads the week's discussion."""

PEER_CRITIQUE = RubricPlan(
    title=marked("Peer critique"),
    criteria=(
        CriterionPlan(
            title=marked("Your own draft"),
            description=marked("Posted in full, with a question for your reviewers."),
            evidence=Evidence.FIRST_POST,
            levels=_levels(
                ("10", _EXCELLENT, marked("A complete draft with an argument, and a question worth answering")),
                ("7", _GOOD, marked("A complete draft; what kind of feedback would help is not clear")),
                ("4", _DEVELOPING, marked("An outline or a beginning")),
                ("0", _MISSING, marked("No draft")),
            ),
        ),
        CriterionPlan(
            title=marked("Understanding the other text"),
            description=marked("States the author’s main point fairly before judging it."),
            evidence=Evidence.REPLIES,
            levels=_levels(
                ("4", _EXCELLENT, marked("The author would agree with the summary")),
                ("2", _DEVELOPING, marked("Partly accurate, or only a detail")),
                ("0", _MISSING, marked("No critique")),
            ),
        ),
        CriterionPlan(
            title=marked("Useful feedback"),
            description=marked("Names a strength and a weakness, points to the place, and suggests a change."),
            evidence=Evidence.REPLIES,
            levels=_levels(
                ("4", _EXCELLENT, marked("Specific, with reasons and a suggestion the author can act on")),
                ("3", _GOOD, marked("Specific, but without a suggestion")),
                ("1", _DEVELOPING, marked("General praise or criticism")),
                ("0", _MISSING, marked("No critique")),
            ),
        ),
        _timeliness("2", "1"),
    ),
)
"""Twenty points: half for one's own draft, the rest for what one gives to others."""

PARTICIPATION_ONLY = RubricPlan(
    title=marked("Participation only"),
    scoring=Scoring.COMPLETE,
    pass_mark=Decimal(9),
    criteria=(
        CriterionPlan(
            title=marked("First post"),
            description=marked("Written, and as long as required."),
            evidence=Evidence.FIRST_POST,
            levels=_levels(
                ("6", _COMPLETE, marked("Meets the requirement")),
                ("3", _PARTLY, marked("Written, but too short")),
                ("0", _MISSING, marked("No first post")),
            ),
        ),
        CriterionPlan(
            title=marked("Replies"),
            description=marked("As many as required, to as many people as required."),
            evidence=Evidence.REPLIES,
            levels=_levels(
                ("3", _COMPLETE, marked("Meets the requirement")),
                ("1.5", _PARTLY, marked("Fewer replies than required")),
                ("0", _MISSING, marked("No replies")),
            ),
        ),
        _timeliness("1", "0.5"),
    ),
)
"""Complete or incomplete: everything that is required was done, even if some of it was late."""

HOLISTIC = RubricPlan(
    title=marked("Holistic"),
    criteria=(
        CriterionPlan(
            title=marked("Contribution as a whole"),
            description=marked("The first post and all replies, taken together."),
            evidence=Evidence.FIRST_POST,
            uses_range=True,
            levels=_levels(
                ("20", _EXCELLENT, marked("Supports the argument with the readings, and others’ posts build on it")),
                ("17", _GOOD, marked("A clear argument that uses the readings; replies add something new")),
                ("14", marked("Satisfactory"), marked("Meets the requirements; says little that the readings do not")),
                ("10", _DEVELOPING, marked("Incomplete, or opinion without support")),
                ("0", _MISSING, marked("Nothing written")),
            ),
        ),
    ),
)
"""One scale of twenty points; any number of points within the range of a level can be given."""

DEFAULT_RUBRIC = ARGUMENT_FROM_READINGS

READY = {
    "argument": ARGUMENT_FROM_READINGS,
    "weekly": SHORT_WEEKLY_POST,
    "seminar": SEMINAR_LEADERSHIP,
    "critique": PEER_CRITIQUE,
    "participation": PARTICIPATION_ONLY,
    "holistic": HOLISTIC,
}
"""By a key for addresses and forms, in the order in which they are offered."""
