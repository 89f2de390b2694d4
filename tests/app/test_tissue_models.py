from tests.app.driving import open_app, words
from tests.app.model_folders import copy_model, edit_part


def test_a_model_of_tissue_is_not_offered_for_diagnosis(weights, trained):
    for name, kind in (("cells", "crop"), ("tissue-first-stage", "tissue")):
        edit_part(copy_model(trained.folder, weights, name, title=name), "input", kind=kind)
    app = open_app()
    assert app.sidebar.selectbox[0].options == ["cells"]
    assert "tissue" not in words(app)
