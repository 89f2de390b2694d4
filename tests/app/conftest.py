"""What all tests of the application share."""

import shutil
from pathlib import Path

import pytest

from tests.app.driving import error_free, open_performance
from tests.app.own_images import open_tab

NEVER_SECONDS = 86_400.0


@pytest.fixture(autouse=True)
def no_model_loads_by_itself(monkeypatch):
    """A page loads its model a moment after it is drawn, which would fall into a later test."""
    monkeypatch.setattr("leuko.workbench.model_pool.PATIENCE_SECONDS", NEVER_SECONDS)


@pytest.fixture(autouse=True)
def nothing_goes_wrong_unseen(caplog):
    """A page turns what it did not expect into one sentence; a test must not take it for an answer.

    A test that provokes such an error clears ``caplog``.
    """
    yield
    seen = [
        record
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.name.startswith("leuko") and record.exc_info
    ]
    assert not seen, "\n".join(caplog.text.splitlines())


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """The folder in which models are looked for, without a model; no data sets are named."""
    root = tmp_path / "weights"
    root.mkdir()
    monkeypatch.setenv("LEUKO_WEIGHTS", str(root))
    monkeypatch.delenv("LEUKO_DATA", raising=False)
    return root


@pytest.fixture
def one_model(weights, trained):
    """The folder of the one model there; trained on drawn crops, classes Healthy and Blast."""
    return Path(shutil.copytree(trained.folder, weights / trained.folder.name))


@pytest.fixture
def own_tab(one_model):
    """Opens the tab "My images" with that model."""
    del one_model  # it lies where models are looked for
    return open_tab


@pytest.fixture
def tab(weights):
    """Opens the tab of one model, with a state of the session; no error may be told."""
    del weights  # it sets where models are looked for

    def opened(**state):
        return error_free(open_performance("One model", **state))

    return opened
