"""Charts of the finder of cells: found against true counts after Bland and Altman."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.evaluation.cells.counts import Agreement, FieldCount
from leuko.reporting.charts.palette import MODEL_COLOURS, NEUTRAL
from leuko.reporting.charts.style import faded, quiet
from leuko.statistics.estimate import supported_digits
from leuko.statistics.paired_intervals import signed

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT_PX = 360
LEAST_DOT_PX, LARGEST_DOT_PX = 6.0, 30.0
DOT_OPACITY, BAND_OPACITY = 0.8, 0.18
LEAST_REACH = 2.0
ROOM = 1.15


def agreement_figure(fields: Sequence[FieldCount], agreement: Agreement | None) -> "go.Figure":
    """Difference of found and true counts by their mean, with bias and limits of agreement.

    Args:
        fields: of one collection.
        agreement: of the same; None draws the fields alone.

    Returns:
        One dot a pair of counts, its area by the number of fields that share it.

    Source: Bland and Altman (1986), Lancet 327:307-310.
    """
    import plotly.graph_objects as go

    shared = Counter((one.true, one.found) for one in fields)
    most = max(shared.values(), default=1)
    colour = MODEL_COLOURS[0]
    figure = go.Figure()
    figure.add_scatter(
        x=[(true + found) / 2 for true, found in shared],
        y=[found - true for true, found in shared],
        mode="markers",
        marker={
            "size": [max(LEAST_DOT_PX, LARGEST_DOT_PX * (n / most) ** 0.5)
                     for n in shared.values()],
            "color": faded(colour, DOT_OPACITY),
            "line": {"width": 1, "color": colour},
        },
        customdata=[[true, found, n] for (true, found), n in shared.items()],
        hovertemplate="true %{customdata[0]}, found %{customdata[1]}<br>"
        "%{customdata[2]} fields<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )  # fmt: skip
    reach = max([LEAST_REACH, *(abs(found - true) for true, found in shared)])
    if agreement is not None:
        _add_lines(figure, agreement)
        ends = (*agreement.lower_limits, *agreement.upper_limits)
        reach = max([reach, *(abs(end) for end in ends)])
    figure.update_xaxes(title="Mean of found and true count", rangemode="tozero", zeroline=False)
    figure.update_yaxes(
        title="Found − true", range=[-ROOM * reach, ROOM * reach], zeroline=True,
        zerolinecolor=NEUTRAL, zerolinewidth=0.6,
    )  # fmt: skip
    drawn = quiet(figure, HEIGHT_PX)
    drawn.update_layout(margin={"r": 96})
    return drawn


def _add_lines(figure: "go.Figure", agreement: Agreement) -> None:
    digits = supported_digits(agreement.pairs)
    for name, value, limits, dash in (
        ("upper limit", agreement.upper, agreement.upper_limits, "dash"),
        ("bias", agreement.bias, agreement.bias_limits, "solid"),
        ("lower limit", agreement.lower, agreement.lower_limits, "dash"),
    ):
        figure.add_hrect(
            y0=limits[0], y1=limits[1], line_width=0, layer="below",
            fillcolor=faded(NEUTRAL, BAND_OPACITY),
        )  # fmt: skip
        figure.add_hline(y=value, line={"color": NEUTRAL, "width": 1.5, "dash": dash})
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", y=value, yanchor="middle", showarrow=False,
            text=f" {name}<br> {signed(value, digits if name == 'bias' else 1)}", align="left",
        )  # fmt: skip
