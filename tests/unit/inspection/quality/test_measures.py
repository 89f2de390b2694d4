"""Planted faults are found at the right severity; pictures like those of the model are fine."""

import cv2
import numpy as np
import pytest

from leuko.data.registry import read_dataset
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.quality.measures import measure_quality
from leuko.inspection.quality.reference_ranges import (
    JUDGED,
    QualityRanges,
    judge_quality,
    ranges_from,
)
from tests import drawn

DRAW = {"field": drawn.draw_field, "crop": drawn.draw_crop, "segmented": drawn.draw_segmented}
SETS = {"taleqani": "field", "all_idb2": "crop", "c_nmc": "segmented"}
TRAINING, REAL_TRAINING, REAL_TEST = 30, 120, 12


def blurred(pixels, sigma):
    black = pixels.max(axis=2) == 0
    found = cv2.GaussianBlur(pixels, (0, 0), sigma * max(pixels.shape) / 256)
    if black.mean() > 0.25:
        found[black] = 0
    return found


def lit(pixels, *factors):
    return np.clip(pixels * np.array(factors), 0, 255).astype(np.uint8)


def compressed(pixels, quality):
    _, file = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[:, :, ::-1])


def grainy(pixels, sigma):
    noise = np.random.default_rng(1).normal(0, sigma, pixels.shape)
    found = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    found[pixels.max(axis=2) == 0] = 0
    return found


def reduced(pixels, side_px):
    return cv2.resize(pixels, (side_px, side_px), interpolation=cv2.INTER_AREA)


def blank(pixels):
    return grainy(np.full_like(pixels, np.percentile(pixels, 95, axis=(0, 1)).astype(np.uint8)), 2)


FAULTS = {
    "blur": (lambda p: blurred(p, 6), {"focus", "detail"}),
    "dark": (lambda p: lit(p, 0.3, 0.3, 0.3), {"brightness", "contrast"}),
    "yellow cast": (lambda p: lit(p, 1.05, 1, 0.5), {"warmth"}),
    "blue cast": (lambda p: lit(p, 0.6, 0.95, 1.1), {"warmth"}),
    "green cast": (lambda p: lit(p, 0.6, 1.1, 0.6), {"greenness"}),
    "compression": (lambda p: compressed(p, 6), {"blockiness"}),
    "noise": (lambda p: grainy(p, 30), {"noise"}),
    "small": (lambda p: reduced(p, 20), {"short_side_px"}),
    "blank": (blank, {"contrast"}),
}
"""Each fault and the measures that may tell of it."""


@pytest.fixture(scope="module")
def drawn_ranges():
    return {
        kind: ranges_from([measure_quality(draw(seed, seed % 2 > 0)) for seed in range(TRAINING)])
        for kind, draw in DRAW.items()
    }


def severe(findings):
    return {one.measure for one in findings if one.severity == "severe"}


@pytest.mark.parametrize("kind", DRAW)
def test_pictures_like_those_of_the_model_are_fine(drawn_ranges, kind):
    for seed in range(100, 106):
        measures = measure_quality(DRAW[kind](seed, seed % 2 > 0))
        assert judge_quality(measures, drawn_ranges[kind]) == ()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", DRAW)
def test_a_planted_fault_is_severe(drawn_ranges, kind, fault):
    plant, expected = FAULTS[fault]
    findings = judge_quality(measure_quality(plant(DRAW[kind](103, False))), drawn_ranges[kind])
    assert severe(findings) & expected


@pytest.mark.parametrize("kind", ["field", "crop"])
def test_an_overexposed_picture_is_severe(drawn_ranges, kind):
    measures = measure_quality(lit(DRAW[kind](103, False), 1.8, 1.8, 1.8))
    assert severe(judge_quality(measures, drawn_ranges[kind])) & {"clipped_bright", "brightness"}


