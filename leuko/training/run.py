"""From a recipe and a data folder to a model folder."""

import datetime as dt
import importlib.metadata
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from leuko.calibration.reduced_precision import compare_precisions
from leuko.calibration.temperature import fit_temperature, logits_of, soften
from leuko.data.dataset import Dataset
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import Split, split_dataset
from leuko.evaluation.predictions import Predictions, write_predictions
from leuko.imaging.preprocessing.steps import Preparation, SubtractMeanImage
from leuko.inference.classifier import Classifier
from leuko.inference.device import choose_device, has_bfloat16
from leuko.models.card import (
    HISTORY_FILE,
    PREDICTIONS_FILE,
    VALIDATION_FILE,
    WEIGHTS_FILE,
    Architecture,
    DatasetFacts,
    InputSpec,
    ModelCard,
    SplitFacts,
    TrainingFacts,
    WeightsFacts,
    write_card,
)
from leuko.models.mean_image import save_mean_image
from leuko.models.networks.network import find_heatmap_layer
from leuko.models.weights import round_as_stored, save_weights
from leuko.reporting.text.gates import no_gates
from leuko.training.audit_record import audit_facts
from leuko.training.fit import Fitted, fit
from leuko.training.held_out import predict_held_out
from leuko.training.image_dataset import measure_preparation
from leuko.training.initialise import initialise_network
from leuko.training.module import write_history
from leuko.training.recipe import Recipe, plan_of, steps_of

WEIGHTS_LICENCE = "Apache-2.0 (weights only; the pictures keep their own terms)"
LIBRARIES = ("torch", "torchvision", "timm", "lightning")


def train_model(
    recipe: Recipe,
    data: Path,
    weights_folder: Path,
    run_folder: Path,
    *,
    sources: Path | None = None,
    keep_weights: bool = True,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Train, choose, test and install one model.

    Args:
        recipe: the run.
        data: folder of the data set.
        weights_folder: where the model folder is put; an existing one of that id is replaced
            only once the new one is complete.
        run_folder: checkpoints and growing history, needed to resume.
        sources: where ``leuko:MODEL`` is looked up; by default ``weights_folder``.
        keep_weights: False leaves a folder of results only: card, predictions, history.
        resume: go on from the last checkpoint.
        device: ``auto`` or a torch device.
        progress: draw a progress bar.
        say: gets one sentence a stage.

    Returns:
        The model folder.

    Raises:
        LeukoError: with what to do, whatever of the user's went wrong.
    """
    dataset = read_dataset(recipe.data.dataset, data)
    split = split_dataset(dataset, plan_of(recipe))
    say(
        f"{dataset.title}: {len(split.train)} pictures to train on, {len(split.validation)} to "
        f"choose on, {len(split.test)} to test on ({split.plan.policy})."
    )
    audit = audit_facts(dataset, split.plan)
    import lightning

    lightning.seed_everything(recipe.training.seed, workers=True, verbose=False)
    network, initialisation = initialise_network(
        recipe.network, len(dataset.classes.names), sources or weights_folder, recipe.input.side_px
    )
    # Before hours are spent: a network that could not be explained is refused here.
    heatmap_layer = find_heatmap_layer(network, recipe.input.side_px)
    say(f"{recipe.network.name}, starting from {initialisation}.")
    preparation = measure_preparation(steps_of(recipe), split.train)
    fitted = fit(
        recipe, split, preparation, dataset.classes, network, run_folder,
        resume=resume, device=device, progress=progress,
    )  # fmt: skip
    weights_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=weights_folder, prefix=".unfinished-") as made:
        folder = Path(made) / recipe.id
        folder.mkdir()
        card = _card(recipe, dataset, split, fitted, initialisation, heatmap_layer, folder)
        card = _with_mean_image(card, preparation, folder)
        chosen, mean_image = choose_device(device), preparation.mean_image
        validation = predict_held_out(
            Classifier(card, fitted.network, chosen, mean_image, "float32"), split.validation
        )
        temperature = fit_temperature(logits_of(validation), validation.label_indices)
        card = card.model_copy(update={"temperature": temperature, "audit": audit})
        classifier = Classifier(card, fitted.network, chosen, mean_image, "float32")
        predictions = predict_held_out(classifier, split.test)
        if has_bfloat16(chosen):
            # Comes last: it rounds the network, which is on file already.
            reduced = Classifier(card, fitted.network, chosen, mean_image, "bfloat16")
            agreement = compare_precisions(
                predictions,
                predict_held_out(reduced, split.test),
                card.decision_threshold,
                card.temperature,
            )
            card = card.model_copy(update={"reduced_precision": agreement.pays})
        write_predictions(predictions, folder / PREDICTIONS_FILE)
        write_predictions(soften(validation, temperature), folder / VALIDATION_FILE)
        write_history(fitted.history, folder / HISTORY_FILE)
        if not keep_weights:
            (folder / WEIGHTS_FILE).unlink()
            card = card.model_copy(update={"weights": None})
        write_card(card, folder)
        target = weights_folder / recipe.id
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    say(_summary(predictions))
    if keep_weights:
        say(no_gates(card))
    return target


def _with_mean_image(card: ModelCard, preparation: Preparation, folder: Path) -> ModelCard:
    """Store the mean image, if there is one, and name its hash in the card."""
    if preparation.mean_image is None:
        return card
    sha256 = save_mean_image(preparation.mean_image, folder)
    steps = tuple(
        step.model_copy(update={"sha256": sha256}) if isinstance(step, SubtractMeanImage) else step
        for step in card.input.steps
    )
    return card.model_copy(update={"input": card.input.model_copy(update={"steps": steps})})


def _summary(predictions: Predictions) -> str:
    hits = int((predictions.suggested_indices(0.5) == predictions.label_indices).sum())
    return (
        f"Held-out test: {hits} of {predictions.n} pictures right, "
        f"{predictions.n_groups} groups. See the Performance page for every figure."
    )


def _card(
    recipe: Recipe,
    dataset: Dataset,
    split: Split,
    fitted: Fitted,
    initialisation: str,
    heatmap_layer: str,
    folder: Path,
) -> ModelCard:
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
