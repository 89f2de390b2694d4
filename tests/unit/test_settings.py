import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from leuko import settings as settings_module
from leuko.errors import LeukoError
from leuko.settings import FORM_BYTES, Limits, Settings, load_limits, load_settings, settings_file
from leuko.ui.state.sweep import LOOKS_IN_TIME
from tests import ROOT

COUNTS = (
    "max_upload_megabytes", "max_image_megapixels", "max_archive_files", "max_archive_megabytes",
    "max_uploading_megabytes",
)  # fmt: skip


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes the settings file of a made checkout, in which the package then lies."""
    root = tmp_path / "checkout"
    (root / ".streamlit").mkdir(parents=True)
    (root / "app.py").touch()
    monkeypatch.setattr(settings_module, "checkout", lambda: root)

    def write(text):
        path = root / ".streamlit" / "leuko.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_defaults_are_those_of_the_shipped_file():
    assert settings_file() == ROOT / ".streamlit" / "leuko.toml"
    shipped = tomllib.loads((ROOT / ".streamlit" / "leuko.toml").read_text(encoding="utf-8"))
    assert shipped
    assert {name: Settings.model_fields[name].default for name in shipped} == shipped
    assert Settings.model_construct().limits == Limits()
    assert Limits().max_file_bytes == 200 * 1024 * 1024


def test_the_server_takes_as_large_a_file_as_the_package_reads():
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert server["server"]["maxUploadSize"] == load_settings().max_upload_megabytes


@pytest.mark.parametrize(
    ("session", "server", "file", "expected"),
    [
        (1000, 1500, 200, 1000),
        (1000, 900, 200, 600),  # two thirds: the others keep one
        (100, 1500, 200, 100),
    ],
)
def test_one_session_never_has_all_the_memory_for_uploads(session, server, file, expected):
    limits = Limits(
        max_file_bytes=file * 2**20,
        max_session_bytes=session * 2**20,
        max_uploading_bytes=server * 2**20,
    )
    assert limits.max_session_uploading_bytes == expected * 2**20
    assert limits.largest_upload_bytes == min(file * 2**20, expected * 2**20 - FORM_BYTES)


def test_the_largest_file_can_always_be_sent_where_the_server_has_room_for_it():
    limits = Limits(max_file_bytes=800 * 2**20, max_uploading_bytes=900 * 2**20)
    assert limits.largest_upload_bytes == limits.max_file_bytes


def test_a_session_is_deleted_by_us_before_streamlit_only_forgets_it():
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    ours, looks = load_settings().forget_after_seconds, LOOKS_IN_TIME
    assert server["server"]["disconnectedSessionTTL"] > ours + ours / looks


def test_every_number_is_read(written):
    written("\n".join(f"{name} = {number}" for number, name in enumerate(COUNTS, start=3)))
    assert load_limits() == Limits(
        3 * 2**20, 4_000_000, 5, 6 * 2**20, 16, max_uploading_bytes=7 * 2**20
    )


def test_a_key_left_out_keeps_its_default(written):
    written("max_archive_files = 7\n")
    assert load_limits() == Limits(max_archive_files=7)
    written("")
    assert load_limits() == Limits()


def test_the_environment_wins_over_the_file(written, monkeypatch):
    written('max_archive_files = 7\ndata = "/of/the/file"\n')
    monkeypatch.setenv("LEUKO_MAX_ARCHIVE_FILES", "8")
    monkeypatch.setenv("LEUKO_DATA", "/of/the/environment")
    assert load_settings().max_archive_files == 8
    assert load_settings().data == Path("/of/the/environment")
    monkeypatch.setenv("LEUKO_DATA", "")
    assert load_settings().data == Path("/of/the/file")


def test_the_file_beside_the_entry_is_read_and_not_that_of_the_current_folder(
    tmp_path, monkeypatch
):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "leuko.toml").write_text("max_archive_files = 9\n")
    (tmp_path / "app.py").touch()
    monkeypatch.chdir(tmp_path)
    assert load_limits() == Limits()


def test_an_installation_without_a_checkout_has_the_defaults(monkeypatch):
    monkeypatch.setattr(settings_module, "checkout", lambda: None)
    assert settings_file() is None
    assert load_limits() == Limits()


def test_a_copied_package_finds_the_checkout_that_pip_installed_it_from(tmp_path):
    site = tmp_path / "site"
    (site / "leuko-0.dist-info").mkdir(parents=True)
    for name in ("__init__.py", "errors.py", "settings.py", "text_files.py"):
        (site / "leuko").mkdir(exist_ok=True)
        shutil.copy(ROOT / "leuko" / name, site / "leuko" / name)
    origin = tmp_path / "a checkout"
    (origin / ".streamlit").mkdir(parents=True)
    (origin / "app.py").touch()
    (origin / ".streamlit" / "leuko.toml").write_text("max_archive_files = 9\n")
    (site / "leuko-0.dist-info" / "METADATA").write_text("Name: leuko\nVersion: 0\n")
    (site / "leuko-0.dist-info" / "direct_url.json").write_text(
        json.dumps({"url": origin.as_uri(), "dir_info": {}})
    )
    program = (
        "from leuko.settings import default_weights_folder, load_settings\n"
        "print(default_weights_folder(), load_settings().max_archive_files, sep='|')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        cwd=tmp_path, env={"PYTHONPATH": str(site)},
    )  # fmt: skip
    assert done.stdout.strip() == f"{origin / 'weights'}|9"


def test_the_file_is_read_with_a_byte_order_mark_and_utf_16_is_refused(written):
    path = written("")
    path.write_bytes("max_archive_files = 9  # Größe\n".encode("utf-8-sig"))
    assert load_limits() == Limits(max_archive_files=9)
    path.write_bytes("max_archive_files = 9\n".encode("utf-16"))
    with pytest.raises(LeukoError, match=r"leuko\.toml: it is UTF-16 text: save it as UTF-8\.$"):
        load_settings()


@pytest.mark.parametrize("value", ["0", "-1", '"many"', "true", "1.5", "[]"])
@pytest.mark.parametrize("key", COUNTS)
def test_a_malformed_value_is_refused_by_name(written, key, value):
    written(f"{key} = {value}\n")
    with pytest.raises(LeukoError, match=rf"^{key} in .*leuko.toml.* must be a whole number"):
        load_settings()


def test_a_malformed_variable_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("LEUKO_CUDA_GRAPH", "perhaps")
    with pytest.raises(LeukoError, match=r"LEUKO_CUDA_GRAPH must be true or false"):
        load_settings()


def test_letters_of_the_count_page_are_a_table(written, monkeypatch):
    written('[count_keys]\n"Blast cell" = "K"\n')
    assert load_settings().count_keys == {"Blast cell": "K"}
    monkeypatch.setenv("LEUKO_COUNT_KEYS", '{"Monocyte": "O"}')
    assert load_settings().count_keys["Monocyte"] == "O"


@pytest.mark.parametrize("text", ["count_keys = 3\n", '[count_keys]\n"Blast cell" = 3\n'])
def test_letters_that_are_no_table_are_refused_by_name(written, text):
    written(text)
    with pytest.raises(
        LeukoError, match=r"^count_keys in .*leuko.toml.* must be a table of letters"
    ):
        load_settings()


def test_an_unknown_key_is_answered_with_the_known_ones(written):
    written("maxMegapixels = 4\n")
    with pytest.raises(LeukoError, match=r"Unknown key maxMegapixels.*max_image_megapixels"):
        load_settings()


def test_a_file_that_is_not_toml_gets_a_sentence(written):
    written("max_archive_files\n")
    with pytest.raises(LeukoError, match=r"leuko\.toml is not valid TOML"):
        load_settings()
