"""What all tests of the application share."""

import pytest

NEVER_SECONDS = 86_400.0


@pytest.fixture(autouse=True)
def no_model_loads_by_itself(monkeypatch):
    """A page loads its model a moment after it is drawn, which would fall into a later test."""
    monkeypatch.setattr("leuko.ui.loaders.PATIENCE_SECONDS", NEVER_SECONDS)


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
