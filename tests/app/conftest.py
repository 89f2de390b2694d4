"""What all tests of the application share."""

import shutil

import pytest

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
def weights(trained, tmp_path, monkeypatch):
    """A weights folder with one model that was trained on drawn crops, classes Healthy, Blast."""
    root = tmp_path / "weights"
    root.mkdir()
    shutil.copytree(trained.folder, root / trained.folder.name)
    monkeypatch.setenv("LEUKO_WEIGHTS", str(root))
    return root


@pytest.fixture
def own_tab(weights):
    """Opens the tab "My images" with that model."""
    del weights  # it sets where models are looked for
    return open_tab
