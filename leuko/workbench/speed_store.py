"""Milliseconds an image on this machine, measured in the background."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leuko.errors import LeukoError
from leuko.inference.timing import Speed
from leuko.models.store import InstalledModel

_LOGGER = logging.getLogger("leuko")
FAILED = "The speed of this model could not be measured; the log of the application says why."


@dataclass(frozen=True)
class Progress:
    """A measurement under way.

    Attributes:
        done, total: models.
        title: of the model that is being measured.
    """

    done: int
    total: int
    title: str


class SpeedStore:
    """What was measured on this server; one measurement at a time, for all sessions.

    The models are loaded one after another and let go of, so that a measurement never crowds out
    those that a session works with. A server that is stopped waits for the model at hand alone.

    Args:
        measure: loads a model and times it.
    """

    def __init__(self, measure: Callable[[InstalledModel], Speed] | None = None) -> None:
        self._measure = measure if measure is not None else load_and_measure
        self._found: dict[tuple[str, str], Speed | str] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._worker: threading.Thread | None = None
        self._progress: Progress | None = None

    def start(self, models: Sequence[InstalledModel]) -> None:
        """Begin to measure models in the background, unless a measurement is under way.

        Args:
            models: those with weights are measured.
        """
        able = [model for model in models if model.has_weights]
        with self._lock:
            if self._progress is not None or not able:
                return
            self._stop.clear()
            self._progress = Progress(0, len(able), able[0].card.title)
            self._worker = threading.Thread(
                target=self._run, args=[able], name="leuko-speed", daemon=False
            )
            self._worker.start()

    def stop(self) -> None:
        """Measure no further model after the one at hand."""
        self._stop.set()

    def wait(self) -> None:
        """Return when nothing is being measured any more."""
        worker = self._worker
        if worker is not None:
            worker.join()

    @property
    def progress(self) -> Progress | None:
        """The measurement under way."""
        return self._progress

    def found(self, models: Sequence[InstalledModel]) -> dict[str, Speed | str]:
        """What is known of models, by id: times, or a sentence on why they could not be taken."""
        return {
            model.id: self._found[_key(model)] for model in models if _key(model) in self._found
        }

    def _run(self, models: Sequence[InstalledModel]) -> None:
        try:
            for done, model in enumerate(models):
                if self._stop.is_set() or not threading.main_thread().is_alive():
                    break
                self._progress = Progress(done, len(models), model.card.title)
                self._found[_key(model)] = self._measured(model)
        finally:
            self._progress = None

    def _measured(self, model: InstalledModel) -> Speed | str:
        try:
            return self._measure(model)
        except LeukoError as problem:
            return str(problem)
        except Exception:  # one broken model never hides the others
            _LOGGER.exception("measuring the speed of %s", model.id)
            return FAILED


def _key(model: InstalledModel) -> tuple[str, str]:
    return str(model.folder), model.card.fingerprint


def load_and_measure(model: InstalledModel) -> Speed:
    """Load a model, time it and let go of it.

    Raises:
        LeukoError: when its folder is not in order.
    """
    from leuko.inference.classifier import Classifier
    from leuko.inference.timing import measure_speed

    return measure_speed(Classifier.load(model))
