"""The About page."""

import importlib.metadata

from streamlit.testing.v1 import AppTest

from leuko import __version__
from tests import ROOT
from tests.made_models import make_model_folder

PAGE = str(ROOT / "pages" / "about.py")


def opened():
    app = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not app.exception
    assert not app.error
    return app


def test_it_says_what_it_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    text = "\n".join(element.value for element in opened().markdown)
    assert "not a medical device" in text
    assert "nothing is sent" in text


def test_every_data_set_is_named_with_its_terms(tmp_path, monkeypatch):
    make_model_folder(tmp_path, "one")
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    app = opened()
    text = "\n".join(element.value for element in app.markdown)
    assert "Terms of the pictures" in text
    assert app.expander[0].label


def test_versions_are_those_that_are_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    (versions,) = opened().dataframe[-1].value.to_dict("records")
    assert versions["leuko"] == __version__
    assert versions["torch"] == importlib.metadata.version("torch")


def test_no_models_is_said_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    assert "No model is installed" in opened().info[0].value
