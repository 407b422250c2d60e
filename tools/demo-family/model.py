"""The tokenizer, the model shape, and turning examples into tensors."""

import string

import torch
from tokenizers import Tokenizer, decoders, models, processors
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
SYMBOLS = list(":=+- ") + list(string.digits) + list(string.ascii_lowercase)
VOCAB = {token: i for i, token in enumerate(SPECIAL + SYMBOLS)}
PAD, BOS, EOS = 0, 1, 2


def make_tokenizer():
    """One token per character: a BPE model without merges."""
    t = Tokenizer(models.BPE(vocab=VOCAB, merges=[], unk_token="<unk>"))
    t.decoder = decoders.Fuse()
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", BOS)])
    return PreTrainedTokenizerFast(
        tokenizer_object=t, bos_token="<s>", eos_token="</s>", pad_token="<pad>",
        unk_token="<unk>", model_max_length=64, clean_up_tokenization_spaces=False)


def make_model():
    config = LlamaConfig(
        vocab_size=len(VOCAB), hidden_size=128, intermediate_size=400,
        num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=64, rms_norm_eps=1e-5,
        tie_word_embeddings=True, attention_bias=False, mlp_bias=False,
        bos_token_id=BOS, eos_token_id=EOS, pad_token_id=PAD)
    return LlamaForCausalLM(config)


def encode(examples):
    """Examples as (token ids, labels); only the answer and its end are scored.

    Padding is on the right, where causal attention never looks."""
    rows = [([BOS] + [VOCAB[c] for c in p], [VOCAB[c] for c in a] + [EOS])
            for p, a in examples]
    width = max(len(p) + len(a) for p, a in rows)
    ids = torch.full((len(rows), width), PAD)
    labels = torch.full((len(rows), width), -100)
    for i, (p, a) in enumerate(rows):
        ids[i, :len(p) + len(a)] = torch.tensor(p + a)
        labels[i, len(p):len(p) + len(a)] = torch.tensor(a)
    return ids, labels


def logits_and_targets(model, ids, labels):
    """Logits at the scored positions only, and what they should be."""
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
    targets = labels[:, 1:]
    keep = targets != -100
    return logits[keep], targets[keep]
