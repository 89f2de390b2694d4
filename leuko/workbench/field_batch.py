"""Count the fields of a tray bit by bit, so that the page stays alive meanwhile."""

import dataclasses
import time
from base64 import b64encode
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leuko.differential.counted import CountedField
from leuko.imaging.budget import DECODING
from leuko.imaging.decoding.cost import room_for
from leuko.imaging.picture import Picture
from leuko.imaging.preprocessing.cell_cut import CellCutter, CutCell
from leuko.inference.allocator import give_back
from leuko.inspection.cells.found import Box, Cell
from leuko.models.card import ModelCard
from leuko.settings import Limits
from leuko.workbench.classification import Pace, ResultKey, read_item, result_key
from leuko.workbench.counting import cell_thumbnail, common_view, count_field
from leuko.workbench.temp_store import NOTHING, Spool, Stored
from leuko.workbench.uploads import Tray, TrayItem

if TYPE_CHECKING:
    from leuko.arrays import Pixels
    from leuko.inference.classifier import Classifier

TILE_PX: Final = 96
"""Side of a cell's picture in the gallery."""
CROP_PX: Final = 224
"""Side of the picture that its heatmap lies on."""
FIRST_PASS_SECONDS, LONGEST_PASS_SECONDS = 0.5, 1.4
"""As in :mod:`leuko.workbench.classification`: the first fields appear at once."""


@dataclass(frozen=True, eq=False)
class KeptField:
    """A counted field with pictures of its cells, so that it need not be decoded again.

    Attributes:
        field: at the model's own threshold.
        tiles: data address of a small JPEG a cell, all at one scale.
        crops: a JPEG a cell of exactly what the network's cut shows, with natural background.
    """

    field: CountedField
    tiles: tuple[str, ...] = ()
    crops: tuple[Stored, ...] = ()


class Counts(Mapping[ResultKey, KeptField]):
    """What was counted so far, by model, card and picture; its pictures end with it."""

    def __init__(self) -> None:
        self._kept: dict[ResultKey, KeptField] = {}
        self._spool = Spool()

    def add(self, key: ResultKey, field: CountedField, pixels: "Pixels", step: CutCell) -> None:
        """Keep a field with pictures of its cells.

        Args:
            key: of the model and the picture.
            field: that was counted.
            pixels: of the picture, uint8 (H, W, 3), RGB.
            step: how the model cuts its cells.
        """
        view, cutter = common_view(field), CellCutter(pixels, step)
        cells = [one.cell for one in field.cells]
        self._kept[key] = KeptField(
            field,
            tuple(_data_address(cell_thumbnail(pixels, cell, TILE_PX, view)) for cell in cells),
            tuple(self._stored(_crop(pixels, cell, cutter)) for cell in cells),
        )

    def _stored(self, jpeg: bytes) -> Stored:
        try:
            return self._spool.keep(jpeg)
        except OSError:  # a full disk: the tile stands in for it, and the count goes on
            return NOTHING

    def add_without_cells(self, key: ResultKey, field: CountedField) -> None:
        """Keep a field in which nothing was counted."""
        self._kept[key] = KeptField(field)

    def forget(self, key: ResultKey) -> None:
        """Let a field be counted again."""
        self._kept.pop(key, None)

    def close(self) -> None:
        """Delete all pictures, now; for a session that has ended."""
        self._kept.clear()
        self._spool.close()

    def __getitem__(self, key: ResultKey) -> KeptField:
        return self._kept[key]

    def __iter__(self) -> Iterator[ResultKey]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _data_address(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"


def _crop(pixels: "Pixels", cell: Cell, cutter: CellCutter) -> bytes:
    """The square that the network reads, as the picture shows it."""
    cut = cutter.cut(cell)
    side = max(1, round(cut.width))
    around = Box(round(cut.left), round(cut.top), side, side)
    return cell_thumbnail(pixels, dataclasses.replace(cell, box=around), CROP_PX, side)


def to_count(tray: Tray, card: ModelCard, counts: Counts) -> list[TrayItem]:
    """Items that can be read, as far as known, and are not counted; of copies the first."""
    waiting = {
        item.sha256: item
        for item in reversed(tray.readable())
        if result_key(card, item) not in counts
    }
    return sorted(waiting.values(), key=lambda item: item.number)


def count_some(
    classifier: "Classifier",
    tray: Tray,
    counts: Counts,
    limits: Limits,
    pace: Pace,
    anyway: Container[str] = (),
) -> None:
    """Decode and count fields for a little while.

    Files that turn out to be unreadable get their sentence; the others go on.

    Args:
        classifier: of a model that can count.
        tray: the session's files.
        counts: gets the new fields.
        limits: bounds of files and pictures.
        pace: is brought up to date.
        anyway: sha256 of pictures that are to be counted although they look like no blood.
    """
    started = time.monotonic()
    enough = min(LONGEST_PASS_SECONDS, max(FIRST_PASS_SECONDS, 2 * pace.seconds))
    done = 0
    waiting = to_count(tray, classifier.card, counts)
    for item in waiting:
        with DECODING.reserve(room_for([item.cost]), limits.max_decoding_bytes):
            _count_one(classifier, item, counts, limits, anyway)
        done += 1
        if time.monotonic() - started >= enough:
            break
    if done == len(waiting):
        give_back()
    pace.add(done, time.monotonic() - started)


def _count_one(
    classifier: "Classifier",
    item: TrayItem,
    counts: Counts,
    limits: Limits,
    anyway: Container[str],
) -> None:
    picture = read_item(item, limits)
    if not isinstance(picture, Picture):
        return
    key, step = result_key(classifier.card, item), classifier.card.input.steps[0]
    counted = count_field(classifier, picture, anyway=item.sha256 in anyway)
    if counted.cells and isinstance(step, CutCell):
        counts.add(key, counted, picture.pixels, step)
    else:
        counts.add_without_cells(key, counted)
