"""What a rubric loses in a file that has no place for it: found by comparing it with what the file says."""

from collections.abc import Callable, Iterator
from typing import Any

from lti_app.core.wording import Phrase, phrase
from lti_app.grading.rubrics.rules.criteria import Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, RubricPlan

_OF_CRITERIA: tuple[tuple[Callable[[CriterionPlan], Any], Phrase], ...] = (
    (lambda each: each.title, phrase("The titles of these criteria are shorter in the file: %(criteria)s.")),
    (
        lambda each: each.description,
        phrase("The descriptions of these criteria are not in the file as they are: %(criteria)s."),
    ),
    (lambda each: each.weight, phrase("The file has no weights. These criteria have one: %(criteria)s.")),
    (
        lambda each: each.counts,
        phrase("In the file, every criterion counts. These do not count here: %(criteria)s."),
    ),
    (
        lambda each: each.uses_range,
        phrase("The file does not say that these criteria have ranges of points: %(criteria)s."),
    ),
    (
        lambda each: each.evidence,
        phrase("The file does not say which counted facts are shown beside these criteria: %(criteria)s."),
    ),
    (
        lambda each: each.preselects,
        phrase("The file does not say that these criteria suggest a level: %(criteria)s."),
    ),
    (
        lambda each: [level.points for level in each.levels],
        phrase("The points of the levels of these criteria are not in the file as they are: %(criteria)s."),
    ),
    (
        lambda each: [(level.name, level.description) for level in each.levels],
        phrase(
            "The file keeps the name and the description of a level in another form for these criteria: %(criteria)s."
        ),
    ),
)


def losses(rubric: RubricPlan, in_file: RubricPlan) -> Iterator[Phrase]:
    """What the file does not say, or says in another form, in plain sentences."""
    if rubric.title and rubric.title != in_file.title:
        yield phrase("The file has no name for the rubric “%(title)s”.", title=rubric.title)
    if rubric.scoring is not in_file.scoring:
        yield (
            phrase("The file does not say that the work is marked as complete or incomplete.")
            if rubric.scoring is Scoring.COMPLETE
            else phrase("The file does not say that the total is shown in percent.")
        )
    if rubric.pass_mark != in_file.pass_mark and rubric.scoring is Scoring.COMPLETE:
        yield phrase("The file does not say from how many points work is complete.")
    if len(rubric.criteria) != len(in_file.criteria):
        yield phrase("Some criteria are not in the file.")
        return
    for part, said in _OF_CRITERIA:
        changed = tuple(
            each.title or "?"
            for each, other in zip(rubric.criteria, in_file.criteria, strict=True)
            if part(each) != part(other)
        )
        if changed:
            yield said.with_values(criteria=changed)
