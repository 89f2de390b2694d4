from pathlib import Path

import pytest

from leuko.errors import LeukoError
from leuko.imaging.limits import LEUKO_KEYS, Limits, load_limits

SHIPPED = Path(__file__).parents[3] / ".streamlit" / "config.toml"


@pytest.fixture
def config(tmp_path):
    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_defaults_are_those_of_the_shipped_file():
    assert load_limits(SHIPPED) == Limits()
    assert load_limits(SHIPPED).max_file_bytes == 200 * 1024 * 1024


def test_every_number_is_read(config):
    path = config(
        "[server]\nmaxUploadSize = 3\n"
        "[leuko]\nmaxImageMegapixels = 4\nmaxArchiveFiles = 5\nmaxArchiveMegabytes = 6\n"
    )
    assert load_limits(path) == Limits(3 * 2**20, 4_000_000, 5, 6 * 2**20, 16)


def test_a_key_left_out_keeps_its_default(config):
    assert load_limits(config("[leuko]\nmaxArchiveFiles = 7\n")) == Limits(max_archive_files=7)
    assert load_limits(config("")) == Limits()


def test_the_current_folder_comes_before_the_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_limits() == load_limits(SHIPPED)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text("[leuko]\nmaxArchiveFiles = 9\n")
    assert load_limits().max_archive_files == 9


def test_an_installation_without_the_file_has_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("leuko.imaging.limits.__file__", str(tmp_path / "a" / "b" / "limits.py"))
    assert load_limits() == Limits()


@pytest.mark.parametrize("value", ["0", "-1", '"many"', "true", "1.5", "[]"])
@pytest.mark.parametrize(
    ("section", "key"), [("server", "maxUploadSize"), *(("leuko", key) for key in LEUKO_KEYS)]
)
def test_a_malformed_value_is_refused_by_name(config, section, key, value):
    with pytest.raises(LeukoError, match=rf"{key} in \[{section}\] must be a whole number"):
        load_limits(config(f"[{section}]\n{key} = {value}\n"))


def test_an_unknown_key_is_answered_with_the_known_ones(config):
    with pytest.raises(LeukoError, match=r"unknown key maxMegapixels.*maxImageMegapixels"):
        load_limits(config("[leuko]\nmaxMegapixels = 4\n"))


def test_a_file_that_is_not_toml_or_not_there_gets_a_sentence(config, tmp_path):
    with pytest.raises(LeukoError, match="not valid TOML"):
        load_limits(config("[leuko\n"))
    with pytest.raises(LeukoError, match="cannot be read"):
        load_limits(tmp_path / "missing.toml")
    with pytest.raises(LeukoError, match="section"):
        load_limits(config("leuko = 3\n"))
