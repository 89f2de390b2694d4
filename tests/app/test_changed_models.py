"""Models that are changed, broken or removed while pages use them."""

import shutil

import pytest

from tests.app.comparing import on_compare, tick
from tests.app.driving import crop, drop, on_page, open_app, words
from tests.app.model_folders import copy_model, edit_card, edit_part

PICTURE = ("a.png", crop(1))
GONE = "can no longer be used"


@pytest.fixture
def weights(weights, trained):
    """Three models of crops."""
    for name in ("first", "second", "third"):
        copy_model(trained.folder, weights, name)
    return weights


@pytest.fixture
def diagnose(weights):
    """Diagnose with the second model and one classified picture."""
    app = open_app()
    app.sidebar.selectbox[0].set_value("second").run()
    return drop(app, PICTURE)


def break_card(folder):
    (folder / "card.json").write_text("{")


def remove_weights(folder):
    (folder / "model.safetensors").unlink()


@pytest.mark.parametrize("harm", [shutil.rmtree, break_card, remove_weights])
def test_a_model_that_is_gone_is_told_and_no_other_takes_its_place(weights, diagnose, harm):
    shutil.copytree(weights / "second", weights.parent / "kept")
    harm(weights / "second")
    app = diagnose.run()
    assert f"{GONE}: Second." in words(app)
    assert app.sidebar.selectbox[0].value is None
    assert len(app.dataframe) == 0
    assert GONE in words(app.run())

    # put right again, its answers are there again
    shutil.rmtree(weights / "second", ignore_errors=True)
    shutil.copytree(weights.parent / "kept", weights / "second")
    app.run()
    assert app.sidebar.selectbox[0].value == "second"
    assert list(app.dataframe[0].value["file"]) == ["a.png"]


def test_another_model_answers_once_the_user_chooses_it(weights, diagnose):
    shutil.rmtree(weights / "second")
    app = diagnose.run()
    app.sidebar.selectbox[0].set_value("third").run()
    assert not app.exception
    assert GONE not in words(app)
    assert list(app.dataframe[0].value["file"]) == ["a.png"]


def test_a_card_that_is_edited_while_the_page_is_open_is_asked_anew(weights, diagnose):
    before = diagnose.dataframe[0].value["malignant"][0]
    edit_card(weights / "second", temperature=5.0, gates=None)
    app = diagnose.run()
    assert not app.exception
    assert "waiting" not in words(app)
    assert app.dataframe[0].value["malignant"][0] != before


def test_on_compare_the_others_go_on_and_the_one_that_is_gone_is_named(weights):
    app = drop(tick(on_compare(), "first", "second", "third"), PICTURE)
    shutil.rmtree(weights / "second")
    app.run()
    assert f"{GONE}: Second." in words(app)
    assert "Second" not in "".join(app.dataframe[0].value.columns)
    assert f"{GONE}: Second." in words(app.run())
    app.button(key="leuko_compare_without").click().run()
    assert GONE not in words(app)


def test_on_compare_no_other_kind_of_picture_is_read_by_itself(weights):
    app = drop(tick(on_compare(), "first", "second"), PICTURE)
    for name in ("first", "second", "third"):
        edit_part(weights / name, "input", kind="field")
        edit_card(weights / name, gates=None)
    app = on_page(app, "compare")
    assert "any more. Choose another kind" in words(app)
    assert app.sidebar.radio[0].value is None
