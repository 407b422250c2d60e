"""The tensors that go in. Values are doubles; a case rounds them to its dtype."""

from dataclasses import dataclass

import numpy as np

from noise import noise


@dataclass(frozen=True)
class Inputs:
    models: list
    base: list | None = None

    def without_base(self):
        return Inputs(self.models)

    def first(self, count):
        return Inputs(self.models[:count], self.base)


def tuned(base, *task_vectors):
    """Models that are a base plus the given task vectors."""
    base = np.asarray(base, dtype=np.float64)
    return Inputs([base + np.asarray(t, dtype=np.float64) for t in task_vectors], base)


def from_zero(*models):
    """Models tuned from a base of zeros, so that the weights are the task vectors."""
    return tuned(np.zeros(len(models[0])), *models)


def uniform(label, count):
    """Numbers in [-1, 1), from our own noise so that no library's generator can change them."""
    return (noise(1, 0, label, 0, np.arange(count)) >> np.uint32(8)) / 2**23 - 1.0


def random(count, models=3, grid=None, attempt=0):
    """A base in [-1, 1) and task vectors in [-1/4, 1/4); on multiples of 1/grid when asked."""

    def values(label, scale):
        x = uniform(f"{label} {count} {attempt}", count) * scale
        return np.round(x * grid) / grid if grid else x

    return tuned(values("base", 1), *[values(f"model {i}", 0.25) for i in range(models)])


def permuted(count, models=2):
    """Whole numbers whose task vectors hold each magnitude 1 … count once: no ties, every sum exact in F32."""
    base = np.round(uniform("base", count) * 8)
    tasks = []
    for i in range(models):
        magnitudes = np.argsort(uniform(f"order {i}", count), kind="stable") + 1
        tasks.append(magnitudes * np.where(uniform(f"sign {i}", count) < 0, -1, 1))
    return tuned(base, *tasks)


# Three models of 12 elements, exact in bfloat16, without equal magnitudes inside a model.
THREE = tuned(
    [0.5, -1, 0.25, 2, 1.5, 0, -0.75, 1, -2, 0.5, 1.25, -0.5],
    [0.5, -0.25, 0.125, -1, 0.0625, 0.75, -0.375, 0.1875, -0.625, 0.3125, 0.875, -0.4375],
    [-0.25, -0.5, 0.375, 0.5625, 0.125, -0.625, -0.75, 0.0625, 0.4375, 0.1875, -0.6875, -0.3125],
    [0.125, 0.25, -0.5, 0.75, -0.1875, 0.375, 0.625, -0.0625, 0.3125, -0.6875, 0.4375, 0.8125],
)

# Worked by hand in teaching texts about TIES: after the trim nobody disagrees …
WORKED_WITHOUT_CONFLICT = from_zero([0.3, -0.1, 0.05, -0.5, 0.02], [-0.05, 0.4, -0.3, 0.2, 0.01])
# … and here one loud voice meets two quiet ones, a vote ties, and a position is trimmed away by all.
WORKED_WITH_CONFLICT = from_zero(
    [0.5, 0.3, -0.05, -0.6, 0.01], [0.1, -0.7, 0.4, 0.55, 0.02], [-0.4, 0.35, -0.2, -0.45, 0.03]
)

BASE_OF_FOUR = [0.5, -1, 2, -0.25]
UNCHANGED_ELEMENTS = tuned(BASE_OF_FOUR, [0, 0.5, 0, -0.75], [0.25, 0, 0, 0.5], [0, 0, 0, 0.125])
ONE_UNCHANGED_MODEL = tuned(
    BASE_OF_FOUR, [0.5, -0.25, 1, 0.75], [0, 0, 0, 0], [-0.125, -0.5, 0.25, 1]
)
ALL_UNCHANGED = tuned(BASE_OF_FOUR, [0] * 4, [0] * 4)
# Element 0 and 2 cancel exactly under equal weights; element 1 is opposed, 3 agreed.
CANCELLING = tuned(BASE_OF_FOUR, [0.5, 0.75, -0.25, 0.5], [-0.5, -0.25, 0.25, 0.25])
IDENTICAL = tuned(BASE_OF_FOUR, [0.5, -0.75, 0.25, 1], [0.5, -0.75, 0.25, 1])
EQUAL_MAGNITUDES = tuned(
    [0.5, -1, 2, -0.25, 0.75, 1, -2, 0.125],
    [0.5, -0.5, 0.25, 0.5, -0.25, 0.5, 0.25, -0.5],
    [-0.25, -0.25, -0.25, 0.25, 0.25, 0.25, 0.25, 0.25],
)
ONE_ELEMENT = tuned([1.5], [0.25], [-0.125])
