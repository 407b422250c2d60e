"""Compares what mergekit and Amalgam made of the same recipes, tensor by tensor, as a table.

    python tools/check-mergekit/compare.py OUT

How far: the largest difference, in units in the last place of the largest number of its tensor. A fine-tune is 1/64 at
most from its base of 1/4, which is 2²⁰ of them in f32, and 16 in bf16.
"""

import math
import pathlib
import sys

import torch
from safetensors.torch import load_file

(out,) = (pathlib.Path(each) for each in sys.argv[1:])


def loaded(folder: pathlib.Path) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {}
    for file in folder.glob("*.safetensors"):
        tensors |= load_file(file)
    return tensors


def how_far(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    largest = float(theirs.abs().max())
    unit = 2.0 ** math.floor(math.log2(largest)) * torch.finfo(theirs.dtype).eps if largest > 0 else 1
    return float((ours.double() - theirs.double()).abs().max()) / unit


def compared(folder: pathlib.Path) -> str:
    if (folder / "refused.txt").exists():
        return "mergekit refuses"
    if not (folder / "amalgam").exists():
        return "not yet"
    ours, theirs = loaded(folder / "amalgam"), loaded(folder / "mergekit")
    assert ours.keys() == theirs.keys(), (folder, ours.keys() ^ theirs.keys())
    if any(ours[key].dtype != theirs[key].dtype for key in theirs):
        return "mergekit writes f32"  # whatever its config.json says
    alike = sum(int((ours[key] == theirs[key]).sum()) for key in theirs)
    elements = sum(tensor.numel() for tensor in theirs.values())
    if alike == elements:
        return "all"
    far = max(how_far(ours[key], theirs[key]) for key in theirs)
    share = 100 * alike / elements
    return f"{share:.1f} %; {far:.2g}" if share < 99.9 else f"all but {elements - alike}; {far:.2g}"


architectures = sorted(each.name for each in out.iterdir())
recipes = sorted({each.name for name in architectures for each in (out / name).iterdir()})
print("| recipe |", " | ".join(architectures), "|")
print("| --- |", " | ".join("---" for _ in architectures), "|")
for recipe in recipes:
    print(f"| `{recipe}` |", " | ".join(compared(out / name / recipe) for name in architectures), "|")
