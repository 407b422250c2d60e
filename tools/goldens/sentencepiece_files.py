"""A tiny vocabulary of SentencePiece, and what gguf-py makes of models with it: src/testing/goldens/sentencepiece.json.

    pip install gguf==0.19.0 sentencepiece==0.2.3 tokenizers==0.23.3
    python tools/goldens/sentencepiece_files.py

The library of SentencePiece trains a BPE with bytes on a few lines, as Llama's and Gemma's were made: texts
stand as they are, with and without a space in front. tokenizer.json is made of it by SentencePiece's rule: every split of
a piece into two pieces is a merge, the piece with the highest score first. Tokens of texts are those of both libraries,
which have to agree. Files are written by gguf-py, with tokens, scores and kinds as llama.cpp's converter takes them.
"""

import base64
import hashlib
import io
import json
import tempfile
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import tokenizers

HERE = Path(__file__).resolve().parents[2]
TEXTS = [
    "",
    "Merge models in the browser.",
    "  two  spaces\nand a line",
    "Zürich 🚀 日本語",
    "def f(x):\n    return x",
    "a<tool>b <tool> c",
]
ROWS = 420  # of the embedding: 400 pieces, two added tokens, and rows that nobody has


def trained(space: bool) -> bytes:
    out = io.BytesIO()
    lines = ["merge the models of the browser in the browser", "the weights are merged, not the merge"] * 40
    lines += ["def merge(model, weight):  return model  # the same", "Ein Modell für alle: größer, schöner"] * 40
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=out,
        model_type="bpe",
        vocab_size=400,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=space,
        user_defined_symbols=["<tool>"],
        hard_vocab_limit=True,
        num_threads=1,
        minloglevel=2,
    )
    return out.getvalue()


def as_json(model: sentencepiece.SentencePieceProcessor, space: bool) -> dict:
    size = model.get_piece_size()
    vocab = {model.id_to_piece(i): i for i in range(size)}
    plain = {
        p: i
        for p, i in vocab.items()
        if not (model.is_control(i) or model.is_unknown(i) or model.is_byte(i)) and p != "<tool>"
    }
    merges = []
    for piece in sorted(plain, key=lambda p: (-model.get_score(vocab[p]), vocab[p])):
        splits = [(piece[:k], piece[k:]) for k in range(1, len(piece))]
        found = [s for s in splits if s[0] in plain and s[1] in plain]
        merges += sorted(found, key=lambda s: (vocab[s[0]], vocab[s[1]]))
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [
        {"id": vocab[t], "content": t, **flags, "special": t != "<tool>"} for t in ["<unk>", "<s>", "</s>", "<tool>"]
    ]
    added += [{"id": size, "content": "<|im_end|>", **flags, "special": False}]
    added += [{"id": size + 1, "content": "▁▁own▁word", **flags, "special": False}]
    marks = [{"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]
    if space:
        marks = [{"type": "Prepend", "prepend": "▁"}, *marks]
    bos = {"id": "<s>", "type_id": 0}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": sorted(added, key=lambda t: t["id"]),
        "normalizer": {"type": "Sequence", "normalizers": marks},
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": bos}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"SpecialToken": bos}, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": vocab,
            "merges": [list(m) for m in merges],
        },
    }


def config_of(tokenizer: dict) -> dict:
    decoder = {
        str(t["id"]): {k: t[k] for k in ["content", "lstrip", "normalized", "rstrip", "single_word", "special"]}
        for t in tokenizer["added_tokens"]
    }
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return {"added_tokens_decoder": decoder, **names, "chat_template": "{{ messages }}"}


def vocabulary(folder: Path, config: dict) -> tuple[list[bytes], list[float], list[int]]:
    """Pieces by gguf-py, then added tokens and padding as the converter has them."""
    found = list(gguf.SentencePieceVocab(folder).sentencepiece_tokens())
    pads = [(f"[PAD{i}]".encode(), -10000.0, gguf.TokenType.UNUSED) for i in range(len(found), ROWS)]
    table = [*found, *pads]
    for key, token in config["added_tokens_decoder"].items():
        text, special = token["content"], token["special"] or token["content"].startswith("<|")
        kind = gguf.TokenType.CONTROL if special else gguf.TokenType.USER_DEFINED
        table[int(key)] = ((text if special else text.replace("▁", " ")).encode(), -1000.0, kind)
    return tuple(list(column) for column in zip(*table))


def tensor(place: int, shape: list[int]) -> np.ndarray:
    """Multiples of 1/64 from -2 to 2."""
    k = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((k * 7 + place * 13) % 257 - 128) / 64).astype(np.float32).reshape(shape)


CONFIGS = {
    "llama": {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": ROWS,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 64,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
    },
    "gemma3": {
        "architectures": ["Gemma3ForCausalLM"],
        "model_type": "gemma3_text",
        "vocab_size": ROWS,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 32,
        "query_pre_attn_scalar": 32,
        "max_position_embeddings": 64,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000,
        "rope_local_base_freq": 10000,
        "rope_scaling": {"rope_type": "linear", "factor": 8.0},
        "sliding_window": 16,
        "sliding_window_pattern": 6,
        "hidden_activation": "gelu_pytorch_tanh",
        "tie_word_embeddings": True,
    },
}


