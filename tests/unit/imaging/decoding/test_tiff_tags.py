import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.unit.imaging.decoding.written_tiffs import (
    PIXELS,
    PLANES,
    decode,
    reason,
    tiff,
    with_tag,
    without_tag,
)

GREY = np.repeat(PIXELS[..., :1], 3, axis=2)
RGB_FILE = tiff(PIXELS, photometric="rgb")
GREY_FILE = tiff(PIXELS[..., 0], photometric="minisblack")
PHOTOMETRIC, SAMPLES, BITS, BYTE_COUNTS, ROWS = 262, 277, 258, 279, 278
OPAQUE = np.dstack([PIXELS, np.full(PIXELS.shape[:2], 255, np.uint8)])


@pytest.mark.parametrize(
    "options",
    [{}, {"compression": "lzw", "predictor": True}, {"compression": "zlib"}, {"tile": (16, 16)}],
)
def test_three_samples_are_colour_whatever_the_tag_says(options):
    together = {"photometric": "minisblack", "planarconfig": "contig"}
    assert np.array_equal(decode(tiff(PIXELS, **together, **options)).pixels, PIXELS)
    apart = {"photometric": "minisblack", "planarconfig": "separate"}
    assert np.array_equal(decode(tiff(PLANES, **apart, **options)).pixels, PIXELS)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (without_tag(RGB_FILE, PHOTOMETRIC), PIXELS),
        (with_tag(RGB_FILE, PHOTOMETRIC, 3), PIXELS),
        (without_tag(RGB_FILE, SAMPLES), PIXELS),
        (with_tag(RGB_FILE, SAMPLES, 1), PIXELS),
        (without_tag(RGB_FILE, BITS), PIXELS),
        (without_tag(GREY_FILE, BITS), GREY),
        (without_tag(RGB_FILE, BYTE_COUNTS), PIXELS),
        (without_tag(RGB_FILE, ROWS), PIXELS),
        (with_tag(GREY_FILE, PHOTOMETRIC, 2), GREY),
        (with_tag(GREY_FILE, PHOTOMETRIC, 0), 255 - GREY),
    ],
)
def test_tags_that_are_missing_or_wrong_are_mended_by_the_data(data, expected):
    picture = decode(data)
    assert np.array_equal(picture.pixels, expected)
    assert picture.notes == ()


def test_grey_that_does_not_say_which_end_is_black_is_read_with_a_note():
    picture = decode(without_tag(GREY_FILE, PHOTOMETRIC))
    assert np.array_equal(picture.pixels, GREY)
    assert "does not say whether 0 is black" in picture.notes[0]


@pytest.mark.parametrize("formats", [(1,), (1, 1), (1, 1, 1, 1), (1, 1, 1, 3)])
def test_a_list_of_types_may_be_shorter_or_longer_than_the_samples(formats):
    # tifffile writes no such tag itself, so another one is given its number.
    values = formats if len(formats) > 1 else formats[0]
    data = tiff(PIXELS, photometric="rgb", extratags=[(65_000, "H", len(formats), values, True)])
    renamed = data.replace(b"\xe8\xfd\x03\0", b"\x53\x01\x03\0")
    assert renamed != data
    assert np.array_equal(decode(renamed).pixels, PIXELS)


def test_bytes_that_claim_to_be_floats_are_bytes():
    data = tiff(PIXELS[..., 0], extratags=[(65_000, "H", 1, 3, True)])
    floats = data.replace(b"\xe8\xfd\x03\0", b"\x53\x01\x03\0")
    assert np.array_equal(decode(floats).pixels, GREY)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (with_tag(RGB_FILE, PHOTOMETRIC, 0), "white is zero"),
        (with_tag(RGB_FILE, PHOTOMETRIC, 5), "CMYK with 3 channels"),
        (with_tag(RGB_FILE, PHOTOMETRIC, 8), "CIELab"),
        (with_tag(GREY_FILE, PHOTOMETRIC, 3), "palette of this TIFF is missing"),
        (with_tag(RGB_FILE, 259, 34925), "(LZMA)"),
        (with_tag(RGB_FILE, BYTE_COUNTS, 0), "hold no data"),
        (tiff(np.zeros((32, 32), np.complex64)), "kind of numbers"),
        (tiff(np.zeros((32, 32, 9), np.uint8), photometric="rgb"), "9 channels"),
    ],
)
def test_what_leaves_a_doubt_is_refused_for_what_it_is(data, words):
    assert words in reason(data)
    assert "Export the picture as PNG" in reason(data)


def test_a_fourth_sample_without_meaning_must_be_opaque():
    options = {"photometric": "minisblack", "planarconfig": "contig"}
    assert np.array_equal(decode(tiff(OPAQUE, **options)).pixels, PIXELS)
    doubtful = OPAQUE.copy()
    doubtful[3, 4, 3] = 7
    assert "4 channels and does not say which are colours" in reason(tiff(doubtful, **options))


def test_further_samples_of_colour_are_passed_over_with_a_note():
    five = np.dstack([PIXELS, PIXELS[..., :2]])
    picture = decode(tiff(five, photometric="rgb", extrasamples=["unspecified"] * 2))
    assert np.array_equal(picture.pixels, PIXELS)
    assert "extra channel" in picture.notes[0]


def test_alpha_is_found_behind_another_sample():
    samples = np.dstack([PIXELS, PIXELS[..., 0], OPAQUE[..., 3]])
    samples[:8, :8, 4] = 0
    data = tiff(samples, photometric="rgb", extrasamples=["unspecified", "unassalpha"])
    picture = decode(data)
    assert (picture.pixels[:8, :8] == 255).all()
    assert np.array_equal(picture.pixels[8:], PIXELS[8:])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "lzw"},
        {"compression": "lzw", "predictor": True, "rowsperstrip": 7},
        {"compression": "lzw", "tile": (16, 16)},
        {"compression": "zlib"},
        {"compression": "packbits"},
        {"compression": "zstd"},
    ],
)
def test_no_compression_meets_the_bound_of_a_decoder_below_ours(monkeypatch, options):
    # Pillow refuses twice its own bound; the three bytes of a pixel must not count as three.
    data = tiff(PIXELS, photometric="rgb", **options)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_lzw_is_unpacked_in_groups_of_parts(monkeypatch):
    monkeypatch.setattr("leuko.imaging.decoding.tiff.lzw.BYTES_TOGETHER", 3000)
    for layout in ({"rowsperstrip": 7}, {"tile": (16, 16)}, {"rowsperstrip": 64}):
        for predictor in (False, True):
            options = {"compression": "lzw", "predictor": predictor, **layout}
            assert np.array_equal(decode(tiff(PIXELS, photometric="rgb", **options)).pixels, PIXELS)
            apart = {"photometric": "rgb", "planarconfig": "separate", **options}
            assert np.array_equal(decode(tiff(PLANES, **apart)).pixels, PIXELS)


@pytest.mark.parametrize("tag", [256, 257, 277])
@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"bigtiff": True}])
def test_a_list_in_place_of_a_number_is_never_multiplied(monkeypatch, tag, options):
    # A tuple times a height would fill the memory before any check of size.
    data = tiff(PIXELS, photometric="rgb", **options)
    order = ">" if options.get("byteorder") else "<"
    width = "Q" if options.get("bigtiff") else "I"
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        place = file.pages[0].tags[tag].offset + 4
    listed = data[:place] + struct.pack(order + width, 50)
    listed += data[len(listed) :]

    def parse(*_):
        raise AssertionError("the parser saw the file")

    monkeypatch.setattr(tifffile, "TiffFile", parse)
    assert "damaged" in reason(listed)
