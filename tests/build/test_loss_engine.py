"""The engine of the page `your_loss`: TensorFlow.js agrees with Python's TensorFlow.

Each loss goes through both, as text: handpicked ones, and many that are drawn from
the grammar by chance.
"""

import gzip
import json
import os
import random
import re
import string
import subprocess
import sys
from types import SimpleNamespace

from bookbuild.engine import stage
from bookbuild.engine.bundle import BundleError, bundled, notice, packages, run_deno
from contourpy import contour_generator
from helpers.descent import OPTIMIZERS, compile_sweep
from helpers.explorer import LEARNING_RATES, explore_loss
from helpers.explorer.encoding import marker_style
from helpers.loss_text import loss_from_text
from helpers.plots import _contour_levels
from helpers.runs import arrival, regime
import numpy as np
import pytest
from sphinx.errors import ExtensionError
from support.notebooks import ROOT
from support.oracles import OPTIMIZERS as EAGER
import tensorflow as tf

MOST_KB = 75
RATES, STEPS = [0.01, 0.05, 0.2], 50
BESIDE = 1 - 1e-5, 1 + 1e-6  # as parts of a start: near enough
AT = [[-2.5, 1.5], [-0.75, -0.5], [0.3, 0.8], [1.25, -2.0], [3.0, 0.4]]
# Losses with a start; those of two variables follow.
LOSSES = [
    ("x", 1.0),
    ("(x - 4)**2", 10.0),
    ("(x - 4)**2 + 3*sin(3*x)", 10.0),
    ("x**4/4 - x**2 + x/5", 2.0),
    ("abs(x - 1)", 4.0),
    ("abs(x)", 0.0),
    ("relu(x) + relu(-x)/2", 2.0),
    ("relu(x)", 0.0),
    ("maximum(x, x**2)", 1.0),
    ("minimum(x**2, 3)", 1.5),
    ("maximum(-x, 2*x)", 0.0),
    ("sqrt(1 + x**2)", 5.0),
    ("log(1 + exp(-x)) + x**2/20", -6.0),
    ("exp(x) - x", 2.0),
    ("exp(-x**2)", 0.5),
    ("tanh(x)**2", 1.0),
    ("sigmoid(x)*(1 - sigmoid(x))", 0.5),
    ("-sigmoid(x)", -1.0),
    ("cos(x)", 1.0),
    ("1 - cos(x)", 2.0),
    ("tan(x/4)**2", 1.0),
    ("x*sin(x)", 2.0),
    ("x**2/(1 + x**2)", 1.5),
    ("1/(1 + x**2)", 0.5),
    ("1/x", 2.0),
    ("log(x)", 3.0),
    ("log(x)**2", 3.0),
    ("x*log(x)", 2.0),
    ("sqrt(x)", 4.0),
    ("x**1.5", 2.0),
    ("x**-2", 1.0),
    ("x**3", 1.0),
    ("2**x - x", 3.0),
    ("x**x", 1.5),
    ("-x**2", 0.5),
    ("x/2 + 8/x", 1.0),
    ("tf.sin(x)*tf.math.exp(-x/5)", 3.0),
    ("tf.nn.relu(x - 1)**2 + tf.abs(x)/10", 3.0),
    ("abs(sin(x)) + x**2/50", 4.0),
    ("(1 - x)**2 + (x**2 - 1)**2", 1.7),
    ("(((x)))**2 - -x", 2.0),
    ("1e-3*x**2 + .5*x", 7.0),
    ("x - x", 2.0),
    ("sqrt(abs(x))", 2.0),
]
PLANES = [
    ("x + y", (1.0, 2.0)),
    ("(x - 4)**2 + 100*y**2", (10.0, 1.0)),
    ("(1 - x)**2 + 10*(y - x**2)**2", (-1.2, 1.0)),
    ("x**2 - y**2", (1.0, 0.01)),
    ("x**2 + y**2 + x*y", (3.0, -2.0)),
    ("abs(x - 1) + abs(y + 2)", (4.0, 4.0)),
    ("maximum(x**2, y)", (1.5, 3.0)),
    ("log(exp(x) + exp(-y)) + y", (1.0, 2.0)),
    ("sqrt(1 + x**2 + y**2)", (3.0, 4.0)),
    ("tanh(x*y)**2 + sigmoid(x - y)", (1.0, -0.5)),
    ("tf.sin(x)*tf.cos(y) + (x**2 + y**2)/20", (3.0, 2.0)),
    ("x/y + y", (2.0, 3.0)),
    ("x**y", (1.5, 2.0)),
    ("relu(x - y)**2 + relu(y - x)/2", (2.0, -1.0)),
    ("(y)*0 + x**2", (2.0, 1.0)),
]


