"""``python -m leuko``: predict, count, train, evaluate, calibrate, audit and others."""

import errno
from collections.abc import Sequence
from importlib import import_module

from leuko.cli.grammar import build_parser
from leuko.cli.output import ReaderGoneError, end_streams, prepare_streams, say
from leuko.errors import LeukoError
from leuko.inference.allocator import ask_for_huge_pages

EXIT_FINE, EXIT_PARTLY, EXIT_USAGE = 0, 1, 2
EXIT_INTERRUPTED, EXIT_READER_GONE = 130, 141
"""128 and the number of the signal, as shells have it: SIGINT and SIGPIPE."""
IN_FOLDERS = {"measure-cells": "finder.", "train-finder": "finder."}
"""Commands whose module does not lie beside this one."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The disk, the user's share of it, or the largest file that the system allows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: words after the program's name; by default the process's own.

    Returns:
        0 when all went well, 1 when some files were not read or figures differ, 2 when the
        command could not be carried out; the sentence that says why is on standard error. 130
        after Ctrl-C, 141 when the reader of the output, such as head, has had enough.
    """
    try:
        prepare_streams()
        chosen = build_parser().parse_args(arguments)
        ask_for_huge_pages()  # before a command brings PyTorch in
        place = IN_FOLDERS.get(chosen.command, "") + chosen.command.replace("-", "_")
        command = import_module(f"leuko.cli.{place}")
        code: int = command.run(chosen)
    except LeukoError as error:
        say(f"leuko: {error}")
        return EXIT_USAGE
    except ReaderGoneError:
        return EXIT_READER_GONE  # nothing is left to tell
    except OSError as problem:
        say(_refused_by_the_system(problem))
        return EXIT_USAGE
    except MemoryError:
        say("leuko: The memory does not suffice: run it again when less runs on this machine.")
        return EXIT_USAGE
    except KeyboardInterrupt:
        say("leuko: stopped.")
        return EXIT_INTERRUPTED
    finally:
        end_streams()
    return code


def _refused_by_the_system(problem: OSError) -> str:
    """One sentence on what the operating system did not allow, wherever it was."""
    where = f" for '{problem.filename}'" if problem.filename is not None else ""
    if problem.errno in FULL:
        what = f"There is no room{where} ({problem.strerror}): make room and run it again."
    elif "temporary directory" in str(problem):  # of tempfile, which gives no other mark
        what = (
            "No folder for temporary files can be written: make room in it, or name one in the "
            "variable TMPDIR."
        )
    else:
        reason = problem.strerror or str(problem)
        what = f"The operating system refused{where} ({reason}): check the path and its rights."
    return f"leuko: {what}"
