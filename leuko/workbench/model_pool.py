"""Classifiers in memory, loaded in the background."""

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from leuko.inference.allocator import ask_for_huge_pages
from leuko.models.store import InstalledModel

if TYPE_CHECKING:
    from leuko.inference.classifier import Classifier

MODELS_IN_MEMORY = 4
PATIENCE_SECONDS = 2.0


class ModelPool:
    """Classifiers in memory, loaded in the background, the least recently used let go.

    A classifier that a session still uses stays alive until that session lets go of it.
    """

    def __init__(self, capacity: int = MODELS_IN_MEMORY) -> None:
        self._capacity = capacity
        self._futures: OrderedDict[tuple[str, str], Future[Classifier]] = OrderedDict()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="leuko-load")

    def start(self, model: InstalledModel) -> "Future[Classifier]":
        """Begin to load a model unless it is loaded or on its way."""
        key = (str(model.folder), model.card.fingerprint)
        with self._lock:
            future = self._futures.get(key)
            if future is None or (future.done() and future.exception() is not None):
                future = self._worker.submit(_load, model)
                self._futures[key] = future
            self._futures.move_to_end(key)
            while len(self._futures) > self._capacity:
                self._futures.popitem(last=False)
        return future

    def get(self, model: InstalledModel) -> "Classifier":
        """The loaded model; waits while it loads.

        Raises:
            LeukoError: when the model folder is not in order.
        """
        return self.start(model).result()

    def start_soon(self, model: InstalledModel) -> None:
        """Begin to load once the page has had time to be drawn."""
        timer = threading.Timer(PATIENCE_SECONDS, self._start_unless_ending, [model])
        timer.daemon = True
        timer.start()

    def _start_unless_ending(self, model: InstalledModel) -> None:
        with suppress(RuntimeError):  # the server may be ending
            self.start(model)


def _load(model: InstalledModel) -> "Classifier":
    ask_for_huge_pages()  # before the next line brings PyTorch in
    from leuko.inference.classifier import Classifier

    return Classifier.load(model)
