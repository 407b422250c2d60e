"""Where mergekit rounds: goldens over 16-bit dtypes, compared bit for bit.

A family of planes, a base and its fine-tunes, is stored once as hex of their codes, and cases name it. What
is asked: lambda where base and change
nearly cancel, so that its rounding shows; sums beyond the largest F16; weights that sum to zero; `dtype` with
inputs of several dtypes; values beyond the usual limits.

Where mergekit's answer is a bug, `expected` is its answer to the nearest question without it, and `bug` says so.
"""

import hashlib
import itertools

import numpy as np
import torch
from mergekit.merge_methods.api import merge_tensors

from inputs import uniform
from masks import our_masks
from with_mergekit import TORCH

TENSOR = "model.layers.0.mlp.up_proj.weight"
SEED = 42
COUNT = 32
TASK_METHODS = "task_arithmetic", "ties", "dare_linear", "dare_ties"
TRIMMING = "ties", "dare_linear", "dare_ties"
WEIGHTS = 0.5, 0.3, 0.4
HALF = "BF16", "F16"
# What is wrong, and what is asked instead: the dtype that inputs are read as, other values.
NAN = "a sum beyond 65,504 is infinite in F16, and all is NaN: asked in F32", "F32", {}
ZERO = "1e-8 is zero in F16, so that zero divides: asked without normalize", "stored", {"normalize": False}


def steps():
    """What goes into steps.json."""
    families, cases = {}, []
    for case in itertools.chain(_lambdas(), _large(), _zero_sums(), _dtypes(), _beyond()):
        label, planes = case["family"]
        families[label] = [_described(plane) for plane in planes]
        cases.append(case | {"family": label})
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)
    return {"families": families, "cases": cases}


def _lambdas():
    for dtype, value in itertools.product(HALF, (0.7, 1.3, -0.3)):
        family = _cancelling(dtype, value)
        for method, normalize in itertools.product(TASK_METHODS, (False, True)):
            name = f"{method}, lambda {value}, {'normalised' if normalize else 'summed'}, {dtype}"
            yield _case(name, method, family, {"lambda": value, "normalize": normalize})


def _large():
    for method in TASK_METHODS:
        large = _family("large", ("F16",) * 4, 15000)
        more = {"rescale": True} if method == "ties" else {}
        bug = NAN if method == "ties" else None
        yield _case(f"{method}, a sum beyond F16", method, large, {"lambda": 0.7, **more}, bug=bug)
    # Few values are large here, but there are many: 70,001 of about 1.
    many = "many", [_plane("F16", uniform(f"many {k}", 70001) * 4, f"many {k}") for k in range(4)]
    for method in ("dare_linear", "dare_ties"):
        yield _case(f"{method}, 70,001 elements in F16", method, many, {"lambda": 1.3})


def _zero_sums():
    for dtype, weights in itertools.product(
        ("F32", *HALF), ((1, -0.5, -0.5), (0.1, 0.2, -0.3), (0.3, 0.3, -0.6))
    ):
        family = _family(f"plain {dtype}", (dtype,) * 4)
        for method in TASK_METHODS:
            name = f"{method}, weights {weights}, normalised, {dtype}"
            votes = method.endswith("ties")
            bug = ZERO if dtype == "F16" and not votes and weights != (0.1, 0.2, -0.3) else None
            values = {"lambda": 0.7, "normalize": True}
            yield _case(name, method, family, values, weights, (1,) * 3, bug=bug)


def _dtypes():
    for stored in (("F32", "BF16", "F16", "F32"), ("F32",) * 4, ("BF16", "F16", "BF16", "BF16")):
        family = _family(f"stored {' '.join(stored)}", stored)
        for inputs, output in (
            ("stored", "F32"),
            ("F32", "BF16"),
            ("BF16", "BF16"),
            ("F16", "F16"),
            ("BF16", "F32"),
        ):
            for method in ("linear", "slerp", *TASK_METHODS):
                values = {"t": 0.3} if method == "slerp" else {}
                if method in TASK_METHODS:
                    values = {"lambda": 0.7, "normalize": True}
                name = f"{method} of {' '.join(stored)}, read as {inputs}, written as {output}"
                yield _case(name, method, family, values, inputs=inputs, output=output)


def _beyond():
    for dtype in ("F32", "BF16"):
        family = _family(f"plain {dtype}", (dtype,) * 4)
        for method in TASK_METHODS:
            for name, value, weights, density in (
                ("weights beyond 100", 1, (250, -1000, 3), 1),
                ("lambda 25", 25, WEIGHTS, 1),
                ("lambda -25", -25, WEIGHTS, 1),
                ("density 1.5", 0.7, WEIGHTS, 1.5),
                ("density 0", 0.7, WEIGHTS, 0),
            ):
                values = {"lambda": value, "normalize": True}
                full = f"{method}, {name}, {dtype}"
                yield _case(full, method, family, values, weights, (density,) * 3)
        name = f"linear, weights beyond 100, {dtype}"
        yield _case(name, "linear", family, {}, (250, -1000, 3))
        for t in (25, -25):
            yield _case(f"slerp, t {t}, {dtype}", "slerp", family, {"t": t}, output="BF16")