@pytest.mark.parametrize(
    ("plant", "measure"),
    [
        (lambda p, share: lit(p, share, share, share), "brightness"),
        (lambda p, share: lit(p, 1, 1, share), "warmth"),
    ],
)
def test_a_small_fault_is_mild_and_a_smaller_one_none(drawn_ranges, plant, measure):
    ranges, pixels = drawn_ranges["crop"], drawn.draw_crop(103, malignant=False)
    found = []
    for share in np.linspace(1, 0.5, 26):
        findings = judge_quality(measure_quality(plant(pixels, share)), ranges)
        found += [one.severity for one in findings if one.measure == measure] or [None]
    order = {None: 0, "mild": 1, "severe": 2}
    steps = [order[one] for one in found]
    assert steps == sorted(steps)
    assert set(steps) == {0, 1, 2}


def test_the_blurrier_the_less_focus_and_detail():
    for draw in DRAW.values():
        measures = [measure_quality(blurred(draw(1, True), sigma)) for sigma in (0.01, 2, 4, 8)]
        for name in ("focus", "detail"):
            values = [getattr(one, name) for one in measures]
            assert values == sorted(values, reverse=True), (draw, name)


def test_a_burnt_in_scale_bar_does_not_make_a_blurred_field_sharp(drawn_ranges):
    pixels = blurred(drawn.draw_field(103, malignant=False), 5)
    pixels[190:222, 172:222] = 255
    pixels[205:209, 176:218] = 0
    findings = judge_quality(measure_quality(pixels), drawn_ranges["field"])
    assert severe(findings) & {"focus", "detail"}


def test_the_size_of_a_picture_changes_little_but_its_size():
    pixels = drawn.draw_crop(2, malignant=True, side_px=256)
    small, large = measure_quality(pixels), measure_quality(cv2.resize(pixels, None, fx=3, fy=3))
    assert (large.width_px, large.height_px) == (768, 768)
    for name in ("focus", "brightness", "contrast", "warmth", "greenness", "filled"):
        assert getattr(large, name) == pytest.approx(getattr(small, name), rel=0.15, abs=0.02)


def test_on_black_only_the_inside_of_the_cell_is_measured():
    pixels = drawn.draw_segmented(4, malignant=True, side_px=300)
    wide = np.zeros((400, 400, 3), np.uint8)
    wide[50:350, 50:350] = pixels
    near, far = measure_quality(pixels), measure_quality(wide)
    assert near.on_black
    assert far.on_black
    assert near.clipped_dark == far.clipped_dark == 0
    for name in ("brightness", "contrast", "warmth", "greenness"):
        assert getattr(far, name) == pytest.approx(getattr(near, name), abs=0.03)
    assert near.filled / far.filled == pytest.approx(16 / 9, rel=0.05)


def test_blocks_of_compression_are_seen_and_other_pictures_have_none():
    pixels = drawn.draw_field(1, malignant=True)
    assert measure_quality(pixels).blockiness == pytest.approx(1, abs=0.06)
    values = [measure_quality(compressed(pixels, quality)).blockiness for quality in (50, 20, 5)]
    assert values == sorted(values)
    assert values[-1] > 2


def test_noise_is_measured_in_shares_of_the_full_scale():
    flat = np.full((256, 256, 3), 128, np.uint8)
    noise = np.random.default_rng(1).normal(0, 10, (256, 256, 1))
    measures = measure_quality(np.clip(flat + noise, 0, 255).astype(np.uint8))
    assert measures.noise == pytest.approx(10 / 255, rel=0.15)


def test_a_blank_picture_gets_one_remark_alone(drawn_ranges):
    measures = measure_quality(blank(drawn.draw_field(1, True)))
    findings = judge_quality(measures, drawn_ranges["field"])
    assert [(one.measure, one.severity) for one in findings] == [("contrast", "severe")]
    assert findings[0].side == "blank"


