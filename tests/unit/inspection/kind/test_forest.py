"""The forest's file is checked when read, and walking it gives what scikit-learn gives."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from leuko.calibration.kind import fit as kind_fit
from leuko.calibration.kind.feature_table import KindRow, matrix
from leuko.calibration.kind.fit import KINDS, fit_forest, guess
from leuko.inspection.kind.forest import FOREST_FILE, Forest, ForestFile, load_forest, sharpened
from leuko.inspection.kind.stain_features import measure_features
from leuko.inspection.pyramid import Copies
from leuko.inspection.quality.measures import measure_quality
from leuko.labels import InputKind
from tests import drawn


def rows(number=240):
    rng = np.random.default_rng(4)
    found = []
    for place in range(number):
        kind = KINDS[place % 4]
        features = {
            "first": float(rng.normal(place % 4 < 2, 0.5)),
            "second": float(rng.normal(place % 2, 0.5)),
        }
        made = "as published"
        found.append(KindRow(f"set {place % 3}", made, kind, False, str(place), features))
    return found


def stored():
    return {
        "features": ["a"],
        "kinds": ["field", None],
        "sharpness": 2.0,
        "fitted_on": {"set": 2},
        "roots": [0],
        "feature": [0, -1, -1],
        "threshold": [0.5, 0.0, 0.0],
        "above": [2, 0, 1],
        "shares": [[800, 200], [0, 1000]],
    }


def test_the_stored_forest_answers_as_scikit_learn_does(monkeypatch):
    from sklearn.ensemble import ExtraTreesClassifier

    fitted = []
    fit = ExtraTreesClassifier.fit

    def remember(self, *arguments, **named):
        fitted.append(self)
        return fit(self, *arguments, **named)

    monkeypatch.setattr(ExtraTreesClassifier, "fit", remember)
    found = rows()
    ours = guess(Forest.of(fit_forest(found, sharpness=1.0)), found)
    theirs = fitted[0].predict_proba(matrix(found).astype(np.float32))
    assert np.abs(ours - theirs).max() < 0.02
    assert ours.sum(axis=1) == pytest.approx(1)


def test_fitting_twice_gives_the_same_forest():
    assert fit_forest(rows()) == fit_forest(rows())


def test_the_less_collections_are_alike_the_less_sure_the_forest_is():
    alike = rows()
    unlike = [
        replace(row, features=row.features | {"first": 1 - row.features["first"]})
        if row.collection == "set 2"
        else row
        for row in alike
    ]
    sharp, blunt = (fit_forest(one).sharpness for one in (alike, unlike))
    assert {sharp, blunt} <= set(kind_fit.SHARPNESSES)
    assert blunt < sharp


def test_without_two_collections_that_know_all_kinds_nothing_is_sharpened():
    single = [replace(row, collection="one") for row in rows()]
    assert fit_forest(single).sharpness == kind_fit.SHARPNESSES[0]


def test_a_leaf_is_reached_by_the_thresholds_on_the_way():
    forest = Forest.of(ForestFile.model_validate(stored()))
    assert forest.probabilities({"a": 0.5})[0] == pytest.approx(16 / 17)
    assert forest.probabilities({"a": 0.6})[1] == pytest.approx(1)
    with pytest.raises(KeyError):
        forest.probabilities({"b": 1.0})


def test_sharpening_keeps_the_order_and_the_sum():
    shares = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]])
    found = sharpened(shares, 2.5)
    assert (found.argmax(axis=1) == shares.argmax(axis=1)).all()
    assert found.sum(axis=1) == pytest.approx(1)
    assert sharpened(shares, 1.0) == pytest.approx(shares)


@pytest.mark.parametrize(
    "change",
    [
        {"above": [5, 0, 1]},
        {"above": [0, 0, 1]},
        {"above": [2, 0, 7]},
        {"feature": [3, -1, -1]},
        {"feature": [0, -1, 0]},
        {"feature": [0, -1]},
        {"roots": []},
        {"roots": [9]},
        {"shares": [[1000], [1000]]},
        {"shares": [[800, 200], [0, 1001]]},
        {"sharpness": 0},
        {"threshold": [float("nan"), 0, 0]},
        {"kinds": ["field", "unheard of"]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_file_that_leads_nowhere_is_refused(change):
    with pytest.raises(ValidationError):
        ForestFile.model_validate(stored() | change)


def test_the_forest_of_the_package_is_whole_and_asks_for_what_is_measured():
    raw = json.loads(FOREST_FILE.read_text(encoding="utf-8"))
    forest = load_forest()
    copies = Copies.of(drawn.draw_crop(1, malignant=True, side_px=128))
    cells, quality = np.zeros((128, 128), np.uint8), measure_quality(copies.picture, copies)
    assert set(forest.features) == set(measure_features(copies, cells, quality))
    assert set(forest.kinds) == {
        InputKind.FIELD, InputKind.CROP, InputKind.SEGMENTED, None
    }  # fmt: skip
    assert {"taleqani", "bccd", "all_idb2", "c_nmc"} <= set(raw["fitted_on"])
