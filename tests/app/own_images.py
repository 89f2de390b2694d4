"""What a person does on the tab "My images" of the Performance page, through AppTest."""

from tests import drawn
from tests.app.driving import checked, crop, open_performance, table_with

RUN = "performance_own_run"


def open_tab():
    return open_performance("My images")


def two_folders(blast="Blast", healthy="Healthy", count=4):
    """A ZIP with one folder a class below a common one."""
    members = {f"lab/{blast}/{n}.png": crop(n, malignant=True) for n in range(count)}
    members |= {f"lab/{healthy}/{n}.png": crop(n, malignant=False) for n in range(count)}
    return drawn.zip_of(members)


def run(app):
    return checked(app.button(key=RUN).click().run())


def figures(app):
    return table_with(app, "Figure").set_index("Figure")
