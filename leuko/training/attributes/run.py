"""From a recipe and a data folder to a folder of a model that describes cells."""

import datetime as dt
import hashlib
import importlib.metadata
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import lightning
import numpy as np

from leuko.arrays import Floats
from leuko.calibration.attributes import LIKE_TRAINING, label_positions, said_from
from leuko.calibration.novelty import fit_novelty, threshold_for
from leuko.calibration.temperature import fit_temperature
from leuko.data.adapters import acevedo_attributes
from leuko.data.adapters.acevedo_attributes import VALUES, DescribedCell
from leuko.errors import DatasetError, RecipeError
from leuko.evaluation.attributes.predictions import (
    AttributePredictions,
    TwoReaders,
    write_attribute_predictions,
    write_two_readers,
)
from leuko.inference.attributes import AttributeReader
from leuko.inference.device import choose_device
from leuko.models.attributes.card import (
    SECOND_READER_FILE,
    AttributeFacts,
    AttributesCard,
    AttributesInput,
    NoveltyFacts,
    SidesFacts,
    SizeFacts,
    TrunkFacts,
    ValueFacts,
    write_attributes_card,
)
from leuko.models.attributes.network import with_heads
from leuko.models.attributes.weights import save_attribute_weights
from leuko.models.card import HISTORY_FILE, PREDICTIONS_FILE, VALIDATION_FILE, WEIGHTS_FILE
from leuko.models.facts import DatasetFacts, TrainingFacts, WeightsFacts
from leuko.models.gates.novelty import NoveltyReference, encode_novelty
from leuko.models.gates.thresholds import NOVELTY_FILE
from leuko.training.attributes.cells import CutCells, cut_cells, targets_of
from leuko.training.attributes.elsewhere import measure_elsewhere
from leuko.training.attributes.fit import FittedAttributes, fit_attributes, sizes_in_red_cells
from leuko.training.attributes.recipe import AttributesRecipe
from leuko.training.card_writer import LIBRARIES, WEIGHTS_LICENCE
from leuko.training.initialise import initialise_network
from leuko.training.module import write_history

TRAIN, VALIDATION, TEST = acevedo_attributes.SIDES
KNOWN: Mapping[str, tuple[str, ...]] = {str(name): values for name, values in VALUES.items()}
NO_SIZE_FILE = "test_predictions_without_size.csv"
Say = Callable[[str], None]


def train_attributes(
    recipe: AttributesRecipe,
    data: Path,
    weights_folder: Path,
    run_folder: Path,
    *,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
    say: Say = lambda _: None,
) -> Path:
    """Train, choose, test and install one model that describes cells.

    Args:
        recipe: the run.
        data: folder of the data sets; other collections of cells in it are looked at to measure
            how many of theirs are novel.
        weights_folder: where the model folder is put; an existing one of that id is replaced
            only once the new one is complete.
        run_folder: checkpoints and growing history, needed to resume.
        resume: go on from the last checkpoint.
        device: ``auto`` or a torch device.
        progress: draw a progress bar.
        say: gets one sentence a stage.

    Returns:
        The model folder.

    Raises:
        LeukoError: with what to do, whatever of the user's went wrong.
    """
    described = acevedo_attributes.read(data)
    sides = {side: [c for c in described if c.side == side] for side in acevedo_attributes.SIDES}
    check_no_copies_cross(described)
    say(
        "WBCAtt: "
        + ", ".join(f"{len(cells)} cells to {side}" for side, cells in sides.items())
        + " (official division). Finding and cutting them."
    )
    cut = {side: cut_cells(cells, recipe.input.cut, KNOWN) for side, cells in sides.items()}
    for side, cells in cut.items():
        if cells.missed:
            say(f"{side}: no leukocyte found in {len(cells.missed)}, such as {cells.missed[0]}.")
        if not cells.cells:
            raise DatasetError(f"In no picture of the side {side} a leukocyte was found.")
    lightning.seed_everything(recipe.training.seed, workers=True, verbose=False)
    trunk, initialisation = initialise_network(
        recipe.network, 0, weights_folder, recipe.input.side_px
    )
    network = with_heads(trunk, [len(v) for v in KNOWN.values()], recipe.network.dropout)
    say(f"{recipe.network.name}, starting from {initialisation}.")
    size = size_facts(cut[TRAIN], recipe.input.red_cell_px)
    fitted = fit_attributes(
        recipe, cut[TRAIN], cut[VALIDATION], size, network, run_folder,
        resume=resume, device=device, progress=progress,
    )  # fmt: skip
    weights_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=weights_folder, prefix=".unfinished-") as made:
        folder = Path(made) / recipe.id
        folder.mkdir()
        card = _first_card(recipe, described, fitted, size, initialisation, folder)
        reader = AttributeReader(card, fitted.network, choose_device(device))
        card = _with_limits(card, reader, cut, data, folder, say)
        write_history(fitted.history, folder / HISTORY_FILE)
        reader.card = card
        for side, name in ((VALIDATION, VALIDATION_FILE), (TEST, PREDICTIONS_FILE)):
            write_attribute_predictions(predict_cells(reader, cut[side]), folder / name)
        without = predict_cells(reader, cut[TEST], size_known=False)
        write_attribute_predictions(without, folder / NO_SIZE_FILE)
        write_two_readers(
            two_readers(described, acevedo_attributes.read_second(data)),
            folder / SECOND_READER_FILE,
        )
        write_attributes_card(card, folder)
        target = weights_folder / recipe.id
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    return target


