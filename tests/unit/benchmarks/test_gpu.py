"""The check of a graphics card, on the processor: its figures, and that wrong answers are seen."""

import importlib.util
import json
import os
import sys

import numpy as np
import pytest
import torch

from tests import ROOT

TINY = "test_efficientnet"
FIGURES = ("forward", "ours", "library", "ratio", "memory_mib")


@pytest.fixture(scope="module")
def script():
    path = ROOT / "benchmarks" / "gpu.py"
    specification = importlib.util.spec_from_file_location("leuko_benchmarks_gpu", path)
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, specification.name, module)  # dataclasses look themselves up
        patch.setattr(sys, "path", list(sys.path))
        specification.loader.exec_module(module)
        yield module


def run(script, tmp_path, *more, networks=TINY):
    file = tmp_path / "figures.json"
    words = ["--device", "cpu", "--networks", networks, "--side", "64", "--pictures", "6"]
    code = script.main([*words, "--precision", "bfloat16", "--json", str(file), *more])
    return code, json.loads(file.read_text(encoding="utf-8"))


def test_figures_are_in_the_table_and_in_the_file(script, tmp_path, capsys):
    code, written = run(script, tmp_path, "--batches", "1,4")
    said = capsys.readouterr().out
    assert (code, written["agreed"], written["wrong"], written["failed"]) == (0, True, [], {})
    assert [(row["network"], row["batch"]) for row in written["rows"]] == [(TINY, 1), (TINY, 4)]
    for row in written["rows"]:
        assert all(row[name] > 0 for name in FIGURES)
        assert row["ratio"] == pytest.approx(row["ours"] / row["library"])
        assert 0 < row["apart"] <= written["tolerance"]["bfloat16"]
        assert (row["changed"], row["dtype"], row["recorded"]) == (0, "bfloat16", None)
        assert f"{row['ours']:.1f}/s" in said
        assert f"{row['apart']:.2g}" in said
    assert "Answers agree" in said


def test_a_network_that_answers_something_else_is_found_out(script, tmp_path, capsys, monkeypatch):
    right = script.Classifier

    def tampered(card, network, *arguments, **named):
        with torch.no_grad():
            last = script.last_layer(network)
            last.weight.copy_(last.weight.flip(0))
            last.bias.copy_(last.bias.flip(0))
        return right(card, network, *arguments, **named)

    monkeypatch.setattr(script, "Classifier", tampered)
    code, written = run(script, tmp_path)
    assert (code, written["agreed"]) == (1, False)
    assert written["rows"][0]["apart"] > written["tolerance"]["bfloat16"]
    assert f"WRONG {TINY} at batch 1: a probability is" in capsys.readouterr().out


def test_a_network_that_fails_is_reported_and_the_rest_goes_on(script, tmp_path, capsys):
    code, written = run(script, tmp_path, networks=f"no_such_network,{TINY}")
    assert code == 1
    assert list(written["failed"]) == ["no_such_network"]
    assert [row["network"] for row in written["rows"]] == [TINY]
    assert "FAILED no_such_network" in capsys.readouterr().out


def test_what_there_is_no_time_for_is_named(script, tmp_path, capsys):
    code, written = run(script, tmp_path, "--minutes", "0", networks=f"{TINY},resnet18")
    assert (code, written["rows"], written["left_out"]) == (1, [], [TINY, "resnet18"])
    assert f"Left out, no time in 0 minutes: {TINY}, resnet18" in capsys.readouterr().out


def test_the_random_network_gives_different_pictures_different_classes(script):
    network = script.random_network(TINY, 64)
    answers = script.plain_answers(network, script.drawn_pictures(12, 64))
    assert len(set(answers.argmax(axis=1))) > 1


def test_answers_that_are_no_numbers_are_infinitely_apart(script):
    assert script.apart(np.array([[np.nan, 1.0]]), np.array([[0.5, 0.5]])) == float("inf")


def test_the_graph_is_judged_where_it_was_played_back(script):
    row = {"network": "n", "batch": 1, "dtype": "bfloat16", "memory_mib": 1.0, "ratio": 2.0}
    row |= {"forward": 9.0, "ours": 2.0, "library": 1.0, "apart": 0.0, "changed": 0, "redone": 0}
    played = {"recorded": True, "graph": 3.0, "graph_faster": 1.5}
    equal = script.Row(**row, **played, graph_apart=0.0)
    other = script.Row(**row, **played, graph_apart=0.5)
    assert script.objections(equal) == []
    assert "1.50 times as fast, equal" in script.table([equal])
    assert script.objections(other) == ["n at batch 1: with the graph a probability is 0.5 apart"]
    assert "not played back" in script.table([script.Row(**row, recorded=False)])


def test_the_setting_is_put_back(script, monkeypatch):
    from leuko.settings import load_settings

    monkeypatch.delenv(script.GRAPH_VARIABLE, raising=False)
    with script.graph_setting(value=True):
        assert load_settings().cuda_graph
    assert script.GRAPH_VARIABLE not in os.environ
    monkeypatch.setenv(script.GRAPH_VARIABLE, "true")
    with script.graph_setting(value=False):
        assert not load_settings().cuda_graph
    assert os.environ[script.GRAPH_VARIABLE] == "true"


def test_a_graph_that_was_recorded_is_timed_and_compared(script, monkeypatch):
    from leuko.inference.acceleration import prepare
    from leuko.inference.acceleration.cuda_graph import RecordedTrunk, Recording, probe

    def in_place(trunk, pictures):
        features = trunk(pictures).clone()
        return Recording(lambda: features.copy_(trunk(pictures)), features)

    def with_trunk(network, side_px, device, dtype, batch):
        ready = make_ready(network, side_px, device, dtype, batch)
        if not prepare.load_settings().cuda_graph:
            return ready
        fast = ready.reduced or ready.full
        like = probe(batch, side_px).to(dtype)
        return ready._replace(trunk=RecordedTrunk(fast.trunk, like, (1, batch), in_place))

    make_ready = prepare.make_ready
    monkeypatch.setattr("leuko.inference.classifier.make_ready", with_trunk)
    plan = script.Plan(torch.device("cpu"), (1,), 64, "float32", 0.01, float("inf"))
    network = script.random_network(TINY, 64)
    card, pictures = script.card_of(TINY, 64, network), script.drawn_pictures(3, 64)
    answers = script.plain_answers(network, pictures)
    found = script.with_graph(network, card, pictures, pictures[:1], answers, 10.0, plan)
    assert found["recorded"]
    assert found["graph_faster"] == pytest.approx(found["graph"] / 10)
    assert found["graph_apart"] < 1e-3
    assert script.with_graph(network, card, pictures, pictures * 6, answers, 10.0, plan) == {
        "recorded": False
    }


def test_pictures_that_are_redone_are_not_timed(script):
    pictures = script.drawn_pictures(3, 32)
    found = script.timed(pictures, np.array([True, False, False]), 3)
    assert [id(one) for one in found] == [id(pictures[index]) for index in (1, 2, 1)]
    found = script.timed(pictures, np.array([True, True, True]), 2)
    assert [id(one) for one in found] == [id(one) for one in pictures[:2]]


def test_every_branch_of_a_residual_network_counts(script):
    network = script.random_network("resnet18", 64)
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert norms
    assert all(norm.weight.any() for norm in norms)
