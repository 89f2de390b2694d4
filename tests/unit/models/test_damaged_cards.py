"""Cards damaged in thousands of ways are refused with a sentence or are good; nothing else."""

import copy
import json
import random

import pytest

from leuko.errors import CardError
from leuko.models.card import CARD_FILE, read_card
from leuko.models.store import list_models
from leuko.settings import checkout
from tests.made_models import make_model_folder

CARDS = ("mobilenetv2-taleqani", "e1-cnn-taleqani", "c1-densenet-169-all-idb2")
SEEDS = 700
ODD_VALUES = (
    None, True, 0, -1, 1e-320, 1e300, int("9" * 400), float("inf"), float("nan"), "", "\ud800",
    "a\x00b", "\u202e", "x" * 5000, [], {}, [[[]]], {"x": 1}, "NaN", 10**15, -(10**15), "![](x)",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return make_model_folder(tmp_path, "made", predictions=False, history=False)


def places(value, path=()):
    """Every place inside a card, as the keys that lead there."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


def put(card, path, value):
    for key in path[:-1]:
        card = card[key]
    card[path[-1]] = value


def sentence_of(folder):
    with pytest.raises(CardError) as caught:
        read_card(folder)
    sentence = str(caught.value)
    assert f"'{folder.name}'" in sentence
    assert len(sentence) < 800
    sentence.encode()
    return sentence


def with_value(folder, path, text):
    """Put JSON text at a place of a card."""
    raw = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    put(raw, path, "@@")
    (folder / CARD_FILE).write_text(json.dumps(raw).replace('"@@"', text), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("training", "seconds"), "Infinity"),
        (("training", "seconds"), "1e300"),
        (("training", "epochs"), "1" * 400),
        (("training", "recipe"), '{"rate": 1e999}'),
        (("training", "recipe"), '{"\\ud800": 1}'),
        (("training", "recipe"), "[" * 50_000 + "]" * 50_000),
        (("architecture", "parameters"), "1" * 400),
        (("split", "seed"), "1" * 400),
        (("dataset", "images"), "1000000000000000"),
        (("temperature",), "1e-320"),
        (("temperature",), "NaN"),
        (("temperature",), "1e300"),
        (("decision_threshold",), "NaN"),
        (("input", "std"), "[1e-320, 1, 1]"),
        (("input", "std"), "[1, 1e300, 1]"),
        (("input", "mean"), "[1e300, 0, 0]"),
        (("title",), '"\\udcff"'),
        (("title",), '"one\\u0000two"'),
        (("title",), json.dumps("x" * 100_000)),
        (("dataset", "notes"), '["\\ud800"]'),
    ],
)
def test_a_value_beyond_all_bounds_is_refused_and_the_other_models_stay(folder, path, text):
    make_model_folder(folder.parent, "good", predictions=False, history=False)
    with_value(folder, path, text)
    sentence_of(folder)
    inventory = list_models(folder.parent)
    assert [model.id for model in inventory.models] == ["good"]
    assert len(inventory.problems) == 1


def test_a_folder_whose_name_is_no_text_is_told_in_clean_letters(tmp_path):
    (tmp_path / "b\udcff\u202ad").mkdir()
    (tmp_path / "b\udcff\u202ad" / "x").write_bytes(b"")
    (sentence,) = list_models(tmp_path).problems
    sentence.encode()
    assert "'bd' has no card.json" in sentence


@pytest.mark.parametrize("name", CARDS)
def test_a_shipped_card_with_odd_values_is_good_or_refused(tmp_path, name):
    raw = json.loads((checkout() / "weights" / name / CARD_FILE).read_text(encoding="utf-8"))
    everywhere = list(places(raw))
    folder = tmp_path / name
    folder.mkdir()
    generator = random.Random(name)
    for _ in range(SEEDS):
        card = copy.deepcopy(raw)
        for path in generator.sample(everywhere, generator.choice((1, 1, 1, 3))):
            try:
                put(card, path, generator.choice(ODD_VALUES))
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took the place away
        (folder / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
        good_or_refused(folder)


@pytest.mark.parametrize("name", CARDS)
def test_a_shipped_card_with_damaged_bytes_is_good_or_refused(tmp_path, name):
    content = (checkout() / "weights" / name / CARD_FILE).read_bytes()
    folder = tmp_path / name
    folder.mkdir()
    generator = random.Random(name)
    for _ in range(SEEDS):
        damaged = bytearray(content)
        for _ in range(generator.choice((1, 2, 8))):
            place = generator.randrange(len(damaged))
            if generator.random() < 0.5:
                damaged[place] = generator.randrange(256)
            else:
                del damaged[place : place + generator.randrange(1, 40)]
        (folder / CARD_FILE).write_bytes(damaged)
        good_or_refused(folder)


def good_or_refused(folder):
    """A card that is taken has finite numbers and texts that can be sent; else one sentence."""
    inventory = list_models(folder.parent)
    assert len(inventory.models) + len(inventory.problems) == 1
    for model in inventory.models:
        json.dumps(model.card.model_dump(mode="json"), allow_nan=False, ensure_ascii=False).encode()
        assert model.card.fingerprint
    for sentence in inventory.problems:
        sentence.encode()
        assert f"'{folder.name}'" in sentence
