"""The engine of the page `your_loss`: TensorFlow.js agrees with Python's TensorFlow.

Each loss goes through both, as text: handpicked ones, and many that are drawn from
the grammar by chance.
"""

import gzip
import json
import os
import random
import string
import subprocess
import sys
from types import SimpleNamespace

from bookbuild.engine import stage
from bookbuild.engine.bundle import BundleError, bundled, notice, packages, run_deno
from helpers.descent import OPTIMIZERS, compile_sweep
from helpers.explorer import LEARNING_RATES, explore_loss
from helpers.explorer.encoding import marker_style
from helpers.loss_text import loss_from_text
from helpers.runs import arrival, regime
import numpy as np
import pytest
from sphinx.errors import ExtensionError
from support.notebooks import ROOT
from support.oracles import OPTIMIZERS as EAGER
import tensorflow as tf

MOST_KB = 75
AT = [-2.5, -0.75, 0.3, 1.25, 3.0]
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


def drawn_losses(count):
    """Return losses that are drawn from the grammar, the same in each run."""
    chance = random.Random(20)

    def expression(depth):
        kind = chance.random()
        if depth == 0 or kind < 0.15:
            return chance.choice(["x", "x", f"{chance.uniform(0.2, 3):.2f}", "2"])
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
        names = ["sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sigmoid"]
        return (
            f"{chance.choice(['', 'tf.'])}{chance.choice([*names, 'relu'])}({inner[0]})"
        )

    losses = {}
    while len(losses) < count:
        text = expression(chance.choice([2, 3, 4]))
        if "x" in text.replace("exp", "").replace("max", "") and len(text) <= 200:
            losses[text] = 0.8
    return [(text, x) for text, x in losses.items() if np.isfinite(loss_at(text, x))]


def loss_at(text, x):
    """Return the loss of Python's TensorFlow."""
    return float(loss_from_text(text)(x))


def eager(text, at):
    """Return values and gradients of Python's TensorFlow."""
    x = tf.Variable(at, dtype=tf.float32)
    with tf.GradientTape() as t:
        value = loss_from_text(text)(x)
    return value.numpy(), t.gradient(value, x).numpy()


def numbers(texts):
    """Return the numbers that are written as JavaScript writes them."""
    return np.array([float(t.replace("Infinity", "inf")) for t in texts], np.float32)


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


@pytest.mark.parametrize("source", ["handpicked", "drawn"])
def test_values_and_gradients_agree(ask, source):
    losses = LOSSES if source == "handpicked" else drawn_losses(150)
    questions = [
        {"kind": "values", "text": text, "start": start, "at": AT}
        for text, start in losses
    ]
    equal = []
    for (text, _), found in zip(losses, ask(questions), strict=True):
        value, gradient = eager(text, AT)
        # Where large numbers cancel, a unit of their last digit is left.
        close = {"rtol": 5e-5, "atol": 5e-6, "err_msg": text}
        np.testing.assert_allclose(numbers(found["value"]), value, **close)
        # The slope of what is nan is anything.
        there = np.isfinite(value)
        slopes = numbers(found["gradient"])
        np.testing.assert_allclose(slopes[there], gradient[there], **close)
        equal += [numbers(found["value"])[there] == value[there]]
        equal += [slopes[there] == gradient[there]]
    assert np.mean(np.concatenate(equal)) > 0.8  # "most", says the page
    assert len(losses) > 40


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_runs_agree(ask, as_written, method):
    rates, steps = [0.01, 0.05, 0.2], 50
    questions = [
        {
            "kind": "run",
            "text": text,
            "start": start,
            "method": method,
            "rates": rates,
            "steps": steps,
        }
        for text, start in LOSSES
    ]
    for (text, start), found in zip(LOSSES, ask(questions), strict=True):
        sweeps = [
            compile_sweep(
                loss_from_text(same), method, learning_rates=rates, steps=steps
            )
            for same in (text, f"({text})*3/3", f"({text})*7/7")
        ]
        run = sweeps[0](start)
        beside = [sweep(start).x for sweep in sweeps[1:]]
        beside += [sweeps[0](start * (1 + part)).x for part in (-1e-5, 1e-6)]
        theirs = np.array([numbers(row) for row in found["x"]])
        with np.errstate(all="ignore"):
            # How far a run goes astray if its steps or its start are rounded
            # otherwise: some losses double a difference at each step.
            astray = np.max([np.abs(run.x - x) for x in beside], axis=0)
            stray = np.nan_to_num(np.maximum.accumulate(astray), nan=np.inf)
            is_near = np.abs(theirs - run.x) <= 1e-6 * (1 + np.abs(run.x)) + 30 * stray
        assert (is_near | ~np.isfinite(run.x)).all(), (text, start)
        for i, told in enumerate(found["runs"]):
            if stray[-1, i] < 1e-3:
                found_here = (told["regime"], told["arrival"])
                one = run.run(i)
                assert found_here == (regime(one), arrival(one)), (text, rates[i])


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_runs_on_a_square_and_on_abs_are_those_of_an_eager_loop(ask, method):
    losses, rates = [("(x - 4)**2", 10.0), ("abs(x - 1)", 4.0)], [0.01, 0.05, 0.2]
    question = {"kind": "run", "method": method, "rates": rates, "steps": 50}
    answers = ask([question | {"text": text, "start": x} for text, x in losses])
    for (text, start), found in zip(losses, answers, strict=True):
        f, theirs = loss_from_text(text), np.array([numbers(row) for row in found["x"]])
        for i, rate in enumerate(rates):
            x, opt = tf.Variable(start), EAGER[method](rate)
            path = []
            for _ in range(51):
                path.append(float(x))
                with tf.GradientTape() as t:
                    loss = f(x)
                opt.apply_gradients([(t.gradient(loss, x), x)])
            assert theirs[:, i].tolist() == path, (text, rate)


def test_the_lowest_point_and_the_words_are_those_of_the_helpers(ask):
    rates = [float(f"{rate:g}") for rate in LEARNING_RATES]
    for text, start in [("(x - 4)**2", 10.0), ("-x**2", 0.5), ("x**3", 1.0)]:
        question = {"kind": "run", "text": text, "start": start, "method": "SGD"}
        (found,) = ask([question | {"rates": rates, "steps": 50}])
        explorer = explore_loss(text, starts=start, optimizers=["SGD"])
        view = explorer._view
        np.testing.assert_allclose(found["view"]["bottom"], view.bottom[0], rtol=1e-5)
        np.testing.assert_allclose(found["view"]["height"], view.height, rtol=1e-5)
        data = explorer._plot.data["runs"][0][0]
        told = [[run["regime"], run["arrival"], run["end"]] for run in found["runs"]]
        assert told == [[run["regime"], run["arrival"], run["end"]] for run in data]


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
    field = stage.FIELD.format(loss="x", start="1", examples="")
    context = {"body": f"before {field} between {stage.RUN} after"}
    app = SimpleNamespace(srcdir=ROOT, outdir=tmp_path / "html")
    if ci:
        with pytest.raises(ExtensionError, match="deno is not installed"):
            stage.add_files(app, "book/your_loss", "", context, None)
    else:
        stage.add_files(app, "book/your_loss", "", context, None)
        assert context["body"].split() == ["before", "between", "after"]
        assert app.is_incomplete
