"""What gguf-py makes of values, of the demo and of a tiny BERT, as hashes: src/testing/goldens/gguf.json.

    pip install gguf==0.19.0
    python tools/goldens/gguf_files.py

Values are made of bits, so that TypeScript makes the same ones. The demo is put into a file by the library's own
writer, and its q and k are permuted as llama.cpp's converter does it; so is the BERT of encoders.py, with words that are
marked as the converter marks them, and the special tokens that gguf-py itself finds in its folder.
"""

import hashlib
import json
import re
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
from uniform import uniform

HERE = Path(__file__).resolve().parents[2]
ENCODERS = HERE / "src/evaluate/encoder/goldens.json"
DEMO = HERE / "public/demo/reverse"
TYPES = {
    "F32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "F16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "BF16": (gguf.GGMLQuantizationType.BF16, gguf.LlamaFileType.MOSTLY_BF16),
    "Q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def values(count: int, exponents: tuple[int, int]) -> np.ndarray:
    """f32 of every sign and mantissa, with exponents from the first to before the second: an LCG's upper bits."""
    low, high = exponents
    out = np.empty(count, np.uint32)
    state = 1
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        exponent = low + (state >> 8) % (high - low)
        out[i] = (state & 0x80000000) | (exponent << 23) | ((state * 7 >> 5) & 0x7FFFFF)
    return out.view(np.float32)


def encoded() -> dict:
    found = {}
    # Ordinary weights; those whose scale is a subnormal F16; and a block that is all zeros.
    ranges = {"ordinary": (110, 130), "tiny": (85, 105), "within F16": (90, 142)}
    for name, exponents in ranges.items():
        data = values(32 * 64, exponents)
        data[32:64] = 0
        found[name] = {
            "exponents": exponents,
            **{t: sha(gguf.quantize(data.reshape(64, 32), q).tobytes()) for t, (q, _) in TYPES.items()},
        }
    return found


def tensors() -> dict:
    raw = (DEMO / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + size])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = (8 + size + at for at in entry["data_offsets"])
        bits = np.frombuffer(raw[begin:end], np.uint16).astype(np.uint32) << 16
        found[name] = bits.view(np.float32).reshape(entry["shape"])
    return found


def permute(weights: np.ndarray, heads: int) -> np.ndarray:
    return (
        weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
        .swapaxes(1, 2)
        .reshape(weights.shape)
    )


def file_of(kind: str, path: Path) -> None:
    quant, ftype = TYPES[kind]
    config = json.loads((DEMO / "config.json").read_text())
    tokenizer = json.loads((DEMO / "tokenizer.json").read_text())
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name("reverse")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_file_type(ftype)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    vocab = sorted(tokenizer["model"]["vocab"].items(), key=lambda item: item[1])
    special = {token["content"] for token in tokenizer["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([token.replace(" ", "\u0120") for token, _ in vocab])
    writer.add_token_types([3 if token in special else 1 for token, _ in vocab])
    # The library leaves an empty list out of the file, where llama.cpp looks for one.
    key = "tokenizer.ggml.merges"
    writer.kv_data[0][key] = gguf.gguf_writer.GGUFValue(b"", gguf.GGUFValueType.ARRAY)
    pack = writer._pack_val
    empty = struct.pack("<IIQ", gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.STRING, 0)
    writer._pack_val = lambda val, *rest, **more: empty if val == b"" else pack(val, *rest, **more)
    for name, add in {
        "bos": writer.add_bos_token_id,
        "eos": writer.add_eos_token_id,
        "unk": writer.add_unk_token_id,
        "pad": writer.add_pad_token_id,
    }.items():
        text = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>"}[name]
        add(tokenizer["model"]["vocab"][text])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    for name, data in tensors().items():
        if re.search(r"q_proj", name):
            data = permute(data, config["num_attention_heads"])
        if re.search(r"k_proj", name):
            data = permute(data, config["num_key_value_heads"])
        use = quant if data.ndim > 1 else gguf.GGMLQuantizationType.F32
        try:
            out = gguf.quantize(np.ascontiguousarray(data), use)
        except gguf.QuantError:
            use = gguf.GGMLQuantizationType.F16
            out = gguf.quantize(np.ascontiguousarray(data), use)
        writer.add_tensor(names.get_name(name, (".weight", ".bias")), out, raw_dtype=use)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijkl", "##a", "##b"]


def bert_specials(writer: gguf.GGUFWriter, folder: Path) -> None:
    """As the library finds them in a folder of transformers."""
    special = [token for token in TOKENS if token.startswith("[")]
    around = [{"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "[SEP]"}}]
    tokenizer = {
        "added_tokens": [{"id": TOKENS.index(token), "content": token} for token in special],
        "post_processor": {"type": "TemplateProcessing", "single": around, "pair": []},
    }
    config = {f"{token.strip('[]').lower()}_token": token for token in special}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    gguf.SpecialVocab(folder, n_vocab=len(TOKENS)).add_to_gguf(writer)


def bert_file(kind: str, path: Path) -> None:
    """The tiny BERT of encoders.py, pooled by the mean."""
    quant, ftype = TYPES[kind]
    case = json.loads(ENCODERS.read_text())["cases"][0]
    config, shapes = case["config"], case["shapes"]
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name("bert")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_token_type_count(config["type_vocab_size"])
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(ftype)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    is_special = [token.startswith("[") for token in TOKENS]
    writer.add_token_list([
        token if special else token[2:] if token.startswith("##") else "\u2581" + token
        for token, special in zip(TOKENS, is_special)
    ])  # fmt: skip
    writer.add_token_types([3 if special else 1 for special in is_special])
    bert_specials(writer, path.parent)
    # Keys of llama.cpp that this version of the library has no words for.
    writer.add_bool("tokenizer.ggml.normalizer.lowercase", True)
    writer.add_bool("tokenizer.ggml.normalizer.strip_accents", True)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, config["num_hidden_layers"])
    for seed, (name, shape) in enumerate(sorted(shapes.items())):
        count = int(np.prod(shape))
        data = (np.array(uniform(seed, count), np.float32) - np.float32(0.5)).reshape(shape)
        there = names.get_name(name, (".weight", ".bias"))
        is_exact = there in ("position_embd.weight", "token_types.weight")
        use = gguf.GGMLQuantizationType.F32 if data.ndim == 1 or is_exact else quant
        try:
            out = gguf.quantize(data, use)
        except gguf.QuantError:
            use = gguf.GGMLQuantizationType.F16
            out = gguf.quantize(data, use)
        writer.add_tensor(there, out, raw_dtype=use)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def written(file: Callable[[str, Path], None]) -> dict:
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in TYPES:
            path = Path(folder) / f"{kind}.gguf"
            file(kind, path)
            data = path.read_bytes()
            found[kind] = {"bytes": len(data), "sha256": sha(data)}
    return found


def main() -> None:
    golden = {
        "by": "gguf 0.19.0",
        "encoded": encoded(),
        "demo": written(file_of),
        "bert": {"tokens": TOKENS, **written(bert_file)},
    }
    out = HERE / "src/testing/goldens/gguf.json"
    out.write_text(json.dumps(golden, indent=2) + "\n")


main()
