import pytest

from leuko.errors import ModelNotFoundError
from leuko.models.attributes.store import list_attribute_models
from leuko.models.store import list_models
from tests.made_attributes import install_attributes
from tests.made_models import make_model_folder


@pytest.fixture
def weights(tmp_path):
    make_model_folder(tmp_path, "a-classifier", predictions=False, history=False)
    install_attributes(tmp_path)
    return tmp_path


def test_a_model_that_describes_cells_is_no_classifier_and_no_broken_one(weights):
    inventory = list_models(weights)
    assert [model.id for model in inventory.models] == ["a-classifier"]
    assert inventory.problems == ()


def test_a_classifier_is_no_model_that_describes_cells(weights):
    inventory = list_attribute_models(weights)
    assert [model.id for model in inventory.models] == ["tiny-attributes"]
    assert inventory.problems == ()
    assert inventory.get().has_weights


def test_a_folder_that_is_not_in_order_is_named_and_hides_no_other(weights):
    broken = weights / "broken"
    broken.mkdir()
    (broken / "attributes.json").write_text("{}")
    inventory = list_attribute_models(weights)
    assert [model.id for model in inventory.models] == ["tiny-attributes"]
    assert len(inventory.problems) == 1
    assert "'broken'" in inventory.problems[0]


def test_what_is_not_installed_is_told_with_what_is(weights, tmp_path_factory):
    with pytest.raises(ModelNotFoundError, match="installed are: tiny-attributes"):
        list_attribute_models(weights).get("other")
    with pytest.raises(ModelNotFoundError, match="installed are: none"):
        list_attribute_models(tmp_path_factory.mktemp("empty")).get()
    assert list_attribute_models(weights / "absent").models == ()
