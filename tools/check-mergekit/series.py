"""Lets mergekit-multi run what Amalgam writes of a series, and compares every result with Amalgam's own.

    python tools/check-mergekit/series.py MODELS OUT

The recipes of series.yaml are read as the page reads them, written again as it writes them (OUT/ARCHITECTURE/exported.yaml)
and merged by the engine; mergekit-multi merges what was written. The last results are loaded in transformers.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from models import ARCHITECTURES, write_models

models, out = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
here = pathlib.Path(__file__).resolve().parent
multi = pathlib.Path(sys.executable).parent / "mergekit-multi"
names = ("llama", "gpt2")  # Of Qwen mergekit refuses more layers than there were.
tokens = torch.arange(24).reshape(2, 12)


def loaded(folder: pathlib.Path) -> dict[str, torch.Tensor]:
    return {key: value for file in folder.glob("*.safetensors") for key, value in load_file(file).items()}


def alike(ours: pathlib.Path, theirs: pathlib.Path) -> str:
    a, b = loaded(ours), loaded(theirs)
    assert a.keys() == b.keys(), (ours, a.keys() ^ b.keys())
    assert all(a[key].dtype == b[key].dtype and a[key].shape == b[key].shape for key in b), ours
    count = sum(each.numel() for each in b.values())
    differ = sum(int((a[key] != b[key]).sum()) for key in b)
    return f"all of {count}" if differ == 0 else f"all but {differ} of {count}"


def logits(folder: pathlib.Path):
    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not {key: value for key, value in info.items() if value}, (folder, info)
    with torch.no_grad():
        return model.config.num_hidden_layers, model.eval()(tokens).logits


shutil.rmtree(out, ignore_errors=True)
for name in names:
    write_models(ARCHITECTURES[name], models / name)
    (out / name).mkdir(parents=True)
subprocess.run(["node", here / "series.js", models, out], check=True, cwd=here.parents[1])
print("| architecture | recipe | elements alike | layers, largest difference of logits |")
print("| --- | --- | --- | --- |")
for name in names:
    to = out / name
    subprocess.run(
        [multi, to / "exported.yaml", "--intermediate-dir", to / "results", "--out-path", to / "last", "--no-copy-tokenizer",
         "--no-write-model-card", "--quiet"],  # The card asks the Hub for each model.
        check=True,
        cwd=models / name,  # Recipes name models by their folders.
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
    )
    for ours in sorted((to / "amalgam").iterdir(), key=lambda each: each.stat().st_mtime):
        theirs = to / "results" / ours.name if (to / "results" / ours.name).exists() else to / "last"
        (layers, a), (_, b) = logits(ours), logits(theirs)
        print(f"| {name} | {ours.name} | {alike(ours, theirs)} | {layers}, {float((a - b).abs().max()):.2g} |")
