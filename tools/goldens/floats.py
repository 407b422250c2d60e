"""Rounding to a dtype, and numbers as JSON."""

import math

import numpy as np


def f32(values) -> np.ndarray:
    return np.asarray(values, dtype=np.float64).astype(np.float32)


def bf16(values) -> np.ndarray:
    """The nearest bfloat16, ties to even, held in float32."""
    x = np.asarray(values, dtype=np.float32)
    bits = x.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)
    return np.where(np.isfinite(x), rounded, x).astype(np.float32)


def f16(values) -> np.ndarray:
    return f32(values).astype(np.float16).astype(np.float32)


ROUND = {"F32": f32, "F16": f16, "BF16": bf16}


def to_json(value: float):
    """A double that holds the value exactly; JSON has no words for the non-finite ones."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    # "-0.0" survives JSON.parse as -0; other integers need no ".0"
    return (
        int(value) if value.is_integer() and abs(value) < 2**53 and str(value) != "-0.0" else value
    )


def list_to_json(values):
    return [to_json(v) for v in np.asarray(values).reshape(-1)]
