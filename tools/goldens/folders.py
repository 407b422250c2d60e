"""Fills in what mergekit answers to the cases of src/methods/*/goldens.json, and writes them back.

A method's folder says what is asked of it; every method with such a file is found. Inputs are noise that the tests make
again: see `inputs_of`. Run it as `python tools/goldens/folders.py [folder …]`.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from mergekit.merge_methods.api import merge_tensors

from floats import ROUND, list_to_json
from inputs import uniform

METHODS = Path(__file__).resolve().parents[2] / "src" / "methods"
TORCH = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}


def inputs_of(case):
    """The base in [-1, 1), and each model the base plus noise in [-scale, scale); or all zeros."""
    shape, rounded = case["shape"], ROUND[case["dtype"]]
    count = int(np.prod(shape))
    base = uniform("base", count)
    zeros = case.get("zeros", [])
    models = [
        np.zeros(count) if k in zeros else base + uniform(f"model {k}", count) * case["scale"]
        for k in range(case["models"])
    ]
    return [rounded(x).reshape(shape) for x in models], rounded(base).reshape(shape)


def answer(method, case):
    models, base = inputs_of(case)
    tensors = [torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32)) for x in models]
    base_index = None
    if case["base"]:
        tensors.append(torch.from_numpy(np.ascontiguousarray(base, dtype=np.float32)))
        base_index = len(tensors) - 1
    rows = case.get("perModel", [])
    parameters = {key: value for key, value in case.get("global", {}).items() if key != "of"}
    for key in rows[0] if rows else ():
        parameters[key] = [row[key] for row in rows]
    dtype = TORCH[case["dtype"]]
    merged = merge_tensors(
        [x.to(dtype) for x in tensors],
        method,
        parameters=parameters | case.get("mergekit", {}),
        base_index=base_index,
        dtype=dtype,
        out_dtype=dtype,
    )
    return merged.to(torch.float32).numpy().flatten()


def main(names):
    for path in sorted(METHODS.glob("*/goldens.json")):
        folder = path.parent.name
        if names and folder not in names:
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        for case in document["cases"]:
            case["expected"] = list_to_json(ROUND[case["dtype"]](answer(folder.replace("-", "_"), case)))
        document["madeWith"] = {name: version(name) for name in ("mergekit", "torch", "numpy")}
        path.write_text(json.dumps(document, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n", encoding="utf-8")
        print(f"{folder}: {len(document['cases'])} cases")


if __name__ == "__main__":
    main(sys.argv[1:])
