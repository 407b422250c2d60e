"""Compares what mergekit and Amalgam made of the same recipes, tensor by tensor, as a table.

    python tools/check-mergekit/compare.py OUT

How far: the largest difference, in units in the last place of the largest number of its tensor. A fine-tune is 0.01
from its base, which is more than 10,000 of them in f32, and some 40 in bf16.
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


print("| recipe | dtype | tensors | elements alike, of all | how far | farthest tensor |")
print("| --- | --- | --- | --- | --- | --- |")
for folder in sorted(out.iterdir()):
    ours, theirs = loaded(folder / "amalgam"), loaded(folder / "mergekit")
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    assert all(ours[key].dtype == theirs[key].dtype for key in theirs), "other dtypes"
    alike = sum(int((ours[key] == theirs[key]).sum()) for key in theirs)
    elements = sum(tensor.numel() for tensor in theirs.values())
    apart = {key: how_far(ours[key], theirs[key]) for key in theirs}
    worst = max(apart, key=apart.__getitem__)
    far, where = (f"{apart[worst]:.2g}", worst) if apart[worst] > 0 else ("–", "–")
    dtype = str(next(iter(theirs.values())).dtype).removeprefix("torch.")
    print(f"| {folder.name} | {dtype} | {len(theirs)} | {alike} of {elements} | {far} | {where} |")
