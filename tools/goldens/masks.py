"""Runs the tools' DARE with the product's masks, so that every tool drops the same elements."""

from contextlib import contextmanager

import numpy as np
import torch

from noise import keep_mask, noise


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


@contextmanager
def our_masks_in_recipes(seed: int = 42):
    """Replaces torch.bernoulli while mergekit merges a recipe: which tensor and which model is told by who calls it."""
    from mergekit.merge_methods import generalized_task_arithmetic as methods
    from mergekit.merge_methods.task_adapter import ExecuteMergeMethodTask as Task

    # A head has the noise of the embedding that it may be tied to.
    noise_of = {"lm_head.weight": "model.embed_tokens.weight"}
    execute, sparsify, bernoulli = Task.execute, methods.sparsify, torch.bernoulli
    tensor, model, share = "", -1, None

    def of_tensor(self, *args, **kwargs):
        nonlocal tensor, model
        name = self.output_weight.name
        tensor, model = noise_of.get(name, name), -1
        return execute(self, *args, **kwargs)

    def of_model(delta, density, method, **kwargs):
        nonlocal model, share
        model += 1
        # One chance for all elements, as it was given: the tool rounds it to the dtype.
        share = density if method.value == "random" else None
        return sparsify(delta, density=density, method=method, **kwargs)

    def drawn(chances):
        limits = chances.double().numpy().flatten() if share is None else share
        bits = noise(seed, 0, tensor, model, np.arange(chances.numel())) >> np.uint32(8)
        mask = bits < np.floor(np.asarray(limits) * 2**24 + 0.5)
        return torch.from_numpy(mask).to(chances.dtype).reshape(chances.shape)

    Task.execute, methods.sparsify, torch.bernoulli = of_tensor, of_model, drawn
    try:
        yield
    finally:
        Task.execute, methods.sparsify, torch.bernoulli = execute, sparsify, bernoulli
