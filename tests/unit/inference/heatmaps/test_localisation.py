"""The share of evidence on cells, against shares worked out by hand."""

import dataclasses

import numpy as np
import pytest

from leuko.decision.evidence_remark import NO_CELL, evidence_remark
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.localisation import EvidenceShares, evidence_shares
from leuko.inference.result import Result
from leuko.inspection.cells.mask import PackedMask
from leuko.inspection.cells.segmentation import CYTOPLASM, NUCLEUS, find_cells
from leuko.labels import ClassSet
from tests import drawn
from tests.made_networks import make_card

CLASSES = ClassSet(("Benign", "Pre"), frozenset({"Pre"}))


def quarters(nucleus=(0, 0), cytoplasm=(0, 1)):
    """A mask of 2 x 2 blocks of 32 px: one nucleus, one cytoplasm, two outside."""
    mask = np.zeros((64, 64), np.uint8)
    for (row, column), value in ((nucleus, NUCLEUS), (cytoplasm, CYTOPLASM)):
        mask[32 * row : 32 * row + 32, 32 * column : 32 * column + 32] = value
    return mask


def made(evidence, cells, area=(0, 0, 64, 64), label="Pre"):
    return Result(
        model_id="made",
        label=label,
        malignant=label == "Pre",
        probabilities={"Benign": 0.4, "Pre": 0.6},
        malignant_probability=0.6,
        evidence=np.asarray(evidence, np.float32),
        side_px=64,
        area=area,
        packed_cells=None if cells is None else PackedMask.of(cells),
    )


def blocks(*values, size=64):
    """Evidence of 2 x 2 blocks, at the mask's own resolution, so that nothing is blurred."""
    half = size // 2
    return np.array(values, np.float32).reshape(2, 2).repeat(half, 0).repeat(half, 1)


def test_the_shares_are_the_evidence_under_each_part_of_the_mask():
    shares = evidence_shares(blocks(5, 3, 1, 1), quarters(), (0, 0, 64, 64), 64)
    assert dataclasses.astuple(shares) == pytest.approx((0.5, 0.3, 0.2))
    assert shares.on_cells == pytest.approx(0.8)
    assert not shares.mostly_outside


def test_a_coarse_map_is_upsampled_as_the_heatmap_is():
    coarse = np.array([[4.0, 0.0], [0.0, 0.0]], np.float32)
    result = made([coarse, coarse], quarters())
    heat = result.heat("Pre")
    shares = result.on_cells("Pre")
    assert shares.nucleus == pytest.approx(heat[:32, :32].sum() / heat.sum(), abs=1e-6)
    assert shares.cytoplasm == pytest.approx(heat[:32, 32:].sum() / heat.sum(), abs=1e-6)


def test_evidence_on_the_padding_does_not_count():
    beside = np.zeros((64, 64), np.float32)
    beside[:16], beside[16:48, :32], beside[16:48, 32:] = 100, 3, 1
    mask = np.zeros((32, 64), np.uint8)
    mask[:, :32] = NUCLEUS
    shares = evidence_shares(beside, mask, (0, 16, 64, 48), 64)
    assert shares.nucleus == pytest.approx(0.75, abs=1e-6)
    assert shares.outside == pytest.approx(0.25, abs=1e-6)


def test_evidence_on_the_padding_alone_is_no_evidence():
    above = np.zeros((64, 64), np.float32)
    above[:10] = 1
    assert evidence_shares(above, np.full((32, 64), NUCLEUS), (0, 16, 64, 48), 64) is None


def test_where_the_network_saw_a_crop_only_that_part_of_the_mask_counts():
    # The square shows the middle quarter of the picture: mask positions 16 to 48 of 64.
    mask = np.zeros((64, 64), np.uint8)
    mask[:, :32] = NUCLEUS
    shares = evidence_shares(np.ones((7, 7), np.float32), mask, (-32, -32, 96, 96), 64)
    assert dataclasses.astuple(shares) == pytest.approx((0.5, 0, 0.5))


