import gc
import threading

from leuko.workbench.temp_store import NOTHING, Spool


def test_what_was_kept_comes_back_in_any_order():
    spool = Spool()
    contents = [bytes([n]) * (n + 1) for n in range(20)]
    stored = [spool.keep(data) for data in contents]
    assert [each.read() for each in reversed(stored)] == contents[::-1]
    assert [each.length for each in stored] == [len(data) for data in contents]


def test_no_bytes_need_no_file():
    spool = Spool()
    assert spool.keep(b"") == NOTHING
    assert NOTHING.read() == b""
    assert spool._file is None


def test_threads_that_write_and_read_at_once_do_not_mix_their_bytes():
    spool, wrong = Spool(), []

    def work(number: int) -> None:
        for size in range(1, 60):
            data = bytes([number]) * size
            if spool.keep(data).read() != data:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_file_has_no_name_in_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stored = Spool().keep(b"a patient's picture")
    assert list(tmp_path.iterdir()) == []
    assert stored.read() == b"a patient's picture"


def test_the_file_is_closed_with_its_last_reader():
    stored = Spool().keep(b"x")
    file = stored.spool._file
    assert not file.closed
    del stored
    gc.collect()
    assert file.closed
