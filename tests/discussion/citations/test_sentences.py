"""The sentence that cites, wherever the citation stands in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.citations.queries import get_citation_map
from lti_app.discussion.citations.rules.sentences import MAX_AFTER, MAX_BEFORE, CitedLocation, citing_sentence
from lti_app.discussion.posts.rules.compose import compose
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings, assigned

KOTTER, ZALEZNIK = assigned(1, "Kotter 1990"), assigned(2, "Zaleznik 1977")
PLACE = CitedLocation(7, 1, "104", "")
K = "[Kotter 1990, p. 104]"
SENTENCES = {
    f"I agree. Leaders, says {K}, cope with change. So do I.": f"Leaders, says {K}, cope with change.",
    f"I agree. Leaders cope with change {K}. So do I.": f"Leaders cope with change {K}.",
    f"I agree. Leaders cope with change. {K} So do I.": f"Leaders cope with change. {K}",
    f"I agree. Leaders cope with change. {K}": f"Leaders cope with change. {K}",
    f"I agree. “Leaders cope with change.” {K}\nSo do I.": f"“Leaders cope with change.” {K}",
    f"I agree. {K} argues that leaders cope. So do I.": f"{K} argues that leaders cope.",
    f"{K} argues that leaders cope. So do I.": f"{K} argues that leaders cope.",
    f"I agree.\n\n{K} argues that leaders cope. So do I.": f"{K} argues that leaders cope.",
    f"I agree.\n\n{K} Leaders cope. So do I.": f"{K} Leaders cope.",
    f"I agree.\n\n> Leaders cope with change.\n{K}\n\nSo do I.": f"Leaders cope with change. {K}",
    f"I agree. See e.g. {K} on change. So do I.": f"See e.g. {K} on change.",
    f"Really? Yes! Change, cf. {K}! Not more.": f"Change, cf. {K}!",
    f"我同意。领导者应对变革{K}。我也是。": f"领导者应对变革{K}。",
    f"أوافق. القادة يواجهون التغيير {K}. وأنا كذلك.": f"القادة يواجهون التغيير {K}.",
    f"First [Kotter, p. 9] & <b>. Then {K}; and on.": f"Then {K}; and on.",
    f"First {K}, then more. And {K} again.": f"First {K}, then more.",
    f"It began in 1990. Then {K} came.": f"Then {K} came.",
    K: K,
}


@pytest.mark.parametrize(("text", "sentence"), SENTENCES.items())
def test_the_sentence_that_cites(text, sentence):
    html = compose(text, (KOTTER, ZALEZNIK)).html
    assert citing_sentence(html, PLACE) == sentence.replace("[", "").replace("]", "")


def test_a_long_sentence_is_cut_around_the_citation():
    text = f"Much before. {'Words of a long sentence ' * 40}{K} {'and as many after it ' * 40}."
    shown = citing_sentence(compose(text, (KOTTER,)).html, PLACE)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "Kotter 1990, p. 104" in shown
    assert len(shown) < MAX_BEFORE + MAX_AFTER + 40


def test_passages_of_a_page_are_told_apart():
    chip = '<a class="cited" data-reading="1" data-page="104" data-passage="{}">Kotter 1990, p. 104</a>'
    html = f"<p>The one is {chip.format(8)}. The other is {chip.format(7)}.</p>"
    assert citing_sentence(html, PLACE) == "The other is Kotter 1990, p. 104."


def test_lists_and_headings_are_lines_of_their_own():
    chip = '<a class="cited" data-reading="1" data-page="104" href="#reading-1">Kotter 1990, p. 104</a>'
    html = f"<h3>On change</h3><ul><li><p>Not this</p></li><li><p>But <em>this</em> {chip} one</p></li></ul><p>Nor</p>"
    assert citing_sentence(html, PLACE) == "But this Kotter 1990, p. 104 one"


def test_without_the_citation_the_beginning_is_shown():
    assert citing_sentence("<p>Nothing cited.</p><p>At all.</p>", PLACE) == "Nothing cited. At all."


@given(st.text(), st.text())
def test_any_text_is_answered_with_its_citation(before, after):
    html = compose(f"{before} {K} {after}", (KOTTER,)).html
    shown = citing_sentence(html, PLACE)
    assert shown
    if "data-page" in html:
        assert "Kotter 1990, p. 104" in shown


def test_the_map_shows_it(session, cast, clock):
    kotter, zaleznik = add_readings(session, cast.ines, clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=(kotter, zaleznik), post_first=False)
    text = "I begin elsewhere. Managers plan [Zaleznik, p. 70]. Leaders cope [Kotter, p. 104]. I end elsewhere."
    write(session, cast.ana, discussion, text=text, now=clock())
    shown = {}
    for reading in (kotter, zaleznik):
        (passage,) = get_citation_map(session, cast.ben, discussion, reading).passages
        shown[reading] = passage.posts[0].excerpt
    assert shown[kotter].startswith("Leaders cope Kotter")
    assert shown[zaleznik].startswith("Managers plan Zaleznik")
