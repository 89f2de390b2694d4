"""What a person does on the Compare page, through AppTest."""

from tests.app.driving import checked, on_page, open_app


def on_compare():
    return on_page(open_app(), "compare")


def tick(app, *names):
    """Tick the models of these names and no others."""
    for box in app.sidebar.checkbox:
        box.set_value(label_of(box) in names)
    return checked(app.run())


def label_of(box):
    return box.label.replace("\\", "").lower()
