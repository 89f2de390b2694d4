"""Tables above the size up to which every image and every score is resampled as it is."""

import dataclasses

import numpy as np
import pytest

from leuko.errors import PredictionsError
from leuko.evaluation import csv_columns, predictions
from leuko.evaluation.comparison.agreement import agreement
from leuko.evaluation.comparison.contender import contender
from leuko.evaluation.comparison.resampling import AUROC, SENSITIVITY, difference, resample
from leuko.evaluation.curves.all import model_curves
from leuko.evaluation.predictions import read_predictions, write_predictions
from leuko.evaluation.summary import summarise
from leuko.evaluation.threshold.curve import threshold_curve
from leuko.statistics.estimate import Estimate
from leuko.statistics.large_samples import BLOCKS, CURVE_POINTS, score_levels
from tests.unit.evaluation.made_predictions import FOUR, TWO, random_predictions

IMAGES = 4_000
FEW_LEVELS = 400
ALMOST = 0.15  # of an interval's width: what blocks and another draw leave to chance


@pytest.fixture
def as_large(monkeypatch):
    """The same table as it is, and as if it were above the limit."""

    def both(make, groups=None, classes=FOUR):
        small = make(random_predictions(classes, IMAGES, groups=groups))
        monkeypatch.setattr(predictions, "EXACT_IMAGES", IMAGES - 1)
        monkeypatch.setattr(predictions, "score_levels", lambda p: score_levels(p, FEW_LEVELS))
        large = make(random_predictions(classes, IMAGES, groups=groups))
        return small, large

    return both


def estimates(found, path=""):
    if isinstance(found, Estimate):
        yield path, found
    elif dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from estimates(getattr(found, field.name), f"{path}.{field.name}")
    elif isinstance(found, tuple):
        for place, one in enumerate(found):
            yield from estimates(one, f"{path}[{place}]")


@pytest.mark.parametrize("groups", [None, 40, 1_600], ids=["images", "few groups", "many groups"])
def test_values_are_exact_and_intervals_almost_the_same(as_large, groups):
    small, large = as_large(lambda table: summarise(table, resamples=600), groups)
    here, there = dict(estimates(small)), dict(estimates(large))
    assert here.keys() == there.keys()
    assert len(here) > 30
    for name, exact in here.items():
        found = there[name]
        assert found.value == pytest.approx(exact.value, abs=1e-12), name
        assert (found.units, found.hits, found.trials) == (exact.units, exact.hits, exact.trials)
        width = exact.high - exact.low
        assert found.low == pytest.approx(exact.low, abs=ALMOST * width), name
        assert found.high == pytest.approx(exact.high, abs=ALMOST * width), name


def test_the_method_names_the_blocks(as_large):
    small, large = as_large(lambda table: summarise(table, resamples=100))
    assert small.overall.balanced_accuracy.method == f"bootstrap over {IMAGES} images"
    assert large.overall.balanced_accuracy.method == (
        f"bootstrap over {BLOCKS:,} random blocks of {IMAGES} images"
    )


def test_few_groups_are_resampled_themselves_at_any_size(as_large):
    _, large = as_large(lambda table: table, groups=40)
    assert (large.is_large, large.n_drawn) == (True, 40)
    np.testing.assert_array_equal(large.drawn_indices, large.group_indices)


@pytest.mark.parametrize("groups", [None, 1_600], ids=["images", "groups"])
def test_bands_and_reliability_are_almost_the_same(as_large, groups):
    small, large = as_large(lambda table: model_curves(table, 0.5), groups)
    for band in ("roc_band", "precision_recall_band"):
        exact, found = getattr(small, band), getattr(large, band)
        inner = slice(5, -5)
        np.testing.assert_allclose(found.low[inner], exact.low[inner], atol=0.03)
        np.testing.assert_allclose(found.high[inner], exact.high[inner], atol=0.03)
    for exact, found in zip(small.reliability.bins, large.reliability.bins, strict=True):
        assert (found.n, found.malignant, found.share.units) == (
            exact.n, exact.malignant, exact.share.units,
        )  # fmt: skip
        if exact.share.low is not None:
            assert found.share.low == pytest.approx(exact.share.low, abs=0.02)


