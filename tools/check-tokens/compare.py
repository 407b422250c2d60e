"""Holds what Amalgam made of the recipes of recipes/ against what mergekit made, token by token, as a table.

    python tools/check-tokens/compare.py MODELS OUT

The new tokens of a union have the ids of some order that mergekit takes from a hash table: rows are compared by token, not by
id. The output is loaded in transformers, as is its tokenizer, which has to encode texts as mergekit's does and to give
finite logits of the right width. How far: the largest difference, in units in the last place of the largest number of its
tensor.
"""

import json
import math
import pathlib
import sys

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

models, out = (pathlib.Path(each) for each in sys.argv[1:3])
TEXTS = ["the cat sat on the small mat", "le petit chat lit", "<|im_start|>a dog<|im_end|></s>"]
OF_TOKENS = ("model.embed_tokens.weight", "lm_head.weight")


def loaded(folder: pathlib.Path) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {}
    for file in folder.glob("*.safetensors"):
        tensors |= load_file(file)
    return tensors


print("| recipe | tokens | rows | elements of tokens alike | how far | other elements alike |")
print("| --- | --- | --- | --- | --- | --- |")
for folder in sorted(out.iterdir()):
    ours, theirs = loaded(folder / "amalgam"), loaded(folder / "mergekit")
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    mine, other = (AutoTokenizer.from_pretrained(folder / which) for which in ("amalgam", "mergekit"))
    vocab, their_vocab = mine.get_vocab(), other.get_vocab()
    assert vocab.keys() == their_vocab.keys(), vocab.keys() ^ their_vocab.keys()
    alike, far, count = 0, 0.0, 0
    for name in OF_TOKENS:
        assert ours[name].shape == theirs[name].shape, (name, ours[name].shape, theirs[name].shape)
        assert ours[name].dtype == theirs[name].dtype
        tokens = list(vocab)
        rows = [vocab[token] for token in tokens] + list(range(len(vocab), ours[name].shape[0]))
        their_rows = [their_vocab[token] for token in tokens] + list(range(len(vocab), ours[name].shape[0]))
        a, b = ours[name][rows], theirs[name][their_rows]
        alike += int((a == b).sum())
        apart = float((a.double() - b.double()).abs().max())
        count += a.numel()
        largest = float(b.abs().max())
        unit = 2.0 ** math.floor(math.log2(largest)) * torch.finfo(b.dtype).eps
        far = max(far, apart / unit)
    rest = [name for name in theirs if name not in OF_TOKENS]
    same = sum(int((ours[name] == theirs[name]).sum()) for name in rest)
    total = sum(theirs[name].numel() for name in rest)
    config, their_config = (json.loads((folder / which / "config.json").read_text()) for which in ("amalgam", "mergekit"))
    assert config["vocab_size"] == their_config["vocab_size"] == ours[OF_TOKENS[0]].shape[0]
    # Without base_model mergekit takes the tokenizer of any model, another one each time.
    is_named = "base_model" in (folder / "recipe.yaml").read_text()
    for text in TEXTS if is_named else []:
        pieces, their_pieces = mine.tokenize(text), other.tokenize(text)
        assert pieces == their_pieces, (text, pieces, their_pieces)
    assert mine.eos_token == other.eos_token or not is_named
    assert config["eos_token_id"] == mine.eos_token_id, (folder.name, config["eos_token_id"], mine.eos_token_id)
    model = AutoModelForCausalLM.from_pretrained(folder / "amalgam", dtype=torch.float32)
    logits = model(**mine(TEXTS[0], return_tensors="pt", return_token_type_ids=False)).logits
    assert logits.shape[-1] == config["vocab_size"] and bool(logits.isfinite().all())
    print(f"| {folder.name} | {len(vocab)} | {config['vocab_size']} | {alike} of {count} | {far:.2g} | {same} of {total} |")
