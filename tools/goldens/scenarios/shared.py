"""Scenarios that several task-vector methods are asked."""

import inputs as data
from scenarios.scenario import ALL, MERGEKIT, PAPER, PEFT, SIZES, Scenario


def worked_examples(value):
    for name, inputs, density, count in (
        ("worked example without a conflict", data.WORKED_WITHOUT_CONFLICT, 0.4, 2),
        ("worked example with a conflict", data.WORKED_WITH_CONFLICT, 0.6, 3),
    ):
        yield Scenario(f"{name}, sign by total", inputs, value, (1,) * count, (density,) * count)
        yield Scenario(
            f"{name}, sign by frequency",
            inputs,
            value,
            (1,) * count,
            (density,) * count,
            {"election": "frequency"},
            dialects=(PAPER, PEFT),
        )


def elections(value, densities):
    """Where sign election is delicate. Densities are given for three models."""
    flips = "an entry alone in its election is divided by its own negative weight: added, not subtracted"
    two, three = densities[:2], data.THREE
    yield Scenario(
        "opposite task vectors that cancel exactly", data.CANCELLING, value, (1, 1), (1, 1)
    )
    yield Scenario(
        "opposite task vectors that cancel exactly, zero vote plus",
        data.CANCELLING,
        value,
        (1, 1),
        (1, 1),
        {"zeroVote": "plus"},
        dialects=(PAPER,),
    )
    yield Scenario(
        "a lone negative weight",
        three.first(1),
        value,
        (-0.5,),
        densities[:1],
        bugs={MERGEKIT: flips},
    )
    yield Scenario(
        "one negative weight among three",
        three,
        value,
        (0.5, -0.7, 0.4),
        densities,
        bugs={MERGEKIT: flips},
    )
    yield Scenario("agreeing weights that sum to zero", tuned_apart(), value, (1, -1), (1, 1))
    yield Scenario("weights that sum to zero", three, value, (1, -0.5, -0.5), densities)
    yield Scenario("a weight of zero", three, value, (0.5, 0, 0.3), densities)
    yield Scenario("identical models", data.IDENTICAL, value, (0.5, 0.5), two)
    yield Scenario("one model alone", three.first(1), value, (0.5,), densities[:1])


def tuned_apart():
    """Two models on opposite sides of the base, so that weights of opposite sign make them agree."""
    return data.tuned(data.BASE_OF_FOUR, [0.5, -0.75, 0.25, 1], [-0.25, 0.5, -0.25, -0.5])


def extreme_densities(value, w, dialects):
    yield Scenario("density 1 keeps everything", data.THREE, value, w, (1,) * 3, dialects=dialects)
    yield Scenario("density 0 keeps nothing", data.THREE, value, w, (0,) * 3, dialects=dialects)
    yield Scenario(
        "a density so small that it rounds to no element",
        data.THREE,
        value,
        w,
        (0.05,) * 3,
        dialects=dialects,
    )
    yield Scenario(
        "one element at density 0.5",
        data.ONE_ELEMENT,
        value,
        (1, 0.5),
        (0.5, 0.5),
        dialects=dialects,
    )


def unchanged_weights(value, w, densities, dialects=ALL):
    """Task vectors with real zeros. At a density of 0.5 the cut falls among them only where that is harmless."""
    yield Scenario(
        "elements equal to the base",
        data.UNCHANGED_ELEMENTS,
        value,
        w,
        densities,
        dialects=dialects,
    )
    yield Scenario(
        "one model equal to the base",
        data.ONE_UNCHANGED_MODEL,
        value,
        w,
        densities,
        dialects=dialects,
    )
    yield Scenario(
        "all models equal to the base",
        data.ALL_UNCHANGED,
        value,
        w[:2],
        densities[:2],
        dialects=dialects,
    )


def sizes(value, w, densities, dialects=ALL, skip=()):
    for size, dtypes in SIZES.items():
        if size not in skip:
            yield Scenario(
                f"random, {size} long",
                data.random(size),
                value,
                w,
                densities,
                dialects=dialects,
                dtypes=dtypes,
            )
    yield Scenario(
        "random, 67 long",
        data.random(67, 2, 256),
        value,
        (0.5, 0.25),
        densities[:2],
        dialects=dialects,
        dtypes=("F32",),
    )