def shapes(kind: str) -> dict[str, list[int]]:
    head = CONFIGS[kind].get("head_dim", 16)
    layer = "model.layers.0."
    names = {
        "model.embed_tokens.weight": [ROWS, 32],
        f"{layer}input_layernorm.weight": [32],
        f"{layer}self_attn.q_proj.weight": [2 * head, 32],
        f"{layer}self_attn.k_proj.weight": [head, 32],
        f"{layer}self_attn.v_proj.weight": [head, 32],
        f"{layer}self_attn.o_proj.weight": [32, 2 * head],
        f"{layer}post_attention_layernorm.weight": [32],
        f"{layer}mlp.gate_proj.weight": [48, 32],
        f"{layer}mlp.up_proj.weight": [48, 32],
        f"{layer}mlp.down_proj.weight": [32, 48],
        "model.norm.weight": [32],
    }
    if kind == "llama":
        return {**names, "lm_head.weight": [ROWS, 32]}
    norms = ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
    heads = ["self_attn.q_norm", "self_attn.k_norm"]
    return {
        **names,
        **{f"{layer}{n}.weight": [32] for n in norms},
        **{f"{layer}{n}.weight": [head] for n in heads},
    }


def permute(weights: np.ndarray, heads: int) -> np.ndarray:
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)


def written(kind: str, folder: Path, config: dict, space: bool) -> bytes:
    model = CONFIGS[kind]
    path = folder / "model.gguf"
    writer = gguf.GGUFWriter(path, kind)
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(kind)
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(48)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    if kind == "llama":
        writer.add_rope_freq_base(model["rope_theta"])
        writer.add_layer_norm_rms_eps(model["rms_norm_eps"])
        writer.add_vocab_size(ROWS)
        writer.add_rope_dimension_count(16)
    else:
        writer.add_key_length(32)
        writer.add_value_length(32)
        writer.add_layer_norm_rms_eps(model["rms_norm_eps"])
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(8.0)
        writer.add_rope_freq_base(model["rope_theta"])
        writer.add_rope_freq_base_swa(model["rope_local_base_freq"])
        writer.add_sliding_window(model["sliding_window"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    tokens, scores, kinds = vocabulary(folder, config)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_add_space_prefix(space)
    special = gguf.SpecialVocab(folder, n_vocab=ROWS)
    # The converter leaves what llama.cpp takes for granted to it; it is written here.
    special.add_special_token.setdefault("eos", False)
    special.add_to_gguf(writer, quiet=True)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA if kind == "llama" else gguf.MODEL_ARCH.GEMMA3, 1)
    places = {name: place for place, name in enumerate(shapes(kind))}
    for name, shape in sorted(shapes(kind).items()):
        data = tensor(places[name], shape)
        if kind == "llama" and "q_proj" in name:
            data = permute(data, 2)
        if kind == "llama" and "k_proj" in name:
            data = permute(data, 1)
        if kind == "gemma3" and name.endswith("norm.weight"):
            data = data + 1
        use = gguf.GGMLQuantizationType.F16 if data.ndim > 1 else gguf.GGMLQuantizationType.F32
        out = gguf.quantize(np.ascontiguousarray(data), use)
        writer.add_tensor(names.get_name(name, (".weight", ".bias")), out, raw_dtype=use)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def made(kind: str) -> dict:
    space = kind == "llama"
    raw = trained(space)
    model = sentencepiece.SentencePieceProcessor(model_proto=raw)
    tokenizer = as_json(model, space)
    config = config_of(tokenizer)
    fast = tokenizers.Tokenizer.from_str(json.dumps(tokenizer))
    texts = []
    for text in TEXTS:
        ids = fast.encode(text).ids
        # Behind a token of the user, tokenizers puts a space and SentencePiece does not.
        if not (space and "<tool>" in text):
            assert ids == [1, *model.encode(text)], (text, ids, model.encode(text))
        texts.append({"text": text, "ids": ids})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tokenizer.model").write_bytes(raw)
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
        (folder / "config.json").write_text(json.dumps(CONFIGS[kind]))
        data = written(kind, folder, config, space)
    return {
        "model": base64.b64encode(raw).decode(),
        "tokenizer": json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")),
        "tokenizerConfig": json.dumps(config, ensure_ascii=False),
        "config": CONFIGS[kind],
        "shapes": shapes(kind),
        "texts": texts,
        "file": {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
    }


def main() -> None:
    golden = {"by": "gguf 0.19.0, sentencepiece 0.2.3, tokenizers 0.23.3", **{kind: made(kind) for kind in CONFIGS}}
    out = HERE / "src/testing/goldens/sentencepiece.json"
    out.write_text(json.dumps(golden, ensure_ascii=False, indent=2) + "\n")


main()
