"""Print docs/MORPHOLOGY.md, every figure computed from held-out predictions.

python docs/morphology_page.py            print the page
python docs/morphology_page.py --write    write it
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from leuko.evaluation.attributes.stored import figures_of  # noqa: E402
from leuko.models.attributes.store import (  # noqa: E402  found through the line above
    InstalledAttributeModel,
    list_attribute_models,
)
from leuko.reporting.tables.attributes import (  # noqa: E402
    ACCURACY_COLUMNS,
    WORDS_COLUMNS,
    attribute_rows,
    attribute_sentences,
)

PAGE = ROOT / "docs" / "MORPHOLOGY.md"
HEADING = """\
# Morphology in words

Made by `python docs/morphology_page.py --write`; do not edit.

A model of its own tells eleven attributes of a cell (Tsutsui et al. 2023, WBCAtt), such as
"nucleus: segmented, multilobed (0.97) · granules: coarse, purple (0.88)". It suggests no class.
A value is said from the probability on at which, on validation cells, what is said was right in the
stated share; nothing is said of a cell that is novel to the model, of granules where answers
contradict each other, or of the size of a cell whose picture gives no scale. The number in brackets
is the probability of the least sure part of a clause.
"""


def page(weights: Path | None = None) -> str:
    """The whole page.

    Args:
        weights: folder of the models; by default the shipped one.
    """
    models = list_attribute_models(weights or ROOT / "weights").models
    return "\n".join([HEADING, *map(_section, models)])


def _section(model: InstalledAttributeModel) -> str:
    summary, said = figures_of(model)
    rows = attribute_rows(summary, said)
    sentences = "\n".join(f"- {each}" for each in attribute_sentences(summary, model.card))
    return "\n".join(
        [
            f"## {model.card.title}",
            "",
            f"`{model.id}`, right share asked for: {model.card.right_share:.0%}.",
            "",
            _table(rows, ACCURACY_COLUMNS),
            "",
            _table(rows, WORDS_COLUMNS),
            "",
            sentences,
            "",
        ]
    )


def _table(rows: Sequence[dict[str, str]], columns: Sequence[str]) -> str:
    lines = [columns, ["---"] * len(columns), *([row[name] for name in columns] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args(arguments).write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