def test_a_table_with_more_rows_than_allowed_is_refused_with_the_limit(tmp_path, monkeypatch):
    path = tmp_path / "test_predictions.csv"
    write_predictions(random_predictions(TWO, 12), path)
    monkeypatch.setattr(csv_columns, "MOST_ROWS", 12)
    assert read_predictions(path, TWO).n == 12
    monkeypatch.setattr(csv_columns, "MOST_ROWS", 11)
    with pytest.raises(PredictionsError, match=r"more than 11 rows.*fewer test images"):
        read_predictions(path, TWO)


def test_a_table_with_more_bytes_than_allowed_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "test_predictions.csv"
    path.write_bytes(b"\x00" * 101)
    monkeypatch.setattr(csv_columns, "LARGEST_TABLE_BYTES", 100)
    with pytest.raises(PredictionsError, match="larger than the 100 bytes that are read"):
        read_predictions(path, TWO)


def test_a_row_of_another_length_is_named_in_whatever_part_of_the_file_it_stands(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(csv_columns, "ROWS_AT_A_TIME", 3)
    path = tmp_path / "test_predictions.csv"
    write_predictions(random_predictions(TWO, 12), path)
    lines = path.read_text().splitlines()
    lines[8] += ",more"
    path.write_text("\n".join(lines))
    with pytest.raises(PredictionsError, match="line 9 has 6 values, the header has 5"):
        read_predictions(path, TWO)


def test_one_column_twice_is_refused(tmp_path):
    path = tmp_path / "test_predictions.csv"
    path.write_text(
        "image_id,group_id,label,label,probability_HEM,probability_ALL\na,a,ALL,HEM,0.25,0.75\n"
    )
    with pytest.raises(PredictionsError, match=r"column 'label' 2 times: keep one"):
        read_predictions(path, TWO)


def test_curves_of_many_scores_are_drawn_by_a_bounded_number_of_points():
    found = model_curves(random_predictions(TWO, 12_000, groups=8), 0.5)
    for xs in (found.roc.false_positive_rates, found.precision_recall.recalls):
        assert len(xs) <= CURVE_POINTS + 2
        assert (xs[0], xs[-1]) == (0, 1)


@pytest.mark.parametrize("groups", [30, 1_600])
def test_differences_and_thresholds_are_almost_the_same(as_large, groups):
    def make(table):
        other = random_predictions(FOUR, IMAGES, groups=groups, strength=1.2)
        other = dataclasses.replace(
            other, group_ids=table.group_ids, labels=table.labels,
            probabilities=np.roll(table.probabilities, 1, axis=1) * 0.4 + table.probabilities * 0.6,
        )  # fmt: skip
        ones = contender(table, 0.5), contender(other, 0.5)
        drawn = resample(ones[0], 400), resample(ones[1], 400)
        differences = [difference(*ones, drawn, name) for name in (AUROC, SENSITIVITY)]
        kappa = agreement(*ones, by_class=True, resamples=400).kappa
        return *differences, kappa, threshold_curve(table, (0.3, 0.5), resamples=400)

    small, large = as_large(make, groups=groups)
    for exact, found in zip(small[:3], large[:3], strict=True):
        assert found.value == exact.value
        assert found.units == exact.units
        width = exact.high - exact.low
        assert found.low == pytest.approx(exact.low, abs=0.2 * width)
        assert found.high == pytest.approx(exact.high, abs=0.2 * width)
    for exact, found in zip(small[3].sensitivity, large[3].sensitivity, strict=True):
        assert (found.value, found.units) == (exact.value, exact.units)
        assert found.low == pytest.approx(exact.low, abs=0.2 * (exact.high - exact.low))
