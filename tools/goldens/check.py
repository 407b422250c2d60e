"""What must hold before anything is written: a tool is the paper definition with other choices.

Each tool's answer is computed a second time by paper.py, with the options that describe the tool. Known
exceptions are named here, so that an upgrade of a tool that changes its numbers is noticed.
"""

import numpy as np

import paper
from floats import bf16

# What a dialect means, said in the sub-choices of the paper definition.
CHOICES = {
    "peft": {"electOn": "unweighted", "divisor": "count", "zeroVote": "plus"},
    "mergekit": {"electOn": "weighted", "divisor": "weights", "zeroVote": "plus"},
}
# Largest error allowed, as a part of the largest weight, for a dtype of data and of arithmetic.
ALLOWED = {
    ("F32", "F32"): 4 * 2.0**-24,
    ("BF16", "F32"): 2.0**-8,
    ("BF16", "BF16"): 6 * 2.0**-8,
    ("BF16", "F16"): 2 * 2.0**-8,
}


def cut_is_defined(method, case):
    """No two equal magnitudes on the two sides of the trim, where torch's order would decide.

    torch.argsort (mergekit) keeps the order of at most 16 elements; torch.topk (PEFT) never promises it.
    Equal zeros do no harm. Working in bfloat16 rounds the task vectors first.
    """
    if method not in ("ties", "magnitude_prune"):
        return
    for model, own in zip(case["models"], case["perModel"]):
        task = np.abs(model - case["base"])
        task = np.sort(bf16(task) if case["work"] == "BF16" else task)[::-1]
        k = int(own["density"] * task.size)
        if not 0 < k < task.size or task[k - 1] != task[k] or task[k] == 0:
            continue
        assert task.size <= 16 and case["dialect"] != "peft", f"ambiguous trim: {case['name']}"


def all_cases(method, cases):
    """Compares what can be compared; returns how many that were."""
    compared = 0
    for case in cases:
        for x in case["models"] + ([] if case["base"] is None else [case["base"]]):
            assert np.isfinite(x).all()
            assert case["dtype"] == "F32" or (bf16(x) == x).all(), (
                f"not exact in BF16: {case['name']}"
            )
        if case["dialect"] == "paper" or differs(method, case):
            continue
        second = (
            bf16(expected_of(method, case))
            if case["dtype"] == "BF16"
            else expected_of(method, case)
        )
        allowed = ALLOWED[case["dtype"], case["work"]]
        if method == "slerp":
            allowed *= ill_conditioned(case["models"])
        allowed *= max(np.abs(x).max() for x in case["models"])
        same = np.isclose(second, case["expected"], rtol=allowed, atol=allowed, equal_nan=True)
        assert same.all(), f"{method}, {case['name']}:\n{second}\n{case['expected']}"
        compared += 1
    return compared


def ill_conditioned(models):
    """mergekit's float32 cosine has an error of one step; the angle and its sine magnify it by 1 / sin^2."""
    a, b = (x.astype(np.float64) for x in models)
    sine2 = 1 - np.dot(a, b) ** 2 / max(np.dot(a, a) * np.dot(b, b), 1e-30)
    return 1 / sine2 if sine2 > 1 - 0.9995**2 else 1


def expected_of(method, case):
    choices = dict(CHOICES[case["dialect"]])
    values = {"lambda": 1} | case["global"]
    if case["dialect"] == "mergekit":
        if not values.get("normalize", True):
            choices["divisor"] = "none"
        if method.startswith("dare"):
            choices["rescale"] = "l1"
    with np.errstate(divide="ignore", invalid="ignore"):
        return getattr(paper, method)(
            case | {"global": values, "options": choices | case["options"]}
        )


def differs(method, case):
    """The cases where a tool is something else than the definition with options. Each has a reason."""
    name, tool = case["name"], case["dialect"]
    sizes = [own.get("density", 1) * x.size for own, x in zip(case["perModel"], case["models"])]
    if tool == "peft" and method in ("ties", "magnitude_prune") and any(0 < k < 1 for k in sizes):
        return True  # PEFT keeps trunc(density n) entries, which may be none
    if tool == "peft" and method.startswith("dare") and 0 in sizes:
        return True  # NaN
    if tool == "mergekit" and method == "slerp" and "zero tensor" in name:
        return True  # an orthogonal direction instead of none
    # mergekit takes a divisor of zero for one and leaves the sum undivided
    divided = case["global"].get("normalize", False) and method != "linear"
    return tool == "mergekit" and divided and "sum to zero" in name
