"""One self-contained HTML page for print: text, tables and charts, nothing fetched from anywhere.

Every text is escaped here and nowhere else. The page forbids itself all connections (Content
Security Policy), so that a file that is passed on never calls home.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

WIDTH_PX = 700
LONG_LINES = 20
_BRACKETS = re.compile(r"\([^()]*\)")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)
STYLE = """
@page { size: A4; margin: 14mm 13mm; }
* { box-sizing: border-box; }
body { font: 14px/1.45 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  color: #1a1a1a; background: #fff; margin: 0 auto; padding: 24px 16px; max-width: 732px; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 26px 0 6px; border-bottom: 1px solid #bbb; break-after: avoid; }
h3 { font-size: 14px; margin: 14px 0 4px; break-after: avoid; }
p, ul { margin: 4px 0 8px; }
ul { padding-left: 18px; }
table { border-collapse: collapse; width: 100%; margin: 6px 0 10px; font-size: 12.5px; }
th, td { text-align: left; vertical-align: top; padding: 3px 8px 3px 0;
  border-bottom: 1px solid #ddd; overflow-wrap: break-word; }
th:last-child, td:last-child { padding-right: 0; }
th { font-weight: 600; border-bottom-color: #888; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.whole { white-space: nowrap; }
thead { display: table-header-group; }
tr, figure { break-inside: avoid; }
figure { margin: 8px 0 12px; }
pre { font-size: 11.5px; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.long { columns: 2; }
.notice { font-weight: 600; }
.small { font-size: 12.5px; color: #444; }
@media print { body { padding: 0; font-size: 12px; } }
"""


@dataclass(frozen=True)
class Text:
    """Paragraphs, or the points of a list."""

    sentences: Sequence[str]
    as_list: bool = False
    small: bool = False


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        rows: column title to cell; all rows have the same titles.
        numbers: titles of the columns that are set to the right.
    """

    rows: Sequence[Mapping[str, object]]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Chart:
    """A Plotly chart with a title."""

    title: str
    figure: "go.Figure"


@dataclass(frozen=True)
class Source:
    """A text with its line breaks, such as a command or a recipe."""

    text: str


Part = Text | Table | Chart | Source


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    parts: Sequence[Part]


def html_page(title: str, lines: Sequence[str], sections: Sequence[Section]) -> str:
    """The whole file.

    Args:
        title: heading of the page.
        lines: below the title; the first one stands out.
        sections: in order.

    Returns:
        HTML; the same input gives the same text. The library that draws the charts is in it, once,
        when there is any chart.
    """
    body = [f"<h1>{html.escape(title)}</h1>"]
    body += [
        f'<p class="{"notice" if place == 0 else "small"}">{html.escape(line)}</p>'
        for place, line in enumerate(lines)
    ]
    charts = 0
    for section in sections:
        body.append(f"<section><h2>{html.escape(section.title)}</h2>")
        for part in section.parts:
            charts += isinstance(part, Chart)
            body.append(_part(part, charts))
        body.append("</section>")
    script = f"<script>{_library()}</script>\n" if charts else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n{script}</head>\n"
        "<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _part(part: Part, number: int) -> str:
    match part:
        case Text():
            return _text(part)
        case Table():
            return _table(part)
        case Chart():
            return _chart(part, number)
        case Source():
            long = ' class="long"' if part.text.count("\n") > LONG_LINES else ""
            return f"<pre{long}>{html.escape(part.text)}</pre>"


def _text(text: Text) -> str:
    kind = ' class="small"' if text.small else ""
    if text.as_list:
        points = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in text.sentences)
        return f"<ul{kind}>{points}</ul>"
    return "\n".join(f"<p{kind}>{html.escape(sentence)}</p>" for sentence in text.sentences)


def _table(table: Table) -> str:
    if not table.rows:
        return ""
    titles = list(table.rows[0])

    def row(tag: str, cells: Sequence[object]) -> str:
        parts = []
        for title, cell in zip(titles, cells, strict=True):
            kind = ' class="number"' if title in table.numbers else ""
            text = html.escape(str(cell))
            if kind:  # an interval is never torn apart at its dash
                text = _BRACKETS.sub(r'<span class="whole">\g<0></span>', text)
            parts.append(f"<{tag}{kind}>{text}</{tag}>")
        return f"<tr>{''.join(parts)}</tr>"

    body = "".join(row("td", [each[title] for title in titles]) for each in table.rows)
    return f"<table><thead>{row('th', titles)}</thead><tbody>{body}</tbody></table>"


def _chart(chart: Chart, number: int) -> str:
    import plotly.graph_objects as go

    printed = go.Figure(chart.figure)
    printed.update_layout(
        template="plotly_white", paper_bgcolor="white", plot_bgcolor="white", width=WIDTH_PX
    )
    drawn = printed.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"chart-{number}",
        config={"staticPlot": True, "displayModeBar": False},
    )
    return f"<h3>{html.escape(chart.title)}</h3>\n<figure>{drawn}</figure>"


def _library() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())
