"""Fills in what an older mergekit answers to the cases of src/methods/*/releases.json, and writes them back.

Run it with that release installed (0.1.4, 0.0.6; both need pydantic 2.10): cases of the dialect that is named after it are
asked, the others stay as they are. Random draws, and the order among equals, are the product's. `python tools/goldens/releases.py [folder …]`.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from mergekit.common import ImmutableMap, ModelReference
from mergekit.io.tasks import GatherTensors
from mergekit.merge_methods.registry import REGISTERED_MERGE_METHODS

try:
    from mergekit.architecture import WeightInfo
except ImportError:
    from mergekit.architecture.base import WeightInfo

from floats import ROUND, list_to_json
from inputs import uniform
from noise import noise
from order import lowest_index_first

METHODS = Path(__file__).resolve().parents[2] / "src" / "methods"
TORCH = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}


def inputs_of(case):
    """As in folders.py."""
    rounded, count = ROUND[case["dtype"]], int(np.prod(case["shape"]))
    base = uniform("base", count)
    models = [base + uniform(f"model {k}", count) * case["scale"] for k in range(case["models"])]
    return [rounded(x).reshape(case["shape"]) for x in (*models, base)]


def draws_of(case):
    """In place of torch.bernoulli, which is called once for each model that drops anything, in their order."""
    models = iter([k for k, own in enumerate(case.get("perModel", [])) if own.get("density", 1) < 1])

    def drawn(chances):
        k = next(models)
        # One chance for all is taken as it was given: the tool rounds it to the dtype.
        own = case["perModel"][k]
        limits = own["density"] if "epsilon" not in own else chances.double().numpy().flatten()
        bits = noise(42, 0, "weight", k, np.arange(chances.numel())) >> np.uint32(8)
        mask = bits < np.floor(np.asarray(limits) * 2**24 + 0.5)
        return torch.from_numpy(mask).to(chances.dtype).reshape(chances.shape)

    return drawn


def answer(name, case):
    method = REGISTERED_MERGE_METHODS[name]
    references = [ModelReference.parse(f"org/model-{k}") for k in range(case["models"])]
    base = ModelReference.parse("org/base") if case["base"] else None
    everyone = [*references, *([base] if base else [])]
    arrays = inputs_of(case)[: len(everyone)]
    tensors = {
        reference: torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32)).to(TORCH[case["dtype"]])
        for reference, x in zip(everyone, arrays)
    }
    given = {**case.get("global", {}), **case.get("mergekit", {})}
    shared = {each.name: given.get(each.name, each.default_value) for each in method.parameters()}
    own = {
        reference: ImmutableMap(
            {each.name: {**given, **row}.get(each.name, each.default_value) for each in method.tensor_parameters()}
        )
        for reference, row in zip(everyone, [*case.get("perModel", [{}] * len(references)), {}])
    }
    info = WeightInfo(name="weight")
    task = method.make_task(
        output_weight=info,
        tensors=GatherTensors(weight_info=ImmutableMap({reference: info for reference in everyone})),
        parameters=ImmutableMap(shared),
        tensor_parameters=ImmutableMap(own),
        base_model=base,
    )
    bernoulli, torch.bernoulli = torch.bernoulli, draws_of(case)
    try:
        with lowest_index_first():
            merged = task.execute(tensors=tensors)
    finally:
        torch.bernoulli = bernoulli
    return merged.to(torch.float32).numpy().flatten()


def main(names):
    dialect = f"mergekit {version('mergekit')}"
    for path in sorted(METHODS.glob("*/releases.json")):
        folder = path.parent.name
        if names and folder not in names:
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        mine = [case for case in document["cases"] if case["dialect"] == dialect]
        for case in mine:
            case["expected"] = list_to_json(ROUND[case["dtype"]](answer(folder.replace("-", "_"), case)))
        path.write_text(json.dumps(document, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n", encoding="utf-8")
        print(f"{folder}: {len(mine)} cases of {dialect}")


if __name__ == "__main__":
    main(sys.argv[1:])
