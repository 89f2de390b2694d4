"""``leuko count``: the leukocytes of fields, found, classed and counted."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from leuko.cli.inventory import find_models
from leuko.cli.main import EXIT_FINE, EXIT_PARTLY
from leuko.cli.output import make_folder, say, show, show_json, show_progress, write_text
from leuko.cli.predict import INDENT, listed_files
from leuko.differential.counted import CountedField
from leuko.differential.differential import Differential, differential
from leuko.differential.flags import Patient
from leuko.differential.record import field_record
from leuko.differential.wording import NONE, interval_words, per_cent_words, per_hundred_words
from leuko.differential.wording import summary as in_short
from leuko.errors import ImageError
from leuko.imaging.picture import Picture
from leuko.inference.classifier import Classifier
from leuko.models.card import ModelCard
from leuko.models.records import replace_file
from leuko.models.store import InstalledModel, Inventory
from leuko.reporting.text.gates import no_gates
from leuko.settings import load_limits
from leuko.workbench.counting import count_field, model_to_count_with
from leuko.workbench.exports.counts import FieldLabels, counts_csv, labels_of
from leuko.workbench.exports.outlines import outlines_name, outlines_png
from leuko.workbench.files import read_files

TOO_LITTLE_MEMORY = (
    "There was not enough memory to draw its outlines: run it again when less runs on this machine."
)


@dataclass(frozen=True)
class Answer:
    """All that is said of one picture.

    Attributes:
        field: as counted.
        copy_of: name of a picture before it that is the same file; None for a new one.
        overlay: path of the picture with outlines; None where none was written.
        overlay_problem: why it could not be written; None otherwise.
    """

    field: CountedField
    copy_of: str | None = None
    overlay: Path | None = None
    overlay_problem: str | None = None


@dataclass
class Overlays:
    """Where pictures with outlines go.

    Attributes:
        card: of the model that counts.
        folder: that exists.
        taken: names that are given out.
    """

    card: ModelCard
    folder: Path
    taken: set[str] = field(default_factory=set)

    def added(self, answer: Answer, picture: Picture) -> Answer:
        """The answer with the path of its overlay, written whole, or why there is none."""
        try:
            path = self.folder / outlines_name(picture, self.card, self.taken)
            replace_file(path, outlines_png(picture, answer.field))
        except MemoryError:
            return replace(answer, overlay_problem=TOO_LITTLE_MEMORY)
        except OSError as problem:
            why = (
                f"Its outlines cannot be written into '{self.folder}' "
                f"({problem.strerror or problem}): make room there, or name another folder after "
                "--overlay."
            )
            return replace(answer, overlay_problem=why)
        return replace(answer, overlay=path)


def run(arguments: argparse.Namespace) -> int:
    """Count files: one JSON object a picture, or a line a picture and then the differential."""
    model = _choose(find_models(arguments.weights), arguments.model)
    limits = load_limits()
    classifier = Classifier.load(model, arguments.device)
    overlays = None
    if arguments.overlay is not None:
        make_folder(arguments.overlay, "--overlay")
        overlays = Overlays(model.card, arguments.overlay)
    patient = Patient(arguments.patient) if arguments.patient is not None else None
    counted: list[FieldLabels] = []
    met: dict[str, str] = {}
    all_done, refused = True, 0
    for picture in read_files(listed_files(arguments.files), limits):
        answer = _answer(classifier, picture, met, overlays, anyway=arguments.anyway)
        _show(model.card, answer, patient, as_json=arguments.json)
        if answer.copy_of is None:
            counted.append(labels_of(answer.field))
        refused += answer.field.refused
        all_done &= answer.field.error is None and answer.overlay_problem is None
        show_progress(f"{len(counted)} files")
    count, fields = _total(counted, arguments.target, patient)
    if not arguments.json:
        for line in table(count):
            show(line)
    if arguments.csv is not None:
        text = counts_csv(counted, model.card, target=arguments.target, patient=patient)
        write_text(arguments.csv, text, "--csv")
    say(f"{in_short(count, fields)}, with {model.card.title} on {classifier.device.type}.")
    _say_what_is_missing(model.card, refused)
    return EXIT_FINE if all_done else EXIT_PARTLY


def _say_what_is_missing(card: ModelCard, refused: int) -> None:
    if refused:
        say(f"{refused} that look like no blood were not counted: see what is found with --anyway.")
    if card.gates is None:
        say(no_gates(card))


def _choose(inventory: Inventory, model_id: str | None) -> InstalledModel:
    chosen = model_to_count_with(inventory, model_id)
    if model_id is None:
        say(f"No --model given: using {chosen.id}. See 'leuko models' for the others.")
    return chosen


def _show(card: ModelCard, answer: Answer, patient: Patient | None, *, as_json: bool) -> None:
    if as_json:
        show_json(record(card, answer, patient))
        return
    for line in lines(answer):
        show(line)


def _answer(
    classifier: Classifier,
    picture: Picture | ImageError,
    met: dict[str, str],
    overlays: Overlays | None,
    *,
    anyway: bool,
) -> Answer:
    answer = Answer(count_field(classifier, picture, anyway=anyway))
    if isinstance(picture, ImageError) or answer.field.error is not None:
        return answer
    answer = replace(answer, copy_of=met.get(picture.sha256))
    met.setdefault(picture.sha256, picture.name)
    return overlays.added(answer, picture) if overlays is not None else answer


def _total(
    counted: Sequence[FieldLabels], target: int, patient: Patient | None
) -> tuple[Differential, int]:
    """The differential over all fields, and how many there are."""
    readable = [one for one in counted if one.error is None]
    labels = [label for one in readable for label in one.reviewed]
    return differential(labels, target, patient), len(readable)


def record(card: ModelCard, answer: Answer, patient: Patient | None) -> dict[str, object]:
    """What is said of one picture, as a plain record."""
    said = field_record(answer.field, card.id, patient)
    return said | {
        "model_fingerprint": card.fingerprint,
        "copy_of": answer.copy_of,
        "overlay": str(answer.overlay) if answer.overlay is not None else None,
        "overlay_error": answer.overlay_problem,
    }


def lines(answer: Answer) -> Iterator[str]:
    """What is said of one picture in words: one line, and indented what is to be known besides."""
    counted = answer.field
    if counted.error is not None:
        yield f"{counted.name}: {counted.error}"
        return
    deferred = sum(cell.deferred for cell in counted.cells)
    parts = [f"{len(counted.cells)} cell{'' if len(counted.cells) == 1 else 's'}"]
    if deferred:
        parts.append(f"{deferred} for a haematologist to decide")
    if answer.copy_of is not None:
        parts.append(f"the same picture as {answer.copy_of}, counted once")
    yield f"{counted.name}: {', '.join(parts)}."
    for note in (*counted.notes, answer.overlay_problem):
        if note:
            yield f"{INDENT}{note}"


def table(count: Differential) -> Iterator[str]:
    """The differential: n, per cent, its interval and flags, one line a class."""
    yield ""
    yield _line("class", "n", "%", "95 %", "flag")
    for row in count.rows:
        flags = " ".join(flag.sentence for flag in row.flags)
        shown = per_cent_words(row, count), interval_words(row, count)
        yield _line(row.name, str(row.n), *shown, flags)
    yield _line("leukocytes", str(count.leukocytes), "", "", "")
    for one in count.beside:
        said = per_hundred_words(one, count)
        yield _line(one.name, str(one.n), "", "", "" if said == NONE else said)
    if count.remark:
        yield count.remark


def _line(name: str, n: str, share: str, interval: str, flags: str) -> str:
    return f"{name:22}{n:>6}{share:>8}{interval:>14}  {flags}".rstrip()
