import inputs as data
from scenarios.scenario import MERGEKIT, PAPER, PEFT, SIZES, Scenario, edges


def linear():
    three, w = data.THREE.without_base(), (0.5, 0.3, 0.4)
    mean, total = {"normalize": True}, {"normalize": False}
    ours = (PAPER, MERGEKIT)
    yield Scenario("three models, normalised", three, mean, w, dialects=ours)
    yield Scenario("three models, plain sum", three, total, w)
    yield Scenario(
        "two models with weights that do not sum to one",
        three.first(2),
        mean,
        (0.3, 0.5),
        dialects=ours,
    )
    yield Scenario("a negative weight, normalised", three, mean, (1, 0.5, -0.25), dialects=ours)
    yield from edges(_edges(three, mean, total, ours))
    for size, dtypes in SIZES.items():
        random = data.random(size).without_base()
        yield Scenario(f"random, {size} long", random, mean, w, dialects=ours, dtypes=dtypes)
        yield Scenario(
            f"random, {size} long, plain sum", random, total, w, dialects=(PEFT,), dtypes=dtypes
        )
    yield Scenario(
        "random, 67 long",
        data.random(67, 2, 256).without_base(),
        mean,
        (0.75, 0.25),
        dialects=ours,
        dtypes=("F32",),
    )


def _edges(three, mean, total, ours):
    zero_sum = "weights that sum to zero divide by zero without a word"
    yield Scenario("one model, normalised, is a copy", three.first(1), mean, (0.3,), dialects=ours)
    yield Scenario("one model, plain", three.first(1), total, (0.3,))
    yield Scenario(
        "identical models", data.IDENTICAL.without_base(), mean, (0.5, 0.5), dialects=ours
    )
    yield Scenario("a negative weight, plain", three, total, (1, 0.5, -0.25))
    yield Scenario("a weight of zero", three, mean, (0.5, 0, 0.3), dialects=ours)
    yield Scenario("weights that sum to zero, plain", three, total, (1, -0.5, -0.5))
    yield Scenario(
        "weights that sum to zero, normalised",
        three,
        mean,
        (1, -0.5, -0.5),
        dialects=ours,
        bugs={MERGEKIT: zero_sum},
    )
    yield Scenario(
        "identical models with weights that sum to zero, normalised",
        data.IDENTICAL.without_base(),
        mean,
        (0.5, -0.5),
        dialects=ours,
        bugs={MERGEKIT: zero_sum},
    )
