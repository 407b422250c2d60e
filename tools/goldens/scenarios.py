"""What is asked of each method: inputs, parameters, and in which dialects.

A scenario becomes one case for every dialect it names and every dtype of that dialect. Options are the
sub-choices of a method where they differ from the dialect's own; see the README for the words.
"""

from dataclasses import dataclass, field, replace

import inputs as data

PAPER, PEFT, MERGEKIT = "paper", "peft", "mergekit"
ALL = (PAPER, PEFT, MERGEKIT)
BOTH = ("F32", "BF16")
SIZES = {1: BOTH, 3: ("F32",), 5: ("BF16",), 7: ("F32",), 13: ("BF16",)}  # in which dtypes
TENSOR = "model.layers.0.mlp.up_proj.weight"


@dataclass(frozen=True)
class Scenario:
    name: str
    inputs: data.Inputs
    values: dict = field(default_factory=dict)     # global parameters
    weights: tuple = ()
    densities: tuple = ()
    options: dict = field(default_factory=dict)
    dialects: tuple = ALL
    dtypes: tuple = BOTH
    seed: int = 42
    tensor: str = TENSOR
    bugs: dict = field(default_factory=dict)       # dialect -> what its tool gets wrong here
    edge: bool = False                             # about a decision, not rounding: F32 alone
    f16_too: bool = False                          # mergekit also with float16 as working dtype


def edges(several):
    """Scenarios about a decision and not about rounding: F32 says it all."""
    return (replace(scenario, edge=True) for scenario in several)


def linear():
    three, w = data.THREE.without_base(), (0.5, 0.3, 0.4)
    mean, total = {"normalize": True}, {"normalize": False}
    ours = (PAPER, MERGEKIT)
    yield Scenario("three models, normalised", three, mean, w, dialects=ours)
    yield Scenario("three models, plain sum", three, total, w)
    yield Scenario("two models with weights that do not sum to one", three.first(2), mean, (0.3, 0.5), dialects=ours)
    yield Scenario("a negative weight, normalised", three, mean, (1, 0.5, -0.25), dialects=ours)
    yield from edges(_linear_edges(three, mean, total, ours))
    for size, dtypes in SIZES.items():
        random = data.random(size).without_base()
        yield Scenario(f"random, {size} long", random, mean, w, dialects=ours, dtypes=dtypes)
        yield Scenario(f"random, {size} long, plain sum", random, total, w, dialects=(PEFT,), dtypes=dtypes)
    yield Scenario("random, 67 long", data.random(67, 2, 256).without_base(), mean, (0.75, 0.25), dialects=ours,
                   dtypes=("F32",))


def _linear_edges(three, mean, total, ours):
    zero_sum = "weights that sum to zero divide by zero without a word"
    yield Scenario("one model, normalised, is a copy", three.first(1), mean, (0.3,), dialects=ours)
    yield Scenario("one model, plain", three.first(1), total, (0.3,))
    yield Scenario("identical models", data.IDENTICAL.without_base(), mean, (0.5, 0.5), dialects=ours)
    yield Scenario("a negative weight, plain", three, total, (1, 0.5, -0.25))
    yield Scenario("a weight of zero", three, mean, (0.5, 0, 0.3), dialects=ours)
    yield Scenario("weights that sum to zero, plain", three, total, (1, -0.5, -0.5))
    yield Scenario("weights that sum to zero, normalised", three, mean, (1, -0.5, -0.5), dialects=ours,
                   bugs={MERGEKIT: zero_sum})
    yield Scenario("identical models with weights that sum to zero, normalised", data.IDENTICAL.without_base(),
                   mean, (0.5, -0.5), dialects=ours, bugs={MERGEKIT: zero_sum})


def slerp():
    ours = (PAPER, MERGEKIT)
    base_and_a = pair(data.THREE.base, data.THREE.models[0])
    for t in (0, 0.3, 1):
        yield Scenario(f"base and a fine-tune at t = {t}", base_and_a, {"t": t}, dialects=ours)
    for t in (0.5, 1.5, -0.5):
        yield Scenario(f"two tensors far apart at t = {t}", pair([1, 2, 3, 4], [4, 3, 2, -1]), {"t": t},
                       dialects=ours)
    yield from edges(_special_angles())
    for size, dtypes in SIZES.items():
        random = data.random(size, 2).without_base()
        yield Scenario(f"random, {size} long", random, {"t": 0.4}, dialects=ours, dtypes=dtypes)
    wide = pair(data.uniform("left", 67).round(2), data.uniform("right", 67).round(2))
    yield Scenario("random, 67 long, nearly orthogonal", wide, {"t": 0.7}, dialects=ours, dtypes=("BF16",))
    for t in (0, 0.3, 1, 1.5):
        yield Scenario(f"of task vectors at t = {t}", data.THREE.first(2), {"t": t},
                       options={"slerpOf": "taskVectors"}, dialects=(PAPER,))
    yield Scenario("of a task vector and none", data.ONE_UNCHANGED_MODEL.first(2), {"t": 0.25},
                   options={"slerpOf": "taskVectors"}, dialects=(PAPER,), edge=True)


