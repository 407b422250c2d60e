"""Expected values from mergekit's public API for in-memory tensors, mergekit.merge_methods.api."""

import torch
from mergekit.merge_methods.api import merge_tensors

from masks import our_masks

TORCH = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
DTYPES = ("F32", "F32"), ("BF16", "BF16"), ("BF16", "F32")  # of the data, of the arithmetic
ALWAYS_F32 = ("linear", "slerp")  # these two compute in float32 whatever the recipe's dtype


def run(method, case):
    tensors = [torch.from_numpy(x.copy()) for x in case["models"]]
    parameters = dict(case["global"])
    base_index = None
    if method == "slerp":
        base_index = 0
    elif method != "linear":
        tensors.append(torch.from_numpy(case["base"].copy()))
        base_index = len(tensors) - 1
        if "rescale" in case["options"]:
            parameters["rescale"] = case["options"]["rescale"] == "l1"
    for key in case["perModel"][0]:
        parameters[key] = [own[key] for own in case["perModel"]]

    # A recipe with dtype bfloat16 computes in it; dtype float32 with out_dtype bfloat16 rounds once.
    work = case["dtype"] if method in ALWAYS_F32 else case["work"]
    with our_masks(case, expected=method.startswith("dare")):
        merged = merge_tensors(
            tensors,
            method,
            parameters=parameters,
            base_index=base_index,
            dtype=TORCH[work],
            out_dtype=TORCH[case["dtype"]],
        )
    return merged.to(torch.float32).numpy()


def origin(method, case):
    return f"mergekit merge_tensors, {method}"
