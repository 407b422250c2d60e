"""Writes src/testing/goldens/*.json: what PEFT, mergekit and the papers' definitions answer.

Run it as `python tools/goldens/make.py`; the README says what each field means.
"""

import json
import platform
import unicodedata
from importlib.metadata import version
from pathlib import Path

import numpy as np

import check
import paper
import with_mergekit
import with_peft
from floats import ROUND, list_to_json
from noise import fnv1a, noise
from scenarios import METHODS
from scenarios.scenario import MERGEKIT, PAPER, PEFT, TENSOR
from steps import steps

OUT = Path(__file__).resolve().parents[2] / "src" / "testing" / "goldens"
MADE_WITH = {
    **{package: version(package) for package in ("mergekit", "peft", "torch", "numpy")},
    "python": platform.python_version(),
}
PAPER_DTYPES = ("F32", "F32"), ("BF16", "F32")
MERGEKIT_NORMALIZES = {
    "ties": True,
    "task_arithmetic": False,
    "dare_linear": False,
    "dare_ties": False,
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for method in METHODS:
        name = method.__name__
        cases = [case for scenario in method() for case in cases_of(name, scenario)]
        names = [case["name"] for case in cases]
        assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)
        compared = check.all_cases(name, cases)
        write(name, {"madeWith": MADE_WITH, "cases": [as_json(case) for case in cases]}, "cases")
        print(f"{name}: {len(cases)} cases, {compared} compared with the paper definition")
    write("noise", noise_table(), "noise")
    write("steps", {"madeWith": MADE_WITH, **steps()}, "cases")
    total = sum(f.stat().st_size for f in OUT.glob("*.json"))
    print(f"{total / 1024:.0f} KiB in all")
    assert total <= 768 * 1024, "the goldens outgrew what a repository should carry"


def cases_of(method, scenario):
    for dialect in scenario.dialects:
        for dtype, work in dtypes_of(method, scenario, dialect):
            if dtype in scenario.dtypes:
                yield answered(method, scenario, dialect, dtype, work)


def dtypes_of(method, scenario, dialect):
    """Pairs of the dtype of the data and the dtype of the arithmetic."""
    if scenario.edge:
        return (("F32", "F32"),)
    if dialect != MERGEKIT:
        return with_peft.DTYPES if dialect == PEFT else PAPER_DTYPES
    if method in with_mergekit.ALWAYS_F32:
        return with_mergekit.DTYPES[0], with_mergekit.DTYPES[2]
    return with_mergekit.DTYPES + ((("BF16", "F16"),) if scenario.f16_too else ())


def answered(method, scenario, dialect, dtype, work):
    """One case with its expected values, still as arrays."""
    rounded = ROUND[dtype]
    computed = f" computed in {work}" if dtype != work and dialect == MERGEKIT else ""
    case = {
        "name": f"{scenario.name} ({dialect}, {dtype}{computed})",
        "dialect": dialect,
        "dtype": dtype,
        "work": work,
        "base": None if scenario.inputs.base is None else rounded(scenario.inputs.base),
        "models": [rounded(x) for x in scenario.inputs.models],
        "global": global_values(method, dialect, scenario.values),
        "perModel": per_model(scenario),
        "options": scenario.options,
    }
    if method.startswith("dare"):
        case |= {"seed": scenario.seed, "tensor": scenario.tensor}
    if dialect in scenario.bugs:
        case["bug"] = scenario.bugs[dialect]
    check.cut_is_defined(method, case)

    with np.errstate(divide="ignore", invalid="ignore"):
        if dialect == PAPER:
            case["origin"] = "hand-written numpy of the paper definition"
            result = getattr(paper, method)(case)
        else:
            tool = with_peft if dialect == PEFT else with_mergekit
            case["origin"] = tool.origin(method, case)
            result = tool.run(method, case)
    case["expected"] = rounded(result)
    return case


def global_values(method, dialect, values):
    """Only what the dialect has: PEFT knows no lambda and never normalises."""
    votes = method in ("ties", "dare_ties", "magnitude_prune")
    if dialect == PEFT:
        return {"normalize": False} if method == "linear" else {}
    if dialect == PAPER:
        return {key: value for key, value in values.items() if not (votes and key == "normalize")}
    defaults = {"normalize": MERGEKIT_NORMALIZES[method]} if method in MERGEKIT_NORMALIZES else {}
    return defaults | values


def per_model(scenario):
    """A row a model; slerp has none of these parameters."""
    rows = [{} for _ in scenario.inputs.models]
    for key, values in (("weight", scenario.weights), ("density", scenario.densities)):
        assert len(values) in (0, len(rows)), scenario.name
        for row, value in zip(rows, values):
            row[key] = value
    return rows


def as_json(case):
    """The order in which a person wants to read it."""
    order = (
        "name",
        "dialect",
        "origin",
        "dtype",
        "work",
        "bug",
        "seed",
        "tensor",
        "global",
        "perModel",
        "options",
        "base",
        "models",
        "expected",
    )
    row = {key: case[key] for key in order if key in case}
    row["base"] = None if case["base"] is None else list_to_json(case["base"])
    row["models"] = [list_to_json(x) for x in case["models"]]
    row["expected"] = list_to_json(case["expected"])
    return row


def noise_table():
    """Single draws of the noise, far into large tensors too, and keys of tensor names."""
    plain, accented = TENSOR, "modèle.層.0.gewicht"
    rows = [(42, 0, plain, 0, e) for e in (0, 1, 2, 3, 4, 5, 6, 7, 63, 64, 1023, 65535)]
    rows += [
        (42, 0, plain, 0, e)
        for e in (2**20, 2**20 + 1, 2**24 + 3, 123456789, 2**31 - 1, 2**31, 2**32 - 1)
    ]
    rows += [(42, 0, plain, m, e) for m in (1, 2, 7) for e in (0, 3, 1048579)]
    rows += [(s, 0, plain, 0, 5) for s in (0, 1, 2**31, 2**32 - 1)]
    rows += [(s, d, plain, 1, 6) for s in (42, 2**32 - 1) for d in (1, 2, 1000)]
    rows += [(42, 0, name, 0, 9) for name in ("", "a", "lm_head.weight", accented)]
    names = [
        "",
        "a",
        "foobar",
        "lm_head.weight",
        plain,
        accented,
        "重み",
        "emoji.😀.weight",
        unicodedata.normalize("NFD", "modèle"),
    ]
    return {
        "keys": [{"tensor": name, "key": fnv1a(name)} for name in names],
        "noise": [
            {
                "seed": s,
                "draw": d,
                "tensor": t,
                "model": m,
                "element": e,
                "noise": int(noise(s, d, t, m, [e])[0]),
            }
            for s, d, t, m, e in rows
        ],
    }


def write(name, document, listed):
    """One item of the long list a line, so that a change of one case is a change of one line."""

    def text(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    parts = []
    for key, value in document.items():
        body = (
            "[\n" + ",\n".join(text(item) for item in value) + "\n]"
            if isinstance(value, list)
            else text(value)
        )
        parts.append(f"{text(key)}: {body}")
    (OUT / f"{name}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
