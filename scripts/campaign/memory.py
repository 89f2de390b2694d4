"""Peaks of memory, measured in processes of their own."""

import ctypes
import multiprocessing
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
RESET_PEAK = Path("/proc/self/clear_refs")
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


def status_bytes(key: str) -> int:
    """A figure of this process as Linux gives it, such as VmRSS now or VmHWM at the peak."""
    line = next(each for each in STATUS.read_text().splitlines() if each.startswith(f"{key}:"))
    return int(line.split()[1]) * KILOBYTE


def _measured(work: Callable[[], object], answers: "multiprocessing.Queue[int]") -> None:
    ctypes.CDLL(None).malloc_trim(0)  # else what was freed before would be used again, uncounted
    RESET_PEAK.write_text("5")
    before = status_bytes("VmRSS")
    work()
    answers.put(status_bytes("VmHWM") - before)


def peak_bytes(work: Callable[[], object]) -> int:
    """What some work takes at its peak above what the process had before.

    Args:
        work: runs in a fork of this process, which must have no other threads; what it needs
            should be imported before.
    """
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    process = context.Process(target=_measured, args=(work, answers))
    process.start()
    peak = int(answers.get())
    process.join()
    return peak