def test_a_mask_of_a_higher_resolution_gives_the_same_shares():
    fine = quarters().repeat(3, 0).repeat(3, 1)
    coarse_map = np.random.default_rng(0).random((7, 7), np.float32)
    ours = evidence_shares(coarse_map, quarters(), (0, 0, 64, 64), 64)
    finer = evidence_shares(coarse_map, fine, (0, 0, 64, 64), 64)
    assert dataclasses.astuple(finer) == pytest.approx(dataclasses.astuple(ours), abs=2e-3)


def test_the_shares_of_a_picture_of_one_pixel_are_all_or_nothing():
    one = np.full((1, 1), CYTOPLASM, np.uint8)
    shares = evidence_shares(np.ones((7, 7), np.float32), one, (0, 0, 64, 64), 64)
    assert shares == EvidenceShares(0.0, 1.0, 0.0)


def test_there_are_no_shares_without_a_mask_without_a_cell_or_without_evidence():
    lively, silent = [blocks(1, 1, 1, 1)] * 2, np.zeros((2, 64, 64))
    assert made(lively, None).on_cells() is None
    assert made(lively, np.zeros((64, 64), np.uint8)).on_cells() is None
    assert made(silent, quarters()).on_cells() is None


def test_each_class_and_each_method_has_shares_of_its_own():
    result = made([blocks(0, 0, 0, 1), blocks(1, 0, 0, 0)], quarters())
    assert result.on_cells("Benign").outside == pytest.approx(1)
    assert result.on_cells().nucleus == pytest.approx(1)
    other = dataclasses.replace(result, evidence=result.evidence[::-1])
    assert other.on_cells().outside == pytest.approx(1)
    assert result.at(CLASSES, 0.9).on_cells().outside == pytest.approx(1)


@pytest.mark.parametrize(
    ("outside", "flagged"), [(0.0, False), (0.49, False), (0.51, True), (1.0, True)]
)
def test_a_result_is_remarked_upon_when_more_than_half_of_its_evidence_misses_the_cells(
    outside, flagged
):
    values = blocks(1 - outside, 0, outside, 0)
    remark = evidence_remark(made([values, values], quarters()))
    assert bool(remark) is flagged
    if flagged:
        assert remark == (
            f"Evidence lies mostly outside the cells: {100 * outside:.1f} % of that for Pre-B ALL, "
            "while cells cover 50.0 % of the picture."
        )


def test_the_remark_is_on_the_class_that_is_shown():
    found = made([blocks(0, 0, 0, 1), blocks(1, 0, 0, 0)], quarters())
    assert evidence_remark(found) == ""
    assert "100.0 % of that for Benign (hematogones)" in evidence_remark(found, "Benign")


def test_a_picture_without_cells_is_said_to_have_none():
    assert evidence_remark(made([blocks(1, 1, 1, 1)] * 2, np.zeros((64, 64), np.uint8))) == NO_CELL


def test_nothing_is_remarked_where_nobody_looked_for_cells_or_nothing_speaks_for_the_class():
    assert evidence_remark(made([blocks(1, 1, 1, 1)] * 2, None)) == ""
    assert evidence_remark(made(np.zeros((2, 64, 64)), quarters())) == ""


def test_the_classifier_gives_each_result_the_mask_of_its_own_picture(tiny_network):
    pictures = [drawn.draw_crop(seed, bool(seed % 2), 80 + seed) for seed in range(5)]
    pictures.append(np.full((1, 1, 3), 200, np.uint8))
    results = Classifier(make_card(tiny_network), tiny_network).classify(pictures, batch=2)
    for pixels, result in zip(pictures, results, strict=True):
        assert np.array_equal(result.cells, find_cells(pixels))
        assert result.cells.shape == pixels.shape[:2]
    assert results[-1].on_cells() is None
    assert sum(dataclasses.astuple(results[0].on_cells())) == pytest.approx(1)
