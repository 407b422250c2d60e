"""Makes pairs of tiny random models, each a folder as its library saves it.

    python tools/check-folders/make.py MODELS
"""

import json
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer, models
from transformers import (
    BertConfig,
    BertModel,
    BertTokenizerFast,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
)

out = pathlib.Path(sys.argv[1])
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", "sat", "on", "mat"]


def causal(folder: pathlib.Path) -> None:
    """Shards with their index, beside a whole file that somebody left behind."""
    config = LlamaConfig(
        vocab_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, tie_word_embeddings=False,
    )
    LlamaForCausalLM(config).save_pretrained(folder, max_shard_size="6KB")
    save_file({"old": torch.zeros(3)}, folder / "model.safetensors", {"format": "pt"})


def embedder(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True)
    encoder = folder.parent / f"{folder.name}-encoder"
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(encoder)
    (encoder / "vocab.txt").write_text("\n".join(words) + "\n")
    BertTokenizerFast(vocab_file=str(encoder / "vocab.txt")).save_pretrained(encoder)
    transformer = models.Transformer(str(encoder), max_seq_length=32)
    pooling = models.Pooling(transformer.get_word_embedding_dimension())
    dense = models.Dense(16, 8)
    SentenceTransformer(modules=[transformer, pooling, dense], device="cpu").save(str(folder))


def pipeline(folder: pathlib.Path) -> None:
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=8, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16, norm_num_groups=4, attention_head_dim=4,
    )
    vae = AutoencoderKL(block_out_channels=(8,), latent_channels=4, norm_num_groups=4, sample_size=8)
    config = CLIPTextConfig(
        vocab_size=8, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=16, bos_token_id=6, eos_token_id=7,
    )
    folder.mkdir(parents=True)
    vocab = ["a", "b", "c", "a</w>", "b</w>", "c</w>", "<|startoftext|>", "<|endoftext|>"]
    (folder / "v.json").write_text(json.dumps({word: i for i, word in enumerate(vocab)}))
    (folder / "m.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(str(folder / "v.json"), str(folder / "m.txt"), model_max_length=16)
    (folder / "v.json").unlink()
    (folder / "m.txt").unlink()
    pipe = StableDiffusionPipeline(
        unet=unet, vae=vae, text_encoder=CLIPTextModel(config), tokenizer=tokenizer,
        scheduler=DDIMScheduler(), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder)
    for name in ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model"]:
        whole = load_file(folder / f"{name}.safetensors")
        half = {key: value.half() if value.is_floating_point() else value for key, value in whole.items()}
        save_file(half, folder / f"{name}.fp16.safetensors", {"format": "pt"})


for seed, role in enumerate(["base", "tuned"]):
    torch.manual_seed(seed)
    causal(out / f"causal-{role}")
    embedder(out / f"embedder-{role}")
    pipeline(out / f"pipeline-{role}")
