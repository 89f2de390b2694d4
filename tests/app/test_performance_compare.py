"""The view that compares models on the same test images, driven through AppTest."""

import csv
import re

import numpy as np
import pytest

from leuko.ui.performance.paired.picker import MOST_MODELS
from tests.app.driving import charts, error_free, open_performance, table_with, words
from tests.app.model_folders import edit_part, write_answers
from tests.made_models import make_model_folder

PICK = "performance_compare"


@pytest.fixture
def page(weights):
    """Opens the comparison, with models picked or with those that it picks by itself."""

    def opened(*picked):
        chosen = {"performance_compare_chosen": list(picked)} if picked else {}
        return error_free(open_performance("Compare", **chosen))

    return opened


def rewrite(folder, change):
    """Change the rows of a table of predictions."""
    path = folder / "test_predictions.csv"
    with path.open(newline="") as stream:
        header, *rows = list(csv.reader(stream))
    with path.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *change(rows)])


def make_two_classes(weights, model_id):
    return make_model_folder(
        weights, model_id, classes=("HEM", "ALL"), malignant=("ALL",), title=model_id
    )


def test_one_model_alone_says_what_is_missing(page, weights):
    make_model_folder(weights, "a")
    assert "Fewer than two models have held-out results. Install a second one" in words(page())


def test_models_for_use_that_share_images_are_picked_at_first(page, weights):
    for name in ("a", "b", "c"):
        make_model_folder(weights, name, study_row="A1")
    for name in ("m", "n"):
        make_model_folder(weights, name, images=60, groups=12)
    make_model_folder(weights, "alone", images=48, groups=8)
    app = page()
    assert app.multiselect(key=PICK).value == ["m", "n"]
    assert app.multiselect(key=PICK).options[0].endswith("(60 test images)")


def test_where_no_models_for_use_share_images_the_largest_set_is_picked(page, weights):
    make_model_folder(weights, "own", images=48, groups=8)
    for name in ("a", "b", "c"):
        make_model_folder(weights, name, study_row="A1")
    assert page().multiselect(key=PICK).value == ["a", "b", "c"]


def test_after_the_first_pick_the_page_says_who_shares_its_images(page, weights):
    for name in ("a", "b", "c"):
        make_model_folder(weights, name, title=name.upper())
    make_model_folder(weights, "other", title="Other", images=60)
    said = words(page("a"))
    assert "2 more models share the 120 test images of A: B; C." in said
    assert "Pick two models or more that share their test images." in said
    assert "No other model shares the 60 test images of Other." in words(page("other"))


def test_overlapping_test_sets_are_refused_in_numbers(page, weights):
    make_model_folder(weights, "a", title="First")
    make_model_folder(weights, "b", title="Second", images=100, groups=20)
    app = page("a", "b")
    said = app.warning[0].value.replace("\\", "")
    assert "First cannot be paired with Second: they share 100 of 120 and 100 test images." in said
    assert "Paired tests need the same images, so nothing paired is offered for these." in said
    assert not app.dataframe
    assert not charts(app)


def test_models_of_other_data_sets_are_refused_even_under_equal_names(page, weights):
    make_model_folder(weights, "a", title="First")
    folder = make_model_folder(weights, "b", title="Second")
    edit_part(folder, "dataset", id="elsewhere")
    assert "they were tested on images of different data sets" in words(page("a", "b"))


def test_a_label_that_differs_is_refused_with_the_image_at_fault(page, weights):
    make_model_folder(weights, "a", title="First")
    folder = make_model_folder(weights, "b", title="Second")

    def relabel(rows):
        rows[0][2] = {"Benign": "Pre", "Early": "Benign"}[rows[0][2]]
        return rows

    rewrite(folder, relabel)
    said = words(page("a", "b"))
    assert "image '00000.png' is benign in the first table and malignant in the second" in said


