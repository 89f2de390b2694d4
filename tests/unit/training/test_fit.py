import csv
import signal
import warnings

import pytest
import torch
from safetensors.torch import load_file

from leuko.data.adapters.all_idb2 import read
from leuko.data.splitting.split import split_dataset
from leuko.errors import RecipeError
from leuko.training import fit as fit_module
from leuko.training.fit import fit
from leuko.training.image_dataset import measure_preparation
from leuko.training.initialise import initialise_network
from leuko.training.module import TrainingModule
from leuko.training.recipe import plan_of, steps_of
from tests.made_recipes import tiny_recipe


def run(recipe, data, run_folder, **options):
    dataset = read(data)
    split = split_dataset(dataset, plan_of(recipe))
    torch.manual_seed(recipe.training.seed)
    network, _ = initialise_network(recipe.network, 2)
    preparation = measure_preparation(steps_of(recipe), split.train)
    return fit(
        recipe, split, preparation, dataset, network, run_folder,
        device="cpu", progress=False, **options,
    )  # fmt: skip


def interrupt_at(monkeypatch, epoch, error):
    """Raise ``error`` when the epoch (from 0) is about to start."""
    start = TrainingModule.on_train_epoch_start

    def stop(module):
        if module.current_epoch == epoch:
            raise error
        start(module)

    monkeypatch.setattr(TrainingModule, "on_train_epoch_start", stop)


def weights(fitted):
    return fitted.network.body.state_dict()


def assert_same_run(found, expected):
    for name, tensor in weights(expected).items():
        assert torch.equal(weights(found)[name], tensor), name
    assert found.history == expected.history
    assert found.best_epoch == expected.best_epoch


THREE_EPOCHS = {"epochs": 3}


@pytest.fixture(scope="module")
def uninterrupted(all_idb2_folder, tmp_path_factory):
    return run(tiny_recipe(training=THREE_EPOCHS), all_idb2_folder, tmp_path_factory.mktemp("run"))


def test_a_run_stopped_by_the_user_resumes_to_the_weights_of_an_uninterrupted_one(
    uninterrupted, all_idb2_folder, tmp_path, monkeypatch
):
    recipe = tiny_recipe(training=THREE_EPOCHS)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 1, KeyboardInterrupt())
        with pytest.raises(RecipeError, match="go on with the same command and --resume"):
            run(recipe, all_idb2_folder, tmp_path)
    assert_same_run(run(recipe, all_idb2_folder, tmp_path, resume=True), uninterrupted)


def test_after_an_interruption_the_terminal_can_interrupt_again(
    all_idb2_folder, tmp_path, monkeypatch
):
    before = signal.getsignal(signal.SIGINT)
    interrupt_at(monkeypatch, 0, KeyboardInterrupt())
    with pytest.raises(RecipeError):
        run(tiny_recipe(), all_idb2_folder, tmp_path)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_crash_resumes_from_the_newest_epoch_even_when_that_was_not_the_best(
    uninterrupted, all_idb2_folder, tmp_path, monkeypatch
):
    recipe = tiny_recipe(training=THREE_EPOCHS)
    figures = TrainingModule._figures

    def ever_worse(module, stage):
        worse = {"balanced_accuracy": 0.9 - module.current_epoch / 10, "accuracy": 0.5}
        return figures(module, stage) | worse

    monkeypatch.setattr(TrainingModule, "_figures", ever_worse)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 2, OSError("disk full"))
        with pytest.raises(OSError, match="disk full"):
            run(recipe, all_idb2_folder, tmp_path)
    newest = torch.load(tmp_path / "last.ckpt", weights_only=True)
    assert newest["epoch"] == 1
    assert len(newest["history"]) == 2
    resumed = run(recipe, all_idb2_folder, tmp_path, resume=True)
    assert [record["epoch"] for record in resumed.history] == [1, 2, 3]
    assert resumed.best_epoch == 1


def test_a_finished_run_that_is_resumed_changes_nothing(trained):
    found = run(tiny_recipe(), trained.data, trained.run_folder, resume=True)
    stored = load_file(trained.folder / "model.safetensors")
    for name, tensor in weights(found).items():
        assert torch.equal(stored[name], tensor), name


def test_the_growing_history_is_on_disk_one_row_an_epoch(trained):
    with (trained.run_folder / "training_history.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["epoch"] for row in rows] == ["1", "2"]


def test_with_nothing_to_resume_the_refusal_says_how_to_start(all_idb2_folder, tmp_path):
    with pytest.raises(RecipeError, match=r"Nothing to resume in .*start without --resume"):
        run(tiny_recipe(), all_idb2_folder, tmp_path, resume=True)


def test_early_stopping_ends_a_run_that_no_longer_gets_better(
    all_idb2_folder, tmp_path, monkeypatch
):
    figures = TrainingModule._figures
    flat = {"balanced_accuracy": 0.5, "accuracy": 0.5, "loss": 1.0}
    monkeypatch.setattr(
        TrainingModule, "_figures", lambda module, stage: figures(module, stage) | flat
    )
    recipe = tiny_recipe(training={"epochs": 9, "early_stopping_epochs": 1})
    fitted = run(recipe, all_idb2_folder, tmp_path)
    assert len(fitted.history) == 2
    assert fitted.best_epoch == 1


def test_bfloat16_is_refused_where_the_processor_lacks_it(all_idb2_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(fit_module, "has_bfloat16", lambda _device: False)
    with pytest.raises(RecipeError, match="does not compute bfloat16: set precision to 'auto'"):
        run(tiny_recipe(training={"precision": "bfloat16"}), all_idb2_folder, tmp_path)


def test_auto_precision_takes_float32_where_the_processor_lacks_bfloat16(monkeypatch):
    auto = tiny_recipe(training={"precision": "auto"})
    monkeypatch.setattr(fit_module, "has_bfloat16", lambda _device: False)
    assert fit_module._precision(auto, torch.device("cpu")) == "32-true"
    monkeypatch.setattr(fit_module, "has_bfloat16", lambda _device: True)
    assert fit_module._precision(auto, torch.device("cpu")) == "bf16-mixed"
    assert fit_module._precision(tiny_recipe(), torch.device("cpu")) == "32-true"


def test_training_hides_no_warnings_of_its_caller(all_idb2_folder, tmp_path):
    before = list(warnings.filters)
    run(tiny_recipe(training={"epochs": 1}), all_idb2_folder, tmp_path)
    assert warnings.filters == before
