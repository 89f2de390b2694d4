"""What it costs to count the leukocytes of a field: found, cut, classified with heatmaps.

For fields with 1, 10 and 30 cells, drawn at 1.2 megapixels, milliseconds a field:

- look: whether it is a field at all: kind and quality of the picture;
- find: every leukocyte as an instance;
- cut: each cell centred, white-balanced and brought to the square that the network reads;
- class: classes and heatmaps of all classes, cells of a field in passes of 16;
- total: the field from pixels to counted cells, as page and command line do it;
- library: the same cells found and cut, each then handed to the grad-cam library as its README
  shows, for the most probable class, in float32.

The model is an installed one that counts, or a network with random weights where none is. Times are
medians of repeats that alternate, so that a busy machine slows all alike; ratios are what counts.

    python benchmarks/count.py [--network mobilenetv2_100] [--side 224] [--repeats 7] [--json]
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from pytorch_grad_cam import GradCAM

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.explain import decide, machine, seconds
from benchmarks.networks import build, card_of
from leuko.cell_classes import class_set
from leuko.imaging.picture import Picture
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.imaging.preprocessing.steps import FitSquare
from leuko.inference.allocator import ask_for_huge_pages
from leuko.inference.cells import classify_cells
from leuko.inference.classifier import Classifier
from leuko.inference.device import choose_device
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.inspect import survey
from leuko.models.card import ModelCard
from leuko.models.networks.network import Network
from leuko.models.store import list_models
from leuko.models.weights import load_network
from leuko.workbench.counting import count_field, counting_models
from tests.drawn import draw_field_of

CELLS = (1, 10, 30)
REACH = 2.5


@dataclass(frozen=True)
class Row:
    """One field, times in milliseconds.

    Attributes:
        cells: drawn into the field.
        found: of them.
    """

    model: str
    cells: int
    found: int
    look_ms: float
    find_ms: float
    cut_ms: float
    class_ms: float
    total_ms: float
    library_ms: float

    @property
    def faster(self) -> float:
        """How many times faster the total is than the library's way."""
        return self.library_ms / self.total_ms


def make_network(name: str, side_px: int) -> tuple[ModelCard, Network]:
    """A network with random weights and the card of a cell model around it."""
    classes = class_set()
    torch.manual_seed(0)
    network = build(name, side_px, len(classes.names))
    decide(network, side_px)
    card = card_of(name, side_px, network)
    steps = (CutCell(side_px=side_px, reach=REACH), FitSquare(side_px=side_px))
    reads = card.input.model_copy(update={"kind": "crop", "steps": steps})
    told = {"classes": classes.names, "malignant": tuple(classes.malignant), "input": reads}
    return ModelCard.model_validate(card.model_dump() | told), network


def installed_or_made(name: str | None, side_px: int) -> Callable[[], tuple[ModelCard, Network]]:
    """How to make the network that is measured, anew each time."""
    able = counting_models(list_models()) if name is None else ()
    if able:
        return lambda: (able[0].card, load_network(able[0].card, able[0].folder))
    return lambda: make_network(name or "mobilenetv2_100", side_px)


def measure(
    make: Callable[[], tuple[ModelCard, Network]], cells: int, repeats: int, device: torch.device
) -> Row:
    """Time one field."""
    card, network = make()
    explained = make()[1].to(device).eval().requires_grad_(True)  # loaded ones are frozen
    layer = explained.body.get_submodule(card.architecture.heatmap_layer)
    classifier = Classifier(card, network, device)
    pixels = draw_field_of(0, cells)
    picture = Picture("field.png", pixels, "0" * 64, "PNG")
    found = find_leukocytes(pixels).cells
    mean, std = (
        torch.tensor(v, device=device).view(1, 3, 1, 1) for v in (card.input.mean, card.input.std)
    )

    def cut() -> object:
        return list(classifier.preparation.of_cells(pixels, found))

    def by_library() -> object:
        maps = []
        for cell in find_leukocytes(pixels).cells:
            ((_, prepared),) = classifier.preparation.of_cells(pixels, [cell])
            square = torch.from_numpy(np.array(prepared.pixels)).permute(2, 0, 1)[None].to(device)
            with GradCAM(model=explained, target_layers=[layer]) as cam:
                maps.append(cam(input_tensor=(square.float() / 255 - mean) / std, targets=None))
        return maps

    works: dict[str, Callable[[], object]] = {
        "look": lambda: survey(pixels),
        "find": lambda: find_leukocytes(pixels),
        "cut": cut,
        "cut_and_class": lambda: classify_cells(classifier, pixels, found),
        "total": lambda: count_field(classifier, picture),
        "library": by_library,
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for repeat in range(repeats + 1):
        for name, work in works.items():
            taken = seconds(work, device)
            if repeat:  # the first round warms up
                times[name].append(taken)
    ms = {name: 1000 * statistics.median(values) for name, values in times.items()}
    return Row(
        card.id if card.weights is not None else card.title, cells, len(found), ms["look"],
        ms["find"], ms["cut"], max(0.0, ms["cut_and_class"] - ms["cut"]), ms["total"],
        ms["library"],
    )  # fmt: skip


def table(rows: list[Row], device: torch.device) -> str:
    """The times and their ratio as text."""
    lines = [
        f"{machine(device)}, {torch.get_num_threads()} threads, {rows[0].model}",
        f"{'cells':>5} {'found':>5} {'look':>7} {'find':>7} {'cut':>7} {'class':>7} {'total':>8} "
        f"{'library':>9} {'library/total':>13}",
    ]
    lines += [
        f"{row.cells:5} {row.found:5} {row.look_ms:5.0f}ms {row.find_ms:5.0f}ms "
        f"{row.cut_ms:5.0f}ms {row.class_ms:5.0f}ms {row.total_ms:6.0f}ms {row.library_ms:7.0f}ms "
        f"{row.faster:13.1f}"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", help="random weights; by default an installed cell model")
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    ask_for_huge_pages()  # as the application; the library's way shares the process and gains too
    device = choose_device(arguments.device)
    make = installed_or_made(arguments.network, arguments.side)
    rows = []
    for cells in CELLS:
        rows.append(measure(make, cells, arguments.repeats, device))
        print(f"{cells} cells done", file=sys.stderr)
    if arguments.json:
        print(json.dumps([asdict(row) | {"faster": row.faster} for row in rows], indent=1))
    else:
        print(table(rows, device))
    return 0


if __name__ == "__main__":
    sys.exit(main())
