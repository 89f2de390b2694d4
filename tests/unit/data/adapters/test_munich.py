"""Munich AML in its public layout."""

import pytest

from leuko.data.adapters import munich
from leuko.errors import DatasetError
from tests.made_cells import MUNICH, make_munich


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("NGS", "Segmented neutrophil"),
        ("NGB", "Band neutrophil"),
        ("EOS", "Eosinophil"),
        ("BAS", "Basophil"),
        ("LYT", "Lymphocyte"),
        ("LYA", "Not a blast cell"),
        ("MON", "Monocyte"),
        ("PMO", "Promyelocyte"),
        ("PMB", "Promyelocyte"),
        ("MYB", "Myelocyte"),
        ("MMZ", "Metamyelocyte"),
        ("MYO", "Blast cell"),
        ("MOB", "Blast cell"),
        ("EBO", "Erythroblast"),
    ],
)
def test_every_folder_but_that_of_smudge_cells_has_its_class(tmp_path, code, label):
    dataset = munich.read(make_munich(tmp_path))
    assert {s.label for s in dataset.samples if s.image_id.startswith(code)} == {label}
    assert {s.image_id[:3] for s in dataset.samples} == set(MUNICH) - {"KSC"}
    assert {s.laboratory for s in dataset.samples} == {"munich"}


def test_tiff_as_published_and_jpeg_are_read_and_the_licence_says_research_use(tmp_path):
    published = munich.read(make_munich(tmp_path / "a" / "munich_aml"))
    other = munich.read(make_munich(tmp_path / "b" / "munich_aml", kind="jpg").parent)
    assert {s.path.suffix for s in published.samples} == {".tiff"}
    assert [s.image_id for s in published.samples] == [s.image_id for s in other.samples]
    assert published.licence.startswith("research use")


@pytest.mark.parametrize("name", ["MYO/NGS_0001.tiff", "MYO/cell.tiff", "ABC/ABC_0001.tiff"])
def test_a_file_in_the_wrong_folder_or_of_an_unknown_class_is_refused_by_name(tmp_path, name):
    file = make_munich(tmp_path) / munich.FOLDER / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"x")
    with pytest.raises(DatasetError, match=f"{file.name}' is not named as published"):
        munich.read(tmp_path)
