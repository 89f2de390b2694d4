"""A model's balanced accuracy beside what the data set gives away without a look at the cells."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.models.facts import AuditFacts
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import letters, quiet
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX = 34
EDGE_PX = 84
CHANCE = "chance"
TOP_OF_LINES = -0.7  # above the model, so that every line crosses its row


@dataclass(frozen=True)
class Baselines:
    """A model beside the shortcuts of its data set.

    Attributes:
        model: the model's balanced accuracy on its test images.
        shortcuts: balanced accuracy of each shortcut alone, the best first; chance not among
            them.
        chance: balanced accuracy of guessing.
        digits: decimals that the test set supports.
    """

    model: Estimate
    shortcuts: tuple[tuple[str, float], ...]
    chance: float
    digits: int


def baselines(model: Estimate, audit: AuditFacts, digits: int) -> Baselines:
    """Put a model beside the shortcuts that the audit of its data set measured.

    Args:
        model: the model's balanced accuracy on its test images.
        audit: of its data set, under the policy of its split.
        digits: decimals that the test set supports.
    """
    ordered = sorted(audit.shortcuts.items(), key=lambda item: (-item[1], item[0]))
    return Baselines(model, tuple(ordered), audit.chance, digits)


def baselines_sentence(found: Baselines) -> str:
    """Whether the model's interval lies above what the best shortcut reaches.

    Args:
        found: model and shortcuts.

    Returns:
        One or two sentences; a model whose interval holds the shortcut's figure is said not to
        be told from it. Every shortcut was measured by cross-validation on the whole data set,
        the model on its test images, so that the comparison is of figures, not a test.
    """
    model, chance = found.model, f"{found.chance:.{found.digits}f}"
    if not found.shortcuts:
        return f"The audit measured no shortcut on this data set; chance is {chance}."
    name, reached = found.shortcuts[0]
    best = f"{_capital(name)} alone reaches {reached:.{found.digits}f} (chance {chance})"
    if model.value is None:
        return f"{best}; the model's balanced accuracy is {model.text(found.digits)}."
    says = f"{best}, the model {model.text(found.digits)}"
    if model.low is None or model.high is None:
        return f"{says}: without an interval the two cannot be compared."
    if model.low > reached:
        return f"{says}: its interval lies above the best shortcut."
    if model.high < reached:
        return (
            f"{says}: its interval lies below the best shortcut. The model does worse than a "
            "guess that never looks at a cell."
        )
    return (
        f"{says}: its interval does not lie above the best shortcut. These images do not show "
        "that the model knows more than the shortcut."
    )


def baselines_figure(found: Baselines, style: ModelStyle) -> "go.Figure":
    """The model as a dot with its interval; each shortcut and chance as a labelled line.

    Args:
        found: model and shortcuts. A model without a measurable value has no dot.
        style: colour of the model.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    told = [(letters(name), reached) for name, reached in found.shortcuts]
    lines = [*told, (CHANCE, found.chance)]
    for place, (name, reached) in enumerate(lines, start=1):
        figure.add_scatter(
            x=[reached, reached],
            y=[TOP_OF_LINES, place],
            mode="lines+markers",
            marker={"symbol": "diamond", "size": [0, 8], "color": NEUTRAL},
            line={"color": NEUTRAL, "dash": "dot" if name == CHANCE else "dash", "width": 1.5},
            hovertemplate=f"{name} {reached:.{found.digits}f}<extra></extra>",
            showlegend=False,
        )
    estimate = found.model
    if estimate.value is not None:
        figure.add_scatter(
            x=[estimate.value],
            y=[0],
            mode="markers",
            marker={"color": style.colour, "size": 9},
            error_x=_error_bar(estimate, style),
            name="this model",
            customdata=[estimate.text(found.digits)],
            hovertemplate="balanced accuracy %{customdata}<extra>this model</extra>",
            showlegend=False,
        )
    labels = [f"this model<br>{estimate.text(found.digits)}"]
    labels += [
        f"{name if name == CHANCE else f'{name} alone'} {reached:.{found.digits}f}"
        for name, reached in lines
    ]
    figure.update_xaxes(
        title="Balanced accuracy", range=[0, 1.02], dtick=0.2, zeroline=False, showgrid=False
    )
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=labels,
        range=[len(labels) - 0.5, TOP_OF_LINES],
        showgrid=False,
        zeroline=False,
        automargin=True,
    )
    return quiet(figure, EDGE_PX + ROW_PX * len(labels))


def _error_bar(estimate: Estimate, style: ModelStyle) -> dict[str, object] | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [estimate.high - estimate.value],
        "arrayminus": [estimate.value - estimate.low],
        "thickness": 2,
        "width": 9,
        "color": style.colour,
    }


def _capital(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"
