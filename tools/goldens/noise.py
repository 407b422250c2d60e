"""The product's counter-based noise, in numpy.

pcg4d is the four-lane hash of Jarzynski and Olano, "Hash Functions for GPU Rendering",
Journal of Computer Graphics Techniques 9(3), 2020. It needs no state: the bits for an element depend
only on the seed, the draw, the tensor's name, the model and the element's index.
"""

import numpy as np

GOLDEN_RATIO = 0x9E3779B9  # 2^32 / phi; keeps consecutive draws far apart


def fnv1a(name: str) -> int:
    """32-bit FNV-1a of the UTF-8 bytes."""
    key = 2166136261
    for byte in name.encode("utf-8"):
        key = ((key ^ byte) * 16777619) & 0xFFFFFFFF
    return key


def pcg4d(v):
    """v: four uint32 arrays of one shape. Returns four more. Arithmetic wraps modulo 2^32."""
    v = [lane * np.uint32(1664525) + np.uint32(1013904223) for lane in v]
    _mix(v)
    v = [lane ^ (lane >> np.uint32(16)) for lane in v]
    _mix(v)
    return v


def _mix(v):
    v[0] = v[0] + v[1] * v[3]
    v[1] = v[1] + v[2] * v[0]
    v[2] = v[2] + v[0] * v[1]
    v[3] = v[3] + v[1] * v[2]


def noise(seed: int, draw: int, tensor: str, model: int, elements) -> np.ndarray:
    """32 random bits for each of `elements`; four neighbours share one evaluation of the hash."""
    elements = np.asarray(elements, dtype=np.uint32)

    def constant(value):
        return np.full(elements.shape, value & 0xFFFFFFFF, dtype=np.uint32)

    lanes = pcg4d(
        [
            elements >> np.uint32(2),
            constant(model),
            constant(fnv1a(tensor)),
            constant(seed + draw * GOLDEN_RATIO),
        ]
    )
    return np.choose(elements & np.uint32(3), lanes)


def keep_mask(seed: int, tensor: str, model: int, count: int, density: float) -> np.ndarray:
    """True where DARE keeps an element: a 24-bit uniform number below the density."""
    bits = noise(seed, 0, tensor, model, np.arange(count)) >> np.uint32(8)
    # floor(x + 0.5), as Math.round does, and not Python's round-half-to-even
    return bits < np.uint64(np.floor(density * 2**24 + 0.5))
