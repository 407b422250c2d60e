"""Fills in the chances that mergekit's DELLA gives to ranks, and writes src/methods/della/chances.json back.

What it draws with is asked of `torch.bernoulli` as it is called. Run it as `python tools/goldens/della.py`.
"""

import json
from importlib.metadata import version
from pathlib import Path

import torch
from mergekit.sparsify import della_magprune

from floats import ROUND, list_to_json

PATH = Path(__file__).resolve().parents[2] / "src" / "methods" / "della" / "chances.json"
TORCH = {"F32": torch.float32, "BF16": torch.bfloat16}


def chances(case):
    seen = []
    draw = torch.bernoulli

    def listening(probabilities):
        seen.append(probabilities)
        return draw(probabilities)

    torch.bernoulli = listening
    try:
        # Ascending magnitudes, so that the rank is the place; bf16 tells no more apart than so many.
        magnitudes = (1 + torch.arange(case["length"]) % 128 / 128) * 2.0 ** (torch.arange(case["length"]) // 128)
        della_magprune(magnitudes.to(TORCH[case["dtype"]]), case["density"], case["epsilon"])
    finally:
        torch.bernoulli = draw
    return seen[0].to(torch.float32).numpy().flatten()


def main():
    document = json.loads(PATH.read_text(encoding="utf-8"))
    for case in document["cases"]:
        case["expected"] = list_to_json(ROUND[case["dtype"]](chances(case)))
    document["madeWith"] = {name: version(name) for name in ("mergekit", "torch", "numpy")}
    PATH.write_text(json.dumps(document, separators=(",", ":")).replace('{"dtype"', '\n{"dtype"') + "\n", encoding="utf-8")
    print(f"{len(document['cases'])} cases")


if __name__ == "__main__":
    main()
