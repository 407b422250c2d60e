import inputs as data
from scenarios.scenario import PAPER, PEFT, Scenario, edges
from scenarios.shared import extreme_densities, sizes, unchanged_weights


def magnitude_prune():
    both, w, half = (PAPER, PEFT), (0.5, 0.3, 0.4), (0.5,) * 3
    plain = {"lambda": 1}
    three = data.THREE
    yield Scenario("three models at density 0.5", three, plain, w, half, dialects=both)
    yield Scenario("three models at density 0.29", three, plain, w, (0.29,) * 3, dialects=both)
    yield Scenario(
        "three models, a density each, lambda 1.5",
        three,
        {"lambda": 1.5},
        w,
        (0.5, 0.2, 0.8),
        dialects=(PAPER,),
    )
    yield Scenario(
        "L1 norm restored after the trim",
        three,
        plain,
        w,
        half,
        {"rescale": "l1"},
        dialects=(PAPER,),
        edge=True,
    )
    yield Scenario("one skill subtracted", three, plain, (0.5, -0.7, 0.4), half, dialects=both)
    yield Scenario(
        "worked example with a conflict",
        data.WORKED_WITH_CONFLICT,
        plain,
        (1, 1, 1),
        (0.6,) * 3,
        dialects=both,
    )
    yield Scenario(
        "equal magnitudes at the cut",
        data.EQUAL_MAGNITUDES,
        plain,
        (1, 1),
        (0.5, 0.5),
        dialects=(PAPER,),
    )
    yield from edges(extreme_densities(plain, w, both))
    yield from edges(unchanged_weights(plain, w, (0.5,) * 3, both))
    yield from sizes(plain, w, half, both)
