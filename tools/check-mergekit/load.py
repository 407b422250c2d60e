"""Loads in transformers what mergekit and Amalgam made of recipes with slices: so many layers, all weights, the same logits.

    python tools/check-mergekit/load.py OUT
"""

import pathlib
import sys

import torch
import yaml
from transformers import AutoModelForCausalLM

(out,) = (pathlib.Path(each) for each in sys.argv[1:])
tokens = torch.arange(24).reshape(2, 12)


def loaded(folder: pathlib.Path):
    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    found = {key: value for key, value in info.items() if value}
    assert not found, f"{folder}: {found}"
    with torch.no_grad():
        logits = model.eval()(tokens).logits
    assert torch.isfinite(logits).all(), folder
    return model.config, logits


print("| recipe | architecture | layers | largest difference of logits to mergekit's |")
print("| --- | --- | --- | --- |")
for folder in sorted(out.glob("*/*")):
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text(encoding="utf-8"))
    if "slices" not in recipe:
        continue
    ranges = [one["sources"][0]["layer_range"] for one in recipe["slices"]]
    layers = sum(to - begin for begin, to in ranges)
    config, ours = loaded(folder / "amalgam")
    assert config.num_hidden_layers == layers, (folder, config.num_hidden_layers, layers)
    kinds = getattr(config, "layer_types", None)
    assert kinds is None or len(kinds) == layers, (folder, kinds)
    far = "refused there"
    if (folder / "mergekit").exists():
        _, theirs = loaded(folder / "mergekit")
        far = f"{float((ours - theirs).abs().max()):.2g}"
    print(f"| `{folder.name}` | {folder.parent.name} | {layers} | {far} |")
