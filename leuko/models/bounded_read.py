"""The one way in which files of a model folder are read: regular files, bounded, clean text.

A model folder may come from anywhere. Whatever lies in it must neither hang the server (a pipe),
nor fill its memory, nor bring it numbers and letters that no later part can hold or show.
"""

import errno
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from leuko.imaging.filenames import display_name
from leuko.text_files import decode_text

LARGEST_CARD_BYTES = 1_000_000
LARGEST_TABLE_BYTES = 400_000_000
"""Of a table of predictions; a million pictures of four classes take about 80 MB."""
LARGEST_HISTORY_BYTES = 5_000_000
LARGEST_REPORT_BYTES = 100_000
LARGEST_MEAN_IMAGE_BYTES = 20_000_000

LONGEST_TEXT = 4000
"""Characters of one text of a card, many times the longest of the shipped ones."""
LARGEST_INTEGER = 2**53
"""Beyond this not every whole number is a number of double precision."""
MOST_DIGITS = 20
LONGEST_PLACE = 120

_UNCLEAN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    "\u2028\u2029"  # line ends that not every reader knows
    "\u202a-\u202e\u2066-\u2069"  # turn the direction of what follows
    "\ud800-\udfff\ufffe\uffff]"  # no characters
)


@contextmanager
def open_bounded(path: Path, most_bytes: int) -> Iterator[BufferedReader]:
    """A regular file of bounded size, open for reading.

    A pipe or device is refused without waiting for it. Links are followed.

    Args:
        path: the file.
        most_bytes: that it may have.

    Raises:
        OSError: when it cannot be read, is no regular file or is larger; ``strerror`` says which.
    """
    with open(path, "rb", opener=_open_without_waiting) as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if facts.st_size > most_bytes:
            raise _too_large(path, most_bytes)
        yield stream


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """All bytes of a regular file of bounded size; arguments and errors as :func:`open_bounded`."""
    with open_bounded(path, most_bytes) as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:  # it has grown meanwhile
        raise _too_large(path, most_bytes)
    return content


def read_json(path: Path, most_bytes: int) -> Any:  # noqa: ANN401  (checked by whoever asks)
    """A JSON file of bounded size with finite numbers and clean texts.

    Args:
        path: the file, UTF-8 with or without a byte order mark.
        most_bytes: that it may have.

    Raises:
        OSError: as :func:`open_bounded`.
        ValueError: when it is no JSON, or holds a number or text beyond the bounds; the message
            names the place.
        RecursionError: when its lists are nested too deeply.
    """
    text = decode_text(read_bounded(path, most_bytes))
    found = json.loads(text, parse_int=_integer)
    _check(found, "")
    return found


def _check(value: object, place: str) -> None:
    """Check numbers and texts inside a value; the message says where, and repeats no text."""
    where = f"'{display_name(place, LONGEST_PLACE)}'" if place else "the file"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is no finite number")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"{where} is a number beyond {LARGEST_INTEGER:,}")
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, dict):
        for key, each in value.items():
            _check_text(key, f"a name in {where}")
            _check(each, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check(each, f"{place}.{index}" if place else str(index))


def _check_text(text: str, where: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"{where} is a text of {len(text):,} characters, at most {LONGEST_TEXT:,} are read"
        )
    if (unclean := _UNCLEAN.search(text)) is not None:
        raise ValueError(f"{where} holds the control character U+{ord(unclean.group()):04X}")


def _open_without_waiting(path: str, flags: int) -> int:
    """A pipe that nobody writes to would keep an ordinary open waiting for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _too_large(path: Path, most_bytes: int) -> OSError:
    return OSError(
        errno.EFBIG, f"it is larger than the {most_bytes:,} bytes that are read", str(path)
    )


def _integer(digits: str) -> int:
    """A whole number; one with more digits than any that is taken is cut, and refused later."""
    return int(digits[: MOST_DIGITS + 1])
