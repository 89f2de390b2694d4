"""One plain sentence about a result whose evidence does not lie on the cells."""

from leuko.inference.result import Result
from leuko.labels import class_title

NO_CELL = "No leukocyte was found in this picture, so whether the model looked at one is unknown."


def evidence_remark(result: Result, label: str | None = None) -> str:
    """What to say about where the evidence for a class lies.

    Args:
        result: at the threshold in force, with its cells.
        label: the class whose evidence is shown; by default the suggested one.

    Returns:
        A sentence; empty when most of the evidence lies on leukocytes, when there is no positive
        evidence at all, or when nobody looked for cells.
    """
    if result.packed_cells is None:
        return ""
    if not result.packed_cells.holds_cells:
        return NO_CELL
    shares = result.on_cells(label)
    if shares is None or not shares.mostly_outside:
        return ""
    outside = f"{100 * shares.outside:.1f} %"
    covered = f"{100 * result.packed_cells.covered:.1f} %"
    return (
        f"Evidence lies mostly outside the cells: {outside} of that for "
        f"{class_title(label or result.label)}, while cells cover {covered} of the picture."
    )
