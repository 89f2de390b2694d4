import json

import pytest
from pydantic import ValidationError

from leuko.errors import CardError
from leuko.models.card import read_card, write_card
from leuko.models.gates.thresholds import COVERAGES, Gates
from leuko.models.store import list_models
from tests.made_gates import level, novelty, raw_gates, tally, with_gates
from tests.made_models import make_model_folder


@pytest.fixture
def folder(tmp_path):
    return make_model_folder(
        tmp_path, "made", classes=("HEM", "ALL"), malignant=("ALL",), weights=True
    )


def test_a_card_of_before_has_no_gates_and_is_as_good_as_ever(folder):
    raw = json.loads((folder / "card.json").read_text())
    assert "gates" not in raw
    assert read_card(folder).gates is None
    assert not list_models(folder.parent).problems


def test_gates_come_back_from_the_card_as_they_were_written(folder):
    card = with_gates(read_card(folder))
    write_card(card, folder)
    assert read_card(folder) == card
    assert read_card(folder).gates.level.coverage == 0.9
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


def test_the_coverages_that_are_fitted_are_those_that_the_command_offers():
    from leuko.cli.grammar import build_parser

    def asked(coverage):
        words = ["calibrate", "model", "--data", "folder", "--coverage", str(coverage)]
        return build_parser().parse_args(words).coverage

    assert [asked(coverage) for coverage in COVERAGES] == list(COVERAGES)
    for other in (0.0, 0.5, 0.85, 0.99, 1.0):
        with pytest.raises(SystemExit):
            asked(other)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights_sha256": "0" * 64}, "other weights"),
        ({"temperature": 2.0}, "another temperature"),
        ({"levels": [level(0.9, 0.4, by_class={"Pre": tally(91, 100)})]}, "other classes"),
    ],
)
def test_gates_of_another_model_are_refused_with_what_to_do(folder, changes, words):
    card = read_card(folder)
    (folder / "card.json").write_text(
        json.dumps(card.model_dump(mode="json") | {"gates": raw_gates(**changes)})
    )
    with pytest.raises(CardError, match=words) as caught:
        read_card(folder)
    assert "leuko calibrate" in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"coverage": 0.85},
        {"levels": []},
        {"levels": [level(0.95, 0.2), level(0.9, 0.4)]},
        {"levels": [level(0.8, 0.3), level(0.9, 0.4)]},
        {"levels": [level(0.9, 1.2)]},
        {"levels": [level(0.9, 0.4, several=0)]},
        {"levels": [level(0.9, 0.4, covered=tally(92, 100))]},
        {"levels": [level(0.9, 0.4, by_group={"a": tally(1, 200)})]},
        {"strangeness": novelty(threshold=0.0)},
        {"strangeness": novelty(threshold=float("nan"))},
        {"strangeness": novelty(sha256="no hash")},
        {"strangeness": novelty(accepted=tally(5, 4))},
        {"unknown": 1},
        {"gates_version": 2},
    ],
)
def test_gates_that_contradict_themselves_are_refused(changes):
    Gates.model_validate(raw_gates())
    with pytest.raises(ValidationError):
        Gates.model_validate(raw_gates(**changes))


def test_a_level_without_a_limit_puts_every_class_into_the_set():
    gates = Gates.model_validate(raw_gates(levels=[level(0.9, 0.1), level(0.95, None)]))
    assert gates.levels[1].limit is None


def test_a_promise_is_broken_when_the_whole_interval_lies_below_it():
    kept = Gates.model_validate(raw_gates(levels=[level(0.9, 0.4)]))
    assert kept.level.broken_promise is None
    broken = level(0.9, 0.4, low=0.8, high=0.89)
    assert Gates.model_validate(raw_gates(levels=[broken])).level.broken_promise == 0.91
    unknown = level(0.9, 0.4, low=None, high=None)
    assert Gates.model_validate(raw_gates(levels=[unknown])).level.broken_promise is None
