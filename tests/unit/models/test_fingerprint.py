"""The fingerprint of a card changes with all that changes an answer, and with nothing else."""

import pickle

import pytest

from leuko.models.card import ANSWER_FIELDS, ModelCard, read_card
from tests.made_gates import level, novelty, raw_gates
from tests.made_session import make_card

OTHER = "f" * 64
MEAN_IMAGE = {"step": "subtract_mean_image", "sha256": OTHER}
TOLD_ONLY = {
    "card_version", "id", "title", "study_row", "dataset", "split", "training", "audit",
    "recommended",
}  # fmt: skip


@pytest.fixture
def card(tmp_path):
    return make_card(tmp_path, gates=raw_gates())


def edited(card, **entries):
    return ModelCard.model_validate(card.model_dump(mode="json") | entries)


def input_of(card, **entries):
    return card.model_dump(mode="json")["input"] | entries


def architecture_of(card, **entries):
    return card.model_dump(mode="json")["architecture"] | entries


@pytest.mark.parametrize(
    "entries",
    [
        lambda card: {"weights": {"sha256": OTHER, "bytes": 1, "licence": "-"}, "gates": None},
        lambda card: {"classes": ["ALL", "HEM"]},
        lambda card: {"malignant": ["HEM"]},
        lambda card: {"temperature": 1.5, "gates": raw_gates(temperature=1.5)},
        lambda card: {"decision_threshold": 0.4},
        lambda card: {"reduced_precision": True},
        lambda card: {"gates": None},
        lambda card: {"gates": raw_gates(coverage=0.8)},
        lambda card: {"gates": raw_gates(levels=[level(0.9, 0.3)])},
        lambda card: {"gates": raw_gates(strangeness=novelty(sha256=OTHER))},
        lambda card: {"gates": raw_gates(strangeness=novelty(threshold=9.0))},
        lambda card: {"input": input_of(card, mean=[0.4, 0.5, 0.5])},
        lambda card: {"input": input_of(card, kind="crop")},
        lambda card: {"input": input_of(card, steps=[*input_of(card)["steps"], MEAN_IMAGE])},
        lambda card: {"architecture": architecture_of(card, heatmap_layer="blocks")},
    ],
    ids=[
        "weights", "class order", "malignant", "temperature", "threshold", "precision", "no gates",
        "coverage", "limit", "novelty file", "novelty threshold", "normalisation", "kind",
        "mean image", "heatmap layer",
    ],
)  # fmt: skip
def test_whatever_changes_an_answer_changes_the_fingerprint(card, entries):
    assert edited(card, **entries(card)).fingerprint != card.fingerprint


@pytest.mark.parametrize(
    "entries",
    [
        {"title": "Another title"},
        {"study_row": "B1"},
        {"recommended": True},
        {"id": "copied"},
    ],
    ids=lambda entries: next(iter(entries)),
)
def test_what_is_only_told_leaves_it_alone(card, entries):
    assert edited(card, **entries).fingerprint == card.fingerprint


def test_notes_and_training_facts_leave_it_alone(card):
    dataset = card.dataset.model_copy(update={"notes": ("New.",)})
    training = card.training.model_copy(update={"seconds": 1.0})
    copy = card.model_copy(update={"dataset": dataset, "training": training})
    assert copy.fingerprint == card.fingerprint


def test_every_entry_of_a_card_either_counts_or_is_only_told():
    assert set(ModelCard.model_fields) == {*ANSWER_FIELDS, "weights"} | TOLD_ONLY


def test_a_changed_copy_does_not_inherit_the_fingerprint(card):
    before = card.fingerprint
    assert card.model_copy(update={"decision_threshold": 0.3}).fingerprint != before
    assert card.fingerprint == before


def test_it_is_the_same_however_and_wherever_the_card_is_read(card, tmp_path):
    again = read_card(tmp_path / "made")
    assert again.fingerprint == card.fingerprint
    assert pickle.loads(pickle.dumps(card)).fingerprint == card.fingerprint
    assert again == card
    assert len(bytes.fromhex(card.fingerprint)) == 32
