"""Two LoRA adapters on a module of 2048 × 2048 merged by the real PEFT's svd, and how long it took, as JSON.

peft_svd.py FOLDER [SIDE RANK]: writes the adapters to FOLDER/one and FOLDER/two, merges them, and writes B·A of
the result to FOLDER/theirs.safetensors. Loading is outside of the time.
"""

import json
import sys
import time
from pathlib import Path

import peft
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn


class Base(nn.Module):
    def __init__(self, side):
        super().__init__()
        self.q_proj = nn.Linear(side, side, bias=False)


def make(folder, side, rank):
    for name in ("one", "two"):
        model = get_peft_model(Base(side), LoraConfig(r=rank, lora_alpha=rank, target_modules=["q_proj"]))
        for _, tensor in model.named_parameters():
            if tensor.requires_grad:
                nn.init.normal_(tensor)
        model.save_pretrained(folder / name)


def main(folder, side=2048, rank=64):
    folder, side, rank = Path(folder), int(side), int(rank)
    torch.manual_seed(0)
    make(folder, side, rank)
    model = PeftModel.from_pretrained(Base(side), folder / "one", adapter_name="one")
    model.load_adapter(folder / "two", adapter_name="two")
    began, computed = time.perf_counter(), time.process_time()
    model.add_weighted_adapter(["one", "two"], [0.5, 0.5], "both", combination_type="svd", svd_rank=rank)
    seconds, processor = time.perf_counter() - began, time.process_time() - computed
    layer = model.base_model.model.q_proj
    product = layer.lora_B["both"].weight @ layer.lora_A["both"].weight * layer.scaling["both"]
    save_file({"product": product.detach().float().contiguous()}, folder / "theirs.safetensors")
    print(
        json.dumps(
            {
                "peft": peft.__version__,
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
                "seconds": seconds,
                "processor": processor,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
