"""What is made once of the same things is made anew of others."""

from lti_app.core.made_once import MadeOnce


def test_it_is_made_anew_only_of_another_basis_and_for_another_key():
    kept: MadeOnce[str, list[object]] = MadeOnce(10)

    def made(key, *basis):
        return kept.of(key, basis, lambda: [*basis], size=1)

    first = made("class", (1, 2), "a")
    assert made("class", (1, 2), "a") is first == [(1, 2), "a"]
    assert made("another class", (1, 2), "a") is not first
    assert made("class", (1, 3), "a") == [(1, 3), "a"]
    assert made("class", (1, 2), "a") is not first
    assert kept.taken == 2


def test_no_more_is_kept_than_fits():
    kept: MadeOnce[int, object] = MadeOnce(3)
    for key in range(9):
        kept.of(key, (), object, size=2)
    assert kept.taken == 2
    assert kept.of(1, (), lambda: "large", size=9) == "large"
    kept.clear()
    assert kept.taken == 0
