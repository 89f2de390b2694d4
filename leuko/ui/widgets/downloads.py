"""Tables and charts of one view of the Performance page, to take away as files."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from leuko.reporting.charts.style import letters
from leuko.ui.shell.escape import plain
from leuko.workbench.formatting import table_csv

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


class Downloads:
    """Tables and charts of one view, offered together at its end.

    Files are made when they are asked for: a view that nobody downloads costs nothing.

    Args:
        view: short name, first part of every file name.
    """

    def __init__(self, view: str) -> None:
        self._view = view
        self._offers: list[tuple[str, str, str, Callable[[], bytes]]] = []

    def table(self, title: str, frame: "pd.DataFrame") -> None:
        """Offer a table as CSV and as JSON, one record a row."""
        self._add(title, "csv", "text/csv", lambda: table_csv(frame))
        self._add(
            title,
            "json",
            "application/json",
            lambda: frame.to_json(orient="records", force_ascii=False, indent=1).encode(),
        )

    def chart(self, title: str, figure: "go.Figure") -> None:
        """Offer a chart as one HTML file that needs no network; its PNG is above the chart."""
        self._add(title, "html", "text/html", lambda: _standalone(figure, title))

    def offer(self) -> None:
        """Draw the buttons."""
        if not self._offers:
            return
        with st.expander("Download tables and charts"):
            st.caption("A chart as PNG: the camera above the chart.")
            titles = list(dict.fromkeys(title for title, *_ in self._offers))
            for title in titles:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(plain(title), width="stretch")
                    for own, ending, mime, content in self._offers:
                        if own == title:
                            st.download_button(
                                ending.upper(),
                                data=content,
                                file_name=f"{file_stem(self._view, title)}.{ending}",
                                mime=mime,
                                key=f"performance_download_{self._view}_{title}_{ending}",
                                on_click="ignore",
                            )

    def _add(self, title: str, ending: str, mime: str, content: Callable[[], bytes]) -> None:
        self._offers.append((title, ending, mime, content))


def file_stem(*words: str) -> str:
    """A file name without its ending, of lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")


def _standalone(figure: "go.Figure", title: str) -> bytes:
    import plotly.graph_objects as go

    printed = go.Figure(figure)
    printed.update_layout(
        title=letters(title), paper_bgcolor="white", plot_bgcolor="white", template="plotly_white",
        margin={"t": 60}, width=None,
    )  # fmt: skip
    return str(printed.to_html(include_plotlyjs=True, full_html=True)).encode()
