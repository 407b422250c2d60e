"""How far two bf16 models are apart, as JSON.

compare.py OURS THEIRS [DENSITY BASE EXPERT…]: with a density, elements are told apart where a model's
change is exactly as large as the last one that a trim to that density keeps. Among those equals mergekit
keeps any, and ours the first.
"""

import json
import sys

import torch
from safetensors import safe_open


def ordered(tensor):
    """Bit patterns as whole numbers in the order of the values they stand for: one apart is one ulp."""
    bits = tensor.view(torch.int16).to(torch.int32)
    return torch.where(bits < 0, -32768 - bits, bits)


def at_the_cut(base, expert, density):
    change = (expert - base).abs().float()
    kept = int(density * change.numel())
    if kept in (0, change.numel()):
        return torch.zeros_like(change, dtype=torch.bool)
    return change == change.flatten().kthvalue(change.numel() - kept + 1).values


def main(ours, theirs, density=None, base=None, *experts):
    parents = [safe_open(path, "pt") for path in (base, *experts) if path]
    elements = differing = beyond_one = undecided = largest = 0
    with safe_open(ours, "pt") as a, safe_open(theirs, "pt") as b:
        assert set(a.keys()) == set(b.keys()), "the two do not hold the same tensors"
        for name in a.keys():
            apart = (ordered(a.get_tensor(name)) - ordered(b.get_tensor(name))).abs()
            elements += apart.numel()
            if parents:
                first, *rest = [parent.get_tensor(name) for parent in parents]
                equal = torch.zeros_like(apart, dtype=torch.bool)
                for expert in rest:
                    equal |= at_the_cut(first, expert, float(density))
                undecided += int((apart[equal] > 0).sum())
                apart = apart[~equal]
            differing += int((apart > 0).sum())
            beyond_one += int((apart > 1).sum())
            largest = max(largest, int(apart.max()) if apart.numel() else 0)
    print(
        json.dumps(
            {
                "elements": elements,
                "differing": differing,
                "beyondOne": beyond_one,
                "undecided": undecided,
                "largest": largest,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
