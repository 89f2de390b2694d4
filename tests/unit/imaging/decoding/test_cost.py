"""What a picture takes is known before it is decoded."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.decoding.bands import rgb_in_bands
from leuko.imaging.decoding.cost import NO_COST, Cost, decoding_cost, room_for
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.decoding.to_rgb8 import on_white
from leuko.settings import BYTES_IN_MEGABYTE, Limits
from tests.drawn import NO_PICTURES, draw_field, encode, encode_image

FIELD = draw_field(seed=1, malignant=False, side_px=96)


def animated_webp(width_px, height_px):
    """The header of an animation on a large canvas, its frames left out."""
    canvas = bytes([2, 0, 0, 0]) + struct.pack("<I", width_px - 1)[:3]
    canvas += struct.pack("<I", height_px - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_picture_that_can_never_be_decoded_within_the_memory_is_refused_unread():
    with pytest.raises(ImageError, match=r"takes up to 1\d{3} megabytes of memory; 1600 are set"):
        decode_image(animated_webp(9000, 10000), "a.webp", Limits())


def test_the_memory_set_aside_is_for_the_administrator_to_say():
    data = encode(FIELD, "PNG")
    with pytest.raises(ImageError, match="megabytes of memory"):
        decode_image(data, "a.png", Limits(max_decoding_bytes=BYTES_IN_MEGABYTE))
    assert decode_image(data, "a.png", Limits()).width_px == 96


def test_a_picture_with_too_many_pixels_is_told_so_and_nothing_of_memory():
    with pytest.raises(ImageError, match="megapixels are read"):
        decode_image(animated_webp(12000, 12000), "a.webp", Limits())


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", *NO_PICTURES.values()])
def test_what_cannot_be_decoded_costs_nothing(data):
    assert decoding_cost(data) == NO_COST


def test_deep_and_progressive_pictures_cost_more_than_plain_ones():
    def of_a_pixel(data):
        return decoding_cost(data).peak_bytes - 2 * len(data)

    plain, progressive = (encode(FIELD, "JPEG", progressive=way) for way in (False, True))
    assert of_a_pixel(progressive) > of_a_pixel(plain)
    one_bit = encode_image(Image.fromarray(FIELD).convert("1"), "PNG")
    assert of_a_pixel(encode(FIELD, "PNG")) > of_a_pixel(one_bit)
    assert decoding_cost(one_bit).held_bytes == FIELD.nbytes


def test_pictures_of_a_pass_are_held_together_but_decoded_one_by_one():
    costs = [Cost(1000, 300), Cost(5000, 300), Cost(20, 3)]
    assert room_for(costs) == 603 + 4700
    assert room_for([]) == 0


def with_alpha(alpha):
    return Image.fromarray(np.dstack([FIELD, alpha]))


ALPHAS = {
    "opaque": np.full(FIELD.shape[:2], 255, np.uint8),
    "empty": np.zeros(FIELD.shape[:2], np.uint8),
    "half": np.indices(FIELD.shape[:2])[0].clip(20, 70).astype(np.uint8) * 3 - 60,
}


@pytest.mark.parametrize("band_pixels", [1, 500, 1_000_000])
@pytest.mark.parametrize("alpha", ALPHAS.values(), ids=ALPHAS)
def test_transparency_is_put_on_white_in_bands_as_in_one_go(alpha, band_pixels, monkeypatch):
    monkeypatch.setattr("leuko.imaging.decoding.bands.BAND_PIXELS", band_pixels)
    pixels, note = rgb_in_bands(with_alpha(alpha))
    expected, expected_note = on_white(FIELD, alpha)
    np.testing.assert_array_equal(pixels, expected)
    assert note == expected_note


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
def test_every_mode_is_converted_in_bands_as_in_one_go(mode, monkeypatch):
    monkeypatch.setattr("leuko.imaging.decoding.bands.BAND_PIXELS", 700)
    image = Image.fromarray(FIELD).convert(mode)
    np.testing.assert_array_equal(rgb_in_bands(image)[0], np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_transparent_colour_is_put_on_white_in_bands_as_in_one_go(mode, monkeypatch):
    monkeypatch.setattr("leuko.imaging.decoding.bands.BAND_PIXELS", 700)
    image = Image.fromarray(FIELD // 64 * 64).convert(mode)
    first = image.getpixel((0, 0))
    with Image.open(io.BytesIO(encode_image(image, "PNG", transparency=first))) as opened:
        rgba = opened.convert("RGBA")
        expected, _ = on_white(np.asarray(rgba.convert("RGB")), np.asarray(rgba.getchannel("A")))
        np.testing.assert_array_equal(rgb_in_bands(opened)[0], expected)


@pytest.mark.parametrize("together", [1, 2000, 10**9])
@pytest.mark.parametrize("side_px", [95, 96, 97])
def test_lzw_is_undone_a_few_strips_at_a_time(together, side_px, monkeypatch):
    monkeypatch.setattr("leuko.imaging.decoding.tiff.lzw.BYTES_TOGETHER", together)
    for pixels in (FIELD[:, :side_px], FIELD[:, :side_px, 0]):
        for predictor in (1, 2):
            tags = {317: predictor, 278: 7}
            data = encode(pixels, "TIFF", compression="tiff_lzw", tiffinfo=tags)
            expected = np.asarray(Image.fromarray(pixels).convert("RGB"))
            np.testing.assert_array_equal(decode_image(data, "a.tif", Limits()).pixels, expected)


def test_lzw_of_more_bytes_than_pillow_reads_pixels_is_read(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", FIELD.size // 2)
    data = encode(FIELD, "TIFF", compression="tiff_lzw")
    monkeypatch.setattr("leuko.imaging.decoding.tiff.lzw.BYTES_TOGETHER", FIELD.size // 8)
    np.testing.assert_array_equal(decode_image(data, "a.tif", Limits()).pixels, FIELD)


def test_a_large_jpeg_is_read_reduced_for_the_screen_and_never_otherwise():
    data = encode(draw_field(seed=2, malignant=True, side_px=400), "JPEG")
    whole = decode_image(data, "a.jpg", Limits())
    shown = decode_image(data, "a.jpg", Limits(), shown_px=90)
    assert (whole.width_px, shown.width_px) == (400, 100)
    for size in (201, 400, 1600):
        same = decode_image(data, "a.jpg", Limits(), shown_px=size)
        np.testing.assert_array_equal(same.pixels, whole.pixels)
    closest = Image.fromarray(whole.pixels).resize((100, 100), Image.Resampling.BOX)
    assert np.abs(np.asarray(closest, int) - shown.pixels).mean() < 2
