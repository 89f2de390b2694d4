"""A model's balanced accuracy beside what the data set gives away without a look at the cells."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.estimates import Estimate
from leuko.evaluation.figure_parts import quiet
from leuko.evaluation.palette import NEUTRAL, ModelStyle
from leuko.models.card import AuditFacts

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX = 34
EDGE_PX = 84
CHANCE = "chance"


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

    names = ["this model", *(name for name, _ in found.shortcuts), CHANCE]
    figure = go.Figure()
    for place, (name, reached) in enumerate([*found.shortcuts, (CHANCE, found.chance)], start=1):
        dash = "dot" if name == CHANCE else "dash"
        figure.add_scatter(
            x=[reached, reached],
            y=[-0.45, place + 0.32],
            mode="lines",
            line={"color": NEUTRAL, "dash": dash, "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_annotation(
            x=reached,
            y=place,
            text=f"{name} {'alone ' if name != CHANCE else ''}{reached:.{found.digits}f}",
            showarrow=False,
            xanchor="right" if reached > 0.5 else "left",  # noqa: PLR2004
            xshift=-6 if reached > 0.5 else 6,  # noqa: PLR2004
        )
    estimate = found.model
    if estimate.value is not None:
        has_interval = estimate.low is not None and estimate.high is not None
        reach = {
            "type": "data",
            "symmetric": False,
            "array": [(estimate.high or 0) - estimate.value],
            "arrayminus": [estimate.value - (estimate.low or 0)],
            "thickness": 2.5,
            "width": 6,
            "color": style.colour,
        }
        figure.add_scatter(
            x=[estimate.value],
            y=[0],
            mode="markers",
            marker={"color": style.colour, "size": 13, "line": {"color": "white", "width": 2}},
            error_x=reach if has_interval else None,
            name="this model",
            customdata=[estimate.text(found.digits)],
            hovertemplate="balanced accuracy %{customdata}<extra>this model</extra>",
            showlegend=False,
        )
        figure.add_annotation(
            x=estimate.low if has_interval else estimate.value,
            y=0,
            text=f"this model {estimate.text(found.digits)}",
            showarrow=False,
            xanchor="right",
            xshift=-12,
        )
    figure.update_xaxes(
        title="Balanced accuracy", range=[0, 1.01], dtick=0.2, zeroline=False, showgrid=False
    )
    figure.update_yaxes(visible=False, range=[len(names) - 0.4, -0.6])
    return quiet(figure, EDGE_PX + ROW_PX * len(names))


def _capital(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"
