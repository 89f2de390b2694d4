import numpy as np
import pytest
from PIL import Image

from leuko.data.audit import shortcut_baselines as shortcuts
from leuko.data.audit.shortcut_baselines import (
    background_colour,
    corner,
    file_values,
    guess_classes,
)
from leuko.imaging.decoding.decode import decode_image
from leuko.labels import InputKind
from leuko.settings import load_limits
from tests import drawn

GLASS, CELL = (220, 210, 200), (60, 20, 90)


def picture_of(background=GLASS, side_px=56):
    pixels = np.full((side_px, side_px, 3), background, np.uint8)
    pixels[10:30, 10:30] = CELL
    return pixels


def test_the_background_of_a_field_is_the_colour_between_its_cells():
    assert background_colour(picture_of(), InputKind.FIELD) == pytest.approx(GLASS)


def test_a_white_scale_bar_is_no_background():
    pixels = picture_of()
    pixels[48:, 43:] = 255
    assert background_colour(pixels, InputKind.FIELD) == pytest.approx(GLASS)


def test_the_background_of_a_segmented_cell_is_its_border():
    pixels = picture_of(background=(0, 0, 0))
    assert background_colour(pixels, InputKind.SEGMENTED) == pytest.approx((0, 0, 0))


def test_the_corner_is_the_52_by_34_pixels_of_a_taleqani_field():
    pixels = np.zeros((224, 224, 3), np.uint8)
    pixels[190:, 172:] = 200
    assert (corner(pixels) == 200).all()
    pixels[190:, 172:] = 0
    pixels[:190] = 99
    pixels[:, :172] = 99
    assert (corner(pixels) == 0).all()


def test_the_file_tells_its_size_its_format_and_the_quality_of_a_jpeg():
    pixels = drawn.draw_field(1, False, 64)
    fine, coarse = (drawn.encode(pixels, "JPEG", quality=quality) for quality in (95, 50))
    assert file_values("JPEG", fine)[6] < file_values("JPEG", coarse)[6]
    assert file_values("JPEG", fine)[0] == pytest.approx(np.log(len(fine)))
    png = file_values("PNG", drawn.encode(pixels, "PNG"))
    assert list(png[1:]) == [1, 0, 0, 0, 0, 0, 0]


def test_the_size_of_the_cut_out_is_measured_for_segmented_cells_alone():
    content = drawn.encode(picture_of(background=(0, 0, 0)), "PNG")
    picture = decode_image(content, "a.png", load_limits())
    values = shortcuts.shortcut_values(picture, content, InputKind.SEGMENTED)
    assert values[shortcuts.OUTLINE] == pytest.approx(400 / 56**2)
    assert shortcuts.OUTLINE not in shortcuts.shortcut_values(picture, content, InputKind.CROP)


def made(n=400, groups=40):
    labels = [("HEM", "ALL")[number % 2] for number in range(n)]
    units = [f"{number % 2}-{number % groups}" for number in range(n)]
    return labels, units


def test_numbers_that_know_nothing_guess_at_chance():
    labels, units = made()
    for seed in range(3):
        values = np.random.default_rng(seed).normal(size=(400, 3))
        guess = guess_classes(values, labels, units)
        assert guess.balanced_accuracy == pytest.approx(0.5, abs=0.08)


def test_shuffled_labels_are_guessed_at_chance_from_a_colour_that_gave_the_class_away():
    labels, _ = made()
    colours = np.array([[200.0 if label == "ALL" else 180.0] * 3 for label in labels])
    single = [str(number) for number in range(400)]
    assert guess_classes(colours, labels, single).balanced_accuracy == 1
    shuffled = list(np.random.default_rng(1).permutation(labels))
    guess = guess_classes(colours, shuffled, single)
    assert guess.balanced_accuracy == pytest.approx(0.5, abs=0.08)


def test_a_class_at_both_ends_of_a_colour_is_found_by_the_forest():
    labels, units = made()
    generator = np.random.default_rng(0)
    values = np.array([[generator.normal() if label == "HEM" else 5.0] for label in labels])
    values[1::4] = -5.0
    guess = guess_classes(values, labels, units)
    assert guess.guesser == "random forest"
    assert guess.balanced_accuracy > 0.95


def test_numbers_that_name_the_group_and_not_the_class_do_not_help():
    labels, units = made(groups=40)
    code = {unit: number for number, unit in enumerate(sorted(set(units), key=hash_free))}
    values = np.eye(len(code))[[code[unit] for unit in units]]
    assert guess_classes(values, labels, units).balanced_accuracy < 0.6
    singles = [str(number) for number in range(len(labels))]
    assert guess_classes(values, labels, singles).balanced_accuracy > 0.9


def hash_free(unit):
    return unit[::-1]


def test_a_rare_class_counts_as_much_as_a_common_one():
    labels = ["HEM"] * 20 + ["ALL"] * 380
    guess = guess_classes(np.zeros((400, 1)), labels, [str(n) for n in range(400)])
    assert guess.balanced_accuracy == pytest.approx(0.5)


def test_one_group_a_class_is_not_measurable():
    assert guess_classes(np.zeros((4, 1)), ["a", "a", "b", "b"], ["1", "1", "2", "3"]) is None


def enlarged(pixels):
    half = Image.fromarray(pixels).resize((56, 56), Image.Resampling.LANCZOS)
    return np.asarray(half.resize((112, 112), Image.Resampling.LANCZOS))


def test_an_enlarged_picture_lacks_the_finest_detail_and_keeps_the_coarse():
    pixels = drawn.draw_field(3, False, 112)
    before, after = shortcuts.sharpness(pixels), shortcuts.sharpness(enlarged(pixels))
    assert before[0] - after[0] > 0.1
    assert before[2:] == pytest.approx(after[2:], abs=0.1)


def test_sharpness_does_not_ask_how_bright_or_how_strong_a_picture_is():
    pixels = drawn.draw_field(3, False, 112)
    paler = (pixels * 0.5 + 100).astype(np.uint8)
    assert shortcuts.sharpness(paler) == pytest.approx(shortcuts.sharpness(pixels), abs=0.05)


def test_a_picture_of_one_colour_has_a_finite_sharpness():
    assert np.isfinite(shortcuts.sharpness(np.full((32, 32, 3), 200, np.uint8))).all()
