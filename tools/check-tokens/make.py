"""Makes small models with different vocabularies, and lets mergekit unite them.

    python tools/check-tokens/make.py MODELS OUT

Byte-level BPE: `base`; `chat`, its fine-tune with two added tokens; `other`, of another text, with rows of padding.
Unigram: `uni-base`, `uni-other`. WordPiece: `word-base`, `word-other`. Every recipe of recipes/ is merged, one in float32
once more in bfloat16: OUT/NAME/recipe.yaml is what mergekit read, and OUT/NAME/mergekit what it made.
"""

import os
import pathlib
import shutil
import sys

import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from tokenizers import Tokenizer, decoders, models as kinds, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

models, out = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
recipes = sorted((pathlib.Path(__file__).parent / "recipes").resolve().glob("*.yaml"))

PLAIN = ["the cat sat on the mat and the dog ran after the cat", "a small model reads a small text"] * 8
OTHER = ["le chat dort sur le tapis et le chien court", "un petit modèle lit un petit texte"] * 8


def trained(kind: str, texts: list[str]) -> PreTrainedTokenizerFast:
    if kind == "BPE":
        tokenizer = Tokenizer(kinds.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=330, special_tokens=["<s>", "</s>"], show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        )
        special = {"bos_token": "<s>", "eos_token": "</s>"}
    elif kind == "Unigram":
        tokenizer = Tokenizer(kinds.Unigram())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(
            vocab_size=60, special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False
        )
        special = {"unk_token": "<unk>", "eos_token": "</s>"}
    else:
        tokenizer = Tokenizer(kinds.WordPiece(unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordPieceTrainer(
            vocab_size=70, special_tokens=["[UNK]", "[SEP]"], show_progress=False
        )
        special = {"unk_token": "[UNK]", "eos_token": "[SEP]"}
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


def save(name: str, tokenizer: PreTrainedTokenizerFast, seed: int, padding: int = 0) -> None:
    config = LlamaConfig(
        vocab_size=len(tokenizer) + padding, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=False,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.05 * torch.randn(parameter.shape))
    model.save_pretrained(models / name)
    tokenizer.save_pretrained(models / name)


plain = trained("BPE", PLAIN)
save("base", plain, 1)
chat = trained("BPE", PLAIN)
chat.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
chat.eos_token = "<|im_end|>"
save("chat", chat, 2)
save("other", trained("BPE", OTHER), 3, padding=22)
for kind, short in [("Unigram", "uni"), ("WordPiece", "word")]:
    save(f"{short}-base", trained(kind, PLAIN), 4)
    save(f"{short}-other", trained(kind, OTHER), 5)

shutil.rmtree(out, ignore_errors=True)
os.chdir(models)  # Recipes name models by their folders.


def merge(name: str, text: str) -> None:
    folder = out / name
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    merged = MergeConfiguration.model_validate(yaml.safe_load(text))
    run_merge(merged, str(folder / "mergekit"), MergeOptions(write_model_card=False, quiet=True))
    print(f"{name}: merged")


for recipe in recipes:
    given = recipe.read_text(encoding="utf-8")
    merge(recipe.stem, given)
    in_bf16 = given.replace("dtype: float32", "dtype: bfloat16")
    if in_bf16 != given:
        merge(f"{recipe.stem}, bf16", in_bf16)
