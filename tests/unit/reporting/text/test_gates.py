import pytest

from leuko.reporting.text.gates import gate_sentences, limits
from tests.made_gates import level, raw_gates, with_gates
from tests.made_session import make_card


@pytest.fixture
def card(tmp_path):
    return make_card(tmp_path)


def test_a_model_without_gates_says_so_and_how_it_gets_them(card):
    (sentence,) = gate_sentences(card)
    assert sentence.startswith("made has no gates")
    assert "python -m leuko calibrate made --data FOLDER" in sentence


def test_every_figure_of_the_record_is_told(card):
    text = "\n".join(gate_sentences(with_gates(card)))
    for part in (
        "500 training and 120 validation pictures of Made data",
        "Sets of 90 % coverage (in force): classes of probability 0.400 or more; measured 91 of "
        "100 (91 %), 95 % interval 85 % to 95 %; one class 82 times (80 of 82 (98 %) right), "
        "several 11, none 7.",
        "Normal cell (HEM) 45 of 50 (90 %)",
        "By group: 1 of 2 groups of 5 pictures or more reach it; the lowest is a with 32 of 40 "
        "(80 %).",
        "Novelty above 1.500 is refused",
        "BCCD, out of distribution: AUROC 0.990, refused 190 of 200 (95 %).",
        "defer 20 of 100 (20 %) of test pictures (the prediction set is not one class 18; unlike "
        "the training pictures 7; severe quality finding 1)",
        "right in 90 of 100 (90 %) of all and in 78 of 80 (98 %) of the others.",
    ):
        assert part in text, part


def test_a_split_by_group_warns_that_other_patients_need_not_be_covered(card):
    gates = with_gates(card).gates
    assert any("need not hold for other patients" in one for one in limits(gates))


@pytest.mark.parametrize(
    ("on", "levels", "words"),
    [
        ({"validation_groups": 2}, None, "rest on 2 groups alone"),
        ({"validation": 40}, None, "rest on 40 validation pictures"),
        ({"by_group": False}, None, "same patients or days"),
        ({}, [level(0.9, 0.4, low=0.7, high=0.85)], "is not kept on test pictures (91 %)"),
    ],
)
def test_what_weakens_a_promise_is_said(card, on, levels, words):
    raw = raw_gates()
    gates = with_gates(card, fitted_on=raw["fitted_on"] | on, levels=levels or raw["levels"]).gates
    assert any(words in sentence for sentence in limits(gates))
