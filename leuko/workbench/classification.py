"""Classify the pictures of a tray bit by bit, so that the page stays alive meanwhile."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from leuko.errors import ImageError
from leuko.imaging.budget import DECODING
from leuko.imaging.decoding.cost import room_for
from leuko.imaging.picture import PASS_BYTES, Picture, passes
from leuko.inference.allocator import give_back
from leuko.models.card import ModelCard
from leuko.settings import Limits
from leuko.workbench.uploads import Tray, TrayItem

if TYPE_CHECKING:
    from leuko.inference.classifier import Classifier
    from leuko.inference.result import Result

ResultKey = tuple[str, str, str]

PASS_PICTURES = 16
FIRST_PASS_SECONDS, LONGEST_PASS_SECONDS = 0.7, 1.4
"""Passes grow with the batch: results appear at once, and a long batch is not held up by redrawing
the page again and again. Cancel waits for the end of a pass."""
LAST_STRETCH_SECONDS = 0.7
"""A pass goes on to the end of the batch when that is this near: to draw the page first would take
about as long."""


class Results(Mapping[ResultKey, "Result"]):
    """What models said so far, by model, card and picture.

    Args:
        found: to begin with.
    """

    def __init__(self, found: "Mapping[ResultKey, Result] | None" = None) -> None:
        self._found = dict(found or {})

    def add(self, key: ResultKey, result: "Result") -> None:
        """Keep a result, in the place of an earlier one of the same key."""
        self._found[key] = result

    def __getitem__(self, key: ResultKey) -> "Result":
        return self._found[key]

    def __iter__(self) -> Iterator[ResultKey]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass
class Pace:
    """How fast a batch goes.

    Attributes:
        pictures: classified since the batch began.
        seconds: of computing, pauses not counted.
    """

    pictures: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Pictures a second, 0 before the first."""
        return self.pictures / self.seconds if self.seconds else 0.0

    def add(self, pictures: int, seconds: float) -> None:
        """Count pictures that were classified, and how long it took."""
        self.pictures += pictures
        self.seconds += seconds


def result_key(card: ModelCard, item: TrayItem) -> ResultKey:
    """Whose result it is, and what it depends on: the model's fingerprint, the picture's sha256."""
    return card.id, card.fingerprint, item.sha256


def pending(tray: Tray, card: ModelCard, results: Results) -> list[TrayItem]:
    """Items that can be read, as far as known, and have no result of this model."""
    return [item for item in tray.readable() if result_key(card, item) not in results]


def advance(
    classifier: "Classifier", tray: Tray, results: Results, limits: Limits, pace: Pace
) -> None:
    """Decode and classify pending items for a little while.

    Files that turn out to be unreadable get their sentence; the others go on.

    Args:
        classifier: the model.
        tray: the session's files.
        results: gets the new results.
        limits: bounds of files and pictures.
        pace: is brought up to date.
    """
    started = time.monotonic()
    enough = min(LONGEST_PASS_SECONDS, max(FIRST_PASS_SECONDS, 2 * pace.seconds))
    waiting = pending(tray, classifier.card, results)
    done = 0
    while waiting and _goes_on(time.monotonic() - started, enough, done, len(waiting)):
        chunk = waiting[: _pictures_of_a_pass(waiting)]
        waiting = waiting[len(chunk) :]
        with DECODING.reserve(room_for([item.cost for item in chunk]), limits.max_decoding_bytes):
            _classify_chunk(classifier, chunk, results, limits)
        done += len(chunk)
    if not waiting:
        give_back()
    pace.add(done, time.monotonic() - started)


def _pictures_of_a_pass(waiting: Sequence[TrayItem]) -> int:
    """How many of the next pictures fit into one pass, at least one."""
    held = accumulate(item.cost.held_bytes for item in waiting[:PASS_PICTURES])
    return max(1, sum(total <= PASS_BYTES for total in held))


def _classify_chunk(
    classifier: "Classifier", chunk: Sequence[TrayItem], results: Results, limits: Limits
) -> None:
    """Pictures that share a pass; none of them outlives the call."""
    pictures = [read_item(item, limits) for item in chunk]
    answers = _classify_readable(classifier, pictures, PASS_PICTURES, cells=False)
    for item, picture, answer in zip(chunk, pictures, answers, strict=True):
        if isinstance(picture, Picture) and answer is not None:
            results.add(result_key(classifier.card, item), _with_survey(answer, item, picture))


def classified(
    classifier: "Classifier", pictures: Iterable[Picture | ImageError], batch: int
) -> "Iterator[tuple[Picture | ImageError, Result | None]]":
    """Pair each picture with its result, in order, holding one batch in memory at a time.

    Args:
        classifier: the model.
        pictures: decoded as they are asked for; an error stands for one that cannot be read.
        batch: pictures that share one pass; fewer where they are large.
    """
    for chunk in passes(pictures, batch, PASS_BYTES):
        yield from zip(chunk, _classify_readable(classifier, chunk, batch), strict=True)
        chunk.clear()  # before the next batch is decoded


def _classify_readable(
    classifier: "Classifier",
    pictures: Sequence[Picture | ImageError],
    batch: int,
    *,
    cells: bool = True,
) -> "list[Result | None]":
    """One result a picture, in order; None for one that cannot be read."""
    readable = [picture.pixels for picture in pictures if isinstance(picture, Picture)]
    answers = iter(classifier.classify(readable, batch, cells=cells))
    return [next(answers) if isinstance(picture, Picture) else None for picture in pictures]


def _with_survey(answer: "Result", item: TrayItem, picture: Picture) -> "Result":
    """The answer with what is seen without a network, looked for once whatever models are asked."""
    from leuko.inspection.inspect import survey

    seen = item.survey
    if seen is None:
        seen = survey(picture.pixels)
        item.keep_survey(seen)
    return answer.with_survey(seen)


def _goes_on(elapsed: float, enough: float, done: int, left: int) -> bool:
    """Whether a pass continues after so many seconds, with so many pictures done and left."""
    return elapsed < enough or (done > 0 and left * elapsed / done < LAST_STRETCH_SECONDS)


def read_item(item: TrayItem, limits: Limits) -> Picture | ImageError:
    """Decode an item, which remembers how it went."""
    try:
        picture = item.decode(limits)
    except ImageError as error:
        item.mark_unreadable(error.reason)
        return error
    item.mark_read(picture)
    return picture
