"""Moodle's rubrics and marking guides, as a backup has them in an activity's grading.xml.

A criterion has one text and a level has one: here the first line is its title or name, and the rest its description.
A marking guide has no levels but a maximum, and texts for students and for graders; it is what criteria with ranges of
points become, with their levels in the text for graders.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from lti_app.core.prose import clean_line, clean_text
from lti_app.core.wording import Phrase, phrase
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.markup import LINES, one_line_ends, pieces_of, plain_of_entities
from lti_app.exchange.formats.rubric_losses import losses
from lti_app.exchange.formats.rubric_parts import (
    MAX_ROWS,
    ReadRubrics,
    Remarks,
    RubricFormat,
    StandIns,
    WrittenRubrics,
    build_criterion,
    build_rubric,
    first_rubrics,
    number_of,
    read_points,
    shown_number,
)
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.validation import MAX_LEVELS, MAX_TITLE

_NOTHING = "$@NULL@$"
"""How a backup writes that there is no value."""
_HTML = "1"
_PATHS = {
    "areas": "area/definitions/definition",
    "area": "definitions/definition",
    "definitions": "definition",
    "definition": ".",
}
_GUIDE = "plugin_gradingform_guide_definition/guidecriteria"
_OPTIONS = (
    '{"sortlevelsasc":"0","lockzeropoints":"1","alwaysshowdefinition":"1","showdescriptionteacher":"1",'
    '"showdescriptionstudent":"1","showscoreteacher":"1","showscorestudent":"1","enableremarks":"1",'
    '"showremarksstudent":"1"}'
)
_GUIDE_OPTIONS = '{"alwaysshowdefinition":"1","showmarkspercriterionstudents":"1"}'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_LEVEL_HEAD = re.compile(r"\[(\d{1,6}(?:\.\d{1,2})?)\][ ]?([^\n]*)")
_MOST_MARKERS = 200_000
_SHORT_NAME = 40
"""Characters of a text of one line that is rather the name of a level than a description of it."""


def read_moodle(text: str, stand_ins: StandIns) -> ReadRubrics:
    """The rubrics of a grading.xml; raises FileRefused for other XML, and for XML that declares entities."""
    root = _parse(text)
    remarks = Remarks()
    found = list(_definitions(root, stand_ins, remarks))
    if not found and not remarks.found:
        raise FileRefused("not_moodle")
    return ReadRubrics(first_rubrics(found, remarks), remarks.all(), RubricFormat.MOODLE)


def write_moodle(plans: Sequence[RubricPlan]) -> WrittenRubrics:
    """A grading.xml with these rubrics: as marking guides where all criteria have ranges of points."""
    remarks = Remarks()
    root = etree.Element("areas")
    for nth, plan in enumerate(plans, 1):
        _add_area(root, nth, plan)
        for hint in _asked(plan):
            remarks.add(hint)
        for loss in losses(plan, _as_moodle_reads(plan)):
            remarks.add(loss)
    etree.indent(root)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return WrittenRubrics(content + b"\n", remarks.all())


def _parse(text: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    clean = _DECLARED.sub("", _NOT_XML.sub("", text))
    try:
        root = etree.fromstring(clean.lstrip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise FileRefused("xml_broken", line=error.lineno or 0) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("xml_entities")
    return root


def _definitions(root: Any, stand_ins: StandIns, remarks: Remarks) -> Iterator[RubricPlan]:
    readers: dict[str, Callable[[Any, Remarks], Iterator[CriterionPlan]]] = {
        "rubric": _rubric_criteria,
        "guide": _guide_criteria,
    }
    path = _PATHS.get(root.tag if isinstance(root.tag, str) else "", "")
    for definition in root.iterfind(path) if path else ():
        method, name = _text(definition, "method"), clean_line(_text(definition, "name")) or stand_ins.rubric
        if method not in readers:
            remarks.add(phrase("“%(name)s” is neither a rubric nor a marking guide and was left out.", name=name[:60]))
            continue
        if description := clean_text(_plain(definition, "description")):
            remarks.add(
                phrase("The description of “%(name)s” was left out: “%(text)s”", name=name[:60], text=description[:300])
            )
        criteria = list(readers[method](definition, remarks))
        if criteria:
            yield build_rubric(name, criteria, remarks)
        else:
            remarks.add(phrase("“%(name)s” has no criteria and was left out.", name=name[:60]))


def _rubric_criteria(definition: Any, remarks: Remarks) -> Iterator[CriterionPlan]:
    for criterion in _in_order(definition.iterfind("plugin_gradingform_rubric_definition/criteria/criterion")):
        title, description = _title_and_rest(_plain(criterion, "description"))
        place = title[:60]
        levels = []
        for level in list(criterion.iterfind("levels/level"))[:MAX_ROWS]:
            name, text = _name_and_rest(_plain(level, "definition"))
            levels.append(LevelPlan(read_points(_text(level, "score"), place, remarks), name, text))
        yield build_criterion(CriterionPlan(title, tuple(levels), description), place, remarks)


def _guide_criteria(definition: Any, remarks: Remarks) -> Iterator[CriterionPlan]:
    for criterion in _in_order(definition.iterfind(f"{_GUIDE}/guidecriterion")):
        title = clean_line(_text(criterion, "shortname"))
        place = title[:60]
        most = read_points(_text(criterion, "maxscore"), place, remarks)
        markers = clean_text(_plain(criterion, "descriptionmarkers"))
        levels = _levels_of(markers, most)
        plan = CriterionPlan(title, levels, _plain(criterion, "description"), uses_range=True)
        yield build_criterion(plan, place, remarks)
    comments = [
        clean_line(_plain(comment, "description"))
        for comment in definition.iterfind(f"{_GUIDE}/guidecomments/guidecomment")
    ]
    if shown := tuple(comment[:200] for comment in comments if comment):
        remarks.add(phrase("The frequently used comments are not part of a rubric: %(comments)s", comments=shown[:20]))


def _levels_of(markers: str, most: Decimal) -> tuple[LevelPlan, ...]:
    """The levels that a text for graders lists as we write them; else one level, from 0 to the maximum."""
    heads: list[re.Match[str]] = []
    texts: list[list[str]] = []
    for block in markers.split("\n\n") if markers.startswith("[") and len(markers) < _MOST_MARKERS else ():
        head = _LEVEL_HEAD.match(block)
        if head:
            heads.append(head)
            texts.append([block[head.end() :].lstrip("\n")])
        elif texts:
            texts[-1].append(block)
    levels = tuple(
        LevelPlan(Decimal(head[1]), head[2].strip(), "\n\n".join(text))
        for head, text in zip(heads[:MAX_LEVELS], texts, strict=False)
    )
    if levels and max(level.points for level in levels) == most:
        return levels
    return (LevelPlan(most, "" if markers else shown_number(most), markers),)


def _markers(criterion: CriterionPlan) -> str:
    return "\n\n".join(
        "\n".join(filter(None, [f"[{shown_number(level.points)}] {level.name}".rstrip(), level.description]))
        for level in criterion.levels
    )


def _in_order(elements: Any) -> list[Any]:
    """By their sort order where they have one."""
    found = list(elements)[:MAX_ROWS]
    return sorted(found, key=lambda each: number_of(_text(each, "sortorder")) or Decimal(0))


def _text(element: Any, name: str) -> str:
    part = element.find(name)
    text = "" if part is None else part.text or ""
    return "" if text == _NOTHING else text


def _plain(element: Any, name: str) -> str:
    """A text without markup, if it is stored as HTML."""
    text = one_line_ends(_text(element, name))
    if _text(element, f"{name}format") != _HTML:
        return text
    words = []
    for piece in pieces_of(text):
        words.append(
            "\n" if piece.tag in LINES or piece.tag == "br" else "" if piece.tag else plain_of_entities(piece.text)
        )
    return re.sub(r"\n\s*\n+", "\n", "".join(words)).strip()


def _title_and_rest(text: str) -> tuple[str, str]:
    """The title of a criterion and its description."""
    first, _, rest = clean_text(text).partition("\n")
    if len(first) <= MAX_TITLE:
        return first, rest.strip()
    return first, clean_text(text)


def _name_and_rest(text: str) -> tuple[str, str]:
    """The name of a level and its description. A text of one line is a name if it is short."""
    first, _, rest = clean_text(text).partition("\n")
    if rest:
        return (first, rest.strip()) if len(first) <= MAX_TITLE else ("", clean_text(text))
    return (first, "") if len(first) <= _SHORT_NAME else ("", first)


def _is_guide(plan: RubricPlan) -> bool:
    return bool(plan.criteria) and all(each.uses_range for each in plan.criteria)


def _as_moodle_reads(plan: RubricPlan) -> RubricPlan:
    """The rubric as the file says it."""
    is_guide = _is_guide(plan)
    return RubricPlan(
        title=plan.title,
        criteria=tuple(_guide_read(each) if is_guide else _rubric_read(each) for each in plan.criteria),
    )


def _guide_read(criterion: CriterionPlan) -> CriterionPlan:
    most = max((level.points for level in criterion.levels), default=Decimal(0))
    levels = _levels_of(clean_text(_markers(criterion)), most)
    return CriterionPlan(criterion.title, levels, criterion.description, uses_range=True)


def _rubric_read(criterion: CriterionPlan) -> CriterionPlan:
    title, description = _title_and_rest(_joined(criterion.title, criterion.description))
    levels = [
        LevelPlan(level.points, *_name_and_rest(_joined(level.name, level.description))) for level in criterion.levels
    ]
    return CriterionPlan(title, tuple(levels), description)


def _joined(first: str, rest: str) -> str:
    return "\n".join(filter(None, [first, rest]))


def _asked(plan: RubricPlan) -> Iterator[Phrase]:
    """What Moodle's editor asks for and the rubric does not have."""
    if _is_guide(plan):
        return
    few = tuple(each.title for each in plan.criteria if len(each.levels) < 2)
    if few:
        yield phrase("Moodle asks for at least two levels. These criteria have fewer: %(criteria)s.", criteria=few)
    same = tuple(
        each.title
        for each in plan.criteria
        if len(each.levels) > 1 and len({level.points for level in each.levels}) == 1
    )
    if same:
        yield phrase("Moodle asks for levels of different points in these criteria: %(criteria)s.", criteria=same)


