"""One self-contained HTML page for print: text, tables and charts, nothing fetched from anywhere.

Every text is escaped by the template and nowhere else. The page forbids itself all connections
(Content Security Policy), so that a file that is passed on never calls home.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from markupsafe import Markup

WIDTH_PX = 700
LONG_LINES = 20
_BRACKETS = re.compile(r"\([^()]*\)")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Text:
    """Paragraphs, or the points of a list."""

    kind: ClassVar[str] = "text"
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

    kind: ClassVar[str] = "table"
    rows: Sequence[Mapping[str, object]]
    numbers: frozenset[str] = frozenset()

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Title and cell of the head, column by column."""
        return [(title, title) for title in self.rows[0]]


@dataclass(frozen=True, eq=False)
class Chart:
    """A Plotly chart with a title."""

    kind: ClassVar[str] = "chart"
    title: str
    figure: "go.Figure"


@dataclass(frozen=True)
class Source:
    """A text with its line breaks, such as a command or a recipe."""

    kind: ClassVar[str] = "source"
    text: str

    @property
    def is_long(self) -> bool:
        """Whether it is set in two columns."""
        return self.text.count("\n") > LONG_LINES


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
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    numbers = itertools.count(1)
    environment = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["unbroken"] = _unbroken
    environment.filters["drawn"] = lambda chart: Markup(_drawn(chart, next(numbers)))  # noqa: S704
    charts = any(isinstance(part, Chart) for section in sections for part in section.parts)
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return environment.get_template("page.html.jinja").render(
        title=title,
        lines=lines,
        sections=sections,
        policy=POLICY,
        style=Markup(style),  # noqa: S704  a file of ours
        library=Markup(get_plotlyjs()) if charts else "",  # noqa: S704  likewise
    )


def _unbroken(value: object) -> "Markup":
    """A cell with a number: an interval is never torn apart at its dash."""
    from markupsafe import Markup, escape

    return Markup(_BRACKETS.sub(r'<span class="whole">\g<0></span>', str(escape(str(value)))))  # noqa: S704


def _drawn(chart: Chart, number: int) -> str:
    import plotly.graph_objects as go

    printed = go.Figure(chart.figure)
    printed.update_layout(
        template="plotly_white", paper_bgcolor="white", plot_bgcolor="white", width=WIDTH_PX
    )
    drawn: str = printed.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"chart-{number}",
        config={"staticPlot": True, "displayModeBar": False},
    )
    return drawn
