"""What a model answered about a laboratory's own pictures: its mistakes, and all of it as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.decision.verdict import Verdict
from leuko.evaluation.external.label_vocabulary import class_for
from leuko.evaluation.external.test_set import OwnSet
from leuko.evaluation.predictions import NAME_COLUMNS, PROBABILITY_PREFIX
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.ui.performance.external.refusal_wording import Share, looks_like
from leuko.ui.performance.external.run import Asked
from leuko.ui.performance.external.state import OwnImages
from leuko.workbench.classification import result_key
from leuko.workbench.formatting import no_formula
from leuko.workbench.verdicts import judged

if TYPE_CHECKING:
    import pandas as pd

    from leuko.inference.result import Result


@dataclass(frozen=True)
class Answered:
    """A picture that a model has answered.

    Attributes:
        asked: the picture with its label.
        result: the model's answer.
        verdict: on it; where it is refused the answer stands in no figure.
    """

    asked: Asked
    result: "Result"
    verdict: Verdict

    @property
    def right_side(self) -> bool:
        """Whether the model is right on malignant or benign."""
        return self.result.malignant == self.asked.meaning.malignant


@dataclass(frozen=True)
class Answers:
    """All that a model has answered, in the order of upload.

    Attributes:
        counted: answers that stand in the figures.
        left_out: those that do not, for the picture is of another kind.
    """

    counted: tuple[Answered, ...]
    left_out: tuple[Answered, ...]

    @property
    def used_anyway(self) -> list[Verdict]:
        """Verdicts on pictures that count although they are of another kind."""
        return [one.verdict for one in self.counted if one.verdict.used_anyway]

    @property
    def share(self) -> Share:
        """How many stand in the figures."""
        counted = len(self.counted)
        return Share(counted, counted + len(self.left_out), len(self.used_anyway))


def answers_of(state: OwnImages, card: ModelCard, asked: Sequence[Asked]) -> Answers:
    """What a model has answered; pictures of another kind apart, unless the user insists."""
    insisted = state.anyway.get(card.id, frozenset())
    found = []
    for each in sorted(asked, key=lambda one: one.labelled.number):
        result = state.results.get(result_key(card, each.item))
        if result is not None:
            found.append(Answered(each, *judged(card, result, anyway=each.item.sha256 in insisted)))
    return Answers(
        tuple(one for one in found if not one.verdict.refused),
        tuple(one for one in found if one.verdict.refused),
    )


def wrong_table(answered: Sequence[Answered], card: ModelCard) -> "pd.DataFrame":
    """Images with a wrong suggestion: missed malignant, false alarms, then confused classes.

    A column "Kind" marks images of another kind, where there are any among those given.
    """
    import pandas as pd

    rows = []
    for one in answered:
        asked, result = one.asked, one.result
        truth = class_for(asked.meaning, card.class_set)
        if not one.right_side:
            rank, error = (0, "malignant missed") if asked.meaning.malignant else (1, "false alarm")
        elif truth is not None and result.label != truth:
            rank, error = 2, "other class of the same side"
        else:
            continue
        marked = f"used anyway: {looks_like(one.verdict)}" if one.verdict.used_anyway else ""
        rows.append(
            {
                "Image": asked.item.thumbnail or "",
                "File": asked.item.name,
                "Label": class_title(truth) if truth is not None else asked.meaning.text,
                "Model suggests": class_title(result.label),
                "P(malignant)": result.malignant_probability,
                "Error": error,
                "Kind": marked,
                "rank": rank,
            }
        )
    columns = ["Image", "File", "Label", "Model suggests", "P(malignant)", "Error", "Kind", "rank"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["rank", "File"], kind="stable")
    marks_any = any(one.verdict.used_anyway for one in answered)
    unwanted = ["rank"] if marks_any else ["rank", "Kind"]
    return frame.drop(columns=unwanted).reset_index(drop=True)


def left_out_table(left_out: Sequence[Answered]) -> "pd.DataFrame":
    """Images that stand in no figure, one row each, with the reason; no answer of the model."""
    import pandas as pd

    return pd.DataFrame(
        {
            "Image": [one.asked.item.thumbnail or "" for one in left_out],
            "File": [one.asked.item.name for one in left_out],
            "Group": [one.asked.labelled.group for one in left_out],
            "Label": [one.asked.meaning.text for one in left_out],
            "Left out because": [one.verdict.sentence for one in left_out],
            "sha256": [one.asked.item.sha256 for one in left_out],
        }
    )


def for_download(table: "pd.DataFrame") -> "pd.DataFrame":
    """A table of images without the pictures; no cell is a formula to a spreadsheet."""
    safe = table.drop(columns="Image")
    texts = [name for name in ("File", "Group") if name in safe.columns]
    return safe.assign(**{name: [no_formula(cell) for cell in safe[name]] for name in texts})


def predictions_csv(answered: Sequence[Answered], own: OwnSet, card: ModelCard) -> bytes:
    """Answers of a model as ``test_predictions.csv`` has them.

    A label that names a side alone is written as "malignant" or "benign". A name that a
    spreadsheet would take for a formula is led by an apostrophe.

    Args:
        answered: what stands in the figures.
        own: the same, in the same order, with names that are all different.
        card: of the model.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*NAME_COLUMNS, *(PROBABILITY_PREFIX + name for name in card.classes)])
    ids, groups = own.predictions.image_ids, own.predictions.group_ids
    for one, name, group in zip(answered, ids, groups, strict=True):
        meaning = one.asked.meaning
        side = "malignant" if meaning.malignant else "benign"
        label = class_for(meaning, card.class_set) or side
        probabilities = (f"{one.result.probabilities[each]:.9g}" for each in card.classes)
        writer.writerow([*map(no_formula, (name, group, label)), *probabilities])
    return stream.getvalue().encode()
