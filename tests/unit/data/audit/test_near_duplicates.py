import io

import numpy as np
import pytest
from PIL import Image

from leuko.data.audit.near_duplicates import NEAR_BITS, NearCopy, find_near_copies, fingerprint
from leuko.labels import InputKind
from tests import drawn

FIELDS = [drawn.draw_field(seed, seed % 2 == 0, 128) for seed in range(12)]


def found(pictures, near_bits=NEAR_BITS[InputKind.FIELD], contents=None):
    names = [f"{number:02}" for number in range(len(pictures))]
    prints = np.array([fingerprint(pixels) for pixels in pictures])
    return find_near_copies(names, contents or names, prints, near_bits)


def saved_as_jpeg(pixels):
    with Image.open(io.BytesIO(drawn.encode(pixels, "JPEG", quality=60))) as image:
        return np.asarray(image.convert("RGB"))


def shifted_by_a_pixel(pixels):
    return np.roll(pixels, (1, 1), axis=(0, 1))


def darker(pixels):
    return (pixels * 0.85).astype(np.uint8)


def half_as_large(pixels):
    return np.asarray(Image.fromarray(pixels).resize((64, 64), Image.Resampling.LANCZOS))


@pytest.mark.parametrize("change", [saved_as_jpeg, shifted_by_a_pixel, darker, half_as_large])
def test_a_changed_copy_is_found_and_nothing_else(change):
    pairs = found([*FIELDS, change(FIELDS[3])])
    assert [(pair.first, pair.second) for pair in pairs] == [("03", "12")]


def test_different_fields_are_no_near_copies():
    assert found(FIELDS) == ()


def test_different_segmented_cells_are_no_near_copies_although_all_are_round_on_black():
    cells = [drawn.draw_segmented(seed, seed % 2 == 0, 128) for seed in range(25)]
    assert found(cells, NEAR_BITS[InputKind.SEGMENTED]) == ()


@pytest.mark.parametrize("change", [saved_as_jpeg, darker])
def test_a_changed_copy_of_a_segmented_cell_is_found(change):
    cells = [drawn.draw_segmented(seed, True, 450) for seed in range(4)]
    pairs = found([*cells, change(cells[2])], NEAR_BITS[InputKind.SEGMENTED])
    assert [(pair.first, pair.second) for pair in pairs] == [("02", "04")]


def test_byte_identical_pictures_are_copies_and_not_near_copies():
    pictures = [FIELDS[0], FIELDS[0], FIELDS[1]]
    assert found(pictures, contents=["same", "same", "other"]) == ()


def test_the_number_of_differing_bits_is_the_hamming_distance():
    prints = np.zeros((3, 256), bool)
    prints[1, :5] = True
    prints[2, :40] = True
    pairs = find_near_copies(["a", "b", "c"], ["1", "2", "3"], prints, 36)
    assert pairs == (NearCopy("a", "b", 5), NearCopy("b", "c", 35))


def test_a_pair_is_found_across_the_blocks_in_which_fingerprints_are_compared(monkeypatch):
    monkeypatch.setattr("leuko.data.audit.near_duplicates.BLOCK", 5)
    assert [(p.first, p.second) for p in found([*FIELDS, darker(FIELDS[1])])] == [("01", "12")]


def test_the_stricter_limit_of_two_pictures_holds_for_a_pair():
    prints = np.zeros((3, 256), bool)
    prints[1, :30] = True
    prints[2, 30:60] = True
    names = ["a", "b", "c"]
    pairs = find_near_copies(names, names, prints, [60, 60, 24])
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b")]
