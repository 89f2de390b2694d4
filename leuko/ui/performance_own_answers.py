"""What a model answered about a laboratory's own pictures: its mistakes, and all of it as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.evaluation.label_words import class_for
from leuko.evaluation.own_set import OwnSet
from leuko.evaluation.predictions import NAME_COLUMNS, PROBABILITY_PREFIX
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.ui.performance_own_run import Asked
from leuko.ui.performance_own_state import OwnImages
from leuko.ui.review_export import no_formula
from leuko.ui.work import result_key

if TYPE_CHECKING:
    import pandas as pd

    from leuko.inference.result import Result

Answered = tuple[Asked, "Result"]


def answers_of(state: OwnImages, card: ModelCard, asked: Sequence[Asked]) -> list[Answered]:
    """Pictures that a model has answered, with its answers, in the order of upload."""
    found = []
    for each in asked:
        result = state.results.get(result_key(card, each.item))
        if result is not None:
            found.append((each, result))
    return sorted(found, key=lambda pair: pair[0].labelled.number)


def wrong_table(answered: Sequence[Answered], card: ModelCard) -> "pd.DataFrame":
    """Images with a wrong suggestion: missed malignant, false alarms, then confused classes."""
    import pandas as pd

    rows = []
    for asked, result in answered:
        truth = class_for(asked.meaning, card.class_set)
        if result.malignant != asked.meaning.malignant:
            rank, error = (0, "malignant missed") if asked.meaning.malignant else (1, "false alarm")
        elif truth is not None and result.label != truth:
            rank, error = 2, "other class of the same side"
        else:
            continue
        rows.append(
            {
                "Image": asked.item.thumbnail or "",
                "File": asked.item.name,
                "Label": class_title(truth) if truth is not None else asked.meaning.text,
                "Model suggests": class_title(result.label),
                "P(malignant)": result.malignant_probability,
                "Error": error,
                "rank": rank,
            }
        )
    columns = ["Image", "File", "Label", "Model suggests", "P(malignant)", "Error", "rank"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["rank", "File"], kind="stable")
    return frame.drop(columns="rank").reset_index(drop=True)


def predictions_csv(answered: Sequence[Answered], own: OwnSet, card: ModelCard) -> bytes:
    """Answers of a model as ``test_predictions.csv`` has them.

    A label that names a side alone is written as "malignant" or "benign". A name that a
    spreadsheet would take for a formula is led by an apostrophe.

    Args:
        answered: pictures and answers.
        own: the same, in the same order, with names that are all different.
        card: of the model.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*NAME_COLUMNS, *(PROBABILITY_PREFIX + name for name in card.classes)])
    ids, groups = own.predictions.image_ids, own.predictions.group_ids
    for (asked, result), name, group in zip(answered, ids, groups, strict=True):
        side = "malignant" if asked.meaning.malignant else "benign"
        label = class_for(asked.meaning, card.class_set) or side
        probabilities = (f"{result.probabilities[each]:.9g}" for each in card.classes)
        writer.writerow([no_formula(name), no_formula(group), label, *probabilities])
    return stream.getvalue().encode()