def _special_angles():
    orthogonal = "a zero tensor counts as orthogonal: sin(t pi/2) of the other, not t of it"
    v, opposite, zero = [1, 2, 3, 4], [-1, -2, -3, -4], [0, 0, 0, 0]
    for name, a, b, t in (
        ("parallel tensors of unequal length", v, [2, 4, 6, 8], 0.25),
        ("the same tensor twice", v, v, 0.3),
        ("antiparallel tensors", v, opposite, 0.25),
        ("antiparallel tensors at t = 0.5 cancel", v, opposite, 0.5),
        ("just inside the linear range, cos 0.99955", [1, 0], [1, 0.030], 0.3),
        ("just outside the linear range, cos 0.99945", [1, 0], [1, 0.0332], 0.3),
        ("nearly antiparallel, cos -0.9994", [1, 0], [-1, 0.035], 0.3),
        ("orthogonal tensors", [1, 0, 2, 0], [0, 3, 0, -1], 0.3),
        ("from a zero tensor", zero, v, 0.5),
        ("to a zero tensor", v, zero, 0.25),
        ("two zero tensors", zero, zero, 0.3),
        ("one element of each sign", [0.5], [-1.5], 0.3),
        ("one element, same sign", [0.5], [1.5], 0.3),
    ):
        bugs = {MERGEKIT: orthogonal} if name.endswith("a zero tensor") else {}
        yield Scenario(name, pair(a, b), {"t": t}, dialects=(PAPER, MERGEKIT), bugs=bugs)


def pair(a, b):
    return data.Inputs([a, b])


def task_arithmetic():
    ours, w = (PAPER, MERGEKIT), (0.5, 0.3, 0.4)
    plain, mean = {"lambda": 1, "normalize": False}, {"lambda": 1, "normalize": True}
    three = data.THREE
    yield Scenario("three models", three, plain, w, f16_too=True)
    yield Scenario("three models, normalised, lambda 0.5", three, {**mean, "lambda": 0.5}, w, dialects=ours)
    yield Scenario("three models, lambda 1.5", three, {**plain, "lambda": 1.5}, w, dialects=ours, edge=True)
    yield Scenario("one skill subtracted", three, plain, (0.5, -0.7, 0.4))
    yield Scenario("one negative weight, normalised", three.first(1), mean, (-0.5,), dialects=ours, edge=True,
                   bugs={MERGEKIT: "dividing by its own negative weight turns subtraction into addition"})
    yield from edges(_sums(plain, mean))
    yield from edges(_unchanged(plain, w, ()))
    yield from _sizes(plain, w, ())


def _sums(plain, mean):
    three = data.THREE
    yield Scenario("weights that sum to zero", three, plain, (1, -0.5, -0.5))
    yield Scenario("weights that sum to zero, normalised, are not divided", three, mean, (1, -0.5, -0.5),
                   dialects=(MERGEKIT,))
    yield Scenario("a weight of zero", three, plain, (0.5, 0, 0.3))
    yield Scenario("identical models of weight one add up", data.IDENTICAL, plain, (1, 1))


def magnitude_prune():
    both, w, half = (PAPER, PEFT), (0.5, 0.3, 0.4), (0.5,) * 3
    plain = {"lambda": 1}
    three = data.THREE
    yield Scenario("three models at density 0.5", three, plain, w, half, dialects=both)
    yield Scenario("three models at density 0.29", three, plain, w, (0.29,) * 3, dialects=both)
    yield Scenario("three models, a density each, lambda 1.5", three, {"lambda": 1.5}, w, (0.5, 0.2, 0.8),
                   dialects=(PAPER,))
    yield Scenario("L1 norm restored after the trim", three, plain, w, half, {"rescale": "l1"}, dialects=(PAPER,), edge=True)
    yield Scenario("one skill subtracted", three, plain, (0.5, -0.7, 0.4), half, dialects=both)
    yield Scenario("worked example with a conflict", data.WORKED_WITH_CONFLICT, plain, (1, 1, 1), (0.6,) * 3,
                   dialects=both)
    yield Scenario("equal magnitudes at the cut", data.EQUAL_MAGNITUDES, plain, (1, 1), (0.5, 0.5),
                   dialects=(PAPER,))
    yield from edges(_densities(plain, w, both))
    yield from edges(_unchanged(plain, w, (0.5,) * 3, both))
    yield from _sizes(plain, w, half, both)


