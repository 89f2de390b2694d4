"""Figures of the kind gate are counts that add up, and what is made for it is what it says."""

import numpy as np
import pytest

from leuko.calibration.kind.augmentation import made_every, variants
from leuko.calibration.kind.feature_table import KindRow
from leuko.calibration.kind.fit import KINDS, fit_forest
from leuko.calibration.kind.measure import figures, left_out, together
from leuko.calibration.kind.synthetic_negatives import FAMILIES, draw_other
from leuko.data.kind_pictures import KindSource
from leuko.inspection.kind.forest import Forest
from leuko.labels import InputKind
from tests import drawn

DRAW = {
    InputKind.FIELD: drawn.draw_field,
    InputKind.CROP: drawn.draw_crop,
    InputKind.SEGMENTED: drawn.draw_segmented,
}


def source(kind, collection="set", path="a.png"):
    return KindSource(collection, "group", path, kind)


def row(collection, kind, value, *, held_out=False):
    return KindRow(collection, "as published", kind, held_out, str(value), {"value": value})


@pytest.fixture
def rows():
    """Four kinds that one number tells apart, in two collections each."""
    rng = np.random.default_rng(0)
    return [
        row(f"{kind} {part}", kind, 10 * place + float(rng.normal(part, 0.5)))
        for place, kind in enumerate(KINDS)
        for part in range(2)
        for _ in range(30)
    ]


def test_counts_add_up_and_a_wrong_sure_answer_is_counted(rows):
    forest = Forest.of(fit_forest(rows, sharpness=1.0))
    asked = [row("new", InputKind.FIELD, 0.0)] * 3 + [row("new", InputKind.FIELD, 30.0)] * 2
    (found,) = figures("new", asked, forest)
    assert (found.pictures, found.right, found.sure_and_right, found.sure_and_wrong) == (5, 3, 3, 2)
    assert found.guessed == (3, 0, 0, 2)
    (doubled,) = together("twice", [found, found])
    assert (doubled.name, doubled.pictures, doubled.guessed) == ("twice", 10, (6, 0, 0, 4))


def test_a_collection_that_is_left_out_is_not_fitted_on(rows):
    odd = [row("odd", None, -50.0 - number) for number in range(30)]
    found = {one.name: one for one in left_out([*rows, *odd], 1.0)}
    assert found["odd"].right == 0  # nothing like it is known, and its neighbours are fields
    assert found["field 0"].right == 30


def test_without_any_other_of_its_kind_a_collection_is_not_measured():
    few = [row(str(kind), kind, float(place)) for place, kind in enumerate(KINDS)] * 5
    assert list(left_out(few, 1.0)) == []


@pytest.mark.parametrize("kind", DRAW)
def test_pictures_are_made_of_the_kinds_that_they_say(kind):
    made = [one for seed in range(6) for one in variants(source(kind), DRAW[kind](1, True), seed)]
    kinds = {name: kind for name, kind, _ in made}
    assert kinds["as published"] is kinds["jittered"] is kind
    expected = {
        InputKind.FIELD: {"part": InputKind.FIELD, "cut out": InputKind.CROP},
        InputKind.CROP: {"mosaic": InputKind.FIELD, "blackened": InputKind.SEGMENTED},
        InputKind.SEGMENTED: {},
    }[kind]
    assert expected.items() <= kinds.items()
    assert all(pixels.dtype == np.uint8 and min(pixels.shape[:2]) >= 16 for _, _, pixels in made)


def test_the_same_seed_makes_the_same_pictures():
    pixels = drawn.draw_field(1, malignant=True)
    first, second = (list(variants(source(InputKind.FIELD), pixels, 3)) for _ in range(2))
    assert all((a[2] == b[2]).all() for a, b in zip(first, second, strict=True))


def test_what_is_no_blood_stays_that_and_nothing_is_made_when_nothing_is_wanted():
    pixels = draw_other("balls", 1)
    assert {kind for _, kind, _ in variants(source(None), pixels, 1)} == {None}
    assert len(list(variants(source(InputKind.CROP), pixels, 1, made=False))) == 1


def test_a_large_collection_makes_no_more_than_a_middling_one():
    sources = [source(None, "large", str(number)) for number in range(3000)]
    assert made_every([*sources, source(None, "small")]) == {"large": 4, "small": 1}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_drawing_is_a_function_of_its_seed(family):
    assert (draw_other(family, 3) == draw_other(family, 3)).all()
    shapes = {draw_other(family, seed).shape for seed in range(8)}
    assert len(shapes) > 1
