"""What the command line writes: results to standard output, everything else to standard error.

Nothing that is computed is lost because a terminal, a pipe or a file cannot take a character, and
no name of a file and no text of a card reaches a terminal as a command to it.
"""

import contextlib
import errno
import io
import json
import os
import sys
import unicodedata
from pathlib import Path
from typing import TextIO

from leuko.errors import LeukoError
from leuko.models.records import replace_file

COMMANDS = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Categories of characters that steer a terminal, reverse a line or break it."""
JOINERS = "\u200c\u200d"
"""Of the category Cf, but needed to write Persian and Hindi names."""


class OutputError(LeukoError):
    """Results that standard output does not take."""


class ReaderGoneError(Exception):
    """Whoever read our output, such as head, has had enough."""


def prepare_streams() -> None:
    """Make both streams escape what their encoding lacks, whatever the terminal is.

    Raises:
        OutputError: when there is no standard output, so that every result would be lost.
    """
    if sys.stderr is None:  # closed by whoever started us; progress and sentences go nowhere
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  until the end
    if sys.stdout is None:
        raise OutputError(
            "Standard output is closed, so that results would be lost: leave it open, or send it "
            "to a file."
        )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def end_streams() -> None:
    """Bring out what is still held back, such as help, without a complaint where nobody reads."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _silence(stream)


def say(sentence: str) -> None:
    """Write a sentence to standard error, which carries everything but results."""
    try:
        print(harmless(sentence), file=sys.stderr, flush=True)
    except OSError:
        # Nobody is there to be told. Results may still have a reader.
        _silence(sys.stderr)


def show(line: str) -> None:
    """Write one line of a result to standard output, at once.

    Raises:
        OutputError: when it cannot be written, such as to a disk that is full.
        ReaderGoneError: when nobody reads any more.
    """
    _write(harmless(line))


def show_json(record: object, indent: int | None = None) -> None:
    """Write a record as JSON, in ASCII: it is the same in every encoding of a pipe.

    Args:
        record: anything that JSON knows.
        indent: as of :func:`json.dumps`; None for one line.

    Raises:
        OutputError: when it cannot be written, such as to a disk that is full.
        ReaderGoneError: when nobody reads any more.
    """
    _write(json.dumps(record, indent=indent))


def write_text(path: Path, text: str, option: str | None) -> None:
    """Write a file that a command was asked for, whole or not at all.

    Args:
        path: of the file; what is no file, such as a pipe, is written to as it is.
        text: its content.
        option: that named the file, for the sentence; None where the command chose it.

    Raises:
        LeukoError: when it cannot be written; what stood there before still stands.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            replace_file(path.resolve(), text.encode())  # through a link, to what it leads to
    except OSError as problem:
        remedy = f"name another file after {option}" if option else "change its rights"
        raise LeukoError(
            f"'{path}' cannot be written ({problem.strerror or problem}): make room there, or "
            f"{remedy}."
        ) from problem


def make_folder(folder: Path, option: str) -> None:
    """Make a folder that a command was asked to write into, before anything is computed.

    Args:
        folder: as it was named; one that is there stays as it is.
        option: that named it, for the sentence.

    Raises:
        LeukoError: when something else has that name or the place may not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LeukoError(
            f"'{folder}' cannot be made ({problem.strerror}): name another folder after {option}."
        ) from problem
    if not os.access(folder, os.W_OK | os.X_OK):
        raise LeukoError(
            f"'{folder}' may not be written: change its rights or name another folder after "
            f"{option}."
        )


def show_progress(words: str, *, last: bool = False) -> None:
    """Write how far a command is over what was said before, where a person watches.

    Args:
        words: such as ``"3 of 9 pictures"``.
        last: whether the line is finished with it.
    """
    if sys.stderr.isatty():
        with contextlib.suppress(OSError):
            print(f"\r{harmless(words)} ", end="\n" if last else "", file=sys.stderr, flush=True)


def harmless(text: str) -> str:
    """Text in which control characters are escaped, such as the newline of a file's name."""
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in COMMANDS and char not in JOINERS
        else char
        for char in text
    )


def _write(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError as problem:
        _silence(sys.stdout)
        raise ReaderGoneError from problem
    except OSError as problem:
        _silence(sys.stdout)
        if os.name == "nt" and problem.errno == errno.EINVAL:  # how Windows says broken pipe
            raise ReaderGoneError from problem
        raise OutputError(
            f"Results cannot be written to standard output ({problem.strerror}): make room there, "
            "or send it elsewhere, and run the command again."
        ) from problem


def _silence(stream: TextIO) -> None:
    """Lead a stream that takes no more to nowhere, so that Python's end does not fail on it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
