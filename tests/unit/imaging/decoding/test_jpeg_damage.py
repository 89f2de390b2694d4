"""Damage inside a JPEG is refused, sound ones never are."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import draw_crop, draw_field, draw_segmented, encode

FIELD = draw_field(seed=5, malignant=True, side_px=224)
VISIBLE_LEVELS, VISIBLE_SHARE = 16, 0.002


def decoded(data):
    return decode_image(data, "cell.jpg", Limits()).pixels


def with_hole(data, at, length):
    return data[:at] + bytes(length) + data[at + length :]


def holes(data, length, count=40):
    start = data.find(b"\xff\xda") + 20
    places = np.linspace(start, len(data) - length - 4, count).astype(int)
    return [with_hole(data, int(at), length) for at in places]


def lost(data, damaged):
    """Damaged files whose picture is visibly another one when Pillow alone reads them."""
    whole = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    for each in damaged:
        try:
            found = np.asarray(Image.open(io.BytesIO(each)).convert("RGB")).astype(int)
        except OSError:
            continue  # Pillow refuses it by itself
        if (abs(found - whole).max(axis=2) > VISIBLE_LEVELS).mean() > VISIBLE_SHARE:
            yield each


@pytest.mark.parametrize("length", [64, 512])
@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"optimize": True}, {"quality": 95}])
def test_zeros_in_the_place_of_picture_data_are_refused(options, length):
    data = encode(FIELD, "JPEG", **options)
    damaged = list(lost(data, holes(data, length)))
    assert damaged
    for each in damaged:
        with pytest.raises(ImageError, match="data of this JPEG are damaged"):
            decoded(each)


def test_zeros_in_a_progressive_jpeg_are_refused_nearly_always():
    data = encode(FIELD, "JPEG", progressive=True)
    damaged = list(lost(data, holes(data, 512)))
    refused = 0
    for each in damaged:
        try:
            decoded(each)
        except ImageError:
            refused += 1
    assert refused >= 0.9 * len(damaged) > 0


@pytest.mark.parametrize("height_px", [120, 260, 2000])
def test_a_height_that_the_data_do_not_fill_or_overflow_is_damage(height_px):
    data = bytearray(encode(FIELD, "JPEG"))
    at = data.find(b"\xff\xc0") + 5
    data[at : at + 2] = height_px.to_bytes(2)
    with pytest.raises(ImageError, match="damaged"):
        decoded(bytes(data))


@pytest.mark.parametrize("tile", [None, (64, 64)])
def test_damage_in_a_jpeg_inside_a_tiff_is_refused(tile):
    stream = io.BytesIO()
    tifffile.imwrite(stream, FIELD, compression="jpeg", tile=tile)
    data = stream.getvalue()
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        middle = file.pages.first.dataoffsets[0] + file.pages.first.databytecounts[0] // 2
    decoded(data)
    with pytest.raises(ImageError, match="damaged"):
        decoded(with_hole(data, middle, 256))


GREY = np.full((200, 300, 3), 128, np.uint8)
CHEQUERS = (np.indices((160, 160)).sum(axis=0) % 2 * 255).astype(np.uint8)
NOISE = np.random.default_rng(7).integers(0, 256, (160, 160, 3), np.uint8)


@pytest.mark.parametrize("quality", [5, 75, 100])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimize": True},
        {"progressive": True},
        {"subsampling": 0},
        {"restart_marker_blocks": 2},
    ],
)
@pytest.mark.parametrize(
    "pixels",
    [
        FIELD,
        draw_crop(seed=1, malignant=False),
        draw_segmented(seed=2, malignant=True),
        np.zeros((300, 200, 3), np.uint8),
        GREY,
        GREY + np.uint8(127),
        CHEQUERS,
        NOISE,
    ],
)
def test_no_sound_jpeg_is_called_damaged(pixels, options, quality):
    assert decoded(encode(pixels, "JPEG", quality=quality, **options)).shape[:2] == pixels.shape[:2]


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_sound_jpegs_of_other_colours_are_read(mode):
    stream = io.BytesIO()
    Image.fromarray(FIELD).convert(mode).save(stream, "JPEG")
    assert decoded(stream.getvalue()).shape == FIELD.shape


def test_bytes_behind_the_end_of_a_jpeg_are_no_damage():
    data = encode(FIELD, "JPEG")
    np.testing.assert_array_equal(decoded(data + bytes(700) + b"thumbnail"), decoded(data))


def test_no_jpeg_of_the_data_sets_is_called_damaged(real_images):
    paths = [path for path in real_images.rglob("*.jp*g") if path.read_bytes()[:2] == b"\xff\xd8"]
    assert paths
    for path in paths[:: max(1, len(paths) // 150)]:
        decode_image(path.read_bytes(), path.name, Limits())
