import json
import shutil

from streamlit.testing.v1 import AppTest

from tests import ROOT

ENTRY = ROOT / "app.py"


def test_a_model_of_tissue_is_not_offered_for_diagnosis(trained, tmp_path, monkeypatch):
    for name, kind in (("cells", "crop"), ("tissue-first-stage", "tissue")):
        folder = shutil.copytree(trained.folder, tmp_path / name)
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        card |= {"id": name, "title": name, "input": card["input"] | {"kind": kind}}
        (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    app = AppTest.from_file(str(ENTRY), default_timeout=120).run()
    assert not app.exception
    assert app.sidebar.selectbox[0].options == ["cells"]
    assert "tissue" not in "\n".join(element.value for element in app.markdown)
