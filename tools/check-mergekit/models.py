"""Small models of several architectures, a base and fine-tunes of it, made of the product's own noise.

Names and shapes are transformers'; values are made again by the tests from the same noise, so none are committed.
"""

import pathlib
import sys
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "goldens"))
from floats import ROUND
from inputs import uniform

MODELS = ("base", "a", "b", "c")
TORCH = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
LAYERS = 3


@dataclass(frozen=True)
class Architecture:
    config: dict
    stored: str
    """The dtype of the files."""
    dtype: str | None
    """What recipes with dtype float32 say in its place."""


def llama_like(model_type, **more):
    return dict(
        model_type=model_type, vocab_size=41, hidden_size=32, intermediate_size=56, num_hidden_layers=LAYERS,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=False, **more,
    )


ARCHITECTURES = {
    "llama": Architecture(llama_like("llama"), "F32", None),
    "qwen2": Architecture(llama_like("qwen2") | {"tie_word_embeddings": True}, "BF16", "bfloat16"),
    "qwen3": Architecture(llama_like("qwen3", head_dim=8), "BF16", "float16"),
    "gpt2": Architecture(
        dict(model_type="gpt2", vocab_size=41, n_embd=32, n_layer=LAYERS, n_head=4, n_positions=24), "F16", None
    ),
}


def config_of(architecture):
    own = architecture.config
    config = AutoConfig.for_model(**own)
    config.dtype = TORCH[architecture.stored]
    return config


def shapes_of(architecture):
    """Names and shapes of what is stored: parameters without those that are tied to another."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config_of(architecture))
    return {name: tuple(each.shape) for name, each in model.named_parameters()}


def values_of(model, tensor, shape, stored):
    """The base in [-1/4, 1/4), a fine-tune the base plus noise in [-1/64, 1/64); rounded to the stored dtype."""
    count = int(np.prod(shape))
    values = uniform(tensor, count) / 4
    if model != "base":
        values = values + uniform(f"{model} {tensor}", count) / 64
    return ROUND[stored](values).reshape(shape)


def write_models(architecture, folder):
    stored = architecture.stored
    config = config_of(architecture)
    config.architectures = [AutoModelForCausalLM._model_mapping[type(config)].__name__]
    for model in MODELS:
        tensors = {
            name: torch.from_numpy(values_of(model, name, shape, stored)).to(TORCH[stored])
            for name, shape in shapes_of(architecture).items()
        }
        (folder / model).mkdir(parents=True, exist_ok=True)
        config.save_pretrained(folder / model)
        save_file(tensors, folder / model / "model.safetensors", metadata={"format": "pt"})
