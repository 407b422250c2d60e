"""Sorts as the product does where magnitudes are equal, so that a tool trims the same elements.

mergekit leaves the order among equals to torch, and changes in bfloat16 are full of equals.
"""

from contextlib import contextmanager

import torch


@contextmanager
def lowest_index_first():
    """Replaces torch.argsort, torch.sort and torch.topk: of equal values the one of the lowest index counts as the larger."""
    argsort, sort, topk = torch.argsort, torch.sort, torch.topk

    def indices(values, dim=-1, descending=False, **_):
        from_largest = argsort(values, dim=dim, descending=True, stable=True)
        return from_largest if descending else from_largest.flip(dim)

    def sorted_values(values, dim=-1, descending=False, **_):
        order = indices(values, dim, descending)
        return torch.return_types.sort((values.gather(dim, order), order))

    def largest(values, k, dim=-1, **_):
        order = argsort(values, dim=dim, descending=True, stable=True).narrow(dim, 0, k)
        return torch.return_types.topk((values.gather(dim, order), order))

    torch.argsort, torch.sort, torch.topk = indices, sorted_values, largest
    try:
        yield
    finally:
        torch.argsort, torch.sort, torch.topk = argsort, sort, topk
