"""Adapters of whole image models in the names of diffusers; and what diffusers reads of what was made of them.

    python tools/check-adapters/names.py make MODELS
    node tools/check-adapters/merge.js MODELS OUT
    python tools/check-adapters/names.py check MODELS OUT

Every linear and convolutional layer of the denoiser and of CLIP's attention has random factors. `check` hands the
files that were written to the readers of diffusers' own pipelines, and compares, for random inputs x, what B·A·x
comes to, module by module. Prints Markdown; fails when a difference is more than rounding.
"""

import json
import pathlib
import sys
import warnings

import torch
from diffusers import FluxPipeline, FluxTransformer2DModel, UNet2DConditionModel
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from safetensors.torch import load_file, save_file

ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
UNETS = {
    "sd15": dict(
        block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768, attention_head_dim=8
    ),
    "sdxl": dict(
        block_out_channels=(320, 640, 1280),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20),
        cross_attention_dim=2048,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
    ),
}


def shapes_of(name):
    """Of every weight of the denoiser, on no device, and of the text encoders."""
    with torch.device("meta"):
        if name == "flux":
            model, front = FluxTransformer2DModel(guidance_embeds=True), "transformer."
        else:
            model, front = UNet2DConditionModel(**UNETS[name]), "unet."
    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    found = {
        front + key: tuple(module.weight.shape)
        for key, module in model.named_modules()
        if isinstance(module, kinds)
    }
    encoders = {"text_encoder": (12, 768)}
    if name == "sdxl":
        encoders["text_encoder_2"] = (32, 1280)
    for encoder, (layers, width) in encoders.items():
        for layer in range(layers):
            at = f"{encoder}.text_model.encoder.layers.{layer}"
            for part in ATTENTION:
                inner = "mlp" if part.startswith("fc") else "self_attn"
                rows = 4 * width if part == "fc1" else width
                columns = 4 * width if part == "fc2" else width
                found[f"{at}.{inner}.{part}"] = (rows, columns)
    return found


def make(models):
    for seed, name in enumerate(("sd15", "sdxl", "flux")):
        for number, rank in enumerate((2, 3)):
            random = torch.Generator().manual_seed(10 * seed + number)
            tensors = {}
            for key, (rows, columns, *kernel) in shapes_of(name).items():
                ones = [1] * len(kernel)
                a = torch.randn(rank, columns, *kernel, generator=random)
                tensors[f"{key}.lora_A.weight"] = a
                tensors[f"{key}.lora_B.weight"] = torch.randn(rows, rank, *ones, generator=random)
            path = models / "names" / name / f"adapter-{number}"
            path.mkdir(parents=True, exist_ok=True)
            save_file(tensors, path / "pytorch_lora_weights.safetensors", {"format": "pt"})


def plain(state, alphas=None):
    """Module → factors and scale, of a state dict as diffusers has it."""
    found = {}
    ends = [
        (".lora_A.weight", ".lora_B.weight"),
        (".lora.down.weight", ".lora.up.weight"),
        ("_lora.down.weight", "_lora.up.weight"),
        (".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
    ]
    for key, a in state.items():
        for down, up in ends:
            if not key.endswith(down):
                continue
            module = key[: -len(down)].replace(".processor.", ".")
            for part in ("to_q", "to_k", "to_v", "to_out"):  # of text encoders, before PEFT
                new = {"to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"}
                if ".self_attn." in module:
                    module = module.replace(f".{part}", f".{new[part]}")
            if module.endswith(".to_out") and ".self_attn." not in module:
                module += ".0"
            alpha = (alphas or {}).get(f"{key[: -len(down)]}.alpha")
            scale = 1 if alpha is None else alpha / a.shape[0]
            found[module] = (a.double(), state[key[: -len(down)] + up].double(), scale)
            break
        else:
            assert key.endswith((up, ".alpha")) or any(key.endswith(e) for _, e in ends), key
    return found


def read(name, path):
    """What the pipeline of diffusers makes of a file."""
    state = load_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name == "flux":
            got = FluxPipeline.lora_state_dict(state, return_alphas=True)
            # diffusers' reader of kohya's names leaves the component out of what is in no block.
            bare = {k if k.startswith(("transformer.", "text_")) else f"transformer.{k}": v for k, v in got[0].items()}
            got = (bare, got[1])
        else:
            pipeline = StableDiffusionXLPipeline if name == "sdxl" else StableDiffusionPipeline
            with torch.device("meta"):
                config = UNet2DConditionModel(**UNETS[name]).config
            got = pipeline.lora_state_dict(state, unet_config=config)
    return plain(got[0], got[1])


def effects(modules, probes):
    """Module → scale · B · A · x."""
    made = {}
    for module, (a, b, scale) in modules.items():
        a, b = a.flatten(1), b.flatten(1)
        made[module] = scale * (b @ (a @ probes(module, a.shape[1])))
    return made


def probes(module, columns):
    random = torch.Generator().manual_seed(len(module) * 7919 + columns)
    return torch.randn(columns, 3, generator=random, dtype=torch.float64)


def check(models, out):
    failures = []
    print("| model | file | modules | missing, more | ‖ours − expected‖ / ‖expected‖ |")
    print("| --- | --- | --- | --- | --- |")
    for name in ("sd15", "sdxl", "flux"):
        inputs = [
            effects(plain(load_file(path / "pytorch_lora_weights.safetensors")), probes)
            for path in sorted((models / "names" / name).iterdir())
        ]
        one = inputs[0]
        both = {module: one[module] + inputs[1][module] / 2 for module in one}
        for path in sorted((out / "names" / name).iterdir()):
            (file,) = path.glob("*.safetensors")
            got = effects(read(name, file), probes)
            expected = both if "merged" in path.name else one
            missing, more = expected.keys() - got.keys(), got.keys() - expected.keys()
            shared = expected.keys() & got.keys()
            off = sum(((got[m] - expected[m]) ** 2).sum() for m in shared) ** 0.5
            of = sum((expected[m] ** 2).sum() for m in shared) ** 0.5
            print(f"| {name} | {path.name}: `{file.name}` | {len(shared)} | {len(missing)}, {len(more)} | {off / of:.1e} |")
            if missing or more or off / of > 1e-6:
                failures.append((name, path.name, sorted(missing)[:4], sorted(more)[:4]))
    if failures:
        sys.exit(json.dumps(failures, indent=1))


if __name__ == "__main__":
    command, *folders = sys.argv[1:]
    {"make": make, "check": check}[command](*map(pathlib.Path, folders))
