"""Makes small models shaped like Llama's, a base and three fine-tunes of it, and lets mergekit merge them.

    python tools/check-mergekit/make.py MODELS OUT [--own-order]

mergekit runs as it is, but for the order among equal magnitudes, which it leaves to torch: it is the product's, unless
--own-order is given. Every recipe of recipes/ is merged, one in float32 once more in bfloat16: OUT/NAME/recipe.yaml is
what mergekit read, and OUT/NAME/mergekit what it made.
"""

import os
import pathlib
import shutil
import sys
from contextlib import nullcontext

import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from transformers import LlamaConfig, LlamaForCausalLM

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "goldens"))
from order import lowest_index_first

models, out = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
recipes = sorted((pathlib.Path(__file__).parent / "recipes").resolve().glob("*.yaml"))
config = LlamaConfig(
    vocab_size=96, hidden_size=32, intermediate_size=64, num_hidden_layers=6,
    num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=False,
)


def perturbed(model: LlamaForCausalLM, seed: int) -> LlamaForCausalLM:
    """Noise on all parameters, norms too."""
    noise = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.01 * torch.randn(parameter.shape, generator=noise)
    return model


torch.manual_seed(0)
base = LlamaForCausalLM(config)
for seed, name in enumerate(["base", "a", "b", "c"]):
    tuned = LlamaForCausalLM(config)
    tuned.load_state_dict(base.state_dict())
    (perturbed(tuned, seed) if seed > 0 else tuned).save_pretrained(models / name)

shutil.rmtree(out, ignore_errors=True)
os.chdir(models)  # Recipes name models by their folders.


def merge(name: str, text: str) -> None:
    folder = out / name
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    merged = MergeConfiguration.model_validate(yaml.safe_load(text))
    options = MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True)
    with nullcontext() if "--own-order" in sys.argv else lowest_index_first():
        run_merge(merged, str(folder / "mergekit"), options)
    print(f"{name}: merged")


for recipe in recipes:
    given = recipe.read_text(encoding="utf-8")
    merge(recipe.stem, given)
    in_bf16 = given.replace("dtype: float32", "dtype: bfloat16")
    if in_bf16 != given:
        merge(f"{recipe.stem}, bf16", in_bf16)
