"""What transformers computes with tiny decoders of every architecture that the forward pass knows:
src/evaluate/forward/goldens.json. Weights are hashes of where they are, so the file holds none.

    python3.11 tools/goldens/decoders.py      # needs torch and transformers; a few seconds
"""

import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from uniform import uniform

ROOT = Path(__file__).resolve().parents[2]
SIZES = {
    "vocab_size": 19,
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "tie_word_embeddings": False,
    "rms_norm_eps": 1e-5,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 100.0,
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
# Name, architecture, options, and options that only config.json has under the names of older files.
CASES = [
    ("grouped heads", "llama", {}, {}),
    ("a tied head, biases, heads of another width", "llama",
     {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True, "head_dim": 16}, {}),
    ("llama3 positions", "llama", {"rope_parameters": LLAMA3}, {}),
    ("linear positions", "llama",
     {"rope_parameters": {"rope_type": "linear", "rope_theta": 500.0, "factor": 3.0}}, {}),
    ("a sliding window", "mistral", {"sliding_window": 4}, {}),
    ("biases", "qwen2", {"tie_word_embeddings": True}, {}),
    ("a window of later layers", "qwen2",
     {"use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1}, {}),
    ("normed heads", "qwen3", {"head_dim": 16}, {}),
]
TEXTS = [[1, 5, 3, 18, 4, 4, 9, 12, 7, 11, 6], [1, 17, 2, 8]]


def fill(model: torch.nn.Module) -> None:
    """Uniform in ±1/2, and one more where it is a norm; the seed is the place of the name in their order."""
    with torch.no_grad():
        for seed, (name, tensor) in enumerate(sorted(model.named_parameters())):
            values = torch.tensor(uniform(seed, tensor.numel()), dtype=torch.float32) - 0.5
            tensor.copy_(values.reshape(tensor.shape) + (1.0 if "norm" in name else 0.0))


def short(value: float) -> float:
    return float(f"{value:.7g}")


def case(name: str, kind: str, options: dict, written: dict) -> dict:
    torch.manual_seed(0)
    config = CONFIG_MAPPING[kind](**{**SIZES, **options})
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config).float().eval()
    fill(model)
    config.architectures = [type(model).__name__]
    with torch.no_grad():
        logits = [model(torch.tensor([ids])).logits[0] for ids in TEXTS]
        greedy = model.generate(
            torch.tensor([TEXTS[0]]), max_new_tokens=6, do_sample=False, eos_token_id=None
        )[0, len(TEXTS[0]):]
    shapes = {name: list(tensor.shape) for name, tensor in sorted(model.named_parameters())}
    return {
        "name": f"{config.architectures[0]}: {name}",
        "config": {**json.loads(config.to_json_string(use_diff=False)), **written},
        "shapes": shapes,
        # Every third row: 11 and 4 tokens long texts are told by five and two of them.
        "logits": [[[short(x) for x in row] for row in text[::3].tolist()] for text in logits],
        "greedy": greedy.tolist(),
    }


KEPT = {
    *SIZES, "architectures", "head_dim", "rope_parameters", "rope_theta", "rope_scaling", "sliding_window",
    "use_sliding_window", "max_window_layers", "layer_types", "attention_bias", "mlp_bias", "hidden_act",
}  # fmt: skip


def main() -> None:
    cases = [case(*one) for one in CASES]
    for one in cases:
        one["config"] = {key: value for key, value in one["config"].items() if key in KEPT}
    lines = ",\n".join(json.dumps(one) for one in cases)
    texts = json.dumps(TEXTS)
    path = ROOT / "src/evaluate/forward/goldens.json"
    path.write_text(f'{{"texts": {texts},\n"cases": [\n{lines}\n]}}\n')
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
