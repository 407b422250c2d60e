"""Weights stored as codes, and what the tools that publish them read from them: src/testing/codes-golden.json.

Run apart from make.py, with `mlx[cpu]` installed as well. Bytes are base64; values are in the dtype named.
"""

import base64
import json
import pathlib
import types

import mlx
import mlx.core as mx
import numpy as np
import torch
import transformers
from transformers.integrations.finegrained_fp8 import Fp8Dequantize
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

NAMES = {
    torch.float32: "F32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
    torch.uint8: "U8",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
    torch.float8_e8m0fnu: "F8_E8M0",
}
OF_MLX = {mx.uint32: "U32", mx.uint8: "U8", mx.float32: "F32", mx.bfloat16: "BF16", mx.float16: "F16"}


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def of_torch(tensor: torch.Tensor) -> dict:
    raw = tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "bytes": text(raw)}


def of_mlx(array: mx.array) -> dict:
    raw = bytes(np.array(array.reshape(-1).view(mx.uint8)))
    return {"dtype": OF_MLX[array.dtype], "shape": list(array.shape), "bytes": text(raw)}


def fp8_cases():
    """Blocks, rows and one scale, by transformers, into bfloat16 and float32."""
    make = torch.Generator().manual_seed(8)
    tool = Fp8Dequantize(types.SimpleNamespace())
    for kind, dtype, codes, scales, scale_dtype in [
        ("blocks of 16", torch.float8_e4m3fn, (32, 48), (2, 3), torch.float32),
        ("powers of two for blocks", torch.float8_e4m3fn, (16, 32), (1, 2), torch.float8_e8m0fnu),
        ("a scale for each row", torch.float8_e4m3fn, (6, 10), (6, 1), torch.bfloat16),
        ("one scale", torch.float8_e5m2, (5, 7), (1, 1), torch.float32),
    ]:
        weight = torch.randint(0, 256, codes, generator=make, dtype=torch.uint8)
        if dtype == torch.float8_e5m2:
            weight = torch.where((weight & 0x7C) == 0x7C, weight & 0x83, weight)  # no infinity, no NaN
        else:
            weight = torch.where((weight & 0x7F) == 0x7F, weight & 0x80, weight)
        weight = weight.view(dtype)
        scale = (torch.rand(scales, generator=make) * 0.01 + 0.001).to(scale_dtype)
        for output in (torch.bfloat16, torch.float32):
            value = tool._dequantize_one(weight, scale, output_dtype=output)
            yield {
                "name": f"FP8, {kind}, as {NAMES[output]}",
                "origin": "transformers Fp8Dequantize",
                "dtype": str(output).removeprefix("torch."),
                "quantization": {"quant_method": "fp8", "weight_block_size": [16, 16]},
                "tensors": {"a.weight": of_torch(weight), "a.weight_scale_inv": of_torch(scale)},
                "expected": {"a.weight": of_torch(value)},
            }


def mxfp4_cases():
    """gpt-oss, by transformers: two experts of 6 × 64."""
    make = torch.Generator().manual_seed(4)
    blocks = torch.randint(0, 256, (2, 6, 2, 16), generator=make, dtype=torch.uint8)
    scales = torch.randint(110, 135, (2, 6, 2), generator=make, dtype=torch.uint8)
    value = convert_moe_packed_tensors(blocks, scales, dtype=torch.bfloat16)
    yield {
        "name": "MXFP4 of gpt-oss",
        "origin": "transformers convert_moe_packed_tensors",
        "dtype": "bfloat16",
        "tensors": {"experts.down_proj_blocks": of_torch(blocks), "experts.down_proj_scales": of_torch(scales)},
        "expected": {"experts.down_proj": of_torch(value)},
    }


def mlx_cases():
    """Every width of the affine mode in its three group sizes, and the two modes without biases."""
    mx.random.seed(3)
    weights = mx.random.normal((2, 128))
    for bits in (2, 3, 4, 5, 6, 8):
        group = {2: 32, 3: 64, 4: 64, 5: 32, 6: 128, 8: 32}[bits]
        codes, scales, biases = mx.quantize(weights, group_size=group, bits=bits)
        value = mx.dequantize(codes, scales, biases, group_size=group, bits=bits)
        yield {
            "name": f"MLX, {bits} bits in groups of {group}",
            "origin": "mlx.core.dequantize",
            "dtype": "float32",
            "quantization": {"bits": bits, "group_size": group},
            "tensors": {"a.weight": of_mlx(codes), "a.scales": of_mlx(scales), "a.biases": of_mlx(biases)},
            "expected": {"a.weight": of_mlx(value)},
        }
    for mode in ("mxfp4", "mxfp8"):
        codes, scales = mx.quantize(weights, mode=mode)
        value = mx.dequantize(codes, scales, mode=mode, dtype=mx.float32)
        yield {
            "name": f"MLX, {mode}",
            "origin": "mlx.core.dequantize",
            "dtype": "float32",
            "tensors": {"a.weight": of_mlx(codes), "a.scales": of_mlx(scales)},
            "expected": {"a.weight": of_mlx(value)},
        }


versions = {"transformers": transformers.__version__, "torch": torch.__version__, "mlx": mx.__version__}
cases = [*fp8_cases(), *mxfp4_cases(), *mlx_cases()]
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
path = pathlib.Path(__file__).parents[2] / "src/testing/codes-golden.json"
path.write_text(f'{{\n"madeWith": {json.dumps(versions)},\n"cases": [\n{lines}\n]\n}}\n')
print(f"{len(cases)} cases, {path.stat().st_size} bytes")