def check_no_copies_cross(described: Sequence[DescribedCell]) -> None:
    """Refuse a division in which copies of one picture stand on two sides.

    Raises:
        DatasetError: naming the first such pair.
    """
    seen: dict[str, DescribedCell] = {}
    for cell in described:
        other = seen.setdefault(cell.sha256, cell)
        if other.side != cell.side:
            raise DatasetError(
                f"'{other.image_id}' ({other.side}) and '{cell.image_id}' ({cell.side}) are the "
                "same picture: put both on one side of the table."
            )


def size_facts(train: CutCells, red_cell_px: float) -> SizeFacts:
    """How sizes are put before the heads, from the training cells."""
    diameters = train.diameters.astype(np.float64) / red_cell_px
    nucleus, cell = diameters.mean(axis=0)
    spread = float(np.sqrt(diameters.var(axis=0).mean()))
    if not spread:
        raise RecipeError("All training cells have one size: give real cells.")
    return SizeFacts(
        red_cell_px=red_cell_px,
        nucleus=round(float(nucleus), 4),
        cell=round(float(cell), 4),
        spread=round(spread, 4) or spread,
    )


def predict_cells(
    reader: AttributeReader, cells: CutCells, *, size_known: bool = True
) -> AttributePredictions:
    """What the model says of cells of one side, at its temperatures.

    Args:
        reader: the model.
        cells: cut as it reads them.
        size_known: whether it is told their size.
    """
    raw = reader.read_squares(cells.squares, told_sizes(reader, cells, size_known=size_known))
    return AttributePredictions(
        values=reader.card.values,
        image_ids=tuple(cell.image_id for cell in cells.cells),
        truth={name: cells.targets[:, place] for place, name in enumerate(reader.card.values)},
        probabilities=reader.probabilities(raw.logits),
    )


def told_sizes(reader: AttributeReader, cells: CutCells, *, size_known: bool = True) -> Floats:
    """Sizes as the heads read them, float32 (N, 3)."""
    facts = reader.card.input.size
    sizes = sizes_in_red_cells(cells, facts.red_cell_px)
    means = np.array([facts.nucleus, facts.cell], np.float32)
    sizes[:, :2] = (sizes[:, :2] - means) / np.float32(facts.spread)
    return sizes if size_known else np.zeros_like(sizes)


def two_readers(first: Sequence[DescribedCell], second: Sequence[DescribedCell]) -> TwoReaders:
    """What the readers said of the cells that both read."""
    by_name = {cell.image_id: cell for cell in first}
    again = [cell for cell in second if cell.image_id in by_name]
    before = [by_name[cell.image_id] for cell in again]
    tables = [targets_of(cells, KNOWN) for cells in (before, again)]
    said = [{name: table[:, at] for at, name in enumerate(KNOWN)} for table in tables]
    return TwoReaders(
        values=KNOWN,
        image_ids=tuple(cell.image_id for cell in again),
        sides=tuple(cell.side for cell in before),
        first=said[0],
        second=said[1],
    )


