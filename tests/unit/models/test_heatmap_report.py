import json

import pytest

from leuko.errors import ExplainReportError
from leuko.models.bounded_read import LARGEST_REPORT_BYTES
from leuko.models.card import read_card, write_card
from leuko.models.explain_report_file import (
    explain_command,
    read_explain_report,
    write_explain_report,
)
from leuko.models.store import InstalledModel, list_models
from tests import ROOT
from tests.made_explain_reports import made_report, measured, part, put_report, raw_report
from tests.made_models import make_model_folder

WEIGHTS = ROOT / "weights"
SHIPPED = [model for model in list_models(WEIGHTS).models if model.has_weights]
AGAIN = "python -m leuko explain-report made --data FOLDER"


@pytest.fixture
def folder(tmp_path):
    return make_model_folder(tmp_path, "made", predictions=False, history=False, weights=True)


def refusal(folder):
    with pytest.raises(ExplainReportError) as caught:
        read_explain_report(read_card(folder), folder)
    return str(caught.value)


def test_a_report_survives_writing_and_reading_and_is_small(folder):
    report = made_report()
    path = write_explain_report(report, folder)
    assert read_explain_report(read_card(folder), folder) == report
    assert path.stat().st_size < 30_000


def test_an_installed_model_knows_its_report_or_that_there_is_none(folder):
    model = InstalledModel(folder, read_card(folder))
    assert model.explain_report() is None
    assert put_report(folder) == model.explain_report_path
    assert model.explain_report().with_evidence == 46


def test_a_missing_report_names_the_command_that_makes_it(folder):
    assert AGAIN in refusal(folder)


def test_the_command_is_safe_for_a_shell(folder):
    card = read_card(folder)
    assert explain_command(card) == AGAIN


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 200_000, b"\xff", b"\x80\x04\x95", b"[]", b"3", b"null"]
)
def test_what_is_no_report_is_refused_in_a_sentence(folder, content):
    (folder / "explain_report.json").write_bytes(content)
    sentence = refusal(folder)
    assert sentence.startswith("The report on the heatmaps of 'made' ")
    assert AGAIN in sentence


def test_a_report_that_is_too_large_is_never_read_whole(folder):
    path = put_report(folder)
    path.write_text(json.dumps(raw_report()).ljust(LARGEST_REPORT_BYTES))
    assert read_explain_report(read_card(folder), folder)
    path.write_text(json.dumps(raw_report()).ljust(LARGEST_REPORT_BYTES + 1))
    assert "it is larger than the 100,000 bytes that are read" in refusal(folder)


def test_a_newer_report_asks_for_a_newer_leuko(folder):
    put_report(folder, report_version=2, something="new")
    assert "is of version 2, this leuko reads up to version 1" in refusal(folder)


def test_a_report_of_other_weights_is_refused(folder):
    put_report(folder, weights_sha256="f" * 64)
    assert "was made with other weights than its own" in refusal(folder)


def test_a_folder_without_weights_has_no_report(folder):
    put_report(folder)
    card = read_card(folder).model_copy(update={"weights": None})
    write_card(card, folder)
    assert "other weights" in refusal(folder)


def test_a_report_of_another_model_or_layer_is_refused(folder):
    put_report(folder, model_id="foreign")
    assert "is that of 'foreign'" in refusal(folder)
    put_report(folder, layer="blocks")
    assert "from the layer 'blocks', its card names 'conv_head'" in refusal(folder)


def cells(**changes):
    return raw_report()["cells"] | changes


def removal(**changes):
    return raw_report()["removal"] | changes


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"extra": 1}, "'extra'"),
        ({"weights_sha256": "short"}, "'weights_sha256'"),
        ({"images": 0}, "'images'"),
        ({"with_evidence": 49}, "more pictures were measured than there are"),
        ({"removal": None}, "where there is any"),
        ({"removal": removal(shares=[0, 1])}, "one score a share"),
        ({"removal": removal(draws=0)}, "'removal.draws'"),
        ({"removal": removal(blur_sigma=float("nan"))}, "'removal.blur_sigma'"),
        ({"cells": cells(mostly_outside=41)}, "mostly outside"),
        ({"cells": cells(nucleus=None)}, "and only there"),
        ({"cells": cells(nucleus=part(0.9, 0.2))}, "do not sum to 1"),
        ({"cells": cells(nucleus=part(0.5, 0.2, images=39))}, "a histogram counts other"),
        ({"cells": cells(advantage=measured(0.4, spread=-0.1))}, "lies above"),
        ({"cells": cells(advantage=measured(0.4) | {"low": None})}, "both of its limits"),
        ({"cells": cells(advantage=measured(float("inf")))}, "'cells.advantage.value'"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused_by_its_place(folder, changes, where):
    put_report(folder, **changes)
    sentence = refusal(folder)
    assert where in sentence
    assert AGAIN in sentence


def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence(folder):
    (folder / "explain_report.json").mkdir()
    with pytest.raises(ExplainReportError, match="cannot be written"):
        write_explain_report(made_report(), folder)


@pytest.mark.parametrize("model", SHIPPED, ids=[model.id for model in SHIPPED])
def test_a_shipped_model_has_a_small_report_of_its_own_weights(model):
    assert model.explain_report() is not None
    assert model.explain_report_path.stat().st_size < 30_000
