"""Many sessions at once, each with dear pictures, through what the pages do with them."""

import multiprocessing
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.imaging.intake.uploads import Upload
from leuko.models.store import list_models
from leuko.settings import Limits
from leuko.workbench.classification import Pace, Results, advance, pending
from leuko.workbench.uploads import Tray
from scripts.campaign.memory import status_bytes

if TYPE_CHECKING:
    from leuko.inference.classifier import Classifier


def classify_all(
    classifier: "Classifier", files: dict[str, bytes], sessions: int, limits: Limits
) -> list[tuple[int, int]]:
    """Let sessions take the files in, each from another one on, and classify them all at once.

    Returns:
        Of each session, the pictures that were answered and those that were refused.
    """
    names = list(files)
    started = threading.Barrier(sessions)

    def session(number: int) -> tuple[int, int]:
        tray, results = Tray(), Results()
        tray.add((Upload(name, files[name]) for name in _from(names, number)), limits)
        started.wait()
        while pending(tray, classifier.card, results):
            advance(classifier, tray, results, limits, Pace())
        return len(results), sum(item.error is not None for item in tray.items)

    with ThreadPoolExecutor(sessions) as threads:
        return list(threads.map(session, range(sessions)))


@dataclass(frozen=True)
class Sessions:
    """What came of it.

    Attributes:
        answered: pictures, over all sessions.
        refused: files, likewise.
        peak_bytes: of the whole process, model and libraries included.
    """

    answered: int
    refused: int
    peak_bytes: int


def measured_sessions(files: dict[str, bytes], sessions: int) -> Sessions:
    """Run :func:`classify_all` with the first shipped model in a new process and measure it."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_run, (files, sessions))


def _run(files: dict[str, bytes], sessions: int) -> Sessions:
    from leuko.inference.classifier import Classifier  # noqa: PLC0415  brings PyTorch in

    classifier = Classifier.load(list_models().offered()[0])
    found = classify_all(classifier, files, sessions, Limits())
    answered, refused = (sum(counts) for counts in zip(*found, strict=True))
    return Sessions(answered, refused, status_bytes("VmHWM"))


def _from(names: Sequence[str], number: int) -> list[str]:
    place = number % len(names)
    return [*names[place:], *names[:place]]