@pytest.fixture(scope="session")
def engine():
    """Return the path of the bundle."""
    kept = ROOT / "_build" / ".engine"
    try:
        script = bundled(ROOT, kept)
    except BundleError as problem:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(problem))
    return next(p for p in kept.glob("*.js") if p.read_text("utf-8") == script)


@pytest.fixture(scope="session")
def ask(engine):
    """Return a function that asks the engine many questions at once."""

    def ask(questions):
        for question in questions:
            if "start" in question:
                question["start"] = np.ravel(question["start"]).tolist()
        done = subprocess.run(
            ["deno", "run", "--quiet", "--no-config", f"--allow-read={engine}",
             ROOT / "tests/support/loss_engine.js", engine],
            input=json.dumps(questions),
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture
def as_written():
    """Run the operations of a tf.function as they are written.

    TensorFlow makes of a / sqrt(b), as it stands in the rules of RMSprop and
    Adagrad, a * rsqrt(b), which is rounded otherwise. An eager run does not, and
    TensorFlow.js does not.
    """
    options = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
    yield
    tf.config.optimizer.set_experimental_options(
        {"arithmetic_optimization": options.get("arithmetic_optimization", True)}
    )


def drawn_losses(count, start):
    """Return losses that are drawn from the grammar, the same in each run.

    They have a variable for each number of ``start``, where they are finite.
    """
    chance = random.Random(20)
    names = ["x", "y"][: len(start)]

    def expression(depth):
        kind = chance.random()
        if depth == 0 or kind < 0.15:
            return chance.choice(
                [*(names * 2)[:2], f"{chance.uniform(0.2, 3):.2f}", "2"]
            )
        inner = [expression(depth - 1) for _ in range(2)]
        if kind < 0.55:
            return f"({inner[0]} {chance.choice('+-*/')} {inner[1]})"
        if kind < 0.65:
            return f"({inner[0]})**{chance.choice(['2', '3', '-1', '1.5', '0.5'])}"
        if kind < 0.7:
            return f"-{inner[0]}"
        if kind < 0.8:
            name = chance.choice(["minimum", "maximum"])
            return f"{name}({inner[0]}, {inner[1]})"
        known = ["sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sigmoid"]
        return (
            f"{chance.choice(['', 'tf.'])}{chance.choice([*known, 'relu'])}({inner[0]})"
        )

    losses = []
    while len(losses) < count:
        text = expression(chance.choice([2, 3, 4]))
        has_all = all(re.search(rf"\b{name}\b", text) for name in names)
        if has_all and len(text) <= 200 and np.isfinite(loss_from_text(text)(*start)):
            losses.append((text, start))
    return losses


def eager(text, at):
    """Return values and gradients of Python's TensorFlow, by variable."""
    variables = [tf.Variable(column, dtype=tf.float32) for column in np.transpose(at)]
    with tf.GradientTape() as t:
        value = loss_from_text(text)(*variables)
    return value.numpy(), np.array(t.gradient(value, variables))


def numbers(texts):
    """Return the numbers that are written as JavaScript writes them."""
    as_python = np.char.replace(np.array(texts), "Infinity", "inf")
    return as_python.astype(np.float64).astype(np.float32)


def test_the_bundle_is_light_and_evaluates_nothing(engine, ask):
    assert ask([{"kind": "webassembly"}]) == [[]]
    script = engine.read_bytes()
    assert len(gzip.compress(script, 9)) <= MOST_KB * 1000
    assert b"eval(" not in script.replace(b".eval(", b"")
    assert b"new Function(" not in script


@pytest.fixture(scope="session")
def made(engine, tmp_path_factory):
    """Return a bundle as deno writes it, its source map beside it."""
    script = tmp_path_factory.mktemp("made") / "made.js"
    run_deno(ROOT / "book/_engine", script)
    return script


def test_the_bundle_has_the_licence_of_each_package_in_it(engine, made):
    folders = packages(made, ROOT / "book/_engine")
    assert [folder.parent.name for folder in folders] == [
        "tfjs-backend-cpu",
        "tfjs-core",
        "d3-array",
        "long",
    ]
    told = engine.read_text("utf-8").partition("*/")[0]
    for folder in folders:
        name = json.loads((folder / "package.json").read_text("utf-8"))["name"]
        assert f"- {name} {folder.name}" in told
    assert told.count(", Copyright Google LLC") == 2
    assert "Copyright 2010-2023 Mike Bostock\n\nPermission to use" in told
    assert told.count("2. Grant of Copyright License.") == 1  # Apache 2.0, whole


def package(folder, name, licence, text=None):
    """Write a package of npm; return its folder."""
    there = folder / name / "1.0.0"
    there.mkdir(parents=True)
    about = {"name": name, "version": "1.0.0", "license": licence}
    (there / "package.json").write_text(json.dumps(about), encoding="utf-8")
    if text:
        (there / "LICENSE").write_text(text, encoding="utf-8")
    return there


def test_a_package_without_a_licence_is_not_bundled(tmp_path):
    apache = package(tmp_path, "one", "Apache-2.0", "The whole text.")
    also = package(tmp_path, "two", "Apache-2.0")
    assert notice([apache, also]).count("The whole text.") == 1
    for k, licence in enumerate(["MIT", "ISC", None]):
        bare = package(tmp_path, f"bare{k}", licence)
        # The text of such a licence names who holds the copyright.
        theirs = package(tmp_path, f"with{k}", licence, "Copyright 2020 Somebody")
        with pytest.raises(BundleError, match=rf"bare{k} 1\.0\.0 has no text"):
            notice([apache, theirs, bare])
    with pytest.raises(BundleError, match=r"two 1\.0\.0 has no text"):
        notice([also])


def test_a_file_of_an_unknown_package_is_not_bundled(made, tmp_path):
    script = tmp_path / "made.js"
    for source in ["/elsewhere/a.js", "/cache/npm/registry.npmjs.org/left/1.0.0/a.js"]:
        script.with_name("made.js.map").write_text(
            json.dumps({"sources": [source]}), encoding="utf-8"
        )
        with pytest.raises(BundleError, match=r"is of no package in deno\.lock"):
            packages(script, ROOT / "book/_engine")


@pytest.mark.parametrize(
    ("losses", "least"),
    [
        (LOSSES, 40),
        (drawn_losses(150, [0.8]), 150),
        (PLANES, 15),
        (drawn_losses(150, [0.8, 0.6]), 150),
    ],
    ids=["x", "x drawn", "x and y", "x and y drawn"],
)
def test_values_and_gradients_agree(ask, losses, least):
    assert len(losses) >= least
    count = np.size(losses[0][1])
    at = [row[:count] for row in AT]
    questions = [
        {"kind": "values", "text": text, "start": start, "at": at}
        for text, start in losses
    ]
    equal = []
    for (text, _), found in zip(losses, ask(questions), strict=True):
        value, gradient = eager(text, at)
        # Where large numbers cancel, a unit of their last digit is left.
        close = {"rtol": 5e-5, "atol": 5e-6, "err_msg": text}
        np.testing.assert_allclose(numbers(found["value"]), value, **close)
        # The slope of what is nan is anything.
        there = np.isfinite(value)
        slopes, expected = numbers(found["gradient"]).T[:, there], gradient[:, there]
        np.testing.assert_allclose(slopes, expected, **close)
        equal += [numbers(found["value"])[there] == value[there]]
        equal += [np.ravel(slopes == expected)]
    assert np.mean(np.concatenate(equal)) > 0.8  # "most", says the page


@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("losses", [LOSSES, PLANES], ids=["x", "x and y"])
def test_runs_agree(ask, as_written, method, losses):
    settings = {"method": method, "rates": RATES, "steps": STEPS}
    questions = [
        {"kind": "run", "text": text, "start": start, **settings}
        for text, start in losses
    ]
    for (text, start), found in zip(losses, ask(questions), strict=True):
        sweeps = [
            compile_sweep(
                loss_from_text(same), method, learning_rates=RATES, steps=STEPS
            )
            for same in alike(text)
        ]
        at = np.float32(start)
        run = sweeps[0](at.tolist())
        beside = [sweep(at.tolist()).points for sweep in sweeps[1:]]
        beside += [sweeps[0]((at * part).tolist()).points for part in BESIDE]
        stray = straying(run.points, beside)
        check_near(points_of(found), run.points, stray, text)
        last = np.max(np.reshape(stray[-1], [len(RATES), -1]), axis=1)
        for i, told in enumerate(found["runs"]):
            if last[i] < 1e-3:
                found_here = (told["regime"], told["arrival"])
                one = run.run(i)
                assert found_here == (regime(one), arrival(one)), (text, RATES[i])


def alike(text):
    """Return losses whose numbers are equal but for rounding."""
    return text, f"({text})*3/3", f"({text})*7/7"


def points_of(found):
    """Return the points of the runs that the engine computed, as in a `Sweep`."""
    points = np.moveaxis(numbers(found["points"]), 1, -1)
    return points[..., 0] if points.shape[-1] == 1 else points


def straying(points, beside):
    """Return how far runs go astray if their steps or start are rounded otherwise.

    Some losses double a difference at each step. What is a hundredth astray may
    next be anywhere.
    """
    with np.errstate(all="ignore"):
        astray = np.max([np.abs(points - other) for other in beside], axis=0)
        astray[astray > 0.01 * (1 + np.abs(points))] = np.inf
        return np.nan_to_num(np.maximum.accumulate(astray), nan=np.inf, posinf=np.inf)


def check_near(theirs, points, stray, text):
    """Hold runs to a millionth, and where they go astray to some of that."""
    with np.errstate(all="ignore"):
        is_near = np.abs(theirs - points) <= 1e-6 * (1 + np.abs(points)) + 30 * stray
    assert (is_near | ~np.isfinite(points) | np.isinf(stray)).all(), text


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_runs_on_drawn_losses_of_two_variables_agree(ask, method):
    losses = drawn_losses(60, [0.8, 0.6])
    settings = {"method": method, "rates": RATES, "steps": STEPS}
    questions = [
        {"kind": "run", "text": text, "start": start, **settings}
        for text, start in losses
    ]
    # One eager loop for all: each entry of the two vectors is a run of its own.
    begins = [np.float32([0.8, 0.6]) * part for part in (1, *BESIDE)]
    texts = [alike(text) for text, _ in losses]
    functions = [loss_from_text(same) for several in texts for same in several]
    shape = [len(losses), 3, len(begins), len(RATES)]
    starts = np.broadcast_to(np.array(begins)[:, None], [*shape, 2])
    rates = np.broadcast_to(np.float32(RATES), shape)
    variables = [tf.Variable(starts[..., v].ravel()) for v in range(2)]
    opt = OPTIMIZERS[method](lambda: tf.constant(rates.ravel()))
    path, losses_there = [], []
    for _ in range(STEPS + 1):
        path.append(np.stack(variables, axis=-1))
        with tf.GradientTape() as t:
            parts = [tf.split(variable, len(functions)) for variable in variables]
            loss = tf.concat(
                [f(x, y) for f, x, y in zip(functions, *parts, strict=True)], 0
            )
        losses_there.append(loss)
        opt.apply_gradients(zip(t.gradient(loss, variables), variables, strict=True))
    path = np.reshape(path, [STEPS + 1, *shape, 2])
    # The slope of what is nan is anything, and so is where a run goes from there.
    is_lost = np.logical_or.accumulate(
        np.isnan(np.reshape(losses_there, path.shape[:-1]))
    )
    path[1:][is_lost[:-1]] = np.nan
    is_equal, is_held = [], []
    for k, ((text, _), found) in enumerate(zip(losses, ask(questions), strict=True)):
        points, *beside = np.moveaxis(path[:, k].reshape(STEPS + 1, 9, -1, 2), 1, 0)
        stray = straying(points, beside)
        theirs = points_of(found)
        check_near(theirs, points, stray, text)
        is_held.append(np.isfinite(stray))
        is_equal.append(np.array_equal(theirs, points, equal_nan=True))
    assert np.mean(is_held) > 0.8
    assert np.mean(is_equal) > 0.25  # all three runs, to the last bit


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_runs_on_a_square_and_on_abs_are_those_of_an_eager_loop(ask, method):
    losses = [("(x - 4)**2", [10.0]), ("abs(x - 1)", [4.0]),
              ("(x - 4)**2 + 100*y**2", [10.0, 1.0])]  # fmt: skip
    question = {"kind": "run", "method": method, "rates": RATES, "steps": STEPS}
    answers = ask([question | {"text": text, "start": x} for text, x in losses])
    for (text, start), found in zip(losses, answers, strict=True):
        f, theirs = loss_from_text(text), numbers(found["points"])
        for i, rate in enumerate(RATES):
            variables, opt = [tf.Variable(x) for x in start], EAGER[method](rate)
            path = []
            for _ in range(STEPS + 1):
                path.append([float(variable) for variable in variables])
                with tf.GradientTape() as t:
                    loss = f(*variables)
                gradients = t.gradient(loss, variables)
                opt.apply_gradients(zip(gradients, variables, strict=True))
            assert np.array_equal(theirs[:, :, i], path, equal_nan=True), (text, rate)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("(x - 4)**2", [10.0]),
        ("-x**2", [0.5]),
        ("x**3", [1.0]),
        ("(x - 4)**2 + 5*(y + 1)**2", [10.0, 1.0]),
        ("(x - 4)**2 + 0*y", [10.0, 1.0]),
        ("x - x + y - y", [2.0, 1.0]),
        ("-x**2 - y**2", [0.5, 0.25]),
        ("x**2 - y**2", [1.0, 0.25]),
    ],
)
def test_the_picture_and_the_words_are_those_of_the_helpers(ask, text, start):
    rates = [float(f"{rate:g}") for rate in LEARNING_RATES]
    question = {"kind": "run", "text": text, "start": start, "method": "SGD"}
    (found,) = ask([question | {"rates": rates, "steps": STEPS}])
    starts = start[0] if len(start) == 1 else tuple(start)
    explorer = explore_loss(text, starts=starts, optimizers=["SGD"])
    view, data = explorer._view, explorer._plot.data
    close = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(found["view"]["bottom"], view.bottom, **close)
    np.testing.assert_allclose(found["view"]["height"], view.height, rtol=1e-5)
    told = [[run["regime"], run["arrival"], run["end"]] for run in found["runs"]]
    mine = [[run["regime"], run["arrival"], run["end"]] for run in data["runs"][0][0]]
    assert told == mine
    assert found["words"] == {"surface": data["surface"], "rest": data["rest"]}


