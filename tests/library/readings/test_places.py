"""Places in a reading: described alike they are one, and they sort as they follow one another in print."""

from lti_app.library.readings.rules import PassagePlace


def test_places_sort_as_in_print():
    places = [PassagePlace(page=page) for page in ("12–14", "9", "110", "", "iv", "10", "1")]
    assert [place.page for place in sorted(places, key=lambda place: place.order)] == [
        "",
        "iv",
        "1",
        "9",
        "10",
        "12–14",
        "110",
    ]
    paragraphs = [PassagePlace(paragraph=number) for number in ("10", "2")]
    assert [place.paragraph for place in sorted(paragraphs, key=lambda place: place.order)] == ["2", "10"]


def test_parts_do_not_run_into_one_another():
    assert PassagePlace(page="1", paragraph="2").fingerprint != PassagePlace(page="12").fingerprint
    assert PassagePlace(exact="ab", prefix="c").fingerprint != PassagePlace(exact="a", prefix="bc").fingerprint


def test_a_place_is_kept_clean_and_short():
    place = PassagePlace.of(page=" 4\n", exact="a\0 b" * 2000, prefix="x" * 90 + "end", suffix="begin" + "y" * 90)
    assert place.page == "4"
    assert 1990 < len(place.exact) <= 2000
    assert (place.prefix[-3:], place.suffix[:5], len(place.prefix), len(place.suffix)) == ("end", "begin", 64, 64)
