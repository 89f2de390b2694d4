"""The whole application, driven through AppTest with a model trained on drawn pictures."""

import pytest
from streamlit.testing.v1 import AppTest

from leuko.models.store import list_models
from tests import ROOT, drawn

ENTRY = ROOT / "app.py"
DISCLAIMER = "Research use. Not a medical device."


@pytest.fixture
def open_app():
    def opened():
        app = AppTest.from_file(str(ENTRY), default_timeout=120).run()
        assert not app.exception
        return app

    return opened


def drop(app, *files):
    app.file_uploader[0].set_value(
        [(name, data, "application/octet-stream") for name, data in files]
    )
    app.run()
    assert not app.exception
    return app


def crop(seed, malignant=True, form="PNG"):
    return drawn.encode(drawn.draw_crop(seed, malignant, 96), form)


def words(app):
    """All text of the page in one string."""
    kinds = ("title", "markdown", "caption", "info", "warning", "error", "html")
    return "\n".join(
        str(element.value if kind != "html" else element.proto.body)
        for kind in kinds
        for element in app.get(kind)
    )


def table(app):
    return app.dataframe[0].value


def test_the_first_visit_says_how_to_start_and_what_the_model_is_worth(weights, open_app):
    app = open_app()
    text = words(app)
    assert app.title[0].value == "Diagnose"
    assert "Drop images" in text
    assert "it had never seen" in text
    assert "sensitivity" in text
    assert DISCLAIMER in text
    assert len(app.dataframe) == 0


def test_a_dropped_image_gets_a_class_and_a_probability(weights, open_app):
    app = drop(open_app(), ("cell.png", crop(1)))
    assert "Model suggests" in words(app)
    (row,) = table(app).to_dict("records")
    assert row["file"] == "cell.png"
    assert row["suggestion"] in {"Lymphoblast", "Healthy cell"}
    assert 0 <= row["malignant"] <= 1
    assert "1 image" in words(app)


def test_a_file_that_is_no_picture_gets_advice_not_a_traceback(weights, open_app):
    app = drop(open_app(), ("notes.png", b"these are my notes"), ("cell.png", crop(2)))
    (warning,) = app.warning
    assert "notes" in warning.value
    assert "Export the picture" in warning.value
    assert "Traceback" not in words(app)
    states = dict(zip(table(app)["file"], table(app)["suggestion"], strict=True))
    assert states["notes.png"] == "not readable"
    assert states["cell.png"] != "not readable"


