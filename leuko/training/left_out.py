"""Twins of a model, each trained without one laboratory and tested on all of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from leuko.calibration.temperature import fit_temperature, logits_of
from leuko.data.dataset import Dataset, Sample
from leuko.data.hybrid.laboratories import (
    laboratories_of,
    leave_out_laboratory,
    only_laboratory,
)
from leuko.data.splitting.split import Split, with_known_classes
from leuko.errors import RecipeError
from leuko.evaluation.cells.table import (
    CellPredictions,
    read_cell_predictions,
    write_cell_predictions,
)
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.inference.classifier import Classifier
from leuko.inference.device import choose_device
from leuko.models.card import ModelCard
from leuko.training.fit import LAST_CHECKPOINT, fit
from leuko.training.held_out import predict_held_out, probabilities_of
from leuko.training.image_dataset import Shelf
from leuko.training.initialise import initialise_network
from leuko.training.recipe import Recipe


def predict_left_out(
    recipe: Recipe,
    dataset: Dataset,
    split: Split,
    preparation: Preparation,
    card: ModelCard,
    run_folder: Path,
    *,
    shelf: Shelf | None = None,
    sources: Path | None = None,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> CellPredictions:
    """What twins say of the laboratories that they never saw.

    A twin is trained by the same recipe on the same sides of the split, without the laboratory and
    without what repeats its pictures.

    Args:
        recipe: of the model.
        dataset: of several laboratories.
        split: of it, as the model's.
        preparation: of the model.
        card: of the model, for what its outputs mean.
        run_folder: gets a folder and a table of predictions for each laboratory.
        shelf: of pictures that are prepared already.
        sources: where ``leuko:MODEL`` is looked up.
        resume: keep the tables that are there, and go on from checkpoints.
        device: ``auto`` or a torch device.
        progress: draw a progress bar.
        say: gets one sentence a laboratory.

    Raises:
        RecipeError: when the data set names fewer than two laboratories.
    """
    names = laboratories_of(dataset)
    if len(names) < 2:  # noqa: PLR2004
        raise RecipeError(
            f"{dataset.title} names {len(names)} laboratories: leave --left-out away, or train on "
            "a data set of several, such as 'leukocytes'."
        )
    run_folder.mkdir(parents=True, exist_ok=True)
    tables, shelf = [], {} if shelf is None else shelf
    for name in names:
        path = run_folder / f"left-out-{name}.csv"
        if not (resume and path.is_file()):
            folder = run_folder / f"left-out-{name}"
            say(f"A twin without {name}.")
            network, _ = initialise_network(
                recipe.network, len(card.classes), sources, recipe.input.side_px
            )
            without = leave_out_laboratory(dataset, name)
            part = _without(split, without)
            fitted = fit(
                recipe, part, preparation, without, network, folder,
                resume=resume and (folder / LAST_CHECKPOINT).is_file(),
                device=device, progress=progress, shelf=shelf,
            )  # fmt: skip
            twin = Classifier(
                card.model_copy(update={"temperature": 1.0, "gates": None}),
                fitted.network, choose_device(device), preparation.mean_image, "float32",
            )  # fmt: skip
            write_cell_predictions(_answers(twin, part, only_laboratory(dataset, name)), path)
        tables.append(read_cell_predictions(path, card.class_set))
    return _joined(tables)


def _without(split: Split, kept: Dataset) -> Split:
    names = {sample.image_id for sample in kept.samples}

    def of(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
        return tuple(sample for sample in samples if sample.image_id in names)

    return replace(
        split, train=of(split.train), validation=of(split.validation), test=of(split.test)
    )


def _answers(twin: Classifier, split: Split, tested: Dataset) -> CellPredictions:
    """Predictions on a laboratory, at the temperature of the twin's own validation pictures."""
    known = with_known_classes(split, twin.card.class_set)
    validation = predict_held_out(twin, known.validation)
    temperature = fit_temperature(logits_of(validation), validation.label_indices)
    samples = tested.samples
    table = np.array(list(probabilities_of(twin, samples)), np.float64)  # (n, k)
    softened = table.clip(1e-300) ** (1 / temperature)
    return CellPredictions(
        laboratories=tuple(sample.laboratory for sample in samples),
        image_ids=tuple(sample.image_id for sample in samples),
        group_ids=tuple(sample.group for sample in samples),
        labels=tuple(sample.label for sample in samples),
        probabilities=softened / softened.sum(axis=1, keepdims=True),
        classes=twin.card.class_set,
    )


def _joined(tables: list[CellPredictions]) -> CellPredictions:
    def column(name: str) -> Iterator[str]:
        for table in tables:
            yield from getattr(table, name)

    return CellPredictions(
        laboratories=tuple(column("laboratories")),
        image_ids=tuple(column("image_ids")),
        group_ids=tuple(column("group_ids")),
        labels=tuple(column("labels")),
        probabilities=np.concatenate([table.probabilities for table in tables]),
        classes=tables[0].classes,
    )
