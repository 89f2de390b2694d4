"""Models and limits, shared by all sessions of the application."""

from concurrent.futures import ThreadPoolExecutor

import streamlit as st

from leuko.models.store import Inventory, list_models
from leuko.settings import Limits, load_limits
from leuko.workbench.model_pool import ModelPool


@st.cache_resource(show_spinner=False)
def model_pool() -> ModelPool:
    """The one pool of this server."""
    return ModelPool()


@st.cache_resource(show_spinner=False)
def map_worker() -> ThreadPoolExecutor:
    """Computes evidence maps that take their time; one after the other for the whole server."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="leuko-map")


def inventory() -> Inventory:
    """Installed models; read anew each time, so that a new folder is seen at once."""
    return list_models()


@st.cache_resource(show_spinner=False)
def limits() -> Limits:
    """Bounds of files and pictures, read once a server."""
    return load_limits()
