"""``leuko predict``: classes and heatmaps for image files."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from leuko.cli.inventory import find_models, pick
from leuko.cli.main import EXIT_FINE, EXIT_PARTLY
from leuko.cli.output import make_folder, say, show, show_json, show_progress
from leuko.cli.predict_heatmaps import Heatmaps, choose_layer
from leuko.decision.evidence_remark import evidence_remark
from leuko.decision.record import verdict_record
from leuko.decision.verdict import Verdict
from leuko.errors import HeatmapError, ImageError, ModelNotFoundError
from leuko.imaging.picture import Picture
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.methods import Method
from leuko.inference.result import Result
from leuko.models.card import ModelCard
from leuko.models.store import HOW_TO_INSTALL, InstalledModel, Inventory
from leuko.reporting.text.gates import no_gates
from leuko.settings import load_limits
from leuko.workbench.classification import classified
from leuko.workbench.files import Listing, named_files, read_files
from leuko.workbench.verdicts import judged

SHARE_DIGITS = 4
INDENT = " " * 4


@dataclass(frozen=True)
class Answer:
    """All that is said of one file.

    Attributes:
        picture: as decoded, or why it cannot be read.
        result: what the model says; None for a file that cannot be read.
        verdict: on it; None where there is no result.
        heatmap: path of its heatmap; None where none was written.
        heatmap_problem: why it could not be written; None otherwise.
    """

    picture: Picture | ImageError
    result: Result | None
    verdict: Verdict | None
    heatmap: Path | None = None
    heatmap_problem: str | None = None

    @property
    def shown(self) -> Result | None:
        """The result, unless the picture is of another kind and refused."""
        return None if self.verdict is not None and self.verdict.refused else self.result

    @property
    def remarks(self) -> list[str]:
        """On where the evidence lies."""
        asked = self.verdict.shown_first if self.verdict is not None else None
        remark = evidence_remark(self.shown, asked) if self.shown is not None else None
        return [remark] if remark else []


def run(arguments: argparse.Namespace) -> int:
    """Classify files; one line a picture, in the order given."""
    model = choose_model(find_models(arguments.weights), arguments.model)
    limits = load_limits()
    classifier = Classifier.load(model, arguments.device)
    method = Method(arguments.method)
    layer = choose_layer(classifier, arguments.layer)
    own_heatmaps = method is Method.GRAD_CAM and layer is None
    if arguments.heatmaps is not None:
        make_folder(arguments.heatmaps, "--heatmaps")
    elif not own_heatmaps:
        raise HeatmapError(
            "--method and --layer choose heatmaps: say where to with --heatmaps DIR."
        )
    heatmaps = None
    if arguments.heatmaps is not None:
        explained = None if own_heatmaps else (method, layer)
        heatmaps = Heatmaps(classifier, arguments.heatmaps, explained)
    all_done, done, refused, no_heatmap = True, 0, 0, 0
    pictures = read_files(listed_files(arguments.files), limits)
    for picture, result in classified(classifier, pictures, arguments.batch):
        answer = _answer(model.card, picture, result, heatmaps, anyway=arguments.anyway)
        if arguments.json:
            show_json(record(model.card, answer))
        else:
            for line in lines(answer):
                show(line)
        done += 1
        refused += answer.verdict is not None and answer.verdict.refused
        no_heatmap += answer.heatmap_problem is not None
        all_done &= isinstance(picture, Picture) and answer.heatmap_problem is None
        show_progress(f"{done} files")
    say(f"{done} files with {model.card.title} on {classifier.device.type}.")
    if no_heatmap:
        say(f"{no_heatmap} heatmaps could not be written; the classes stand.")
    _say_what_is_missing(model.card, refused)
    return EXIT_FINE if all_done else EXIT_PARTLY


def listed_files(words: Sequence[Path]) -> Iterator[Path | ImageError]:
    """The files that are meant; standard error says what was found in folders."""
    for found in named_files(words):
        if isinstance(found, Listing):
            left_out = f"; {found.others} other files are left out" if found.others else ""
            say(f"'{found.folder}': {found.files} pictures and archives{left_out}.")
        else:
            yield found


def _answer(
    card: ModelCard,
    picture: Picture | ImageError,
    result: Result | None,
    heatmaps: Heatmaps | None,
    *,
    anyway: bool,
) -> Answer:
    if isinstance(picture, ImageError) or result is None:
        return Answer(picture, result, None)
    verdict = judged(card, result, anyway=anyway)[1]
    if heatmaps is None or verdict.refused:
        return Answer(picture, result, verdict)
    try:
        return Answer(picture, result, verdict, heatmaps.save(picture, result, verdict))
    except HeatmapError as problem:
        return Answer(picture, result, verdict, heatmap_problem=str(problem))


def _say_what_is_missing(card: ModelCard, refused: int) -> None:
    if refused:
        say(
            f"{refused} of another kind than the {card.input.kind.plural} that this model "
            "reads: choose another model with --model, or see what it says with --anyway."
        )
    if card.gates is None:
        say(no_gates(card))


def choose_model(inventory: Inventory, model_id: str | None) -> InstalledModel:
    """The model asked for; without one, the first that can predict, and standard error says so.

    Raises:
        ModelNotFoundError: when the id is unknown or no model can predict.
    """
    if model_id is not None:
        return pick(inventory, model_id)
    able = inventory.offered()
    if not able:
        raise ModelNotFoundError(f"No model with weights is installed: {HOW_TO_INSTALL}.")
    chosen = able[0]
    say(
        f"No --model given: using {chosen.id}, which reads {chosen.card.input.kind.plural}. "
        "See 'leuko models' for the others."
    )
    return chosen


def record(card: ModelCard, answer: Answer) -> dict[str, object]:
    """What is said of one file, as a plain record."""
    picture, shown, verdict = answer.picture, answer.shown, answer.verdict
    if isinstance(picture, ImageError):
        name, error, notes = picture.file_name, picture.reason, list[str]()
    else:
        name, error, notes = picture.name, None, [*picture.notes, *answer.remarks]
    asked = verdict.shown_first if verdict is not None and shown is not None else None
    return {
        "file": name,
        "model": card.id,
        "model_fingerprint": card.fingerprint,
        "label": shown.label if shown else None,
        "malignant": shown.malignant if shown else None,
        "probabilities": shown.probabilities if shown else {},
        "evidence_for": asked,
        "evidence_on_cells": _shares(shown, asked) if shown else None,
        **verdict_record(verdict),
        "error": error,
        "notes": notes,
        "heatmap": str(answer.heatmap) if answer.heatmap is not None else None,
        "heatmap_error": answer.heatmap_problem,
    }


def lines(answer: Answer) -> Iterator[str]:
    """What is said of one file in words: one line, and indented what is to be known beside it."""
    picture, verdict = answer.picture, answer.verdict
    if isinstance(picture, ImageError):
        yield f"{picture.file_name}: {picture.reason}"
        return
    said = verdict.sentence if verdict is not None else ""
    result = answer.shown
    side = f"(P(malignant) {result.malignant_probability:.2f})" if result else ""
    yield " ".join(part for part in (f"{picture.name}: {said}", side, *answer.remarks) if part)
    for note in picture.notes:
        yield f"{INDENT}{note}"
    if answer.heatmap_problem is not None:
        yield f"{INDENT}{answer.heatmap_problem}"


def _shares(result: Result, label: str | None) -> dict[str, float] | None:
    """Where the evidence for a class lies; None where that is not known."""
    shares = result.on_cells(label)
    if shares is None:
        return None
    return {name: round(value, SHARE_DIGITS) for name, value in asdict(shares).items()}