@pytest.mark.parametrize(
    ("text", "start", "falls_on"),
    [
        ("(x - 4)**2 + 5*y**2", [10.0, 1.0], False),
        ("(1 - x)**2 + 10*(y - x**2)**2", [-1.2, 1.0], False),
        ("x**2 - y**2", [1.0, 0.25], True),
        ("log(x) + y**2", [2.0, 1.0], True),
        ("sin(x)*cos(y)", [1.0, 2.0], False),
    ],
)
def test_the_contours_are_those_of_contourpy(ask, text, start, falls_on):
    question = {"kind": "run", "text": text, "start": start}
    (found,) = ask([question | {"method": "SGD", "rates": RATES, "steps": STEPS}])
    (path,) = re.findall(r'class="contours".*? d="([^"]*)"', found["svg"])
    drawn = np.array(re.findall(r"-?\d+", path), float).reshape(-1, 2) / 10
    box = re.search(
        r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', found["svg"]
    )
    left, top, width, height = map(float, box.groups())
    across = np.linspace(left, left + width, 91)
    up = np.linspace(top + height, top, 73)
    x, y = numbers_at(found["svg"], "x", across), numbers_at(found["svg"], "y", up)
    grid = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    heights = np.ma.masked_invalid(loss_from_text(text)(*grid))
    lines = contour_generator(across, up, heights, corner_mask=False)
    levels = _contour_levels(heights.filled(np.nan), evenly=falls_on)
    right = np.concatenate([line for level in levels for line in lines.lines(level)])
    # Each corner of the one is a corner of the other; the drawing has tenths.
    for these, those in [(drawn, right), (right, drawn)]:
        apart = np.abs(these[:, None] - those[None]).max(axis=-1).min(axis=-1)
        assert apart.max() < 0.2
    assert len(drawn) > 500