def test_when_no_file_can_be_read_the_page_says_so_and_stays(weights, open_app):
    app = drop(open_app(), ("a.png", b""), ("b.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    assert "2 not readable" in words(app)
    assert not app.exception
    assert len(table(app)) == 2


def test_the_worst_comes_first(weights, open_app):
    files = [(f"{seed}.png", crop(seed, seed % 2 == 0)) for seed in range(6)]
    app = drop(open_app(), *files)
    shares = table(app)["malignant"].tolist()
    assert shares == sorted(shares, reverse=True)


def test_an_archive_is_unpacked(weights, open_app):
    archive = drawn.zip_of({"a.png": crop(1), "sub/b.tif": crop(2, form="TIFF")})
    app = drop(open_app(), ("cells.zip", archive))
    assert set(table(app)["file"]) == {"cells.zip/a.png", "cells.zip/sub/b.tif"}


def test_a_file_name_with_html_is_shown_as_text(weights, open_app):
    name = "<b onmouseover=alert(1)>x.png"
    app = drop(open_app(), (name, crop(3)))
    assert name in table(app)["file"].tolist()
    shown = [element.value for element in app.markdown if "onmouseover" in element.value]
    assert shown
    assert all("<b" not in text.replace("\\<", "") for text in shown)


def test_next_and_previous_move_the_selection(weights, open_app):
    app = drop(open_app(), *((f"{seed}.png", crop(seed)) for seed in range(3)))
    order = table(app)["file"].tolist()
    assert table(app)["shown"].tolist() == ["▸", "", ""]
    app.button(key="leuko_next").click().run()
    assert table(app)["shown"].tolist() == ["", "▸", ""]
    assert table(app)["file"].tolist() == order
    app.button(key="leuko_previous").click().run()
    assert table(app)["shown"].tolist() == ["▸", "", ""]


def test_results_survive_a_visit_to_another_page(weights, open_app):
    app = drop(open_app(), ("a.png", crop(1)))
    before = table(app).to_dict("records")
    app.switch_page("pages/about.py").run()
    assert app.title[0].value == "About"
    app.switch_page("pages/diagnose.py").run()
    assert table(app).to_dict("records") == before


def test_remove_all_images_leads_back_to_the_start(weights, open_app):
    app = drop(open_app(), ("a.png", crop(1)))
    app.button(key="leuko_clear").click().run()
    assert len(app.dataframe) == 0
    assert "Drop images" in words(app)


def test_cancel_keeps_what_is_done_and_continue_completes_it(weights, open_app, monkeypatch):
    monkeypatch.setattr("leuko.workbench.classification.PASS_PICTURES", 2)
    monkeypatch.setattr("leuko.workbench.classification.LONGEST_PASS_SECONDS", 0.0)
    app = open_app()
    # With no time at all for a pass nothing is classified, as when Cancel is pressed at once.
    from leuko.ui.state.session import KEY

    monkeypatch.setattr("leuko.ui.diagnose.page.pending", _pausing(KEY))
    app = drop(app, *((f"{seed}.png", crop(seed)) for seed in range(3)))
    assert table(app)["suggestion"].tolist() == ["waiting"] * 3
    assert "3 waiting" in words(app)
    monkeypatch.undo()
    monkeypatch.setenv("LEUKO_WEIGHTS", str(weights))
    app.button(key="leuko_continue").click().run()
    assert "waiting" not in table(app)["suggestion"].tolist()


def _pausing(key):
    """``pending``, but the session is paused as soon as it is asked, as by Cancel."""
    import streamlit as st

    from leuko.workbench.classification import pending

    def asked(tray, card, results):
        if tray.items:
            st.session_state[key].paused = True
        return pending(tray, card, results)

    return asked


def test_without_a_model_the_page_says_what_to_do(tmp_path, monkeypatch, open_app):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    app = open_app()
    assert "No model is installed" in app.info[0].value
    assert "weights" in app.info[0].value


def test_altered_weights_are_refused_in_one_sentence(weights, open_app):
    (model,) = list_models(weights).models
    content = bytearray(model.weights_path.read_bytes())
    content[-1] ^= 1
    model.weights_path.write_bytes(bytes(content))
    app = drop(open_app(), ("a.png", crop(1)))
    (error,) = app.error
    assert "altered" in error.value
    assert "again" in error.value


def test_a_model_without_held_out_results_can_be_used_and_says_so(weights, open_app):
    (model,) = list_models(weights).models
    model.predictions_path.unlink()
    app = open_app()
    assert "no held" in app.warning[0].value
    app = drop(app, ("a.png", crop(1)))
    assert "Model suggests" in words(app)


def test_a_bug_is_one_plain_sentence(weights, open_app, monkeypatch, caplog):
    def fail(*_args, **_kwargs):
        raise ZeroDivisionError("internal detail")

    monkeypatch.setattr("leuko.ui.diagnose.page.advance", fail)
    app = drop(open_app(), ("a.png", crop(1)))
    (error,) = app.error
    assert "could not be completed" in error.value
    assert "internal detail" not in words(app)
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("word", ["diagnosis is", "detected", "healthy sample", "safe"])
def test_the_page_never_says_what_it_cannot_know(weights, open_app, word):
    app = drop(open_app(), ("a.png", crop(1)))
    assert word not in words(app).lower()