def ties():
    ours, w, half = (PAPER, MERGEKIT), (0.5, 0.3, 0.4), (0.5,) * 3
    ones = (1, 1, 1)
    three, conflict = data.THREE, data.WORKED_WITH_CONFLICT
    value = {"lambda": 1}
    yield Scenario("three models at density 0.5", three, value, w, half, f16_too=True)
    yield Scenario("three models, lambda 0.5", three, {"lambda": 0.5}, w, half, dialects=ours, edge=True)
    yield Scenario("three models, a density each", three, value, w, (0.5, 0.2, 0.8), dialects=ours)
    yield Scenario("three models, not divided", three, {**value, "normalize": False}, w, half,
                   dialects=(MERGEKIT,))
    yield Scenario("three models, L1 norm restored", three, value, w, half, {"rescale": "l1"}, dialects=ours)
    for options in (
        {"election": "frequency"}, {"zeroVote": "plus"}, {"divisor": "count"}, {"divisor": "none"},
        {"electOn": "unweighted"}, {"election": "frequency", "electOn": "unweighted"},
        {"electOn": "unweighted", "divisor": "count", "zeroVote": "plus"},
    ):
        words = ", ".join(f"{key} {value}" for key, value in options.items())
        for name, inputs in (("three models", three), ("worked example with a conflict", conflict)):
            yield Scenario(f"{name}, {words}", inputs, value, w, (0.6,) * 3, options, dialects=(PAPER,), edge=True)
    yield Scenario("three models, sign by frequency", three, value, w, half, {"election": "frequency"},
                   dialects=(PEFT,))
    yield from edges(_worked(value))
    yield Scenario("equal magnitudes at the cut, lowest index kept", data.EQUAL_MAGNITUDES, value, (1, 1),
                   (0.5, 0.5), dialects=ours)
    yield Scenario("five of seven equal magnitudes", data.EQUAL_MAGNITUDES, value, (1, 0.5), (0.3, 0.7),
                   dialects=ours)
    yield from edges(_elections(value, half))
    yield from edges(_densities(value, w, ALL))
    yield from edges(_unchanged(value, w, half))
    yield from _sizes(value, w, half)
    yield Scenario("1003 whole numbers", data.permuted(1003), value, (1, 1), (0.3, 0.3), dialects=(MERGEKIT,),
                   edge=True)


def dare_linear():
    ours, w, half = (PAPER, MERGEKIT), (0.5, 0.3, 0.4), (0.5,) * 3
    plain = {"lambda": 1, "normalize": False}
    three = data.THREE
    yield from _dare(plain, w)
    yield Scenario("three models, normalised, lambda 0.5", three, {"lambda": 0.5, "normalize": True}, w, half,
                   dialects=ours)
    yield Scenario("one negative weight, normalised", three.first(1), {**plain, "normalize": True}, (-0.5,), (0.5,),
                   dialects=ours, edge=True,
                   bugs={MERGEKIT: "dividing by its own negative weight turns subtraction into addition"})


def dare_ties():
    w, half = (0.5, 0.3, 0.4), (0.5,) * 3
    three = data.THREE
    value, raw, mean = ({"lambda": 1, **n} for n in ({}, {"normalize": False}, {"normalize": True}))
    yield from _dare(raw, w)
    for options in (
        {"election": "frequency"}, {"zeroVote": "plus"}, {"divisor": "count"}, {"divisor": "none"},
        {"electOn": "unweighted"},
    ):
        words = ", ".join(f"{key} {value}" for key, value in options.items())
        yield Scenario(f"three models, {words}", three, value, w, half, options, dialects=(PAPER,), edge=True)
    yield Scenario("three models, sign by frequency", three, value, w, half, {"election": "frequency"},
                   dialects=(PEFT,))
    yield Scenario("three models, normalised", three, mean, w, half, dialects=(MERGEKIT,))
    yield Scenario("three models, normalised, lambda 0.5", three, {**mean, "lambda": 0.5}, w, half,
                   dialects=(MERGEKIT,))
    yield Scenario("three models, normalised, without rescaling", three, mean, w, half, {"rescale": "none"},
                   dialects=(MERGEKIT,))
    yield from edges(_elections(mean, (1,) * 3))


def _dare(plain, w):
    """What both DARE methods are asked."""
    ours, three, half = (PAPER, MERGEKIT), data.THREE, (0.5,) * 3
    yield Scenario("three models at density 0.5", three, plain, w, half, f16_too=True)
    yield Scenario("three models, lambda 1.5", three, {**plain, "lambda": 1.5}, w, half, dialects=ours,
                   edge=True)
    yield Scenario("three models, a density each", three, plain, w, (0.5, 0.25, 0.8), dialects=ours, edge=True)
    yield Scenario("three models, one kept whole", three, plain, w, (0.5, 1, 0.9), dialects=ours, edge=True)
    yield Scenario("without rescaling", three, plain, w, half, {"rescale": "none"}, dialects=ours)
    yield Scenario("L1 norm restored", three, plain, w, half, {"rescale": "l1"}, dialects=(PAPER,), edge=True)
    yield from edges(_dare_edges(plain, w, half))
    yield from edges(_unchanged(plain, w, half))
    yield from _sizes(plain, w, half, skip=(1,))


