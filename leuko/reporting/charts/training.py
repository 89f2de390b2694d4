"""Loss and accuracy by epoch."""

from typing import TYPE_CHECKING

from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import quiet

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

CURVE_HEIGHT_PX = 340


def training_figure(
    history: "pd.DataFrame", best_epoch: int | None, style: ModelStyle
) -> "go.Figure | None":
    """Loss and accuracy by epoch, on training and on validation images.

    Args:
        history: as ``read_history`` returns it; any column but ``epoch`` may be missing.
        best_epoch: epoch whose weights were kept, marked by a line; None for no line.
        style: colour of the model.

    Returns:
        The chart, or None when there is neither a loss nor an accuracy.
    """
    from plotly.subplots import make_subplots

    panels = [
        (title, present)
        for title, columns in (
            ("Loss", ("train_loss", "validation_loss")),
            ("Accuracy", ("train_accuracy", "validation_accuracy")),
        )
        if (present := [c for c in columns if c in history and history[c].notna().any()])
    ]
    if not panels:
        return None
    figure = make_subplots(rows=1, cols=len(panels), horizontal_spacing=0.1)
    for position, (title, columns) in enumerate(panels, start=1):
        for column in columns:
            side = column.split("_")[0]
            figure.add_scatter(
                x=history["epoch"],
                y=history[column],
                mode="lines+markers",
                marker={"size": 5},
                line={"color": style.colour, "dash": "dot" if side == "train" else "solid"},
                name="training images" if side == "train" else "validation images",
                legendgroup=side,
                showlegend=position == 1,
                hovertemplate=f"epoch %{{x}}<br>{title.lower()} %{{y:.3f}}<extra>{side}</extra>",
                row=1,
                col=position,
            )
        figure.update_xaxes(title="Epoch", row=1, col=position, zeroline=False)
        figure.update_yaxes(title=title, row=1, col=position, zeroline=False)
        limits = {"range": [0, 1.02]} if title == "Accuracy" else {"rangemode": "tozero"}
        figure.update_yaxes(row=1, col=position, **limits)
    if best_epoch is not None:
        figure.add_vline(x=best_epoch, line={"color": NEUTRAL, "width": 1, "dash": "dash"})
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, CURVE_HEIGHT_PX)
