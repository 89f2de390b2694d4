"""How the charts of the Performance page are drawn."""

from typing import TYPE_CHECKING

import streamlit as st

from leuko.ui.widgets.downloads import Downloads, file_stem

if TYPE_CHECKING:
    import plotly.graph_objects as go

PNG_SCALE = 3


def draw(figure: "go.Figure", key: str, title: str, downloads: Downloads | None = None) -> None:
    """Draw a Plotly chart in the look of the page, with a button that saves it as PNG.

    Args:
        figure: the chart.
        key: identity on the page.
        title: of its file.
        downloads: where the chart is also offered as HTML.
    """
    config = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": "png",
            "filename": file_stem("leuko", title),
            "scale": PNG_SCALE,
        },
    }
    st.plotly_chart(figure, width="stretch", key=key, theme="streamlit", config=config)
    if downloads is not None:
        downloads.chart(title, figure)
