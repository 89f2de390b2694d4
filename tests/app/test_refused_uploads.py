"""Files of which none arrived are named on the page that they were meant for, and once."""

from leuko.ui.state.session import KEY
from leuko.workbench.arrivals import ChosenFile
from tests.app.driving import checked, crop, drop, open_app, table, words

CHOSEN = (ChosenFile("first.png", 1000), ChosenFile("second.png", 2000))


def hear(app, upload, said):
    """What the tab says, and the run of the page that it brings."""
    app.session_state[KEY].hear_of_refused(upload, said)
    return checked(app.run())


def as_said(files):
    return [[file.name, file.size_bytes] for file in files]


def test_diagnose_lists_them_as_not_readable_and_takes_the_next_upload(one_model):
    app = drop(open_app(), ("cell.png", crop(1)))
    area = app.file_uploader[0].key
    app = hear(app, 1, as_said(CHOSEN))
    assert app.file_uploader[0].key != area
    assert "3 images" in words(app)
    assert "2 not readable" in words(app)
    assert "did not reach the server" in words(app)
    app = drop(checked(app.run()), ("other.png", crop(2)))
    states = dict(zip(table(app)["file"], table(app)["suggestion"], strict=True))
    assert [name for name, state in states.items() if state == "not readable"] == [
        file.name for file in CHOSEN
    ]
    assert len(states) == 4


def test_what_a_tab_says_of_an_upload_that_is_over_is_left_out(one_model):
    app = hear(open_app(), 5, as_said(CHOSEN))
    assert "not readable" not in words(app)
    app = hear(app, 0, "nonsense")
    assert "not readable" not in words(app)


def test_my_images_name_them_too_and_diagnose_does_not(own_tab):
    app = own_tab()
    app = hear(app, 0, as_said(CHOSEN))
    assert "2 files not readable, left out" in words(app)
    assert "first.png" in words(app)
    assert app.session_state[KEY].tray.items == []
