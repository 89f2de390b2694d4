import contextlib
import io
import logging
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import draw_crop, encode, encode_image

LIMITS = Limits()
PIXELS = draw_crop(seed=2, malignant=False, side_px=64)[:, :48].copy()


def decode(data, limits=LIMITS):
    return decode_image(data, "cell.tif", limits)


def tiff(samples, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, samples, **options)
    return file.getvalue()


def reason(data, limits=LIMITS):
    with pytest.raises(ImageError) as caught:
        decode(data, limits)
    return caught.value.reason


@pytest.mark.parametrize(
    "compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd"]
)
def test_every_lossless_compression_gives_back_the_exact_pixels(compression):
    picture = decode(encode(PIXELS, "TIFF", compression=compression))
    assert np.array_equal(picture.pixels, PIXELS)
    assert (picture.format, picture.notes) == ("TIFF", ())


@pytest.mark.parametrize(
    "options",
    [
        {"bigtiff": True},
        {"byteorder": ">"},
        {"tile": (16, 16)},
        {"tile": (16, 16), "compression": "zlib", "predictor": True},
        {"rowsperstrip": 7},
        {"planarconfig": "contig"},
    ],
)
def test_every_layout_gives_back_the_exact_pixels(options):
    assert np.array_equal(decode(tiff(PIXELS, photometric="rgb", **options)).pixels, PIXELS)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    "layout",
    [{}, {"rowsperstrip": 7}, {"tile": (32, 16)}, {"predictor": True}, {"byteorder": ">"}],
)
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_lzw_gives_back_the_exact_pixels_in_every_layout(depth, layout, planes):
    samples = PIXELS.astype(depth) * depth(1 if depth is np.uint8 else 257)
    if planes == "separate":
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    data = tiff(samples, photometric="rgb", planarconfig=planes, compression="lzw", **layout)
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_separate_colour_planes_are_put_together():
    planes = np.ascontiguousarray(np.moveaxis(PIXELS, -1, 0))
    data = tiff(planes, photometric="rgb", planarconfig="separate")
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_jpeg_inside_a_tiff_is_converted_to_rgb():
    smooth = np.full((64, 48, 3), (180, 60, 120), np.uint8)
    picture = decode(encode(smooth, "TIFF", compression="jpeg", quality=95))
    assert np.abs(picture.pixels.astype(int) - smooth).max() <= 3


def test_sixteen_bit_values_are_scaled_over_their_full_range():
    samples = np.zeros((32, 32), np.uint16)
    samples[0, :5] = (0, 257, 32_768, 65_278, 65_535)
    picture = decode(tiff(samples))
    assert picture.pixels[0, :5].tolist() == [[value] * 3 for value in (0, 1, 128, 254, 255)]
    assert picture.notes == ("16-bit values were scaled to 8 bit.",)


def test_sixteen_bit_colour_is_scaled():
    samples = PIXELS.astype(np.uint16) * 257
    assert np.array_equal(decode(tiff(samples, photometric="rgb")).pixels, PIXELS)


def test_twelve_bits_in_sixteen_use_the_full_range():
    samples = np.zeros((32, 32, 3), np.uint16)
    samples[0, :3, 1] = (0, 2048, 4095)
    picture = decode(tiff(samples, photometric="rgb"))
    assert picture.pixels[0, :3, 1].tolist() == [0, 128, 255]
    assert "12 were guessed from the largest value, 4095" in picture.notes[0]


