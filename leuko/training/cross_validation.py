"""Cross-validation of a recipe: one model a fold, their held-out predictions pooled."""

import csv
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leuko.evaluation.predictions import Predictions, read_predictions, write_predictions
from leuko.evaluation.summary import summarise
from leuko.models.card import PREDICTIONS_FILE, ModelCard, read_card, write_card
from leuko.settings import default_weights_folder
from leuko.training.recipe import Recipe
from leuko.training.run import train_model

FOLDS_FILE = "folds.csv"
FIGURES = ("accuracy", "balanced_accuracy", "sensitivity", "specificity", "auroc")


@dataclass(frozen=True)
class CrossValidation:
    """What all folds together say.

    Attributes:
        folder: results-only model folder with the pooled predictions.
        per_fold: figure → its value in each fold, None where a fold cannot measure it.
        pooled: predictions of all folds; every picture stands in it once.
    """

    folder: Path
    per_fold: dict[str, tuple[float | None, ...]]
    pooled: Predictions

    def mean_and_deviation(self, name: str) -> tuple[float, float] | None:
        """Mean and sample standard deviation over the folds that measure a figure.

        Args:
            name: one of ``FIGURES``.

        Returns:
            None when fewer than two folds measure it.
        """
        values = [value for value in self.per_fold[name] if value is not None]
        if len(values) < 2:  # noqa: PLR2004
            return None
        return statistics.mean(values), statistics.stdev(values)


def cross_validate(
    recipe: Recipe,
    folds: int,
    data: Path,
    weights_folder: Path | None,
    run_folder: Path,
    *,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> CrossValidation:
    """Train one model a fold and pool what they say of pictures they never saw.

    The models of the folds stay in ``run_folder``; what is installed is a folder of results only,
    named ``<id>-cv<folds>``, with ``folds.csv`` telling which fold tested which picture. A fold
    that is complete is not trained again when resuming.

    Args:
        recipe: the run; its test share is replaced by 1 / folds.
        folds: number of folds.
        data: folder of the data set.
        weights_folder: where the pooled results are put and ``leuko:MODEL`` is looked up; by
            default the installed models.
        run_folder: models, checkpoints and histories of the folds.
        resume: keep complete folds and go on with the one that was interrupted.
        device: ``auto`` or a torch device.
        progress: draw progress bars.
        say: gets one sentence a stage.

    Raises:
        LeukoError: with what to do, whatever of the user's went wrong.
    """
    installed = weights_folder or default_weights_folder()
    trained = run_folder / "models"
    parts: list[tuple[ModelCard, Predictions]] = []
    for fold in range(folds):
        changed = recipe.data.model_copy(update={"folds": folds, "fold": fold})
        one = recipe.model_copy(update={"data": changed, "id": f"{recipe.id}-fold{fold}"})
        folder = trained / one.id
        if not (resume and (folder / PREDICTIONS_FILE).is_file()):
            say(f"Fold {fold + 1} of {folds}.")
            last = run_folder / one.id / "last.ckpt"
            train_model(
                one, data, trained, run_folder / one.id, sources=installed,
                resume=resume and last.is_file(), device=device, progress=progress, say=say,
            )  # fmt: skip
        card = read_card(folder)
        parts.append((card, read_predictions(folder / PREDICTIONS_FILE, card.class_set)))
    pooled = pool([predictions for _, predictions in parts])
    target = installed / f"{recipe.id}-cv{folds}"
    target.mkdir(parents=True, exist_ok=True)
    write_predictions(pooled, target / PREDICTIONS_FILE)
    _write_folds([predictions for _, predictions in parts], target / FOLDS_FILE)
    write_card(_pooled_card(recipe, [card for card, _ in parts], pooled), target)
    return CrossValidation(target, _figures(parts), pooled)


def pool(parts: Sequence[Predictions]) -> Predictions:
    """Predictions of all folds one after the other.

    Raises:
        PredictionsError: when a picture was tested twice.
    """
    return Predictions(
        image_ids=tuple(name for part in parts for name in part.image_ids),
        group_ids=tuple(name for part in parts for name in part.group_ids),
        labels=tuple(label for part in parts for label in part.labels),
        probabilities=np.concatenate([part.probabilities for part in parts]),
        classes=parts[0].classes,
    )


def _figures(
    parts: Sequence[tuple[ModelCard, Predictions]],
) -> dict[str, tuple[float | None, ...]]:
    summaries = [summarise(p, card.decision_threshold, resamples=1) for card, p in parts]
    figures: dict[str, tuple[float | None, ...]] = {}
    for name in FIGURES:
        estimates = [
            getattr(s.overall if name in {"accuracy", "balanced_accuracy"} else s.binary, name)
            for s in summaries
        ]
        figures[name] = tuple(estimate.value for estimate in estimates)
    return figures


def _write_folds(parts: Sequence[Predictions], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["image_id", "fold"])
        for fold, part in enumerate(parts):
            writer.writerows([image_id, fold] for image_id in part.image_ids)


def _pooled_card(recipe: Recipe, cards: Sequence[ModelCard], pooled: Predictions) -> ModelCard:
    first = cards[0]
    split = first.split.model_copy(
        update={
            "train": round(statistics.mean(card.split.train for card in cards)),
            "validation": round(statistics.mean(card.split.validation for card in cards)),
            "test": pooled.n,
            "test_groups": pooled.n_groups,
            "left_out": 0,
            "folds": len(cards),
        }
    )
    training = first.training.model_copy(
        update={"seconds": sum(card.training.seconds for card in cards)}
    )
    return first.model_copy(
        update={
            "id": f"{recipe.id}-cv{len(cards)}",
            "title": f"{recipe.title} · {len(cards)}-fold cross-validation",
            "study_row": None,
            "temperature": 1.0,
            "split": split,
            "training": training,
            "weights": None,
        }
    )
