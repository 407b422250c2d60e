import inputs as data
from scenarios.scenario import ALL, MERGEKIT, PAPER, PEFT, Scenario, edges
from scenarios.shared import (
    elections,
    extreme_densities,
    sizes,
    unchanged_weights,
    worked_examples,
)


def ties():
    ours, w, half = (PAPER, MERGEKIT), (0.5, 0.3, 0.4), (0.5,) * 3
    three, conflict = data.THREE, data.WORKED_WITH_CONFLICT
    value = {"lambda": 1}
    yield Scenario("three models at density 0.5", three, value, w, half, f16_too=True)
    yield Scenario(
        "three models, lambda 0.5", three, {"lambda": 0.5}, w, half, dialects=ours, edge=True
    )
    yield Scenario("three models, a density each", three, value, w, (0.5, 0.2, 0.8), dialects=ours)
    yield Scenario(
        "three models, not divided",
        three,
        {**value, "normalize": False},
        w,
        half,
        dialects=(MERGEKIT,),
    )
    yield Scenario(
        "three models, L1 norm restored", three, value, w, half, {"rescale": "l1"}, dialects=ours
    )
    for options in (
        {"election": "frequency"},
        {"zeroVote": "plus"},
        {"divisor": "count"},
        {"divisor": "none"},
        {"electOn": "unweighted"},
        {"election": "frequency", "electOn": "unweighted"},
        {"electOn": "unweighted", "divisor": "count", "zeroVote": "plus"},
    ):
        words = ", ".join(f"{key} {value}" for key, value in options.items())
        for name, inputs in (("three models", three), ("worked example with a conflict", conflict)):
            yield Scenario(
                f"{name}, {words}",
                inputs,
                value,
                w,
                (0.6,) * 3,
                options,
                dialects=(PAPER,),
                edge=True,
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
    yield from edges(worked_examples(value))
    yield Scenario(
        "equal magnitudes at the cut, lowest index kept",
        data.EQUAL_MAGNITUDES,
        value,
        (1, 1),
        (0.5, 0.5),
        dialects=ours,
    )
    yield Scenario(
        "an uneven cut through equal magnitudes",
        data.EQUAL_MAGNITUDES,
        value,
        (1, 0.5),
        (0.3, 0.7),
        dialects=ours,
    )
    yield from edges(elections(value, half))
    yield from edges(extreme_densities(value, w, ALL))
    yield from edges(unchanged_weights(value, w, half))
    yield from sizes(value, w, half)
    yield Scenario(
        "1003 whole numbers",
        data.permuted(1003),
        value,
        (1, 1),
        (0.3, 0.3),
        dialects=(MERGEKIT,),
        edge=True,
    )
