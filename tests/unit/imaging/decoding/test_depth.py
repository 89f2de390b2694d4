import numpy as np
import pytest

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import png_chunk, png_of_samples
from tests.unit.imaging.decoding.written_tiffs import PIXELS, tiff

FRACTIONS = PIXELS.astype(np.float32) / 255


def decode(data):
    return decode_image(data, "cell.tif", Limits())


def png(samples):
    return png_of_samples(samples)


def rgb_tiff(samples):
    meaning = {"extrasamples": ["unassalpha"]} if samples.shape[2] == 4 else {}
    return tiff(samples, photometric="rgb", **meaning)


def picture_up_to(largest):
    """16-bit colour whose values run from 0 to the largest."""
    samples = np.rint(PIXELS / 255 * largest).astype(np.uint16)
    samples[0, 0] = (0, largest // 2, largest)
    return samples


def scaled(samples, bits):
    """An independent way to round(value * 255 / top), half up."""
    return np.floor(samples / ((1 << bits) - 1) * 255 + 0.5).astype(np.uint8)


@pytest.mark.parametrize("write", [rgb_tiff, png])
@pytest.mark.parametrize(
    ("largest", "bits"),
    [(200, 8), (256, 12), (900, 12), (1023, 12), (4095, 12), (4096, 16), (16_383, 16)],
)
def test_a_depth_that_is_not_stated_is_guessed_and_the_guess_is_told(write, largest, bits):
    samples = picture_up_to(largest)
    picture = decode(write(samples))
    assert np.array_equal(picture.pixels, scaled(samples, bits))
    assert picture.notes == (
        f"The file does not say how many of its 16 bits hold values; {bits} were guessed from the "
        f"largest value, {largest}, and scaled to 8 bit.",
    )


@pytest.mark.parametrize("write", [rgb_tiff, png])
def test_the_topmost_bit_leaves_nothing_to_guess(write):
    picture = decode(write(picture_up_to(40_000)))
    assert picture.notes == ("16-bit values were scaled to 8 bit.",)


def test_a_dark_picture_stays_dark():
    samples = picture_up_to(900)
    assert decode(rgb_tiff(samples)).pixels.max() == 56


@pytest.mark.parametrize("write", [rgb_tiff, png])
def test_alpha_is_scaled_as_the_colours_are(write):
    samples = np.dstack([picture_up_to(900), np.full(PIXELS.shape[:2], 4095, np.uint16)])
    assert np.array_equal(decode(write(samples)).pixels, scaled(samples[..., :3], 12))
    samples[:10, :10] = (0, 0, 0, 819)  # a fifth
    picture = decode(write(samples))
    assert (picture.pixels[:10, :10] == 204).all()
    assert picture.notes[1] == "Transparent areas were put on white."


@pytest.mark.parametrize(
    ("tag", "value", "bits"),
    [(281, (1023,) * 3, 10), (281, (16_383,) * 3, 14), (281, 4095, 12), (341, (65_535,) * 3, 16)],
)
def test_the_top_of_a_depth_in_a_tag_states_the_depth(tag, value, bits):
    count = len(value) if isinstance(value, tuple) else 1
    samples = picture_up_to(900)
    data = tiff(samples, photometric="rgb", extratags=[(tag, "H", count, value, True)])
    picture = decode(data)
    assert np.array_equal(picture.pixels, scaled(samples, bits))
    assert picture.notes == (f"{bits}-bit values were scaled to 8 bit.",)


@pytest.mark.parametrize("value", [900, 511, 7])
def test_a_largest_value_that_states_no_depth_or_is_untrue_is_passed_over(value):
    samples = picture_up_to(900)
    data = tiff(samples, photometric="rgb", extratags=[(281, "H", 3, (value,) * 3, True)])
    assert np.array_equal(decode(data).pixels, scaled(samples, 12))


@pytest.mark.parametrize(
    ("stated", "largest", "bits"),
    [(10, 900, 10), (12, 900, 12), (14, 900, 14), (16, 900, 16), (12, 65_520, 16), (0, 900, 12),
     (200, 900, 12)],
)  # fmt: skip
def test_the_significant_bits_of_a_png_state_its_depth(stated, largest, bits):
    samples = picture_up_to(largest)
    data = png_of_samples(samples)
    data = data[:33] + png_chunk(b"sBIT", bytes([stated] * 3)) + data[33:]
    assert np.array_equal(decode(data).pixels, scaled(samples, bits))


@pytest.mark.parametrize("value", [1.0000002, 1.0009766, 1.0019])
def test_an_overshoot_by_rounding_changes_no_other_value(value):
    samples = FRACTIONS.copy()
    samples[0, 0, 0] = value
    expected = PIXELS.copy()
    expected[0, 0, 0] = 255
    assert np.array_equal(decode(tiff(samples, photometric="rgb")).pixels, expected)


@pytest.mark.parametrize("value", [-1e-8, -0.0019, -0.0])
def test_an_undershoot_by_rounding_is_zero(value):
    samples = FRACTIONS.copy()
    samples[0, 0, 0] = value
    expected = PIXELS.copy()
    expected[0, 0, 0] = 0
    assert np.array_equal(decode(tiff(samples, photometric="rgb")).pixels, expected)


@pytest.mark.parametrize(("value", "byte"), [(255.00002, 255), (255.4, 255), (-0.4, 0)])
def test_overshoot_of_values_up_to_255_is_cut_off_too(value, byte):
    samples = PIXELS.astype(np.float32)
    samples[0, 0, 0] = value
    expected = PIXELS.copy()
    expected[0, 0, 0] = byte
    assert np.array_equal(decode(tiff(samples, photometric="rgb")).pixels, expected)


@pytest.mark.parametrize("value", [1.01, 1.2, 1.99, -0.01])
def test_what_rounding_does_not_explain_is_refused_and_never_read_as_black(value):
    samples = FRACTIONS.copy()
    samples[0, 0, 0] = value
    with pytest.raises(ImageError, match="expected 0 to 1 or 0 to 255"):
        decode(tiff(samples, photometric="rgb"))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_fractions_of_every_precision_give_the_same_picture(kind):
    data = tiff((PIXELS / 255).astype(kind), photometric="rgb")
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_alpha_of_fractions_beside_colours_up_to_255_is_opaque_at_one():
    samples = np.dstack([PIXELS, np.ones(PIXELS.shape[:2])]).astype(np.float32)
    assert np.array_equal(decode(rgb_tiff(samples)).pixels, PIXELS)
