"""What a person does on the tab "My images" of the Performance page, through AppTest."""

from streamlit.testing.v1 import AppTest

from tests import ROOT, drawn

PAGE = ROOT / "pages" / "performance.py"
RUN = "performance_own_run"


def open_tab():
    app = AppTest.from_file(str(PAGE), default_timeout=300)
    app.session_state["performance_view"] = "My images"
    return checked(app.run())


def checked(app):
    assert not app.exception
    return app


def crop(seed, malignant=True):
    return drawn.encode(drawn.draw_crop(seed, malignant, 96), "PNG")


def two_folders(blast="Blast", healthy="Healthy", count=4):
    """A ZIP with one folder a class below a common one."""
    members = {f"lab/{blast}/{n}.png": crop(n, malignant=True) for n in range(count)}
    members |= {f"lab/{healthy}/{n}.png": crop(n, malignant=False) for n in range(count)}
    return drawn.zip_of(members)


def drop(app, *files):
    app.file_uploader[0].set_value([(name, data, "application/x") for name, data in files])
    return checked(app.run())


def run(app):
    return checked(app.button(key=RUN).click().run())


def keys(app):
    return {button.key for button in app.button}


def words(app):
    kinds = ("markdown", "caption", "info", "warning", "error", "subheader")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind)).replace("\\", "")


def figures(app):
    (found,) = [t.value for t in app.dataframe if "Figure" in t.value.columns]
    return found.set_index("Figure")