def test_fractions_are_scaled_with_a_note():
    samples = np.zeros((32, 32, 3), np.float32)
    samples[0, :3, 0] = (0, 0.5, 1)
    picture = decode(tiff(samples, photometric="rgb"))
    assert picture.pixels[0, :3, 0].tolist() == [0, 128, 255]
    assert "between 0 and 1" in picture.notes[0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_refused(bad):
    samples = np.full((32, 32), 0.5, np.float32)
    samples[3, 4] = bad
    assert "NaN" in reason(tiff(samples))


@pytest.mark.parametrize("value", [-0.5, 300.0])
def test_floats_of_unknown_range_are_refused(value):
    samples = np.full((32, 32), value, np.float64)
    assert "expected 0 to 1 or 0 to 255" in reason(tiff(samples))


def test_negative_integers_are_refused():
    assert "expected 0 to 65535" in reason(tiff(np.full((32, 32), -5, np.int16)))


def test_the_first_page_is_read_with_a_note():
    others = [Image.fromarray(np.flipud(PIXELS)), Image.fromarray(np.fliplr(PIXELS))]
    picture = decode(encode(PIXELS, "TIFF", save_all=True, append_images=others))
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.notes == ("Multi-page TIFF: page 1 of 3 was read.",)


def test_one_bit_palette_and_grey_are_read():
    mask = PIXELS[..., 0] > 128
    bits = decode(encode_image(Image.fromarray(mask), "TIFF"))
    assert np.array_equal(bits.pixels, np.dstack([mask * np.uint8(255)] * 3))
    palette = Image.fromarray(PIXELS).quantize(16)
    looked_up = decode(encode_image(palette, "TIFF"))
    assert np.array_equal(looked_up.pixels, np.asarray(palette.convert("RGB")))
    grey = decode(encode(PIXELS[..., 1], "TIFF"))
    assert np.array_equal(grey.pixels, np.dstack([PIXELS[..., 1]] * 3))


def test_white_is_zero_is_inverted():
    picture = decode(tiff(PIXELS[..., 0], photometric="miniswhite"))
    assert np.array_equal(picture.pixels[..., 2], 255 - PIXELS[..., 0])


def test_cmyk_becomes_the_known_colour():
    picture = decode(encode_image(Image.new("CMYK", (32, 32), (255, 0, 255, 0)), "TIFF"))
    assert (picture.pixels == (0, 255, 0)).all()
    assert picture.notes == ("CMYK colours were converted to RGB.",)


@pytest.mark.parametrize(
    ("meaning", "colour"), [("unassalpha", (100, 40, 200)), ("assocalpha", (20, 8, 40))]
)
def test_both_kinds_of_alpha_are_put_on_white(meaning, colour):
    rgba = np.dstack([PIXELS, np.full(PIXELS.shape[:2], 255, np.uint8)])
    rgba[:10, :10] = (*colour, 51)  # a fifth
    picture = decode(tiff(rgba, photometric="rgb", extrasamples=[meaning]))
    assert (picture.pixels[:10, :10] == (224, 212, 244)).all()
    assert np.array_equal(picture.pixels[10:], PIXELS[10:])
    assert picture.notes == ("Transparent areas were put on white.",)


def test_an_extra_channel_of_no_stated_meaning_is_ignored_with_a_note():
    four = np.dstack([PIXELS, np.zeros(PIXELS.shape[:2], np.uint8)])
    picture = decode(tiff(four, photometric="rgb", extrasamples=["unspecified"]))
    assert np.array_equal(picture.pixels, PIXELS)
    assert "extra channel" in picture.notes[0]


def test_fluorescence_channels_are_refused():
    assert "5 channels" in reason(
        tiff(np.zeros((32, 32, 5), np.uint8), photometric="minisblack", planarconfig="contig")
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_tag_is_obeyed(orientation):
    turned_back = {
        1: lambda stored: stored,
        2: np.fliplr,
        3: lambda stored: np.rot90(stored, 2),
        4: np.flipud,
        5: lambda stored: np.rot90(np.fliplr(stored)),
        6: lambda stored: np.rot90(stored, -1),
        7: lambda stored: np.rot90(np.flipud(stored)),
        8: np.rot90,
    }
    data = tiff(PIXELS, photometric="rgb", extratags=[(274, "H", 1, orientation, True)])
    assert np.array_equal(decode(data).pixels, turned_back[orientation](PIXELS))


def test_a_huge_header_is_refused_before_anything_is_decoded():
    data = tiff(np.zeros((64, 64), np.uint8))
    for tag in (256, 257):  # width, height
        data = data.replace(struct.pack("<HHI", tag, 4, 1), struct.pack("<HHI", tag, 3, 1))
        entry = data.index(struct.pack("<HH", tag, 3))
        data = data[: entry + 8] + struct.pack("<I", 30_000) + data[entry + 12 :]
    assert "30000 × 30000" in reason(data)


def test_colour_models_that_are_not_read_are_named_with_advice():
    lab = Image.fromarray(PIXELS).convert("LAB")
    assert "Export the picture as PNG" in reason(encode_image(lab, "TIFF"))


def test_a_preview_is_not_taken_for_the_picture():
    assert "preview" in reason(tiff(PIXELS, photometric="rgb", subfiletype=1))


def test_oddities_of_a_tiff_are_not_printed(capfd):
    handlers = logging.getLogger("tifffile").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
    with pytest.raises(ImageError):
        decode(b"II*\0\x08\0\0\0" + b"\xff" * 100)
    assert capfd.readouterr() == ("", "")


def test_damaged_lzw_never_reaches_the_decoder_that_would_crash(monkeypatch):
    import imagecodecs

    def crash(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(imagecodecs, "lzw_decode", crash)
    data = encode(PIXELS, "TIFF", compression="tiff_lzw")
    assert np.array_equal(decode(data).pixels, PIXELS)
    rng = np.random.default_rng(8)
    for _ in range(100):
        damaged = np.frombuffer(data, np.uint8).copy()
        damaged[rng.integers(8, 2000, 3)] = rng.integers(0, 256, 3)
        with contextlib.suppress(ImageError):
            decode(damaged.tobytes())