def _case(
    name, method, family, values, weights=WEIGHTS, densities=(0.5,) * 3, inputs="stored", output=None, bug=None
):  # fmt: skip
    """The first plane of a family is the base, which linear and slerp do without; slerp takes two of the others."""
    planes = family[1]
    models = [1, 2] if method == "slerp" else [1, 2, 3]
    case = {
        "name": name,
        "method": method,
        "family": family,
        "base": 0 if method in TASK_METHODS else None,
        "models": models,
        "inputs": inputs,
        "output": output or planes[0]["dtype"],
        "global": values,
        "weights": None if method == "slerp" else weights,
        "densities": densities if method in TRIMMING else None,
    }
    answer = _merged(case, planes)
    if bug:
        assert not torch.isfinite(answer).all(), f"no bug: {name}"
        case["bug"], instead, other = bug
        answer = _merged(case | {"inputs": instead, "global": values | other}, planes)
    assert torch.isfinite(answer).all(), name
    codes = _codes(answer, case["output"])
    case["expected"] = codes.hex() if len(codes) < 1000 else hashlib.sha256(codes).hexdigest()
    return case


def _merged(case, planes):
    method, models = case["method"], [planes[k] for k in case["models"]]
    last = models if case["base"] is None else [*models, planes[0]]
    tensors = [plane["values"].to(TORCH[plane["dtype"]]) for plane in last]
    parameters = dict(case["global"])
    for key, values in (("weight", case["weights"]), ("density", case["densities"])):
        if values:
            parameters[key] = list(values)
    masked = {
        "models": [plane["values"].numpy() for plane in models],
        "perModel": [{"density": density} for density in case["densities"] or ()],
        "seed": SEED,
        "tensor": TENSOR,
    }
    base_index = 0 if method == "slerp" else None if method == "linear" else len(tensors) - 1
    with our_masks(masked, expected=method.startswith("dare")):
        return merge_tensors(
            tensors,
            method,
            parameters=parameters,
            base_index=base_index,
            dtype=None if case["inputs"] == "stored" else TORCH[case["inputs"]],
            out_dtype=TORCH[case["output"]],
        )


def _family(label, dtypes, scale=1.0):
    """A base and fine-tunes of it, without equal magnitudes where a trim cuts: torch's order would decide."""
    for attempt in itertools.count():
        base = uniform(f"{label} base {attempt}", COUNT) * scale
        tasks = [uniform(f"{label} {k} {attempt}", COUNT) * scale for k in (1, 2, 3)]
        planes = [_plane(dtype, base + t) for dtype, t in zip(dtypes, [0 * base, *tasks])]
        if _cuts_are_clear(planes):
            return label, planes


def _cancelling(dtype, value):
    """A base that the change, times lambda, nearly takes back."""
    label = f"cancelling {value} {dtype}"
    for attempt in itertools.count():
        tasks = [uniform(f"{label} {k} {attempt}", COUNT) for k in (1, 2, 3)]
        change = sum(w * task for w, task in zip(WEIGHTS, tasks))
        base = -value * change * (1 + uniform(f"{label} rest {attempt}", COUNT) / 64)
        planes = [_plane(dtype, base + task) for task in [0 * base, *tasks]]
        if _cuts_are_clear(planes):
            return label, planes


def _cuts_are_clear(planes):
    """In every precision that a trim by half may see."""
    base, *models = (plane["values"] for plane in planes)
    for work, model in itertools.product(TORCH.values(), models):
        task = (model.to(work) - base.to(work)).abs().float().sort().values
        if task[COUNT // 2 - 1] == task[COUNT // 2]:
            return False
    return True


def _plane(dtype, values, generated=None):
    stored = torch.from_numpy(np.asarray(values)).to(TORCH[dtype])
    return {"dtype": dtype, "values": stored.float(), "generated": generated}


def _described(plane):
    """A large plane is made again by who reads it, from the same noise."""
    dtype, values = plane["dtype"], plane["values"]
    if plane["generated"]:
        return {"dtype": dtype, "uniform": plane["generated"], "count": len(values), "scale": 4}
    return {"dtype": dtype, "codes": _codes(values.to(TORCH[dtype]), dtype).hex()}


def _codes(tensor, dtype):
    assert tensor.dtype == TORCH[dtype], (tensor.dtype, dtype)
    return tensor.contiguous().view(torch.uint8).numpy().tobytes()
