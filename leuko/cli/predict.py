"""``leuko predict``: classes and heatmaps for image files."""

import argparse
import json
import sys
from dataclasses import asdict

from leuko.cli.main import EXIT_FINE, EXIT_PARTLY, say
from leuko.cli.predict_heatmaps import Heatmaps, choose_layer, make_folder
from leuko.decision.evidence_remark import evidence_remark
from leuko.decision.record import verdict_record
from leuko.decision.verdict import Verdict
from leuko.errors import HeatmapError, ImageError, ModelNotFoundError
from leuko.imaging.filenames import display_name
from leuko.imaging.picture import Picture
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.methods import Method
from leuko.inference.result import Result
from leuko.models.card import ModelCard
from leuko.models.store import HOW_TO_INSTALL, InstalledModel, Inventory, list_models
from leuko.reporting.text.gates import no_gates
from leuko.settings import load_limits
from leuko.workbench.classification import classified
from leuko.workbench.files import read_files
from leuko.workbench.verdicts import judged

SHARE_DIGITS = 4
DISPLAYED_AT_LEAST = 80  # characters of a file name


def run(arguments: argparse.Namespace) -> int:
    """Classify files; one line a picture, in the order given."""
    model = choose_model(list_models(arguments.weights), arguments.model)
    limits = load_limits()
    classifier = Classifier.load(model, arguments.device)
    method = Method(arguments.method)
    layer = choose_layer(classifier, arguments.layer)
    own_heatmaps = method is Method.GRAD_CAM and layer is None
    if arguments.heatmaps is not None:
        make_folder(arguments.heatmaps)
    elif not own_heatmaps:
        raise HeatmapError(
            "--method and --layer choose heatmaps: say where to with --heatmaps DIR."
        )
    heatmaps = None
    if arguments.heatmaps is not None:
        explained = None if own_heatmaps else (method, layer)
        heatmaps = Heatmaps(classifier, arguments.heatmaps, explained)
    all_read, done, refused = True, 0, 0
    for picture, result in classified(
        classifier, read_files(arguments.files, limits), arguments.batch
    ):
        verdict = None
        if result is not None:
            verdict = judged(model.card, result, anyway=arguments.anyway)[1]
            refused += verdict.refused
        if isinstance(picture, ImageError):
            all_read = False
        elif heatmaps is not None and result is not None and verdict and not verdict.refused:
            heatmaps.save(picture, result, verdict)
        print(_line(model.card, picture, result, verdict, as_json=arguments.json), flush=True)
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done} files ", end="", file=sys.stderr, flush=True)
    say(f"{done} files with {model.card.title} on {classifier.device.type}.")
    _say_what_is_missing(model.card, refused)
    return EXIT_FINE if all_read else EXIT_PARTLY


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
        return inventory.get(model_id)
    able = inventory.offered()
    if not able:
        raise ModelNotFoundError(f"No model with weights is installed: {HOW_TO_INSTALL}.")
    chosen = able[0]
    say(
        f"No --model given: using {chosen.id}, which reads {chosen.card.input.kind.plural}. "
        "See 'leuko models' for the others."
    )
    return chosen


def _is_refused(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.refused


def _line(
    card: ModelCard,
    picture: Picture | ImageError,
    result: Result | None,
    verdict: Verdict | None,
    *,
    as_json: bool,
) -> str:
    if isinstance(picture, ImageError):
        name, error = picture.file_name, picture.reason
    else:
        name, error = picture.name, None
    shown = None if _is_refused(verdict) else result
    asked = verdict.shown_first if verdict is not None else None
    remarks = [remark] if shown is not None and (remark := evidence_remark(shown, asked)) else []
    if as_json:
        record = {
            "file": name,
            "model": card.id,
            "model_fingerprint": card.fingerprint,
            "label": shown.label if shown else None,
            "malignant": shown.malignant if shown else None,
            "probabilities": shown.probabilities if shown else {},
            "evidence_for": asked if shown else None,
            "evidence_on_cells": _shares(shown, asked) if shown else None,
            **verdict_record(verdict),
            "error": error,
            "notes": [*picture.notes, *remarks] if isinstance(picture, Picture) else [],
        }
        return json.dumps(record)  # in ASCII: a file name need not be text
    name = display_name(name, max(len(name), DISPLAYED_AT_LEAST))
    if result is None or verdict is None:
        return f"{name}: {error}"
    side = f"(P(malignant) {result.malignant_probability:.2f})" if shown else ""
    return " ".join(part for part in (f"{name}: {verdict.sentence}", side, *remarks) if part)


def _shares(result: Result, label: str | None) -> dict[str, float] | None:
    """Where the evidence for a class lies; None where that is not known."""
    shares = result.on_cells(label)
    if shares is None:
        return None
    return {name: round(value, SHARE_DIGITS) for name, value in asdict(shares).items()}
