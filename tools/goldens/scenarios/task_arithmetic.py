import inputs as data
from scenarios.scenario import MERGEKIT, PAPER, Scenario, edges
from scenarios.shared import sizes, unchanged_weights


def task_arithmetic():
    ours, w = (PAPER, MERGEKIT), (0.5, 0.3, 0.4)
    plain, mean = {"lambda": 1, "normalize": False}, {"lambda": 1, "normalize": True}
    three = data.THREE
    yield Scenario("three models", three, plain, w, f16_too=True)
    yield Scenario(
        "three models, normalised, lambda 0.5", three, {**mean, "lambda": 0.5}, w, dialects=ours
    )
    yield Scenario(
        "three models, lambda 1.5", three, {**plain, "lambda": 1.5}, w, dialects=ours, edge=True
    )
    yield Scenario("one skill subtracted", three, plain, (0.5, -0.7, 0.4))
    yield Scenario(
        "one negative weight, normalised",
        three.first(1),
        mean,
        (-0.5,),
        dialects=ours,
        edge=True,
        bugs={MERGEKIT: "dividing by its own negative weight turns subtraction into addition"},
    )
    yield from edges(_edges(plain, mean))
    yield from edges(unchanged_weights(plain, w, ()))
    yield from sizes(plain, w, ())


def _edges(plain, mean):
    three = data.THREE
    yield Scenario("weights that sum to zero", three, plain, (1, -0.5, -0.5))
    yield Scenario(
        "weights that sum to zero, normalised, are not divided",
        three,
        mean,
        (1, -0.5, -0.5),
        dialects=(MERGEKIT,),
    )
    yield Scenario("a weight of zero", three, plain, (0.5, 0, 0.3))
    yield Scenario("identical models of weight one add up", data.IDENTICAL, plain, (1, 1))