def test_severe_remarks_come_first_and_each_says_on_which_side_of_which_limit(drawn_ranges):
    pixels = lit(drawn.draw_crop(103, malignant=False), 0.55, 0.5, 0.35)
    findings = judge_quality(measure_quality(pixels), drawn_ranges["crop"])
    severities = [one.severity for one in findings]
    assert severities == sorted(severities, reverse=True)
    sides = {one.measure: one.side for one in findings}
    assert sides["brightness"] == "low"
    for one in findings:
        assert (one.value < one.limit) if one.side == "low" else (one.value > one.limit)


@pytest.mark.parametrize(("side_px", "expected"), [(400, None), (280, "mild"), (200, "severe")])
def test_a_picture_is_small_by_the_size_of_the_training_pictures(drawn_ranges, side_px, expected):
    pixels = drawn.draw_segmented(103, malignant=False, side_px=side_px)  # trained on 450 pixels
    findings = judge_quality(measure_quality(pixels), drawn_ranges["segmented"])
    told = {one.measure: one.severity for one in findings}
    assert told.get("short_side_px") == expected


def test_blur_is_told_once(drawn_ranges):
    pixels = blurred(drawn.draw_crop(103, malignant=False), 8)
    told = [one.measure for one in judge_quality(measure_quality(pixels), drawn_ranges["crop"])]
    assert len({"focus", "detail"} & set(told)) == 1


def test_ranges_survive_being_stored(drawn_ranges):
    for ranges in drawn_ranges.values():
        assert QualityRanges.model_validate_json(ranges.model_dump_json()) == ranges
        assert set(ranges.by_measure) == set(JUDGED)


def test_limits_are_in_order_and_an_unjudged_side_has_none(drawn_ranges):
    for name, limits in drawn_ranges["field"].by_measure.items():
        low, high = (limits.severe_low, limits.mild_low), (limits.mild_high, limits.severe_high)
        if JUDGED[name].low:
            assert low[0] < low[1]
        else:
            assert low == (None, None)
        if JUDGED[name].high:
            assert high[0] < high[1]
        else:
            assert high == (None, None)


def test_a_single_training_picture_gives_ranges_around_itself():
    measures = measure_quality(drawn.draw_crop(1, malignant=True))
    assert judge_quality(measures, ranges_from([measures])) == ()
    with pytest.raises(ValueError, match="no picture"):
        ranges_from([])


def test_a_measure_that_the_ranges_do_not_know_is_not_judged():
    measures = measure_quality(lit(drawn.draw_crop(1, malignant=True), 0.3, 0.3, 0.3))
    assert judge_quality(measures, QualityRanges(pictures=1, by_measure={})) == ()


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 3000), (3000, 2), (17, 16)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_of_any_shape_is_measured(shape, level):
    measures = measure_quality(np.full((*shape, 3), level, np.uint8))
    assert measures.is_blank
    assert (measures.height_px, measures.width_px) == shape


@pytest.mark.real_images
@pytest.mark.parametrize("dataset", SETS)
def test_on_real_pictures_planted_faults_are_severe_and_few_others_are_remarked_on(
    real_images, dataset
):
    samples = read_dataset(dataset, real_images).samples
    order = np.random.default_rng(0).permutation(len(samples))[: REAL_TRAINING + REAL_TEST]
    pictures = [read_picture(samples[place].path).pixels for place in order]
    ranges = ranges_from([measure_quality(pixels) for pixels in pictures[:REAL_TRAINING]])
    test = pictures[REAL_TRAINING:]
    fine = [judge_quality(measure_quality(pixels), ranges) for pixels in test]
    assert sum(bool(findings) for findings in fine) <= 2
    assert not any(severe(findings) for findings in fine)
    for fault in ("dark", "yellow cast", "compression", "noise", "small", "blank"):
        plant, expected = FAULTS[fault]
        told = [severe(judge_quality(measure_quality(plant(pixels)), ranges)) for pixels in test]
        assert sum(bool(measures & expected) for measures in told) >= 0.9 * len(test), fault
    plant, expected = FAULTS["blur"]
    told = [judge_quality(measure_quality(plant(pixels)), ranges) for pixels in test]
    assert sum(any(one.measure in expected for one in found) for found in told) >= 0.9 * len(test)