def _dare_edges(plain, w, half):
    three = data.THREE
    yield Scenario("one skill subtracted", three, plain, (0.5, -0.7, 0.4), half)
    yield Scenario("the largest seed and a tensor name beyond ASCII", three, plain, w, half,
                   seed=2**32 - 1, tensor="modèle.層.0.gewicht")
    yield Scenario("density 1 keeps everything", three, plain, w, (1,) * 3)
    yield Scenario("density 0 drops everything", three, plain, w, (0,) * 3,
                   bugs={PEFT: "density 0 divides zero by zero: NaN"})
    for seed in (1, 2, 3):
        yield Scenario(f"one element, seed {seed}", data.ONE_ELEMENT, plain, (1, 0.5), (0.5, 0.5), seed=seed)


def _worked(value):
    for name, inputs, density, count in (
        ("worked example without a conflict", data.WORKED_WITHOUT_CONFLICT, 0.4, 2),
        ("worked example with a conflict", data.WORKED_WITH_CONFLICT, 0.6, 3),
    ):
        yield Scenario(f"{name}, sign by total", inputs, value, (1,) * count, (density,) * count)
        yield Scenario(f"{name}, sign by frequency", inputs, value, (1,) * count, (density,) * count,
                       {"election": "frequency"}, dialects=(PAPER, PEFT))


def _elections(value, densities):
    """Where sign election is delicate. Densities are given for three models."""
    flips = "an entry alone in its election is divided by its own negative weight: added, not subtracted"
    two, three = densities[:2], data.THREE
    yield Scenario("opposite task vectors that cancel exactly", data.CANCELLING, value, (1, 1), (1, 1))
    yield Scenario("opposite task vectors that cancel exactly, zero vote plus", data.CANCELLING, value, (1, 1),
                   (1, 1), {"zeroVote": "plus"}, dialects=(PAPER,))
    yield Scenario("a lone negative weight", three.first(1), value, (-0.5,), densities[:1], bugs={MERGEKIT: flips})
    yield Scenario("one negative weight among three", three, value, (0.5, -0.7, 0.4), densities,
                   bugs={MERGEKIT: flips})
    yield Scenario("agreeing weights that sum to zero", tuned_apart(), value, (1, -1), (1, 1))
    yield Scenario("weights that sum to zero", three, value, (1, -0.5, -0.5), densities)
    yield Scenario("a weight of zero", three, value, (0.5, 0, 0.3), densities)
    yield Scenario("identical models", data.IDENTICAL, value, (0.5, 0.5), two)
    yield Scenario("one model alone", three.first(1), value, (0.5,), densities[:1])


def tuned_apart():
    """Two models on opposite sides of the base, so that weights of opposite sign make them agree."""
    return data.tuned(data.BASE_OF_FOUR, [0.5, -0.75, 0.25, 1], [-0.25, 0.5, -0.25, -0.5])


def _densities(value, w, dialects):
    yield Scenario("density 1 keeps everything", data.THREE, value, w, (1,) * 3, dialects=dialects)
    yield Scenario("density 0 keeps nothing", data.THREE, value, w, (0,) * 3, dialects=dialects)
    yield Scenario("a density so small that it rounds to no element", data.THREE, value, w, (0.05,) * 3,
                   dialects=dialects)
    yield Scenario("one element at density 0.5", data.ONE_ELEMENT, value, (1, 0.5), (0.5, 0.5), dialects=dialects)


def _unchanged(value, w, densities, dialects=ALL):
    """Task vectors with real zeros. At a density of 0.5 the cut falls among them only where that is harmless."""
    yield Scenario("elements equal to the base", data.UNCHANGED_ELEMENTS, value, w, densities, dialects=dialects)
    yield Scenario("one model equal to the base", data.ONE_UNCHANGED_MODEL, value, w, densities, dialects=dialects)
    yield Scenario("all models equal to the base", data.ALL_UNCHANGED, value, w[:2], densities[:2],
                   dialects=dialects)


def _sizes(value, w, densities, dialects=ALL, skip=()):
    for size, dtypes in SIZES.items():
        if size not in skip:
            yield Scenario(f"random, {size} long", data.random(size), value, w, densities, dialects=dialects,
                           dtypes=dtypes)
    yield Scenario("random, 67 long", data.random(67, 2, 256), value, (0.5, 0.25), densities[:2], dialects=dialects,
                   dtypes=("F32",))


METHODS = (linear, slerp, task_arithmetic, ties, dare_linear, dare_ties, magnitude_prune)
