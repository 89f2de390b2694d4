import pytest

from leuko.errors import PredictionsError
from leuko.evaluation.training_history import read_history


def test_epochs_come_in_order_and_unknown_columns_are_left_out(tmp_path):
    path = tmp_path / "training_history.csv"
    path.write_text("epoch,train_loss,seconds\n2,0.5,9\n1,,9\n")
    frame = read_history(path)
    assert frame.columns.tolist() == ["epoch", "train_loss"]
    assert frame["epoch"].tolist() == [1, 2]
    assert frame["train_loss"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("epoch,train_loss\n", "no epochs"),
        ("train_loss\n0.5\n", "no epochs"),
        ("epoch,train_loss\n1,low\n", "no number"),
        ("epoch,train_loss\n1,inf\n", "no number"),
        ("epoch,train_loss\n1,1e999\n", "no number"),
        ("epoch,train_loss\n,0.5\n", "no number"),
        (f"epoch,train_loss\n{'1' * 400},0.5\n", "no number"),
    ],
)
def test_a_broken_history_says_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "training_history.csv"
    path.write_text(text)
    with pytest.raises(PredictionsError, match=message):
        read_history(path)


def test_a_missing_history_says_so(tmp_path):
    with pytest.raises(PredictionsError, match="missing"):
        read_history(tmp_path / "training_history.csv")
