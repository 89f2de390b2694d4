from leuko.data.kind_pictures import find_neighbours
from tests.made_data import make_all_idb2, make_wbc_segmentation


def test_the_other_data_sets_of_a_folder_are_found_and_the_own_one_is_left_out(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    make_wbc_segmentation(tmp_path / "wbc_segmentation")
    found = find_neighbours(tmp_path, "all_idb2")
    assert list(found) == ["WBC segmentation"]
    assert len(found["WBC segmentation"]) == 6
    assert {path.suffix for path in found["WBC segmentation"]} == {".bmp"}
    both = find_neighbours(tmp_path, "taleqani")
    assert set(both) == {"ALL-IDB2", "WBC segmentation"}
    assert list(both["ALL-IDB2"]) == sorted(both["ALL-IDB2"])


def test_a_part_of_the_own_data_set_is_no_out_of_distribution(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    assert find_neighbours(tmp_path, "all_idb2_preliminary") == {}


def test_a_folder_that_holds_none_has_no_neighbours(tmp_path):
    assert find_neighbours(tmp_path, "own") == {}
