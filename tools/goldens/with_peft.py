"""Expected values from PEFT's own merge functions, applied to float32 task vectors of one tensor."""

import warnings

import torch
from peft.utils import merge_utils

from masks import our_masks

# PEFT remarks that a density of 1 prunes nothing, which is what those cases are about.
warnings.filterwarnings("ignore", message="The density .* is greater than or equal to 1")

DTYPES = ("F32", "F32"), ("BF16", "F32")  # of the data, of the arithmetic


def run(method, case):
    """PEFT sums unnormalised and knows no base: it gets X - base, and base + result is ours."""
    weights = torch.tensor([own["weight"] for own in case["perModel"]], dtype=torch.float32)
    models = [torch.from_numpy(x.copy()) for x in case["models"]]
    if method == "linear":
        return merge_utils.task_arithmetic(models, weights).numpy()

    base = torch.from_numpy(case["base"].copy())
    tasks = [x - base for x in models]
    if method == "task_arithmetic":
        return (base + merge_utils.task_arithmetic(tasks, weights)).numpy()

    more = {}
    if method in ("ties", "dare_ties"):
        more["majority_sign_method"] = case["options"].get("election", "total")
    density = case["perModel"][0]["density"]  # PEFT takes one density for all
    with our_masks(case, expected=method.startswith("dare")):
        return (base + getattr(merge_utils, method)(tasks, weights, density, **more)).numpy()


def origin(method, case):
    function = "task_arithmetic" if method == "linear" else method
    return f"peft merge_utils.{function}"
