"""Four Llama-shaped models of 110 million bf16 parameters: a base and three fine-tunes of it.

make_models.py FOLDER: the same numbers every time; models that are there are left alone.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

HIDDEN, INNER, LAYERS, HEADS, WORDS = 768, 2048, 12, 12, 32000
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": HEADS,
    "vocab_size": WORDS,
    "max_position_embeddings": 2048,
    "hidden_act": "silu",
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True,
    "torch_dtype": "bfloat16",
}


def shapes():
    yield "model.embed_tokens.weight", (WORDS, HIDDEN)
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}"
        for name in ("q", "k", "v", "o"):
            yield f"{prefix}.self_attn.{name}_proj.weight", (HIDDEN, HIDDEN)
        yield f"{prefix}.mlp.gate_proj.weight", (INNER, HIDDEN)
        yield f"{prefix}.mlp.up_proj.weight", (INNER, HIDDEN)
        yield f"{prefix}.mlp.down_proj.weight", (HIDDEN, INNER)
        yield f"{prefix}.input_layernorm.weight", (HIDDEN,)
        yield f"{prefix}.post_attention_layernorm.weight", (HIDDEN,)
    yield "model.norm.weight", (HIDDEN,)


def make(folder, model):
    """Model 0 is the base; the others are a hundredth of it away."""
    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    base, own = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1 + model)
    tensors = {}
    for name, shape in shapes():
        values = 0.02 * torch.randn(shape, generator=base)
        if model > 0:
            values += 0.0002 * torch.randn(shape, generator=own)
        tensors[name] = values.to(torch.bfloat16)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    root = Path(sys.argv[1])
    for number, name in enumerate(("llama-base", "llama-1", "llama-2", "llama-3")):
        make(root / name, number)
