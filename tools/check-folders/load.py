"""Loads merged folders in the libraries they are for, and compares every weight with its mean.

    python tools/check-folders/load.py MODELS OUT
"""

import pathlib
import sys

import torch
from diffusers import StableDiffusionPipeline
from sentence_transformers import SentenceTransformer
from transformers import LlamaForCausalLM

models, out = (pathlib.Path(each) for each in sys.argv[1:3])


def state(kind: str, folder: pathlib.Path) -> dict[str, torch.Tensor]:
    if kind == "causal":
        # A left-over whole file would be preferred to the shards: it is passed over by hand.
        whole = folder / "model.safetensors"
        aside = folder / "aside"
        if whole.exists() and (folder / "model.safetensors.index.json").exists():
            whole.rename(aside)
        model, info = LlamaForCausalLM.from_pretrained(folder, output_loading_info=True)
        if aside.exists():
            aside.rename(whole)
        assert not info["missing_keys"] and not info["unexpected_keys"], info
        return model.state_dict()
    if kind == "embedder":
        return SentenceTransformer(str(folder), device="cpu").state_dict()
    pipe = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
    parts = {"unet": pipe.unet, "vae": pipe.vae, "text": pipe.text_encoder}
    return {f"{part}.{key}": v for part, model in parts.items() for key, v in model.state_dict().items()}


def used(kind: str, folder: pathlib.Path) -> str:
    with torch.no_grad():
        if kind == "causal":
            result = LlamaForCausalLM.from_pretrained(folder)(torch.arange(8)[None]).logits
        elif kind == "embedder":
            result = SentenceTransformer(str(folder), device="cpu").encode("a cat", convert_to_tensor=True)
        else:
            pipe = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
            pipe.set_progress_bar_config(disable=True)
            images = pipe("a b", num_inference_steps=2, height=8, width=8, output_type="pt").images
            result = images
    assert torch.isfinite(result).all()
    return "×".join(str(size) for size in result.shape)


print("| folder | tensors | largest difference from the mean | output of a forward pass |")
print("| --- | --- | --- | --- |")
for kind in ["causal", "embedder", "pipeline"]:
    base, tuned = (state(kind, models / f"{kind}-{role}") for role in ["base", "tuned"])
    merged = state(kind, out / kind)
    assert merged.keys() == base.keys(), merged.keys() ^ base.keys()
    worst = max(
        float((merged[key].double() - (base[key].double() + tuned[key].double()) / 2).abs().max())
        for key in merged
        if merged[key].is_floating_point()
    )
    changed = sum(not torch.equal(merged[key], base[key]) for key in merged)
    print(f"| {kind} | {len(merged)}, {changed} changed | {worst:.1e} | {used(kind, out / kind)} |")
