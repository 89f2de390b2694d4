from dataclasses import replace

import numpy as np
import pytest

from leuko.evaluation.comparison.panel import Accord
from leuko.imaging.intake.uploads import Upload
from leuko.models.card import ModelCard
from leuko.settings import Limits
from leuko.ui.compare.wording import (
    agreement_sentence,
    different_classes,
    not_accuracy,
    short_names,
    summary,
)
from leuko.workbench.classification import Results, result_key
from leuko.workbench.comparison import agreement_of, compare_rows, known_classes
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.made_gates import level, with_gates
from tests.made_session import make_result

NAMES = ["First", "Second"]


@pytest.fixture
def tray():
    made = Tray()
    shades = {"near.png": 10, "far.png": 20, "agree.png": 30, "half.png": 40, "new.png": 50}
    made.add(
        [
            *(
                Upload(name, drawn.encode(np.full((8, 8, 3), shade, np.uint8), "PNG"))
                for name, shade in shades.items()
            ),
            Upload("bad.png", b"no"),
        ],
        Limits(),
    )
    made.items[-1].mark_unreadable("It is no picture.")
    return made


@pytest.fixture
def results(cards, tray):
    said = {"near.png": (0.45, 0.55), "far.png": (0.05, 0.95), "agree.png": (0.8, 0.7)}
    found = {}
    for item in tray.items:
        for card, share in zip(cards, said.get(item.name, ()), strict=False):
            found[result_key(card, item)] = make_result(card, share)
    half = next(item for item in tray.items if item.name == "half.png")
    found[result_key(cards[0], half)] = make_result(cards[0], 0.9)
    return found


@pytest.fixture
def rows(tray, cards, results):
    return compare_rows(tray, cards, results, [0.5, 0.5])


def of_four(cards, *labels):
    """One row in which models of four classes suggest these."""
    names = ("Benign", "Early", "Pre", "Pro")
    tray, results, made = Tray(), Results(), []
    tray.add([Upload("x.png", b"x")], Limits())
    for place, label in enumerate(labels):
        raw = cards[0].model_dump() | {
            "id": f"four{place}", "classes": names, "malignant": names[1:],
        }  # fmt: skip
        made.append(ModelCard.model_validate(raw))
        shares = {name: 0.9 if name == label else 0.1 / 3 for name in names}
        malignant = 1 - shares["Benign"]
        answer = replace(
            make_result(cards[0], malignant), probabilities=shares, malignant_probability=malignant
        )
        results.add(result_key(made[-1], tray.items[0]), answer)
    return compare_rows(tray, made, results, [0.5] * len(made))[0]


def test_disagreements_come_first_the_widest_gap_before_others(rows):
    assert [row.item.name for row in rows] == [
        "far.png", "near.png", "agree.png", "half.png", "new.png", "bad.png",
    ]  # fmt: skip
    assert [row.words for row in rows] == [
        "sides differ", "sides differ", "agree", "waiting", "waiting", "not readable",
    ]  # fmt: skip


def test_only_images_that_every_model_answered_are_counted(rows, cards):
    found = agreement_of(rows, cards)
    assert (found.images, found.same_side) == (3, 1)
    assert summary(rows, found, 2) == (
        "6 images · both models agree on malignant or benign for 1 of 3 · 1 not readable · "
        "2 waiting"
    )


def test_a_threshold_set_by_the_user_changes_who_agrees(tray, cards, results):
    rows = compare_rows(tray, cards, results, [0.4, 0.5])
    assert {row.item.name: row.accord for row in rows}["near.png"] is Accord.SAME


def test_a_difference_of_sides_stands_before_the_last_model_answered(tray, cards, results):
    third = cards[0].model_copy(update={"id": "third"})
    rows = compare_rows(tray, [*cards, third], results, [0.5] * 3)
    assert {row.item.name: row.words for row in rows}["far.png"] == "sides differ"
    assert {row.item.name: row.words for row in rows}["agree.png"] == "waiting"


def test_the_verdict_says_who_suggests_what_and_takes_no_vote(rows, cards):
    assert agreement_sentence(rows[0], NAMES) == (
        "The models disagree: Second suggests malignant; First suggests benign."
    )
    assert agreement_sentence(rows[2], NAMES) == "All suggest ALL blast."
    assert agreement_sentence(rows[3], NAMES) == ""
    said = agreement_sentence(of_four(cards, "Early", "Pre", "Pre"), ["A", "B", "C"])
    assert said == (
        "All suggest malignant but differ on the class: Early pre-B ALL by A; Pre-B ALL by B and C."
    )


def test_where_a_verdict_is_open_nothing_is_said_to_be_suggested(tray, cards, results):
    gated = [
        with_gates(cards[0], levels=[level(0.9, 0.0)]),
        with_gates(cards[1], levels=[level(0.9, 0.99)]),
    ]
    known = {
        result_key(new, item): replace(results[result_key(old, item)], novelty=1.0)
        for old, new in zip(cards, gated, strict=True)
        for item in tray.items
        if result_key(old, item) in results
    }
    said = {
        row.item.name: agreement_sentence(row, NAMES)
        for row in compare_rows(tray, gated, known, [0.5, 0.5])
    }
    assert said["agree.png"] == "No model names one class. All put ALL blast first."
    assert said["far.png"] == (
        "No model names one class. The sides that they put first differ: malignant by Second; "
        "benign by First."
    )
    assert said["half.png"] == ""


def test_models_of_different_classes_are_compared_on_sides_and_the_page_says_so(cards):
    other = ModelCard.model_validate(
        cards[1].model_dump() | {"classes": ("HEM", "Early", "Pre"), "malignant": ("Early", "Pre")}
    )
    assert different_classes(cards, NAMES) == ""
    assert different_classes([cards[0], other], NAMES) == (
        "These models know different classes (First: 2, Second: 3), so all of them together are "
        "compared on malignant or benign only."
    )
    assert known_classes([cards[0], other]) == ["HEM", "ALL", "Early", "Pre"]


def test_agreement_is_never_called_accuracy(cards):
    assert not_accuracy(cards).startswith(
        "Agreement is not accuracy: these models all learned from Made data and can be wrong"
    )


@pytest.mark.parametrize(
    ("titles", "short"),
    [
        (["AlexNet · T · fields", "VGG · T · fields"], ["AlexNet", "VGG"]),
        (["B3 · CNN · C", "B3 · CNN · C · grouped", "D1"], ["B3", "B3 · grouped", "D1"]),
        (["Same", "Same"], ["Same", "Same"]),
    ],
)
def test_names_are_as_short_as_they_can_be_told_apart(cards, titles, short):
    named = [cards[0].model_copy(update={"title": title}) for title in titles]
    assert short_names(named) == short
