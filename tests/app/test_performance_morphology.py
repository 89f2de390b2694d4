"""The tab "Morphology" of the Performance page."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from leuko.evaluation.attributes.predictions import (
    AttributePredictions,
    TwoReaders,
    write_attribute_predictions,
    write_two_readers,
)
from leuko.models.attributes.titles import title_of
from tests.app.driving import open_performance, run_alone, table_with, words
from tests.made_attributes import WBCATT, install_attributes
from tests.made_models import make_model_folder

CELLS, READ_TWICE = 60, 20
OPEN_THE_TAB = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=300)
app.session_state["performance_view"] = "Morphology"
app.run()
assert not app.exception, app.exception
assert len(app.dataframe) == 2, "no tables"
assert "torch" not in sys.modules, "the tab imported torch"
"""


@pytest.fixture(autouse=True)
def one_classifier(weights):
    make_model_folder(weights, "made")


def describe(folder, read_twice=True):
    """Write what a model that is right more often than not, and two readers, say of cells."""
    generator = np.random.default_rng(2)
    names = tuple(f"cell {place}" for place in range(CELLS))
    truth, probabilities, second = {}, {}, {}
    for name, known in WBCATT.items():
        truth[name] = generator.integers(0, len(known), CELLS)
        table = generator.random((CELLS, len(known))) + 1.2 * np.eye(len(known))[truth[name]]
        probabilities[name] = table / table.sum(axis=1, keepdims=True)
        second[name] = np.where(generator.random(CELLS) < 0.8, truth[name], 0)
    predictions = AttributePredictions(WBCATT, names, truth, probabilities)
    write_attribute_predictions(predictions, folder / "test_predictions.csv")
    if read_twice:
        few = {name: said[:READ_TWICE] for name, said in truth.items()}
        other = {name: said[:READ_TWICE] for name, said in second.items()}
        sides = ("test",) * READ_TWICE
        readers = TwoReaders(WBCATT, names[:READ_TWICE], sides, few, other)
        write_two_readers(readers, folder / "second_reader.csv")
    return predictions


def figure(app):
    (found,) = [one for one in app.get("plotly_chart") if "attributes" in one.proto.id]
    return json.loads(found.proto.spec)


def test_the_model_stands_beside_a_second_reader_attribute_by_attribute(weights):
    predictions = describe(install_attributes(weights))
    app = open_performance("Morphology")
    table = table_with(app, "Cohen's kappa").set_index("Attribute")
    assert list(table.index) == [*map(title_of, WBCATT), "Mean of all"]
    name = next(iter(WBCATT))
    expected = f1_score(predictions.truth[name], predictions.told(name), average="macro")
    said = table.loc[title_of(name), "Macro F1 of the model"]
    assert said.startswith(f"{expected:.2f} (")
    model, reader = figure(app)["data"]
    assert model["x"][0] == pytest.approx(expected)
    assert len(reader["x"]) == len(WBCATT)
    assert model["marker"]["symbol"] != reader["marker"]["symbol"]


def test_what_is_said_has_a_table_and_can_be_taken_away(weights):
    describe(install_attributes(weights))
    app = open_performance("Morphology")
    assert "Right where said" in table_with(app, "Sure enough to be said").columns
    offered = {part.key for part in app.get("download_button")}
    assert "performance_download_tiny-attributes_What is said_csv" in offered
    assert "performance_download_tiny-attributes_Attributes_html" in offered


def test_without_a_second_reader_the_model_stands_alone(weights):
    describe(install_attributes(weights), read_twice=False)
    app = open_performance("Morphology")
    assert set(table_with(app, "Cohen's kappa")["Cohen's kappa"]) == {"–"}
    assert len(figure(app)["data"]) == 1


def test_two_models_can_be_chosen_between(weights):
    for name in ("one", "two"):
        describe(install_attributes(weights, name, title=name.title()))
    app = open_performance("Morphology")
    app.selectbox(key="performance_morphology_model").set_value("two").run()
    assert not app.exception
    assert "performance_attributes_two" in app.get("plotly_chart")[0].proto.id


def test_a_missing_table_is_one_sentence(weights):
    install_attributes(weights)
    app = open_performance("Morphology")
    assert "test_predictions.csv is missing" in app.warning[0].value.replace("\\", "")


def test_a_broken_card_is_one_sentence(weights):
    folder = install_attributes(weights)
    (folder / "attributes.json").write_text("{}")
    app = open_performance("Morphology")
    assert "tiny-attributes" in app.warning[0].value.replace("\\", "")


def test_where_no_such_model_is_installed_the_command_is_named():
    said = words(open_performance("Morphology"))
    assert "python -m leuko train recipes/attributes/mobilenetv2.toml --data FOLDER" in said


def test_the_tab_never_imports_torch(weights):
    describe(install_attributes(weights))
    run_alone(OPEN_THE_TAB)
