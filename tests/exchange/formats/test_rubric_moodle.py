"""Moodle's rubrics and marking guides, as its backups have them."""

from decimal import Decimal

import pytest
from hypothesis import given

from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_moodle import write_moodle
from lti_app.exchange.formats.rubric_parts import RubricFormat
from lti_app.exchange.formats.rubric_recognize import read_rubric_file
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from tests.exchange.formats.rubrics import assert_told, quickly, rubrics, told

BACKUP = """<?xml version="1.0" encoding="UTF-8"?>
<areas>
  <area id="7">
    <areaname>forum</areaname>
    <activemethod>rubric</activemethod>
    <definitions>
      <definition id="3">
        <method>rubric</method>
        <name>Week 3</name>
        <description>&lt;p&gt;For the &lt;b&gt;forum&lt;/b&gt;.&lt;/p&gt;</description>
        <descriptionformat>1</descriptionformat>
        <status>20</status>
        <timecreated>1764000000</timecreated>
        <timemodified>1764000000</timemodified>
        <options>{"sortlevelsasc":"1","lockzeropoints":"1"}</options>
        <plugin_gradingform_rubric_definition>
          <criteria>
            <criterion id="12">
              <sortorder>2</sortorder>
              <description>Evidence</description>
              <descriptionformat>0</descriptionformat>
              <levels>
                <level id="31">
                  <score>0.00000</score>
                  <definition>None cited</definition>
                  <definitionformat>0</definitionformat>
                </level>
                <level id="32">
                  <score>5.50000</score>
                  <definition>Every claim rests on a page of the readings that is cited</definition>
                  <definitionformat>0</definitionformat>
                </level>
              </levels>
            </criterion>
            <criterion id="11">
              <sortorder>1</sortorder>
              <description>Clarity
Easy to follow &amp; short</description>
              <descriptionformat>0</descriptionformat>
              <levels>
                <level id="33">
                  <score>2.00000</score>
                  <definition>Good
Clear throughout</definition>
                  <definitionformat>0</definitionformat>
                </level>
                <level id="34">
                  <score>1.00000</score>
                  <definition>&lt;p&gt;Fair&lt;/p&gt;&lt;p&gt;Some effort&lt;/p&gt;</definition>
                  <definitionformat>1</definitionformat>
                </level>
              </levels>
            </criterion>
          </criteria>
        </plugin_gradingform_rubric_definition>
        <instances>
          <instance id="1"><raterid>4</raterid><feedback>$@NULL@$</feedback></instance>
        </instances>
      </definition>
      <definition id="4">
        <method>guide</method>
        <name>Guide</name>
        <description>$@NULL@$</description>
        <descriptionformat>1</descriptionformat>
        <plugin_gradingform_guide_definition>
          <guidecriteria>
            <guidecriterion id="1">
              <sortorder>1</sortorder>
              <shortname>Argument</shortname>
              <description>For students</description>
              <descriptionformat>0</descriptionformat>
              <descriptionmarkers>For graders</descriptionmarkers>
              <descriptionmarkersformat>0</descriptionmarkersformat>
              <maxscore>20.00000</maxscore>
            </guidecriterion>
            <guidecomments>
              <guidecomment id="1"><sortorder>1</sortorder><description>Cite pages.</description></guidecomment>
            </guidecomments>
          </guidecriteria>
        </plugin_gradingform_guide_definition>
      </definition>
      <definition id="5"><method>checklist</method><name>List</name></definition>
    </definitions>
  </area>
</areas>
"""


def read(content):
    return read_rubric_file(content if isinstance(content, bytes) else content.encode())


def test_rubrics_and_guides_of_a_backup_are_read():
    found = read(BACKUP)
    assert found.format is RubricFormat.MOODLE
    rubric, guide = found.plans
    assert rubric.title == "Week 3"
    assert rubric.criteria == (
        CriterionPlan(
            "Clarity",
            (LevelPlan(Decimal(2), "Good", "Clear throughout"), LevelPlan(Decimal(1), "Fair", "Some effort")),
            "Easy to follow & short",
        ),
        CriterionPlan(
            "Evidence",
            (
                LevelPlan(Decimal("5.5"), "", "Every claim rests on a page of the readings that is cited"),
                LevelPlan(Decimal(0), "None cited"),
            ),
        ),
    )
    assert guide.criteria == (
        CriterionPlan("Argument", (LevelPlan(Decimal(20), "", "For graders"),), "For students", uses_range=True),
    )


def test_what_is_left_out_of_a_backup_is_told():
    assert [remark.values for remark in read(BACKUP).remarks] == [
        {"name": "Week 3", "text": "For the forum."},
        {"comments": ("Cite pages.",)},
        {"name": "List"},
    ]


def test_criteria_with_ranges_become_a_marking_guide():
    levels = (
        LevelPlan(Decimal(10), "Good", "One\n\nTwo"),
        LevelPlan(Decimal("4.5"), "Fair"),
        LevelPlan(Decimal(0), "", "Nothing"),
    )
    plan = RubricPlan((CriterionPlan("Argument", levels, "Takes a position", uses_range=True),), "Guide")
    written = write_moodle([plan])
    assert written.remarks == ()
    assert b"<maxscore>10.00000</maxscore>" in written.content
    assert read(written.content).plans == (plan,)


def test_what_moodle_asks_for_is_told():
    one = CriterionPlan("One", (LevelPlan(Decimal(2), "Good"),))
    same = CriterionPlan("Same", (LevelPlan(Decimal(2), "Good"), LevelPlan(Decimal(2), "Also good")))
    assert told(write_moodle([RubricPlan((one, same), "R")]).remarks) == {
        ("Moodle asks for at least two levels. These criteria have fewer: %(criteria)s.", ("One",)),
        ("Moodle asks for levels of different points in these criteria: %(criteria)s.", ("Same",)),
    }


@quickly
@given(rubrics())
def test_what_changes_on_the_way_to_moodle_and_back_is_told(plan):
    written = write_moodle([plan])
    found = read(written.content)
    assert found.remarks == ()
    assert_told(plan, found.plans[0], written.remarks)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<?xml version='1.0'?><rss/>", "not_moodle"),
        ("<areas><area>", "xml_broken"),
        ("<areas>" + "<area>" * 100_000, "xml_broken"),
        ('<!DOCTYPE areas [<!ENTITY a "lol">]><areas>&a;</areas>', "xml_entities"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><areas><area>&x;</area></areas>', "xml_entities"),
        ("<?xml version='1.0'?>\n<areas/>", "not_moodle"),
    ],
)
def test_other_and_broken_xml_is_refused(content, code):
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.code == code


def test_points_that_are_none_are_told_by_their_criterion():
    found = read(BACKUP.replace("5.50000", "-3").replace("2.00000", "$@NULL@$"))
    assert {remark.values["place"] for remark in found.remarks if "place" in remark.values} == {"Evidence", "Clarity"}


def test_a_backup_in_utf_16_and_with_bad_characters_is_read():
    declared = BACKUP.replace("UTF-8", "UTF-16").replace("None cited", "None\x0b cited\x00")
    assert read(declared.encode("utf-16")).plans == read(BACKUP).plans
