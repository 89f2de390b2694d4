"""The whole application, driven through AppTest with a model trained on drawn pictures."""

import pytest

from tests import drawn
from tests.app.driving import crop, drop, open_app, table, words
from tests.app.model_folders import alter_weights

DISCLAIMER = "Research use. Not a medical device."


def test_the_first_visit_says_how_to_start_and_what_the_model_is_worth(one_model):
    app = open_app()
    text = words(app)
    assert app.title[0].value == "Diagnose"
    assert "Drop images" in text
    assert "it had never seen" in text
    assert "sensitivity" in text
    assert DISCLAIMER in text
    assert len(app.dataframe) == 0


def test_a_dropped_image_gets_a_class_and_a_probability(one_model):
    app = drop(open_app(), ("cell.png", crop(1)))
    assert "Model suggests" in words(app)
    (row,) = table(app).to_dict("records")
    assert row["file"] == "cell.png"
    assert row["suggestion"] in {"Lymphoblast", "Healthy cell"}
    assert 0 <= row["malignant"] <= 1
    assert "1 image" in words(app)


def test_a_file_that_is_no_picture_gets_advice_not_a_traceback(one_model):
    app = drop(open_app(), ("notes.png", b"these are my notes"), ("cell.png", crop(2)))
    (warning,) = app.warning
    assert "notes" in warning.value
    assert "Export the picture" in warning.value
    assert "Traceback" not in words(app)
    states = dict(zip(table(app)["file"], table(app)["suggestion"], strict=True))
    assert states["notes.png"] == "not readable"
    assert states["cell.png"] != "not readable"


def test_when_no_file_can_be_read_the_page_says_so_and_stays(one_model):
    app = drop(open_app(), ("a.png", b""), ("b.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    assert "2 not readable" in words(app)
    assert not app.exception
    assert len(table(app)) == 2


def test_the_worst_comes_first(one_model):
    files = [(f"{seed}.png", crop(seed, seed % 2 == 0)) for seed in range(6)]
    app = drop(open_app(), *files)
    shares = table(app)["malignant"].tolist()
    assert shares == sorted(shares, reverse=True)


def test_an_archive_is_unpacked(one_model):
    archive = drawn.zip_of({"a.png": crop(1), "sub/b.tif": crop(2, form="TIFF")})
    app = drop(open_app(), ("cells.zip", archive))
    assert set(table(app)["file"]) == {"cells.zip/a.png", "cells.zip/sub/b.tif"}


def test_a_file_name_with_html_is_shown_as_text(one_model):
    name = "<b onmouseover=alert(1)>x.png"
    app = drop(open_app(), (name, crop(3)))
    assert name in table(app)["file"].tolist()
    shown = [element.value for element in app.markdown if "onmouseover" in element.value]
    assert shown
    assert all("<b" not in text.replace("\\<", "") for text in shown)


def test_next_and_previous_move_the_selection(one_model):
    app = drop(open_app(), *((f"{seed}.png", crop(seed)) for seed in range(3)))
    order = table(app)["file"].tolist()
    assert table(app)["shown"].tolist() == ["▸", "", ""]
    app.button(key="leuko_next").click().run()
    assert table(app)["shown"].tolist() == ["", "▸", ""]
    assert table(app)["file"].tolist() == order
    app.button(key="leuko_previous").click().run()
    assert table(app)["shown"].tolist() == ["▸", "", ""]


def test_results_survive_a_visit_to_another_page(one_model):
    app = drop(open_app(), ("a.png", crop(1)))
    before = table(app).to_dict("records")
    app.switch_page("pages/about.py").run()
    assert app.title[0].value == "About"
    app.switch_page("pages/diagnose.py").run()
    assert table(app).to_dict("records") == before


def test_remove_all_images_leads_back_to_the_start(one_model):
    app = drop(open_app(), ("a.png", crop(1)))
    app.button(key="leuko_clear").click().run()
    assert len(app.dataframe) == 0
    assert "Drop images" in words(app)


def test_cancel_keeps_what_is_done_and_continue_completes_it(one_model, monkeypatch):
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
    monkeypatch.setenv("LEUKO_WEIGHTS", str(one_model.parent))
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


def test_without_a_model_the_page_says_what_to_do(weights):
    app = open_app()
    assert "No model is installed" in app.info[0].value
    assert "weights" in app.info[0].value


def test_altered_weights_are_refused_in_one_sentence(one_model):
    alter_weights(one_model)
    app = drop(open_app(), ("a.png", crop(1)))
    (error,) = app.error
    assert "altered" in error.value
    assert "again" in error.value


def test_a_model_without_held_out_results_can_be_used_and_says_so(one_model):
    (one_model / "test_predictions.csv").unlink()
    app = open_app()
    assert "no held" in app.warning[0].value
    app = drop(app, ("a.png", crop(1)))
    assert "Model suggests" in words(app)


def test_a_bug_is_one_plain_sentence(one_model, monkeypatch, caplog):
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
def test_the_page_never_says_what_it_cannot_know(one_model, word):
    app = drop(open_app(), ("a.png", crop(1)))
    assert word not in words(app).lower()
