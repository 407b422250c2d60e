"""What transformers computes with tiny encoders of the BERT family: src/evaluate/encoder/goldens.json. Weights are
hashes of where they are, as in decoders.py beside this file.

    python3.11 tools/goldens/encoders.py      # needs torch and transformers; a few seconds
"""

import json

import torch
from decoders import ROOT, fill, short
from transformers import AutoModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

SIZES = {"vocab_size": 19, "num_hidden_layers": 2, "max_position_embeddings": 16}
CASES = [
    ("bert", {"hidden_size": 32, "intermediate_size": 40, "num_attention_heads": 4}),
    ("roberta", {
        "hidden_size": 48, "intermediate_size": 64, "num_attention_heads": 3, "hidden_act": "gelu_new",
        "pad_token_id": 1, "type_vocab_size": 1, "layer_norm_eps": 1e-5,
    }),
]  # fmt: skip
TEXTS = [[2, 5, 13, 18, 4, 4, 9, 12, 7, 11, 3], [2, 17, 8, 3], [2, 3]]
KEPT = {
    *SIZES, "architectures", "hidden_size", "intermediate_size", "num_attention_heads", "hidden_act",
    "layer_norm_eps", "pad_token_id", "type_vocab_size",
}  # fmt: skip


def case(kind: str, options: dict) -> dict:
    config = CONFIG_MAPPING[kind](**{**SIZES, **options})
    config._attn_implementation = "eager"
    model = AutoModel.from_config(config).float().eval()
    fill(model)
    config.architectures = [type(model).__name__]
    with torch.no_grad():
        rows = [model(torch.tensor([ids])).last_hidden_state[0] for ids in TEXTS]
    written = json.loads(config.to_json_string(use_diff=False))
    return {
        "config": {key: value for key, value in written.items() if key in KEPT},
        "shapes": {
            name: list(tensor.shape)
            for name, tensor in sorted(model.named_parameters())
            if not name.startswith("pooler.")
        },
        # Every third row.
        "rows": [[[short(x) for x in row] for row in text[::3].tolist()] for text in rows],
    }


def main() -> None:
    lines = ",\n".join(json.dumps(case(*one)) for one in CASES)
    path = ROOT / "src/evaluate/encoder/goldens.json"
    path.write_text(f'{{"texts": {json.dumps(TEXTS)},\n"cases": [\n{lines}\n]}}\n')
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
