import subprocess
import sys

import pytest

MODULES = (
    "predictions intervals auroc_intervals metrics roc figures history definitions palette curves "
    "reliability group_results figures_curves figures_probability figures_groups draws "
    "operating_point threshold_targets threshold_figures "
    "label_table label_words labelled_files differences own_set domain_shift "
    "conformal risk_coverage strangeness_fit gate_words"
)


@pytest.mark.parametrize("heavy", ["torch", "sklearn", "plotly", "pandas", "scipy", "streamlit"])
def test_importing_evaluation_loads_nothing_heavy(heavy):
    lines = [f"import leuko.evaluation.{name}" for name in MODULES.split()]
    code = "\n".join([*lines, "import sys", f"assert {heavy!r} not in sys.modules"])
    subprocess.run([sys.executable, "-c", code], check=True)
