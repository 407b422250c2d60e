"""Sorts as the product does where magnitudes are equal, so that a tool trims the same elements.

mergekit leaves the order among equals to torch, and changes in bfloat16 are full of equals.
"""

from contextlib import contextmanager

import torch


@contextmanager
def lowest_index_first():
    """Replaces torch.argsort and torch.sort: of equal values the one of the lowest index counts as the larger."""
    argsort, sort = torch.argsort, torch.sort

    def indices(values, dim=-1, descending=False, **_):
        from_largest = argsort(values, dim=dim, descending=True, stable=True)
        return from_largest if descending else from_largest.flip(dim)

    def sorted_values(values, dim=-1, descending=False, **_):
        order = indices(values, dim, descending)
        return torch.return_types.sort((values.gather(dim, order), order))

    torch.argsort, torch.sort = indices, sorted_values
    try:
        yield
    finally:
        torch.argsort, torch.sort = argsort, sort
