"""Previous and next picture of a batch, by button or by the keys K and J."""

from collections.abc import Sequence

from streamlit.delta_generator import DeltaGenerator

from leuko.ui.state.session import session


def show_steps(
    numbers: Sequence[int], position: int, places: tuple[DeltaGenerator, DeltaGenerator], key: str
) -> None:
    """Draw the two buttons.

    Args:
        numbers: of the tray's items, in the order of the page.
        position: of the picture that is shown.
        places: where the buttons stand.
        key: beginning of the widgets' keys on this page.
    """
    for place, label, shortcut, step in zip(
        places, ("Previous", "Next"), ("k", "j"), (-1, 1), strict=True
    ):
        target = position + step
        there = 0 <= target < len(numbers)
        place.button(
            label,
            key=f"{key}_{label.lower()}",
            shortcut=shortcut,
            disabled=not there,
            on_click=_select,
            args=[numbers[target if there else position]],
            width="stretch",
        )


def _select(number: int) -> None:
    session().selected = number
