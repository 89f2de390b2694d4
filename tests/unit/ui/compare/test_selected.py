"""What a cell of the comparison says of a deferred picture: that above, why below the heatmap."""

from dataclasses import replace

import pytest

from leuko.decision.verdict import give_verdict
from leuko.ui.compare.selected import decision_words, reasons_of, shown_first
from tests.made_gates import CROP, CROPS, FIELD, with_gates
from tests.made_session import make_card, make_result


@pytest.fixture
def card(tmp_path):
    return with_gates(make_card(tmp_path, input=CROPS))


def told(card, probability, kind=CROP, novelty=1.0, *, anyway=False):
    result = replace(make_result(card, probability), novelty=novelty)
    return give_verdict(card, result, kind, None, anyway=anyway)


def test_a_sure_answer_needs_no_words(card):
    assert decision_words(told(card, 0.98)) == ""
    assert reasons_of(told(card, 0.98)) == []
    assert (decision_words(None), reasons_of(None)) == ("", [])


def test_who_decides_stands_apart_from_why(card):
    verdict = told(card, 0.55, novelty=2.0)
    assert decision_words(verdict) == "Refer to a haematologist."
    promise, *others = reasons_of(verdict)
    assert promise == "90 % coverage; most probable is ALL blast, 0.55."
    assert any("unlike those that this model learnt from" in one for one in others)


def test_a_picture_of_another_kind_is_told_beside_the_answer(card):
    verdict = told(card, 0.98, kind=FIELD, anyway=True)
    assert decision_words(verdict) == (
        "Picture of another kind, read anyway. Refer to a haematologist."
    )
    assert reasons_of(verdict)[0].startswith("Read anyway: this looks like a whole field")


def test_without_a_verdict_the_suggested_class_is_shown(card):
    assert shown_first(make_result(card, 0.9), None) == "ALL"
    assert shown_first(make_result(card, 0.1), told(card, 0.1)) == "HEM"
