"""Runs the tools' DARE with the product's masks, so that every tool drops the same elements."""

from contextlib import contextmanager

import torch

from noise import keep_mask


@contextmanager
def our_masks(case, expected: bool):
    """Replaces torch.bernoulli. Both tools call it once a model, in order, unless its density is 1 or more."""
    if not expected:
        yield
        return
    size = case["models"][0].size
    queue = [
        keep_mask(case["seed"], case["tensor"], i, size, own["density"])
        for i, own in enumerate(case["perModel"])
        if own["density"] < 1
    ]
    real = torch.bernoulli
    torch.bernoulli = lambda p: torch.from_numpy(queue.pop(0)).to(p.dtype).reshape(p.shape)
    try:
        yield
    finally:
        torch.bernoulli = real
    assert not queue, "the tool asked for fewer masks than there are models"
