"""The card of a model that was just trained."""

import datetime as dt
import importlib.metadata
from pathlib import Path

from leuko.data.dataset import Dataset
from leuko.data.splitting.split import Split
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.imaging.preprocessing.steps import SubtractMeanImage
from leuko.inspection.cells.network import read_record
from leuko.models.card import WEIGHTS_FILE, Architecture, InputSpec, ModelCard
from leuko.models.facts import DatasetFacts, SplitFacts, TrainingFacts, WeightsFacts
from leuko.models.mean_image import save_mean_image
from leuko.models.weights import round_as_stored, save_weights
from leuko.training.fit import Fitted
from leuko.training.recipe import Recipe, steps_of

WEIGHTS_LICENCE = "Apache-2.0 (weights only; the pictures keep their own terms)"


LIBRARIES = ("torch", "torchvision", "timm", "lightning")


def with_mean_image(card: ModelCard, preparation: Preparation, folder: Path) -> ModelCard:
    """Store the mean image, if there is one, and name its hash in the card."""
    if preparation.mean_image is None:
        return card
    sha256 = save_mean_image(preparation.mean_image, folder)
    steps = tuple(
        step.model_copy(update={"sha256": sha256}) if isinstance(step, SubtractMeanImage) else step
        for step in card.input.steps
    )
    return card.model_copy(update={"input": card.input.model_copy(update={"steps": steps})})


def with_finder(card: ModelCard) -> ModelCard:
    """Name the finder whose cells the model learnt on, where it reads cells."""
    steps = tuple(
        step.model_copy(update={"finder": read_record().sha256})
        if isinstance(step, CutCell)
        else step
        for step in card.input.steps
    )
    return card.model_copy(update={"input": card.input.model_copy(update={"steps": steps})})


def card_of_run(
    recipe: Recipe,
    dataset: Dataset,
    split: Split,
    fitted: Fitted,
    initialisation: str,
    heatmap_layer: str,
    folder: Path,
) -> ModelCard:
    """Save the weights into a folder and make the card that tells of them."""
    stored = round_as_stored(fitted.network)
    sha256, n_bytes = save_weights(fitted.network, folder / WEIGHTS_FILE, stored)
    return ModelCard(
        id=recipe.id,
        title=recipe.title,
        study_row=recipe.study_row,
        recommended=recipe.recommended,
        architecture=Architecture(
            library=recipe.network.library,
            name=recipe.network.name,
            head=recipe.network.head,
            heatmap_layer=heatmap_layer,
            parameters=sum(p.numel() for p in fitted.network.parameters()),
        ),
        classes=dataset.classes.names,
        malignant=tuple(n for n in dataset.classes.names if n in dataset.classes.malignant),
        input=InputSpec(
            kind=dataset.kind,
            side_px=recipe.input.side_px,
            mean=recipe.input.mean,
            std=recipe.input.std,
            steps=steps_of(recipe),
        ),
        dataset=DatasetFacts(
            id=dataset.id,
            title=dataset.title,
            images=len(dataset.samples),
            licence=dataset.licence,
            source=dataset.source,
            notes=dataset.notes,
        ),
        split=SplitFacts(
            policy=recipe.data.policy,
            group_meaning=dataset.group_meaning,
            seed=recipe.data.seed,
            sha256=split.sha256,
            train=len(split.train),
            validation=len(split.validation),
            test=len(split.test),
            test_groups=len({sample.group for sample in split.test}),
            left_out=len(split.left_out),
            copies=dataset.copies,
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
        weights=WeightsFacts(
            sha256=sha256, bytes=n_bytes, licence=WEIGHTS_LICENCE, precision=stored
        ),
    )


def _recorded(recipe: Recipe) -> dict[str, object]:
    """The recipe as stored: a starting file by name and without its folder."""
    kind, _, argument = recipe.network.initialisation.partition(":")
    record: dict[str, object] = recipe.model_dump(mode="json")
    if kind == "file":
        record["network"] = {
            **recipe.network.model_dump(mode="json"),
            "initialisation": f"file:{Path(argument).name}",
        }
    return record