def test_refused_models_do_not_hide_those_that_can_be_compared(page, weights):
    for name in ("a", "b"):
        make_model_folder(weights, name, title=name.upper(), seed=ord(name))
    make_model_folder(weights, "c", title="C", images=60)
    app = page("a", "b", "c")
    assert "A and B cannot be paired with C: they share 60 of 120 and 60" in words(app)
    assert set(table_with(app, "DeLong p")["Pair"]) == {"A − B"}


def test_a_hand_checked_pair_is_followed_through_every_figure(page, weights):
    """First right on 3 images where second is wrong, second on 1: difference 2 of 10 = 0.20."""
    labels = "AAAAAHHHHH"
    write_answers(
        make_two_classes(weights, "a"), labels, (0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1, 0.2, 0.1)
    )
    write_answers(
        make_two_classes(weights, "b"), labels, (0.9, 0.4, 0.3, 0.6, 0.7, 0.8, 0.2, 0.1, 0.2, 0.1)
    )
    app = page("a", "b")
    said = words(app)
    assert (
        "On the same 10 images A is right on 3 images where B is wrong and B on 1 image where A "
        "is wrong; difference of accuracy 0.20 (" in said
    )
    assert "the data do not tell them apart (p = 0.625 after Holm correction over 1 pair)" in said
    row = table_with(app, "DeLong p").iloc[0]
    assert (row["Only first right"], row["Only second right"]) == (3, 1)
    assert (row["McNemar p"], row["McNemar by"]) == ("0.625", "exact binomial")
    listed = table_with(app, "True class")
    assert listed["Image"].tolist() == ["005", "001", "002", "004"]
    assert listed["Right"].tolist() == ["A", "A", "A", "B"]
    assert "Group" not in listed.columns
    agreement = charts(app)[2]["data"][0]
    assert agreement["text"] == [["4", "2"], ["2", "2"]]
    assert "Both suggest the same side for 6 of 10 images; Cohen's kappa 0.17 (" in said


def test_grouped_images_put_the_bootstrap_first_and_say_why(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed, strength=1.5)
    app = page("a", "b")
    assert "take every image for independent and so claim too much; trust the differences" in words(
        app
    )
    columns = [list(each.value.columns) for each in app.dataframe]
    resampled = next(place for place, names in enumerate(columns) if "Figure" in names)
    tests = next(place for place, names in enumerate(columns) if "DeLong p" in names)
    assert resampled < tests
    assert columns[resampled][-1] == "Groups"


def test_single_images_put_the_tests_first(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed, groups=None, strength=1.5)
    app = page("a", "b")
    columns = [list(each.value.columns) for each in app.dataframe]
    resampled = next(place for place, names in enumerate(columns) if "Figure" in names)
    tests = next(place for place, names in enumerate(columns) if "DeLong p" in names)
    assert tests < resampled
    assert "Every test image stands alone, as DeLong's and McNemar's tests assume." in words(app)


def test_few_groups_settle_nothing(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed, groups=8, strength=1.0)
    assert "Take no difference for settled." in words(page("a", "b"))


def test_four_classes_are_compared_on_all_classes_too(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed, strength=1.5)
    app = page("a", "b")
    assert "Accuracy, all classes" in table_with(app, "Figure")["Figure"].tolist()
    assert len(charts(app)[2]["data"][0]["text"]) == 4


def test_a_model_beside_its_copy_is_named_as_such(page, weights):
    for name in ("a", "b"):
        make_model_folder(weights, name)
    app = page("a", "b")
    assert "A and B give the same P(malignant) for every image: one may be a copy" in words(app)
    assert table_with(app, "DeLong p").iloc[0]["DeLong p"] == "1.000"
    assert table_with(app, "Same side").iloc[0]["Kappa, all classes"].startswith("1.00 (no inter")
    assert "There is no such image." in words(app)


