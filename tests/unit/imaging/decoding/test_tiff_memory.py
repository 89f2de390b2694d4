"""Nothing of a TIFF is held once it is read, though its pages and its file know each other."""

import gc
import io

import pytest

from tests.unit.imaging.decoding.written_tiffs import PIXELS, PLANES, decode, tiff


@pytest.fixture
def no_collection():
    """Python's collection of garbage rests, as it may between two large pictures."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def held_bytes():
    """Bytes in all open files in memory."""
    files = (each for each in gc.get_objects() if type(each) is io.BytesIO)
    return sum(file.getbuffer().nbytes for file in files if not file.closed)


@pytest.mark.parametrize(
    "data",
    [
        tiff(PIXELS, photometric="rgb"),
        tiff(PIXELS, photometric="rgb", compression="lzw"),
        tiff(PLANES, imagej=True),
    ],
    ids=["plain", "lzw", "imagej"],
)
def test_the_bytes_of_a_file_are_let_go_without_waiting_for_the_collection(no_collection, data):
    before = held_bytes()
    decode(data)
    assert held_bytes() == before
