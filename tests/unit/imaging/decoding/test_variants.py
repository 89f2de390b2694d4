import struct

import numpy as np
import pytest
import tifffile

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import encode
from tests.unit.imaging.decoding.written_tiffs import PIXELS

JPEG = encode(PIXELS, "JPEG")
FRAME = JPEG.index(b"\xff\xc0")


def reason(data):
    with pytest.raises(ImageError) as caught:
        decode_image(bytes(data), "cell", Limits())
    return caught.value.reason


def jpeg_with(place, value):
    data = bytearray(JPEG)
    data[FRAME + place] = value
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (jpeg_with(4, 12), "stores 12 bits a channel"),
        (jpeg_with(4, 16), "stores 16 bits a channel"),
        (jpeg_with(9, 2), "has 2 channels"),
        (jpeg_with(1, 0xC3), "Lossless JPEG is not read"),
        (jpeg_with(1, 0xCB), "Lossless JPEG is not read"),
        (jpeg_with(1, 0xC5), "Hierarchical JPEG is not read"),
        (jpeg_with(1, 0xF7), "JPEG-LS is not read"),
    ],
)
def test_a_jpeg_that_is_not_read_is_named_and_not_called_damaged(data, words):
    assert words in reason(data)
    assert "damaged" not in reason(data)
    assert "Export the picture as PNG" in reason(data)


def test_a_jpeg_whose_height_comes_later_is_not_said_to_be_small():
    data = bytearray(JPEG)
    struct.pack_into(">H", data, FRAME + 5, 0)
    assert "height only behind its data" in reason(data)


def test_a_jpeg_of_four_colours_is_read_and_named():
    from PIL import Image

    from tests.drawn import encode_image

    picture = decode_image(
        encode_image(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG"), "cell", Limits()
    )
    assert picture.notes == ("CMYK colours were converted to RGB.",)


@pytest.mark.parametrize(
    ("number", "words"), [(4, "wrapping of a JPEG"), (5, "wrapping of a JPEG")]
)
def test_a_bmp_around_another_file_is_named(number, words):
    data = bytearray(encode(PIXELS, "BMP"))
    struct.pack_into("<I", data, 30, number)
    assert words in reason(data)


def test_a_variant_that_the_decoder_does_not_know_may_be_sound():
    data = bytearray(encode(PIXELS, "BMP"))
    struct.pack_into("<I", data, 30, 99)
    assert "variant of its format that is not read, or damaged" in reason(data)


def test_a_compression_that_is_not_read_is_named(tmp_path):
    path = tmp_path / "cell.tif"
    tifffile.imwrite(path, PIXELS, photometric="rgb", compression="lzma")
    assert "The compression of this TIFF (LZMA) is not read" in reason(path.read_bytes())


def test_damage_is_still_called_damage():
    assert "damaged" in reason(JPEG[:FRAME] + JPEG[FRAME + 4 + 17 :])
    noise = np.random.default_rng(4).integers(0, 256, 500, dtype=np.uint8).tobytes()
    assert "damaged" in reason(encode(PIXELS, "PNG")[:33] + noise) or "cut off" in reason(
        encode(PIXELS, "PNG")[:33] + noise
    )
