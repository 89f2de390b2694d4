"""Parts of the Performance page: which model may I trust, for what, how far?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from leuko.models.store import Inventory
from leuko.settings import default_weights_folder
from leuko.ui.performance import published as performance_reproduction
from leuko.ui.performance.cells import finding as performance_finding
from leuko.ui.performance.external import page as performance_own_images
from leuko.ui.performance.model import page as performance_model
from leuko.ui.performance.overview import page as performance_overview
from leuko.ui.performance.paired import page as performance_compare
from leuko.ui.performance.threshold import page as performance_threshold
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults

VIEW = "performance_view"


@dataclass(frozen=True)
class View:
    """One of the questions that the page answers.

    Attributes:
        name: on its tab.
        show: draws it; called only while its tab is open.
    """

    name: str
    show: Callable[[Sequence[ModelResults]], None]


VIEWS = (
    View("All models", performance_overview.show),
    View("One model", performance_model.show),
    View("Finding cells", performance_finding.show),
    View("Threshold", performance_threshold.show),
    View("Compare", performance_compare.show),
    View("My images", performance_own_images.show),
    View("Published studies", performance_reproduction.show),
)


def show_question() -> None:
    """Say what this page answers and from what."""
    st.caption(
        "Every figure is computed from test images that the model has never seen, with its 95 % "
        "interval. Malignant is the positive class throughout."
    )


def show_broken_cards(inventory: Inventory) -> None:
    """Name each model folder whose card is not in order."""
    for problem in inventory.problems:
        st.warning(plain(problem))


def show_no_model() -> None:
    """Say that nothing is installed and how to change that."""
    st.info(
        "No model is installed. Copy a model folder (card.json with its weights or its results) "
        f"into {plain(default_weights_folder().name)} and reload this page."
    )


def show_views(results: Sequence[ModelResults]) -> None:
    """One tab a question; only the open one is computed and drawn."""
    tabs = st.tabs([view.name for view in VIEWS], key=VIEW, on_change="rerun")
    for view, tab in zip(VIEWS, tabs, strict=True):
        if tab.open:
            with tab, guarded():
                view.show(results)
