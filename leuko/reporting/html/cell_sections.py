"""The parts of the printable report that a cell model has beside those of every model."""

from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.evaluation.cells.pooled import PooledFigures
from leuko.reporting.charts.cells.laboratories import (
    label_confusion_figure,
    laboratories_figure,
    recall_figure,
)
from leuko.reporting.html.content import ReportContent
from leuko.reporting.html.page import Chart, Part, Section, Table, Text
from leuko.reporting.tables.cells import (
    LABORATORY_NUMBERS,
    SHARE_NUMBERS,
    class_group_rows,
    label_rows,
    laboratory_rows,
)
from leuko.reporting.text.cells import (
    MEANING,
    UNMEASURED,
    WHY,
    laboratory_title,
    left_out_facts,
    left_out_headline,
    pooled_facts,
)

NEW, KNOWN = "Laboratories it never saw", "Held-out cells of laboratories it knows"


def cell_sections(content: ReportContent) -> list[Section]:
    """Laboratories left out first, then held-out cells; none for a model that reads no cells.

    Args:
        content: of the whole report.
    """
    if not content.card.reads_cells:
        return []
    left_out = content.left_out
    sections = [
        Section(NEW, [Text([f"{content.left_out_problem} {UNMEASURED}"])])
        if left_out is None
        else Section(NEW, _left_out_parts(left_out))
    ]
    if content.pooled is not None:
        sections.append(Section(KNOWN, _held_out_parts(content.pooled)))
    return sections


def _left_out_parts(found: LeftOutFigures) -> list[Part]:
    headline = left_out_headline(found)
    parts: list[Part] = [
        Text([f"{headline[0].upper()}{headline[1:]}.", f"{MEANING} {WHY}"]),
        Table(laboratory_rows(found.laboratories), frozenset(LABORATORY_NUMBERS)),
        Chart("Figures of each laboratory", laboratories_figure(found.laboratories)),
        Text(left_out_facts(found), small=True),
    ]
    for one in found.laboratories:
        title = laboratory_title(one.laboratory)
        parts += [
            Text([f"{title}: its labels, and what the other cells were taken for."]),
            Table(label_rows(one, found.classes), frozenset(SHARE_NUMBERS)),
        ]
    return parts


def _held_out_parts(found: PooledFigures) -> list[Part]:
    everyone = found.everyone
    parts: list[Part] = [
        Text(pooled_facts(found), as_list=True),
        Chart("Share of each class found", recall_figure(everyone.labels)),
        Chart("What cells were taken for", label_confusion_figure(everyone, found.classes)),
        Table(label_rows(everyone, found.classes), frozenset(SHARE_NUMBERS)),
        Table(class_group_rows(everyone), frozenset(SHARE_NUMBERS)),
    ]
    if found.laboratories:
        parts.append(Table(laboratory_rows(found.laboratories), frozenset(LABORATORY_NUMBERS)))
    return parts
