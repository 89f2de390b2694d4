"""``leuko evaluate``: do the stored test predictions hold on this machine?"""

import argparse
from pathlib import Path

import numpy as np

from leuko.calibration.reduced_precision import compare_precisions
from leuko.cli.inventory import find_model
from leuko.cli.main import EXIT_FINE, EXIT_PARTLY
from leuko.cli.output import show, show_json
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import Split, SplitPlan, split_dataset, with_known_classes
from leuko.data.unreadable import find_unreadable, leave_out_of_split
from leuko.errors import PredictionsError, SplitError
from leuko.evaluation.predictions import read_predictions, write_predictions
from leuko.evaluation.summary import summarise
from leuko.inference.classifier import Classifier
from leuko.models.card import ModelCard, write_card

EQUAL_WITHIN = 1e-3
"""Probabilities that differ less are equal: processors round sums in different orders."""


def run(arguments: argparse.Namespace) -> int:
    """Recompute the test predictions from the pictures and compare them with the stored ones."""
    from leuko.training.held_out import predict_held_out

    model = find_model(arguments.weights, arguments.model)
    stored = read_predictions(model.predictions_path, model.card.class_set)
    classifier = Classifier.load(model, arguments.device, "float32")
    split = recorded_split(classifier.card, arguments.data)
    found = predict_held_out(classifier, split.test, arguments.batch)
    if found.image_ids != stored.image_ids:
        raise PredictionsError(
            f"The stored predictions of '{model.id}' are of other pictures than its split names: "
            "restore the model folder."
        )
    threshold = model.card.decision_threshold
    differences = np.abs(found.probabilities - stored.probabilities).max(axis=1)
    changed = int((found.suggested_indices(threshold) != stored.suggested_indices(threshold)).sum())
    equal = bool(differences.max() <= EQUAL_WITHIN) and changed == 0
    reduced = Classifier.load(model, arguments.device, "bfloat16")
    agreement = compare_precisions(
        found,
        predict_held_out(reduced, split.test, arguments.batch),
        threshold,
        model.card.temperature,
    )
    if arguments.write_card:
        card = model.card.model_copy(update={"reduced_precision": agreement.pays})
        write_card(card, model.folder)
    if arguments.write_validation:
        validation = predict_held_out(classifier, split.validation, arguments.batch)
        write_predictions(validation, model.validation_path)
    summary = summarise(found, model.card.decision_threshold)
    record = {
        "model": model.id,
        "n_test": found.n,
        "equal": equal,
        "largest_difference": float(differences.max()),
        "suggestions_changed": changed,
        "reduced_precision_holds": agreement.holds,
        "reduced_precision_computed_again": agreement.computed_again,
        "reduced_precision_changed": agreement.changed,
        "reduced_precision_mean_shift": agreement.mean_shift,
        "accuracy": summary.overall.accuracy.value,
        "balanced_accuracy": summary.overall.balanced_accuracy.value,
        "sensitivity": summary.binary.sensitivity.value,
        "specificity": summary.binary.specificity.value,
    }
    if arguments.json:
        show_json(record)
    else:
        may = "may" if agreement.holds else "must not"
        show(
            f"{model.id}: {found.n} test pictures recomputed; they "
            f"{'equal' if equal else 'DIFFER FROM'} the stored predictions (largest difference "
            f"of a probability {record['largest_difference']:.2g}, {changed} suggestions changed). "
            f"bfloat16 changes {agreement.changed} suggestions and shifts probabilities by "
            f"{agreement.mean_shift:.2g} in the mean, {agreement.computed_again:.1%} of pictures "
            f"being borderline and computed again in float32: it {may} be used"
            f"{'' if agreement.pays or not agreement.holds else ' but saves nothing'}."
        )
    return EXIT_FINE if equal else EXIT_PARTLY


def recorded_split(card: ModelCard, data: Path) -> Split:
    """Divide the data set as the card says; see :func:`with_known_classes` for what is left out.

    Raises:
        DatasetError: when the data set is not there.
        SplitError: when the pictures here do not give the split that the card names.
    """
    split = split_dataset(read_dataset(card.dataset.id, data), plan_of(card))
    if split.sha256 != card.split.sha256:
        raise SplitError(
            f"The pictures in '{data}' are not the {card.dataset.images} that '{card.id}' was "
            "tested on (their split has another hash): use the same copy of the data set."
        )
    recorded = (card.split.train, card.split.validation, card.split.test)
    if tuple(map(len, split.sides.values())) != recorded:
        # It was trained without pictures that could not be read, and they are left out here too.
        placed = [sample for side in split.sides.values() for sample in side]
        split = leave_out_of_split(split, find_unreadable(placed))
    return with_known_classes(split, card.class_set)


def plan_of(card: ModelCard) -> SplitPlan:
    """The split plan that a card's recipe records."""
    from leuko.training.recipe import parse_recipe
    from leuko.training.recipe import plan_of as plan_of_recipe

    return plan_of_recipe(parse_recipe(dict(card.training.recipe), f"the recipe of {card.id}"))
