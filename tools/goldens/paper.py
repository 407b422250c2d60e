"""The `paper` dialect, written out by hand: float32 after every operation, models in order.

Sources: linear, Wortsman et al. 2022 (model soups); slerp, Shoemake 1985; task arithmetic, Ilharco et al.
2023; TIES, Yadav et al. 2023; DARE, Yu et al. 2024. Where a paper leaves something open, the choice is in
the docstring.
"""

import numpy as np

from noise import keep_mask

F = np.float32


def linear(case):
    """sum w x, divided at the end by sum w when `normalize`. Weights that sum to zero give inf or NaN."""
    total = _weighted_sum(case["models"], case["perModel"])
    return total / _weight_sum(case["perModel"]) if case["global"]["normalize"] else total


def slerp(case):
    """From the first model (t = 0) to the second, on the unnormalised tensors.

    The angle is that of the unit tensors, its dot products summed in float64. Nearly parallel, nearly
    antiparallel (|cos| > 0.9995) and zero tensors have no usable direction: plain linear interpolation.
    """
    t, base = case["global"]["t"], case["base"]
    a, b = case["models"]
    if case["options"].get("slerpOf") == "taskVectors":
        return base + _slerp(a - base, b - base, t)
    return _slerp(a, b, t)


def _slerp(a, b, t):
    ab, aa, bb = (
        np.dot(x.astype(np.float64), y.astype(np.float64)) for x, y in ((a, b), (a, a), (b, b))
    )
    cosine = ab / np.sqrt(aa * bb) if aa > 0 and bb > 0 else 1.0
    if abs(cosine) > 0.9995:
        from_a, from_b = 1 - t, t
    else:
        angle = np.arccos(cosine)
        from_a, from_b = np.sin((1 - t) * angle) / np.sin(angle), np.sin(t * angle) / np.sin(angle)
    return F(from_a) * a + F(from_b) * b


def task_arithmetic(case):
    """base + lambda sum w (x - base); `normalize` divides the sum by sum w."""
    return _add_sum(case, _task_vectors(case))


def magnitude_prune(case):
    """Keep the largest entries of each task vector, then add them up."""
    return _add_sum(case, _trimmed(case))


def dare_linear(case):
    """Drop entries at random, rescale the rest, then add them up."""
    return _add_sum(case, _dropped(case))


def ties(case):
    """Trim, elect a sign, average those that agree with it."""
    return _add_elected(case, _trimmed(case))


def dare_ties(case):
    """DARE in place of the trim, then the election and the mean of TIES."""
    return _add_elected(case, _dropped(case))


def _task_vectors(case):
    return [x - case["base"] for x in case["models"]]


def _trimmed(case):
    """Exactly k = max(1, trunc(density n)) entries of each, the lowest index first among equals."""
    result = []
    for task, own in zip(_task_vectors(case), case["perModel"]):
        density = own["density"]
        k = 0 if density <= 0 else min(task.size, max(1, int(density * task.size)))
        keep = np.argsort(-np.abs(task), kind="stable")[:k]
        kept = np.zeros_like(task)
        kept[keep] = task[keep]
        result.append(_rescaled(task, kept, density, case["options"].get("rescale", "none")))
    return result


def _dropped(case):
    result = []
    for i, (task, own) in enumerate(zip(_task_vectors(case), case["perModel"])):
        keep = keep_mask(case["seed"], case["tensor"], i, task.size, own["density"])
        kept = np.where(keep, task, F(0))
        result.append(
            _rescaled(task, kept, own["density"], case["options"].get("rescale", "inverse"))
        )
    return result


def _rescaled(task, kept, density, how):
    """`inverse` divides by the density, `l1` restores the sum of magnitudes."""
    if how == "inverse":
        return kept / F(density) if 0 < density < 1 else kept
    if how == "l1":
        before, after = np.abs(task.astype(np.float64)).sum(), np.abs(kept.astype(np.float64)).sum()
        return kept * F(before / after) if after > 0 else kept
    return kept


def _add_sum(case, tasks):
    total = _weighted_sum(tasks, case["perModel"])
    if case["global"].get("normalize", False):
        total = total / _weight_sum(case["perModel"])
    return case["base"] + F(case["global"]["lambda"]) * total


def _add_elected(case, tasks):
    """The vote is over what `electOn` names, and an entry agrees when its own vote has the elected sign.

    A vote of zero elects nobody (`zeroVote` "drop") or plus. Where the divisor is zero the sum
    is left undivided, as in mergekit; the paper has no weights and no such case.
    """
    options = case["options"]
    weighted = [F(own["weight"]) * task for task, own in zip(tasks, case["perModel"])]
    votes = weighted if options.get("electOn", "weighted") == "weighted" else tasks
    ballots = (
        [np.sign(v) for v in votes] if options.get("election", "total") == "frequency" else votes
    )
    elected = np.sign(_sum(ballots))
    if options.get("zeroVote", "drop") == "plus":
        elected = np.where(elected == 0, F(1), elected)
    agrees = [(np.sign(v) == elected) & (elected != 0) for v in votes]

    total = _sum([np.where(yes, w, F(0)) for yes, w in zip(agrees, weighted)])
    divisor = options.get("divisor", "weights")
    if divisor == "weights":
        count = _sum(
            [np.where(yes, F(own["weight"]), F(0)) for yes, own in zip(agrees, case["perModel"])]
        )
    elif divisor == "count":
        count = _sum([yes.astype(F) for yes in agrees])
    else:
        count = np.ones_like(total)
    merged = total / np.where(count == 0, F(1), count)
    return case["base"] + F(case["global"]["lambda"]) * merged


def _weighted_sum(tensors, per_model):
    return _sum([F(own["weight"]) * x for x, own in zip(tensors, per_model)])


def _weight_sum(per_model):
    return _sum([F(own["weight"]) for own in per_model])


def _sum(terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
