import json

SCHEMA = {
    "id": str,
    "title": str,
    "architecture": str,
    "dataset": str,
    "input_kind": str,
    "classes": list,
    "malignant": list,
    "split_policy": str,
    "study_row": (str, type(None)),
    "has_weights": bool,
}


def test_json_lists_every_model_with_the_agreed_keys_and_types(leuko, weights):
    done = leuko("models", "--json", "--weights", weights)
    assert (done.code, done.err) == (0, "")
    records = json.loads(done.out)
    assert [record["id"] for record in records] == ["fields", "results", "tiny"]
    for record in records:
        assert set(record) >= set(SCHEMA)
        for key, kind in SCHEMA.items():
            assert isinstance(record[key], kind), key
        assert record["input_kind"] in {"field", "crop", "segmented"}
        assert record["split_policy"] in {"paper", "grouped"}
        assert set(record["malignant"]) < set(record["classes"])


def test_a_record_says_what_the_card_says(leuko, weights):
    done = leuko("models", "--json", "--weights", weights)
    record = {entry["id"]: entry for entry in json.loads(done.out)}["tiny"]
    assert {key: record[key] for key in SCHEMA} == {
        "id": "tiny",
        "title": "Tiny",
        "architecture": "test_efficientnet",
        "dataset": "all_idb2",
        "input_kind": "crop",
        "classes": ["Healthy", "Blast"],
        "malignant": ["Blast"],
        "split_policy": "grouped",
        "study_row": None,
        "has_weights": True,
    }


def test_a_folder_of_results_only_has_no_weights(leuko, weights):
    listed = json.loads(leuko("models", "--json", "--weights", weights).out)
    assert {m["id"]: m["has_weights"] for m in listed} == {
        "fields": True,
        "results": False,
        "tiny": True,
    }
    lines = leuko("models", "--weights", weights).out.splitlines()
    assert [line.split()[0] for line in lines] == ["fields", "results", "tiny"]
    assert [line.endswith("(results only)") for line in lines] == [False, True, False]


def test_a_bad_folder_is_reported_on_standard_error_and_the_others_are_listed(leuko, own_weights):
    (own_weights / "fields" / "card.json").write_text("{")
    done = leuko("models", "--json", "--weights", own_weights)
    assert done.code == 1
    assert [record["id"] for record in json.loads(done.out)] == ["results", "tiny"]
    assert "'fields'" in done.err


def test_nothing_installed_is_an_empty_list_and_a_sentence(leuko, tmp_path):
    assert json.loads(leuko("models", "--json", "--weights", tmp_path).out) == []
    done = leuko("models", "--weights", tmp_path)
    assert (done.code, done.out) == (0, "")
    assert "No model is installed" in done.err