def test_a_test_set_of_one_side_is_not_measurable_and_still_compared(page, weights):
    for seed, name in enumerate(("a", "b")):
        folder = make_model_folder(weights, name, seed=seed, strength=1.5)
        rewrite(folder, lambda rows: [row for row in rows if row[2] != "Benign"])
    app = page("a", "b")
    figures = table_with(app, "Figure").set_index("Figure")["Difference (95 % interval)"]
    assert figures["AUROC"] == "not measurable (0 cases)"
    assert re.match(r"−?\d\.\d\d \(", figures["Accuracy"])
    assert "No ROC curves: all test images are on one side." in words(app)


def test_holm_covers_all_pairs_and_the_page_says_so(page, weights):
    for seed, name in enumerate(("a", "b", "c")):
        make_model_folder(weights, name, seed=seed, strength=seed + 0.5, groups=None)
    app = page("a", "b", "c")
    table = table_with(app, "DeLong p").set_index("Pair")
    assert table.index.tolist() == ["A − B", "A − C", "B − C"]
    assert "After Holm correction at 5 % over 3 pairs (McNemar for accuracy, DeLong" in words(app)
    assert "A − C" in words(app).split("accuracy tells apart", 1)[1].split(";")[0]
    assert not re.search(r"\bsignifican", words(app))


def test_the_images_listed_follow_the_filter_and_the_pair(page, weights):
    for seed, name in enumerate(("a", "b", "c")):
        make_model_folder(weights, name, seed=seed, strength=1.0)
    app = page("a", "b", "c")
    disagree = len(table_with(app, "True class"))
    app.segmented_control[0].set_value("All images")
    error_free(app.run())
    assert len(table_with(app, "True class")) == 120 > disagree
    app.selectbox[0].set_value("B − C")
    error_free(app.run())
    assert "B suggests" in table_with(app, "True class").columns


def test_curves_wear_the_colours_of_their_models(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed, title=f"Model {name}", strength=1.5)
    curves = [line for line in charts(page("a", "b"))[1]["data"] if line.get("name")]
    assert [line["name"] for line in curves] == ["A  Model a", "B  Model b"]
    assert len({line["line"]["color"] for line in curves}) == 2


def test_no_more_models_than_the_page_can_bear(page, weights):
    names = [f"m{number}" for number in range(MOST_MODELS + 1)]
    for seed, name in enumerate(names):
        make_model_folder(weights, name, seed=seed, images=40, groups=None)
    app = page(*names)
    assert app.multiselect(key=PICK).value == names[:MOST_MODELS]
    assert f"At most {MOST_MODELS} models are compared at once." in words(app)
    assert len(table_with(app, "DeLong p")) == MOST_MODELS * (MOST_MODELS - 1) // 2


def test_a_broken_table_leaves_the_other_models_comparable(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed)
    (make_model_folder(weights, "torn") / "test_predictions.csv").write_text("image_id\n")
    app = page()
    assert app.multiselect(key=PICK).value == ["a", "b"]
    assert not any("torn" in option for option in app.multiselect(key=PICK).options)


def test_every_table_and_chart_can_be_taken_away(page, weights):
    for seed, name in enumerate(("a", "b")):
        make_model_folder(weights, name, seed=seed, strength=1.5)
    offers = [part for part in page("a", "b").expander if "Download" in part.label]
    said = "\n".join(part.value for part in offers[0].markdown).replace("\\", "")
    for title in ("Differences", "Tests of all pairs", "ROC curves", "Agreement", "Images of a pa"):
        assert title in said


def test_rows_in_another_order_change_nothing(page, weights):
    for seed, name in enumerate(("a", "b")):
        folder = make_model_folder(weights, name, seed=seed, strength=1.5)
    before = table_with(page("a", "b"), "Figure")
    order = np.random.default_rng(0).permutation(120)
    rewrite(folder, lambda rows: [rows[place] for place in order])
    assert table_with(page("a", "b"), "Figure").equals(before)