def _first_card(
    recipe: AttributesRecipe,
    described: Sequence[DescribedCell],
    fitted: FittedAttributes,
    size: SizeFacts,
    initialisation: str,
    folder: Path,
) -> AttributesCard:
    """Save the weights and tell of them; limits of what is said come later."""
    sha256, n_bytes = save_attribute_weights(fitted.network, folder / WEIGHTS_FILE)
    divided = sorted((cell.image_id, cell.side) for cell in described)
    count = {s: sum(cell.side == s for cell in described) for s in acevedo_attributes.SIDES}
    return AttributesCard(
        id=recipe.id,
        title=recipe.title,
        trunk=TrunkFacts(
            library="timm",
            name=recipe.network.name,
            parameters=sum(p.numel() for p in fitted.network.parameters()),
        ),
        attributes=tuple(
            AttributeFacts(name=name, values=tuple(ValueFacts(value=v) for v in values))
            for name, values in KNOWN.items()
        ),
        right_share=recipe.training.right_share,
        input=AttributesInput(
            side_px=recipe.input.side_px,
            mean=recipe.input.mean,
            std=recipe.input.std,
            steps=recipe.input.steps,
            size=size,
        ),
        dataset=DatasetFacts(
            id=acevedo_attributes.ID,
            title="WBCAtt, attributes of Acevedo PBC",
            images=len(described),
            licence="MIT (attributes), CC BY 4.0 (pictures)",
            source="Tsutsui et al. 2023, NeurIPS Datasets and Benchmarks; Acevedo et al. 2020",
            notes=(
                "Normal leukocytes of one hospital and one scanner: no blast, no immature cell.",
                "No patient id is published: cells of one patient may stand in training and test.",
            ),
        ),
        sides=SidesFacts(
            sha256=hashlib.sha256(repr(divided).encode()).hexdigest(),
            train=count[TRAIN],
            validation=count[VALIDATION],
            test=count[TEST],
        ),
        training=TrainingFacts(
            recipe=_recorded(recipe),
            initialisation=initialisation,
            epochs=len(fitted.history),
            best_epoch=fitted.best_epoch,
            seconds=round(fitted.seconds, 1),
            device=fitted.device,
            library_versions={name: importlib.metadata.version(name) for name in LIBRARIES},
            finished=dt.datetime.now(dt.UTC).date().isoformat(),
        ),
        weights=WeightsFacts(sha256=sha256, bytes=n_bytes, licence=WEIGHTS_LICENCE),
    )


def _recorded(recipe: AttributesRecipe) -> dict[str, object]:
    """The recipe as stored: a starting file by name and without its folder."""
    record: dict[str, object] = recipe.model_dump(mode="json")
    kind, _, argument = recipe.network.initialisation.partition(":")
    if kind == "file":
        network = recipe.network.model_dump(mode="json")
        record["network"] = {**network, "initialisation": f"file:{Path(argument).name}"}
    return record


def _with_limits(
    card: AttributesCard,
    reader: AttributeReader,
    cut: Mapping[str, CutCells],
    data: Path,
    folder: Path,
    say: Say,
) -> AttributesCard:
    """Temperatures, what is sure enough to be said, and novelty; none of it from test cells."""
    raw = {
        side: reader.read_squares(cells.squares, told_sizes(reader, cells))
        for side, cells in cut.items()
    }
    truth = cut[VALIDATION].targets
    facts, start = [], 0
    for place, attribute in enumerate(card.attributes):
        logits = raw[VALIDATION].logits[:, start : start + len(attribute.values)]
        start += len(attribute.values)
        temperature = fit_temperature(logits, truth[:, place])
        facts.append(attribute.model_copy(update={"temperature": temperature}))
    reader.card = card.model_copy(update={"attributes": tuple(facts)})
    tables = reader.probabilities(raw[VALIDATION].logits)
    facts = [
        one.model_copy(
            update={
                "values": tuple(
                    ValueFacts(value=value, said_from=limit)
                    for value, limit in zip(
                        one.value_names,
                        said_from(tables[one.name], truth[:, place], card.right_share),
                        strict=True,
                    )
                )
            }
        )
        for place, one in enumerate(facts)
    ]
    labels = [cell.label for cell in cut[TRAIN].cells]
    novelty = fit_novelty(raw[TRAIN].pooled, label_positions(labels))
    gate = _novelty_facts(novelty, raw[VALIDATION].pooled, folder)
    say("Measuring how many cells of other laboratories are novel.")
    measured = measure_elsewhere(reader, novelty, gate.threshold, raw[TEST].pooled, data)
    gate = gate.model_copy(update={"measured": measured})
    return AttributesCard.model_validate(
        {
            **card.model_dump(),
            "attributes": [one.model_dump() for one in facts],
            "novelty": gate.model_dump(),
        }
    )


def _novelty_facts(novelty: NoveltyReference, validation: Floats, folder: Path) -> NoveltyFacts:
    content = encode_novelty(novelty)
    (folder / NOVELTY_FILE).write_bytes(content)
    threshold = threshold_for(novelty.of(validation.astype(np.float32)), LIKE_TRAINING)
    if threshold is None:
        raise DatasetError(
            f"{len(validation)} cells to choose on are too few for a limit that "
            f"{LIKE_TRAINING:.0%} of such cells keep: give at least 19."
        )
    return NoveltyFacts(
        sha256=hashlib.sha256(content).hexdigest(),
        threshold=round(threshold, 6),
        stated=LIKE_TRAINING,
    )
