import inputs as data
from scenarios.scenario import MERGEKIT, PAPER, SIZES, Scenario, edges


def slerp():
    ours = (PAPER, MERGEKIT)
    base_and_a = pair(data.THREE.base, data.THREE.models[0])
    for t in (0, 0.3, 1):
        yield Scenario(f"base and a fine-tune at t = {t}", base_and_a, {"t": t}, dialects=ours)
    for t in (0.5, 1.5, -0.5):
        yield Scenario(
            f"two tensors far apart at t = {t}",
            pair([1, 2, 3, 4], [4, 3, 2, -1]),
            {"t": t},
            dialects=ours,
        )
    yield from edges(_special_angles())
    for size, dtypes in SIZES.items():
        random = data.random(size, 2).without_base()
        yield Scenario(f"random, {size} long", random, {"t": 0.4}, dialects=ours, dtypes=dtypes)
    wide = pair(data.uniform("left", 67).round(2), data.uniform("right", 67).round(2))
    yield Scenario(
        "random, 67 long, nearly orthogonal", wide, {"t": 0.7}, dialects=ours, dtypes=("BF16",)
    )
    for t in (0, 0.3, 1, 1.5):
        yield Scenario(
            f"of task vectors at t = {t}",
            data.THREE.first(2),
            {"t": t},
            options={"slerpOf": "taskVectors"},
            dialects=(PAPER,),
        )
    yield Scenario(
        "of a task vector and none",
        data.ONE_UNCHANGED_MODEL.first(2),
        {"t": 0.25},
        options={"slerpOf": "taskVectors"},
        dialects=(PAPER,),
        edge=True,
    )


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