def numbers_at(svg, axis, places):
    """Return the numbers at places on an axis of a figure, which its ticks say."""
    ticks = re.findall(
        rf'class="{axis}-tick".*?M([\d.]+) ([\d.]+).*?>([^<>]+)</text>', svg
    )
    at = [float(tick[axis == "y"]) for tick in ticks]
    told = [float(tick[2].replace("\N{MINUS SIGN}", "-")) for tick in ticks]
    return np.polyval(np.polyfit(at, told, 1), places)


def test_the_runs_look_as_those_of_the_helpers(ask):
    (styles,) = ask([{"kind": "styles"}])
    assert styles == {method: marker_style(method) for method in OPTIMIZERS}
    assert list(styles) == list(OPTIMIZERS)  # the order of the menu


def test_both_engines_accept_the_same_texts(ask):
    chance = random.Random(7)
    parts = [
        *"x+-*/().,2 ",
        "**",
        "sin",
        "maximum(",
        "tf.",
        "1e3",
        ".5",
        "^",
        "y",
        "z",
        "//",
    ]
    texts = [
        "".join(chance.choices(parts, k=chance.randint(1, 9))) for _ in range(5000)
    ]
    texts += ["".join(chance.choices(string.printable, k=6)) for _ in range(500)]
    texts += ["x" * 201, "(" * 99 + "x" + ")" * 99, "-" * 199 + "x", "\u00b2x", "007*x"]
    texts += [
        "00*x",
        "0*x",
        "01.5*x",
        "sin(x,)",
        "(sin)(x)",
        "tf . sin(x)",
        "np.sin(x)",
        "math.sin(x)",
        "tf.nn.math.sin(x)",
        "1_0*x",
    ]
    answers = ask([{"kind": "parse", "text": text} for text in texts])
    accepted = 0
    for text, told in zip(texts, answers, strict=True):
        try:
            loss_from_text(text)
            problem = None
        except ValueError as error:
            problem = str(error)
        assert ("ok" in told) == (problem is None), (text, told, problem)
        accepted += problem is None
    assert accepted > 50


