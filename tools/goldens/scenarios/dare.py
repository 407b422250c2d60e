import inputs as data
from scenarios.scenario import MERGEKIT, PAPER, PEFT, Scenario, edges
from scenarios.shared import elections, sizes, unchanged_weights


def dare_linear():
    ours, w, half = (PAPER, MERGEKIT), (0.5, 0.3, 0.4), (0.5,) * 3
    plain = {"lambda": 1, "normalize": False}
    three = data.THREE
    yield from _both(plain, w)
    yield Scenario(
        "three models, normalised, lambda 0.5",
        three,
        {"lambda": 0.5, "normalize": True},
        w,
        half,
        dialects=ours,
    )
    yield Scenario(
        "one negative weight, normalised",
        three.first(1),
        {**plain, "normalize": True},
        (-0.5,),
        (0.5,),
        dialects=ours,
        edge=True,
        bugs={MERGEKIT: "dividing by its own negative weight turns subtraction into addition"},
    )


def dare_ties():
    w, half = (0.5, 0.3, 0.4), (0.5,) * 3
    three = data.THREE
    value, raw, mean = ({"lambda": 1, **n} for n in ({}, {"normalize": False}, {"normalize": True}))
    yield from _both(raw, w)
    for options in (
        {"election": "frequency"},
        {"zeroVote": "plus"},
        {"divisor": "count"},
        {"divisor": "none"},
        {"electOn": "unweighted"},
    ):
        words = ", ".join(f"{key} {value}" for key, value in options.items())
        yield Scenario(
            f"three models, {words}", three, value, w, half, options, dialects=(PAPER,), edge=True
        )
    yield Scenario(
        "three models, sign by frequency",
        three,
        value,
        w,
        half,
        {"election": "frequency"},
        dialects=(PEFT,),
    )
    yield Scenario("three models, normalised", three, mean, w, half, dialects=(MERGEKIT,))
    yield Scenario(
        "three models, normalised, lambda 0.5",
        three,
        {**mean, "lambda": 0.5},
        w,
        half,
        dialects=(MERGEKIT,),
    )
    yield Scenario(
        "three models, normalised, without rescaling",
        three,
        mean,
        w,
        half,
        {"rescale": "none"},
        dialects=(MERGEKIT,),
    )
    yield from edges(elections(mean, (1,) * 3))


def _both(plain, w):
    """What both DARE methods are asked."""
    ours, three, half = (PAPER, MERGEKIT), data.THREE, (0.5,) * 3
    yield Scenario("three models at density 0.5", three, plain, w, half, f16_too=True)
    yield Scenario(
        "three models, lambda 1.5",
        three,
        {**plain, "lambda": 1.5},
        w,
        half,
        dialects=ours,
        edge=True,
    )
    yield Scenario(
        "three models, a density each", three, plain, w, (0.5, 0.25, 0.8), dialects=ours, edge=True
    )
    yield Scenario(
        "three models, one kept whole", three, plain, w, (0.5, 1, 0.9), dialects=ours, edge=True
    )
    yield Scenario("without rescaling", three, plain, w, half, {"rescale": "none"}, dialects=ours)
    yield Scenario(
        "L1 norm restored", three, plain, w, half, {"rescale": "l1"}, dialects=(PAPER,), edge=True
    )
    yield from edges(_both_edges(plain, w, half))
    yield from edges(unchanged_weights(plain, w, half))
    yield from sizes(plain, w, half, skip=(1,))


def _both_edges(plain, w, half):
    three = data.THREE
    yield Scenario("one skill subtracted", three, plain, (0.5, -0.7, 0.4), half)
    yield Scenario(
        "the largest seed and a tensor name beyond ASCII",
        three,
        plain,
        w,
        half,
        seed=2**32 - 1,
        tensor="modèle.層.0.gewicht",
    )
    yield Scenario("density 1 keeps everything", three, plain, w, (1,) * 3)
    yield Scenario(
        "density 0 drops everything",
        three,
        plain,
        w,
        (0,) * 3,
        bugs={PEFT: "density 0 divides zero by zero: NaN"},
    )
    for seed in (1, 2, 3):
        yield Scenario(
            f"one element, seed {seed}", data.ONE_ELEMENT, plain, (1, 0.5), (0.5, 0.5), seed=seed
        )
