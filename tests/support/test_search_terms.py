"""Laws of a ticket's terms: what is said once more changes nothing, and beginnings of words are found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.support import terms

WORD = st.text(st.characters(categories=["Ll", "Lo", "Nd"]), min_size=1, max_size=30)


@given(st.lists(WORD, max_size=5), st.lists(st.lists(WORD, max_size=80), max_size=12))
def test_what_is_said_once_more_changes_nothing(heading: list[str], said: list[list[str]]) -> None:
    """One after the other comes to the same as all at once; and to no more than the bounds."""
    step: list[str] = []
    for words in said:
        before = set(step)
        step = terms.together(heading, [*step, *words])
        assert terms.together(heading, step) == step
        assert len(step) <= len(heading) + terms.FIRST + terms.LATER
        assert set(words) - before <= set(step), "all that is new"


@given(st.lists(WORD, min_size=1, max_size=8), st.data())
def test_the_beginnings_of_what_was_said_are_found(words: list[str], data: st.DataObject) -> None:
    known = terms.said_terms(" ".join(words))
    word = data.draw(st.sampled_from(words))
    for prefix in terms.asked(word[: data.draw(st.integers(1, len(word)))])[:1]:
        if len(prefix) > 1:
            assert any(terms.meets(prefix, term) for term in known)
