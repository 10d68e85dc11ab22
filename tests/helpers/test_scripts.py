"""The scripts of widgets, with what they share: `helpers.scripts`."""

from helpers.explorer.widget import ConvergencePlot, StepPlot
from helpers.predict import Prediction
from helpers.scripts import whole_script
from helpers.stepper import Stepper
import pytest


def test_a_shared_file_stands_in_place_of_its_import(tmp_path):
    (tmp_path / "s.js").write_text(
        "export const a = 1;\nexport function b() {}\n", encoding="utf-8"
    )
    (tmp_path / "widgets").mkdir()
    widget = tmp_path / "widgets" / "one.js"
    widget.write_text(
        '// One.\nimport {\n  a,\n  b,\n} from "../s.js";\nexport default [a, b];\n',
        encoding="utf-8",
    )
    assert whole_script(widget) == (
        "// One.\nconst a = 1;\nfunction b() {}\nexport default [a, b];\n"
    )


@pytest.mark.parametrize("widget", [ConvergencePlot, StepPlot, Stepper, Prediction])
def test_the_script_of_a_widget_is_one_file(widget):
    lines = str(widget._esm).splitlines()
    assert not [line for line in lines if line.startswith("import")]
    assert sum(line.startswith("export default") for line in lines) == 1
