"""Writes what mergekit made, small enough to commit: src/testing/goldens/recipes.json.

    python tools/check-mergekit/digests.py MODELS OUT

Of every tensor, in order of names: the beginning of its bytes' SHA-256; what noise of +1 and −1 makes of it, summed; and one
of its elements. Of config.json what differs from the models' own. Names and shapes where they differ from the models'.
"""

import hashlib
import json
import pathlib
import sys
from importlib.metadata import version

import numpy as np
import torch
from safetensors.torch import load_file

from models import ARCHITECTURES, shapes_of

from noise import noise

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "src" / "testing" / "goldens" / "recipes.json"
# The test takes its time: Qwen 3 is left to compare.py.
COMMITTED = ("llama", "qwen2", "gpt2")
DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}


def short(value: float) -> float:
    return float(f"{value:.9g}")


def digest(name: str, tensor) -> list:
    bytes_of = tensor.contiguous().view(torch.uint8).numpy().tobytes()
    values = tensor.double().numpy().flatten()
    signs = 1 - 2 * (noise(2, 0, name, 0, np.arange(values.size)) >> np.uint32(31)).astype(np.float64)
    place = noise(3, 0, name, 0, np.zeros(1))[0] % values.size
    return [hashlib.sha256(bytes_of).hexdigest()[:8], short((values * signs).sum()), short(values[place])]


def answer(folder: pathlib.Path, own: dict, shapes: dict) -> dict:
    recipe = (folder / "recipe.yaml").read_text(encoding="utf-8")
    refused = folder / "refused.txt"
    if refused.exists():
        return {"recipe": recipe, "refused": refused.read_text(encoding="utf-8")}
    made = folder / "mergekit"
    config = json.loads((made / "config.json").read_text(encoding="utf-8"))
    changed = {key: config.get(key) for key in sorted({*config, *own}) if config.get(key) != own.get(key)}
    tensors = {}
    for file in made.glob("*.safetensors"):
        tensors |= load_file(file)
    tensors = dict(sorted(tensors.items()))
    (dtype,) = {str(tensor.dtype).removeprefix("torch.") for tensor in tensors.values()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    return {
        "recipe": recipe,
        "config": changed,
        "dtype": DTYPES[dtype],
        **({} if found == shapes else {"shapes": found}),
        "tensors": [digest(name, tensor) for name, tensor in tensors.items()],
    }


def main(models: pathlib.Path, out: pathlib.Path) -> None:
    architectures = {}
    for name in COMMITTED:
        architecture = ARCHITECTURES[name]
        shapes = dict(sorted(shapes_of(architecture).items()))
        own = json.loads((models / name / "base" / "config.json").read_text(encoding="utf-8"))
        architectures[name] = {
            "config": own,
            "stored": architecture.stored,
            "shapes": shapes,
            "merged": {each.name: answer(each, own, shapes) for each in sorted((out / name).iterdir())},
        }
    made_with = {name: version(name) for name in ("mergekit", "torch", "transformers", "numpy")}
    text = json.dumps({"madeWith": made_with, "architectures": architectures}, separators=(",", ":"))
    text = text.replace('{"recipe"', '\n{"recipe"')
    GOLDEN.write_text(text + "\n", encoding="utf-8")
    print(f"{GOLDEN.name}: {GOLDEN.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*(pathlib.Path(each) for each in sys.argv[1:3]))
