"""Evidence maps by other methods and layers: computed on demand, off the page's thread, bounded."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from leuko.errors import LeukoError
from leuko.inference.heatmaps.methods import Method

Evidence = NDArray[np.float32]
Compute = Callable[[Callable[[float], None]], Evidence]
"""Gives float32 (K, h, w); is handed a function that wants to hear the share done, and lets what
that function raises pass."""

MAPS_KEPT = 64
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class MapKey:
    """What an evidence map depends on.

    Attributes:
        result: model, its weights and settings, and the picture, see ``classification.result_key``.
        method: that computes it.
        layer: dotted name; None for the card's own.
    """

    result: tuple[str, str, str]
    method: Method
    layer: str | None


@dataclass(frozen=True)
class Failure:
    """Why a map could not be computed.

    Attributes:
        sentence: for the user, with what to do next.
    """

    sentence: str


class _GivenUpError(Exception):
    """Nobody wants the map any more."""


@dataclass
class _Job:
    wanted: bool = True
    share: float = 0.0
    future: "Future[Evidence]" = field(default_factory=Future)

    def report(self, share: float) -> None:
        if not self.wanted:
            raise _GivenUpError
        self.share = share


class MapShelf:
    """The last maps of one session, and the one under way.

    Only the map asked for last is worth computing; one that nobody waits for any more is given up
    the next time it reports how far it is.

    Args:
        capacity: maps kept; the least recently looked at goes first.
    """

    def __init__(self, capacity: int = MAPS_KEPT) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[MapKey, Evidence | Failure] = OrderedDict()
        self._under_way: dict[MapKey, _Job] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: MapKey) -> "Evidence | Failure | None":
        """A map, or why there is none; None when it is not computed yet."""
        self._take_in()
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def ask(
        self, key: MapKey, compute: Compute, worker: Executor, patience: float
    ) -> "Evidence | Failure | None":
        """A map; begins to compute it when it is not there and waits for a moment.

        Args:
            key: which.
            compute: called on the worker's thread.
            worker: computes.
            patience: seconds to wait for a map that is not there yet.

        Returns:
            As :meth:`find`.
        """
        self.give_up(key)
        found = self.find(key)
        if found is not None:
            return found
        if key not in self._under_way:
            job = _Job()
            job.future = worker.submit(_computed, compute, job)
            self._under_way[key] = job
        wait([self._under_way[key].future], patience)
        return self.find(key)

    def give_up(self, wanted: MapKey | None = None) -> None:
        """End what is under way, but for one map."""
        for key, job in list(self._under_way.items()):
            if key != wanted and not job.future.done():
                job.wanted = False
                job.future.cancel()
                del self._under_way[key]

    def share_done(self, key: MapKey) -> float | None:
        """How far a map is, in [0, 1]; None unless it is waiting or being computed."""
        job = self._under_way.get(key)
        return None if job is None or job.future.done() else job.share

    def forget_failures(self) -> None:
        """Let maps that could not be computed be tried again."""
        failed = [key for key, kept in self._kept.items() if isinstance(kept, Failure)]
        for key in failed:
            del self._kept[key]

    def _take_in(self) -> None:
        done = [key for key, job in self._under_way.items() if job.future.done()]
        for key in done:
            self._kept[key] = _outcome(key, self._under_way.pop(key).future)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)


def _computed(compute: Compute, job: _Job) -> Evidence:
    job.report(0.0)
    return compute(job.report)


def _outcome(key: MapKey, future: "Future[Evidence]") -> "Evidence | Failure":
    problem = future.exception()
    if problem is None:
        return future.result()
    if isinstance(problem, LeukoError):
        return Failure(str(problem))
    LOG.error("%s could not be computed", key.method.title, exc_info=problem)
    return Failure(
        f"{key.method.title} could not be computed for this picture. Choose another method; "
        "the server's log tells more."
    )
