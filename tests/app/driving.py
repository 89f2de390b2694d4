"""What a person does in the application, and what then stands there, through AppTest."""

import json
import subprocess
import sys

from streamlit.testing.v1 import AppTest

from tests import ROOT, drawn

ENTRY = ROOT / "app.py"
PERFORMANCE = ROOT / "pages" / "performance.py"
PATIENCE_SECONDS = 300
TEXTS = (
    "title", "subheader", "markdown", "caption", "info", "warning", "error", "code", "html"
)  # fmt: skip


def checked(app):
    """The application, in which nothing was thrown."""
    assert not app.exception
    return app


def error_free(app):
    """The application, in which nothing was thrown and no error is told."""
    assert not app.error
    return checked(app)


def open_app():
    return checked(AppTest.from_file(str(ENTRY), default_timeout=PATIENCE_SECONDS).run())


def on_page(app, name):
    return checked(app.switch_page(f"pages/{name}.py").run())


def open_performance(view=None, **state):
    """The Performance page at one of its tabs, with a state of the session."""
    app = AppTest.from_file(str(PERFORMANCE), default_timeout=PATIENCE_SECONDS)
    for key, value in state.items():
        app.session_state[key] = value
    if view is not None:
        app.session_state["performance_view"] = view
    return checked(app.run())


def run_alone(program, *arguments):
    """Run a program about the Performance page in an interpreter of its own; it must succeed."""
    command = [sys.executable, "-c", program, str(PERFORMANCE), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def crop(seed, malignant=True, form="PNG"):
    """The file of a drawn crop."""
    return drawn.encode(drawn.draw_crop(seed, malignant, 96), form)


def field(seed, malignant=True):
    """The file of a drawn field."""
    return drawn.encode(drawn.draw_field(seed, malignant), "PNG")


def drop(app, *files):
    """Drop files, each (name, content), on the page."""
    app.file_uploader[0].set_value([(name, data, "application/x") for name, data in files])
    return checked(app.run())


def words(app):
    """Every text of the page in one string, as a reader sees it, without escapes."""
    said = [
        str(part.proto.body if kind == "html" else part.value)
        for kind in TEXTS
        for part in app.get(kind)
    ]
    return "\n".join(said).replace("\\", "")


def keys(app):
    """Keys of the buttons that are there."""
    return {button.key for button in app.button}


def table(app):
    """The first table."""
    return app.dataframe[0].value


def table_with(app, column):
    """The one table with that column."""
    (found,) = [each.value for each in app.dataframe if column in each.value.columns]
    return found


def charts(app):
    """Every chart as plotly's dictionary."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
