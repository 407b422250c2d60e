"""Makes tiny random models, and LoRA adapters for them as PEFT saves them.

    python tools/check-adapters/make.py MODELS
"""

import pathlib
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    ResNetConfig,
    ResNetForImageClassification,
)


def llama(**more):
    config = LlamaConfig(
        vocab_size=48, hidden_size=32, intermediate_size=56, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=False, **more,
    )
    return LlamaForCausalLM(config)


def gpt2():
    return GPT2LMHeadModel(GPT2Config(vocab_size=48, n_positions=32, n_embd=32, n_layer=2, n_head=4))


def resnet():
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 2], num_labels=3)
    return ResNetForImageClassification(config)


class Nested(torch.nn.Module):
    """Modules whose names are ends of each other's: "proj" is an end of "block.proj"."""

    config = {"model_type": "nested"}

    def __init__(self):
        super().__init__()
        self.proj = torch.nn.Linear(12, 12)
        self.block = torch.nn.ModuleDict({"proj": torch.nn.Linear(12, 12), "other": torch.nn.Linear(12, 20)})


def adapter(make, base: pathlib.Path, folder: pathlib.Path, **config) -> None:
    """An adapter with random factors: PEFT's own start has B = 0."""
    torch.manual_seed(sum(map(ord, str(folder.name))))
    model = get_peft_model(make(), LoraConfig(**config))
    for name, value in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(value, std=0.2)
    if hasattr(model.get_base_model(), "name_or_path"):
        model.peft_config["default"].base_model_name_or_path = base.name
    model.save_pretrained(folder)


attention = ["q_proj", "k_proj", "v_proj", "o_proj"]
scenes = {
    # Ranks and alphas by pattern, rsLoRA, and an adapter that leaves most modules alone.
    "mixed": (llama, {
        "a": dict(r=4, lora_alpha=8, target_modules=[*attention, "up_proj"],
                  rank_pattern={"q_proj": 2, r"layers\.1\..*o_proj": 6}, alpha_pattern={"k_proj": 3}),
        "b": dict(r=6, lora_alpha=5, use_rslora=True, target_modules="all-linear"),
        "c": dict(r=3, lora_alpha=12, target_modules=["v_proj", "down_proj"], layers_to_transform=[2]),
    }),
    "embedding": (llama, {
        "a": dict(r=4, lora_alpha=8, target_modules=["embed_tokens", "q_proj"]),
        "b": dict(r=5, lora_alpha=5, target_modules=["embed_tokens", "lm_head"]),
    }),
    # Conv1D: weights of inputs × outputs, one of them square.
    "gpt2": (gpt2, {
        "a": dict(r=4, lora_alpha=8, fan_in_fan_out=True, target_modules=["c_attn", "c_proj"]),
        "b": dict(r=2, lora_alpha=6, fan_in_fan_out=True, target_modules=["c_attn", "c_fc"]),
    }),
    "convolution": (resnet, {
        "a": dict(r=4, lora_alpha=8, target_modules=["convolution"]),
        "b": dict(r=3, lora_alpha=3, target_modules=["convolution", "classifier.1"]),
    }),
    "nested": (Nested, {
        "a": dict(r=4, lora_alpha=8, target_modules=r"block\.(proj|other)"),
        "b": dict(r=2, lora_alpha=2, target_modules=r"proj"),
    }),
}
# As the Hub's own GPT-2: the base was saved without the head, so its names lack "transformer.".
scenes["gpt2-bare"] = scenes["gpt2"]


def main(out: pathlib.Path) -> None:
    for scene, (make, adapters) in scenes.items():
        base = out / scene / "base"
        torch.manual_seed(1)
        model = make()
        if scene == "nested":
            base.mkdir(parents=True)
            save_file(model.state_dict(), base / "model.safetensors", {"format": "pt"})
        else:
            (model.transformer if scene == "gpt2-bare" else model).save_pretrained(base)
        for name, config in adapters.items():
            adapter(make, base, out / scene / name, **config)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