def test_the_two_steps_of_tensorflow_js_are_its_minimize(ask):
    (steps,) = ask([{"kind": "steps"}])
    assert steps == [float(np.float32(8.8))] * 2


def test_without_deno_there_is_no_bundle(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BundleError, match="deno is not installed"):
        bundled(ROOT, tmp_path / "kept")


def test_without_the_registry_there_is_no_bundle(tmp_path, monkeypatch):
    monkeypatch.setenv("DENO_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    with pytest.raises(BundleError, match=r"127\.0\.0\.1:9"):
        bundled(ROOT, tmp_path / "kept")


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_page_without_a_bundle_keeps_its_static_form(tmp_path, monkeypatch, ci):
    def missing(root, kept):
        raise BundleError("deno is not installed")

    monkeypatch.setattr(stage, "bundled", missing)
    monkeypatch.setenv("CI", ci)
    field = stage.FIELD.format(loss="x", x="1", y="1", examples="")
    context = {"body": f"before {field} between {stage.RUN} after"}
    app = SimpleNamespace(srcdir=ROOT, outdir=tmp_path / "html")
    if ci:
        with pytest.raises(ExtensionError, match="deno is not installed"):
            stage.add_files(app, "book/your_loss", "", context, None)
    else:
        stage.add_files(app, "book/your_loss", "", context, None)
        assert context["body"].split() == ["before", "between", "after"]
        assert app.is_incomplete
