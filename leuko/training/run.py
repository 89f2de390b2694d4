"""From a recipe and a data folder to a model folder."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from leuko.calibration.decision_threshold import HALF, choose_threshold
from leuko.calibration.reduced_precision import compare_precisions
from leuko.calibration.temperature import fit_temperature, logits_of, soften
from leuko.data.dataset import Sample
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import split_dataset, with_known_classes
from leuko.data.unreadable import (
    find_unreadable,
    leave_out_of_dataset,
    leave_out_of_split,
    sentence_of,
)
from leuko.evaluation.cells.left_out import write_left_out_predictions
from leuko.evaluation.predictions import Predictions, write_predictions
from leuko.inference.classifier import Classifier
from leuko.inference.device import choose_device, has_bfloat16
from leuko.models.card import (
    HISTORY_FILE,
    PREDICTIONS_FILE,
    VALIDATION_FILE,
    WEIGHTS_FILE,
    ModelCard,
    write_card,
)
from leuko.models.networks.network import find_heatmap_layer
from leuko.reporting.text.gates import no_gates
from leuko.training.audit_record import audit_facts
from leuko.training.card_writer import card_of_run, with_finder, with_mean_image
from leuko.training.fit import fit
from leuko.training.held_out import predict_held_out
from leuko.training.image_dataset import Shelf, measure_preparation
from leuko.training.initialise import initialise_network
from leuko.training.left_out import predict_left_out
from leuko.training.module import write_history
from leuko.training.recipe import Recipe, plan_of, steps_of


def train_model(
    recipe: Recipe,
    data: Path,
    weights_folder: Path,
    run_folder: Path,
    *,
    sources: Path | None = None,
    keep_weights: bool = True,
    left_out: bool = False,
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
        left_out: afterwards train a twin without each laboratory of the data set, and lay what
            these say of it beside the model.
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
    audit = audit_facts(dataset, split.plan)
    # Before hours are spent, and after dividing: no other picture changes its side.
    unreadable = find_unreadable(dataset.samples)
    if unreadable:
        say(sentence_of(unreadable))
    split = leave_out_of_split(split, unreadable)
    dataset = leave_out_of_dataset(dataset, unreadable)
    known = with_known_classes(split, dataset.classes)
    say(
        f"{dataset.title}: {len(split.train)} pictures to train on, {len(split.validation)} to "
        f"choose on, {len(split.test)} to test on ({split.plan.policy})."
    )
    import lightning

    lightning.seed_everything(recipe.training.seed, workers=True, verbose=False)
    network, initialisation = initialise_network(
        recipe.network, len(dataset.classes.names), sources or weights_folder, recipe.input.side_px
    )
    # Before hours are spent: a network that could not be explained is refused here.
    heatmap_layer = find_heatmap_layer(network, recipe.input.side_px)
    say(f"{recipe.network.name}, starting from {initialisation}.")
    preparation = measure_preparation(steps_of(recipe), split.train)
    shelf: Shelf = {}
    fitted = fit(
        recipe, split, preparation, dataset, network, run_folder,
        resume=resume, device=device, progress=progress, shelf=shelf,
    )  # fmt: skip
    weights_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=weights_folder, prefix=".unfinished-") as made:
        folder = Path(made) / recipe.id
        folder.mkdir()
        card = card_of_run(recipe, dataset, split, fitted, initialisation, heatmap_layer, folder)
        card = with_finder(with_mean_image(card, preparation, folder))
        chosen, mean_image = choose_device(device), preparation.mean_image
        validation = predict_held_out(
            Classifier(card, fitted.network, chosen, mean_image, "float32"),
            known.validation,
        )
        temperature = fit_temperature(logits_of(validation), validation.label_indices)
        card = card.model_copy(update={"temperature": temperature, "audit": audit})
        card = _with_threshold(card, recipe, soften(validation, temperature))
        classifier = Classifier(card, fitted.network, chosen, mean_image, "float32")
        predictions = predict_held_out(classifier, known.test)
        if has_bfloat16(chosen):
            # Comes last: it rounds the network, which is on file already.
            reduced = Classifier(card, fitted.network, chosen, mean_image, "bfloat16")
            pays = _pays_in_bfloat16(reduced, predictions, known.test)
            card = card.model_copy(update={"reduced_precision": pays})
        write_predictions(predictions, folder / PREDICTIONS_FILE)
        write_predictions(soften(validation, temperature), folder / VALIDATION_FILE)
        write_history(fitted.history, folder / HISTORY_FILE)
        if not keep_weights:
            (folder / WEIGHTS_FILE).unlink()
            card = card.model_copy(update={"weights": None})
        write_card(card, folder)
        target = _installed(folder, weights_folder / recipe.id)
    say(_summary(predictions))
    if left_out:
        twins = predict_left_out(
            recipe, dataset, split, preparation, card, run_folder,
            shelf=shelf, sources=sources or weights_folder,
            resume=resume, device=device, progress=progress, say=say,
        )  # fmt: skip
        write_left_out_predictions(twins, target)
    if keep_weights:
        say(no_gates(card))
    return target


def _with_threshold(card: ModelCard, recipe: Recipe, validation: Predictions) -> ModelCard:
    level = choose_threshold(validation) if recipe.threshold == "validation" else HALF
    return card.model_copy(update={"decision_threshold": level})


def _installed(folder: Path, target: Path) -> Path:
    if target.exists():
        shutil.rmtree(target)
    return folder.rename(target)


def _pays_in_bfloat16(
    reduced: Classifier, predictions: Predictions, tested: Sequence[Sample]
) -> bool:
    card = reduced.card
    return compare_precisions(
        predictions, predict_held_out(reduced, tested), card.decision_threshold, card.temperature
    ).pays


def _summary(predictions: Predictions) -> str:
    hits = int((predictions.suggested_indices(0.5) == predictions.label_indices).sum())
    return (
        f"Held-out test: {hits} of {predictions.n} pictures right, "
        f"{predictions.n_groups} groups. See the Performance page for every figure."
    )