def _add_area(root: Any, nth: int, plan: RubricPlan) -> None:
    method = "guide" if _is_guide(plan) else "rubric"
    area = etree.SubElement(root, "area", id=str(nth))
    _add(area, areaname="submissions" if nth == 1 else f"submissions{nth}", activemethod=method)
    definition = etree.SubElement(etree.SubElement(area, "definitions"), "definition", id=str(nth))
    _add(
        definition,
        method=method,
        name=plan.title or "Rubric",
        description="",
        descriptionformat=_HTML,
        status="20",
        timecreated="0",
        timemodified="0",
        options=_GUIDE_OPTIONS if method == "guide" else _OPTIONS,
    )
    wrapper = etree.SubElement(definition, f"plugin_gradingform_{method}_definition")
    (_add_guide if method == "guide" else _add_criteria)(wrapper, plan, nth * 10_000)
    etree.SubElement(definition, "instances")


def _add_criteria(wrapper: Any, plan: RubricPlan, number: int) -> None:
    criteria = etree.SubElement(wrapper, "criteria")
    for order, each in enumerate(plan.criteria, 1):
        criterion = etree.SubElement(criteria, "criterion", id=str(number + order))
        text = _joined(each.title, each.description)
        _add(criterion, sortorder=str(order), description=text, descriptionformat="0")
        levels = etree.SubElement(criterion, "levels")
        for place, level in enumerate(each.levels, 1):
            part = etree.SubElement(levels, "level", id=str(number + order * 100 + place))
            definition = _joined(level.name, level.description)
            _add(part, score=f"{level.points:.5f}", definition=definition, definitionformat="0")


def _add_guide(wrapper: Any, plan: RubricPlan, number: int) -> None:
    criteria = etree.SubElement(wrapper, "guidecriteria")
    for order, each in enumerate(plan.criteria, 1):
        criterion = etree.SubElement(criteria, "guidecriterion", id=str(number + order))
        most = max((level.points for level in each.levels), default=Decimal(0))
        _add(
            criterion,
            sortorder=str(order),
            shortname=each.title,
            description=each.description,
            descriptionformat="0",
            descriptionmarkers=_markers(each),
            descriptionmarkersformat="0",
            maxscore=f"{most:.5f}",
        )
    etree.SubElement(criteria, "guidecomments")


def _add(element: Any, **parts: str) -> None:
    for name, text in parts.items():
        etree.SubElement(element, name).text = _NOT_XML.sub("", text)
