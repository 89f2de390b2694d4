"""Print the table of installed models, every figure computed from held-out predictions.

python docs/model_table.py            print the table
python docs/model_table.py --write    put it between the markers in docs/MODELS.md
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from leuko.evaluation.cells.left_out import (  # noqa: E402  found through the line above
    LEFT_OUT_FILE,
    left_out_figures,
    read_left_out,
)
from leuko.evaluation.predictions import read_predictions  # noqa: E402
from leuko.evaluation.summary import summarise  # noqa: E402  found through the line above
from leuko.models.store import InstalledModel, list_models  # noqa: E402
from leuko.reporting.tables.cells import laboratory_rows  # noqa: E402

MODELS = ROOT / "docs" / "MODELS.md"
START, END = "<!-- models -->", "<!-- /models -->"
HEADERS = (
    "Model", "Reads", "Classes", "Data", "Split", "Test pictures (groups)", "Accuracy",
    "Balanced accuracy", "Sensitivity", "Specificity", "AUROC",
)  # fmt: skip
MOST_NAMED = 6
"""Classes that are named; of more only the number is given."""
NOT_MEASURED = "no held-out results"


def model_row(model: InstalledModel) -> tuple[str, ...]:
    """The cells of one model.

    Raises:
        PredictionsError: when its table of predictions is broken.
    """
    card = model.card
    facts = (
        f"`{card.id}`" + ("" if model.has_weights else " (results only)"),
        card.input.kind.plural,
        ", ".join(card.classes) if len(card.classes) <= MOST_NAMED else f"{len(card.classes)}",
        f"{card.dataset.title}, {card.dataset.images:,}",
        card.split.policy.value,
    )
    if not model.predictions_path.is_file():
        return (*facts, NOT_MEASURED, *[""] * (len(HEADERS) - len(facts) - 1))
    summary = summarise(
        read_predictions(model.predictions_path, card.class_set), card.decision_threshold
    )
    estimates = (
        summary.overall.accuracy,
        summary.overall.balanced_accuracy,
        summary.binary.sensitivity,
        summary.binary.specificity,
        summary.binary.auroc,
    )
    tested = f"{summary.n:,} ({summary.n_groups:,})"
    return (*facts, tested, *(estimate.text(summary.digits) for estimate in estimates))


def model_table(weights: Path | None = None) -> str:
    """A Markdown table of the models in a weights folder that repeat no published row, by id.

    Args:
        weights: the folder; by default the shipped one beside this script's folder.
    """
    installed = list_models(weights or ROOT / "weights").models
    models = [model for model in installed if model.card.study_row is None]
    parts = [_markdown(HEADERS, [model_row(model) for model in models])]
    for model in models:
        if (model.folder / LEFT_OUT_FILE).is_file():
            parts += [f"Laboratories that `{model.id}` had never seen:", left_out_table(model)]
    return "\n\n".join(parts)


def left_out_table(model: InstalledModel) -> str:
    """A Markdown table of what twins say of laboratories that they were trained without.

    Raises:
        PredictionsError: when its table of predictions is broken.
    """
    card = model.card
    found = left_out_figures(read_left_out(model.folder, card.class_set), card.decision_threshold)
    rows = laboratory_rows(found.laboratories)
    return _markdown(tuple(rows[0]), [tuple(row.values()) for row in rows])


def _markdown(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def block_of(text: str) -> str:
    """What stands between the markers of a document.

    Raises:
        ValueError: when a marker is missing.
    """
    return text[text.index(START) + len(START) : text.index(END)].strip()


def with_block(text: str, block: str) -> str:
    """The document with another text between its markers."""
    head, tail = text[: text.index(START)], text[text.index(END) :]
    return f"{head}{START}\n\n{block}\n\n{tail}"


def main() -> None:
    """Print, or write into docs/MODELS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="change docs/MODELS.md")
    table = model_table()
    if parser.parse_args().write:
        MODELS.write_text(with_block(MODELS.read_text("utf-8"), table), encoding="utf-8")
    else:
        sys.stdout.write(table + "\n")


if __name__ == "__main__":
    main()
