"""Adapters as PEFT and LyCORIS write them, and what those tools merge: src/testing/goldens/adapters.json.

Run apart from make.py, with `lycoris-lora==3.4.0` (and einops, toml) installed as well. All numbers are F32; those
that go in are eighths. `base` and `merged` are by the name of the module: its weight, and its bias if it changes.
"""

import json
import pathlib
import tempfile

import lycoris
import peft
import torch
from importlib.metadata import version
from lycoris.modules.loha import LohaModule
from lycoris.modules.locon import LoConModule
from lycoris.modules.lokr import LokrModule
from safetensors.torch import load_file, save_file
from torch import nn
from transformers.pytorch_utils import Conv1D

OUT = pathlib.Path(__file__).resolve().parents[2] / "src" / "testing" / "goldens" / "adapters.json"
make = torch.Generator().manual_seed(9)


def eighths(tensor):
    """In place: nothing is 0, and DoRA's magnitudes are above it."""
    with torch.no_grad():
        tensor.copy_(torch.randint(-8, 8, tensor.shape, generator=make) / 8 + 1 / 16)


def fill(module):
    for tensor in module.parameters():
        eighths(tensor)


def plain(tensor):
    return {"shape": list(tensor.shape), "values": [round(v, 7) for v in tensor.flatten().tolist()]}


class Tiny(nn.Module):
    """Names as in language models, with every kind of layer that PEFT's LoRA knows."""

    def __init__(self, fan_in_fan_out=False):
        super().__init__()
        self.embed = nn.Embedding(5, 3)
        self.layers = nn.ModuleList(nn.ModuleDict(self.layer(fan_in_fan_out)) for _ in range(2))
        self.score = nn.Linear(3, 2)

    def layer(self, fan_in_fan_out):
        q = Conv1D(4, 3) if fan_in_fan_out else nn.Linear(3, 4)
        return {"q": q, "conv": nn.Conv2d(2, 3, (2, 1)), "square": nn.Linear(3, 3)}


def from_peft(name, config, fan_in_fan_out=False):
    model = Tiny(fan_in_fan_out)
    fill(model)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    adapted = peft.get_peft_model(model, config)
    for key, tensor in adapted.named_parameters():
        if any(part in key for part in ("lora_", "hada_", "lokr_", "modules_to_save")):
            eighths(tensor)
            if "magnitude" in key:
                with torch.no_grad():
                    tensor.abs_()
    with tempfile.TemporaryDirectory() as folder:
        adapted.save_pretrained(folder)
        tensors = load_file(f"{folder}/adapter_model.safetensors")
        fields = json.loads(pathlib.Path(f"{folder}/adapter_config.json").read_text())
    after = adapted.merge_and_unload().state_dict()
    changed = {key for key in before if not torch.equal(before[key], after[key])}
    return case(name, fields, tensors, before, {key: after[key] for key in sorted(changed)})


def from_lycoris(name, kind, layer, magnitudes=None, **options):
    """`kind` wraps one layer. LoHa and LoKr scale twice when they merge, and once when they run: as they run."""
    fill(layer)
    module = kind("lycoris_layer", layer, 1.0, weight_decompose=magnitudes is not None, **options)
    for key, tensor in module.named_parameters():
        if "org_module" not in key and key != "scalar":
            eighths(tensor)
    if magnitudes:
        with torch.no_grad():
            module.dora_scale.abs_()
    weight = layer.weight.detach()
    scaled = module.get_diff_weight(1, weight.shape)[0] if kind is LoConModule else module.get_weight(weight.shape)
    merged = weight + scaled
    if magnitudes:
        merged = module.apply_weight_decompose(merged)
    tensors = {f"lycoris_layer.{key}": value.clone() for key, value in module.custom_state_dict().items()}
    tensors["lycoris_layer.alpha"] = torch.as_tensor(module.alpha, dtype=torch.float32)
    before, after = {"lycoris_layer.weight": weight}, {"lycoris_layer.weight": merged.detach()}
    return case(name, None, tensors, before, after)


def case(name, config, tensors, before, after):
    return {
        "name": name,
        "config": config,
        "tensors": {key: plain(tensors[key]) for key in sorted(tensors)},
        "base": {key: plain(before[key]) for key in after},
        "merged": {key: plain(value) for key, value in after.items()},
    }


def lora(**fields):
    targets = fields.pop("target_modules", ["q", "conv", "embed"])
    return peft.LoraConfig(r=2, lora_alpha=3, target_modules=targets, **fields)


def cases():
    linear, conv = lambda: nn.Linear(6, 4), lambda: nn.Conv2d(6, 4, (2, 3))
    yield from_peft("PEFT: linear, convolution and embedding", lora())
    yield from_peft("PEFT: rsLoRA", lora(use_rslora=True))
    yield from_peft(
        "PEFT: patterns",
        lora(
            rank_pattern={"layers.0.q": 1, r"layers\.\d+\.q": 3, "conv": 4},
            alpha_pattern={"q": 5, r".*1\.conv": 7},
        ),
    )
    yield from_peft("PEFT: DoRA", lora(use_dora=True, target_modules=["q", "square", "conv", "embed"]))
    yield from_peft(
        "PEFT: DoRA of inputs × outputs",
        lora(use_dora=True, target_modules=["q"], fan_in_fan_out=True),
        fan_in_fan_out=True,
    )
    yield from_peft("PEFT: inputs × outputs", lora(target_modules=["q"], fan_in_fan_out=True), fan_in_fan_out=True)
    yield from_peft("PEFT: a bias of lora_B", lora(target_modules=["q"], lora_bias=True))
    yield from_peft("PEFT: one layer, and a head saved whole", lora(
        target_modules=["q"], layers_to_transform=[1], layers_pattern="layers", modules_to_save=["score"]))
    yield from_peft("PEFT: LoHa", peft.LoHaConfig(r=2, alpha=3, target_modules=["q", "conv"]))
    yield from_peft(
        "PEFT: LoHa with cores",
        peft.LoHaConfig(r=2, alpha=3, target_modules=["conv"], use_effective_conv2d=True),
    )
    yield from_peft("PEFT: LoKr", peft.LoKrConfig(r=1, alpha=3, target_modules=["q", "conv"]))
    yield from_peft("PEFT: LoKr, both whole", peft.LoKrConfig(r=8, alpha=3, target_modules=["q"]))
    yield from_lycoris("LyCORIS: LoRA", LoConModule, linear(), lora_dim=2, alpha=1)
    yield from_lycoris("LyCORIS: LoCon", LoConModule, conv(), lora_dim=2, alpha=1)
    yield from_lycoris("LyCORIS: LoCon of 1 × 1", LoConModule, nn.Conv2d(6, 4, 1), lora_dim=2, alpha=1)
    yield from_lycoris("LyCORIS: LoCon with a core", LoConModule, conv(), lora_dim=2, alpha=1, use_tucker=True)
    yield from_lycoris("LyCORIS: rsLoRA", LoConModule, linear(), lora_dim=2, alpha=1, rs_lora=True)
    yield from_lycoris("LyCORIS: DoRA by rows", LoConModule, linear(), True, lora_dim=2, alpha=1, wd_on_out=True)
    yield from_lycoris("LyCORIS: DoRA by columns", LoConModule, linear(), True, lora_dim=2, alpha=1, wd_on_out=False)
    yield from_lycoris("LyCORIS: DoRA by columns of a square", LoConModule, nn.Linear(4, 4), True, lora_dim=2, alpha=1, wd_on_out=False)
    yield from_lycoris("LyCORIS: DoRA by rows of a convolution", LoConModule, conv(), True, lora_dim=2, alpha=1, wd_on_out=True)
    yield from_lycoris("LyCORIS: LoHa", LohaModule, linear(), lora_dim=2, alpha=1)
    yield from_lycoris("LyCORIS: LoHa of a convolution", LohaModule, conv(), lora_dim=2, alpha=1)
    yield from_lycoris("LyCORIS: LoHa with cores", LohaModule, conv(), lora_dim=2, alpha=1, use_tucker=True)
    yield from_lycoris("LyCORIS: LoHa with DoRA", LohaModule, linear(), True, lora_dim=2, alpha=1)
    wide, filter = lambda: nn.Linear(12, 8), lambda: nn.Conv2d(12, 8, (2, 3))
    yield from_lycoris("LyCORIS: LoKr", LokrModule, wide(), lora_dim=1, alpha=3, factor=2)
    yield from_lycoris("LyCORIS: LoKr in factors", LokrModule, nn.Linear(16, 16), lora_dim=1, alpha=3, factor=4, decompose_both=True)
    yield from_lycoris("LyCORIS: LoKr, both whole", LokrModule, wide(), lora_dim=100, alpha=7, factor=2, full_matrix=True)
    yield from_lycoris("LyCORIS: LoKr of a convolution", LokrModule, filter(), lora_dim=1, alpha=3, factor=2)
    yield from_lycoris("LyCORIS: LoKr with a core", LokrModule, filter(), lora_dim=1, alpha=3, factor=2, use_tucker=True)
    yield from_lycoris("LyCORIS: LoKr with a core of rank 2", LokrModule, nn.Conv2d(12, 12, (2, 2)), lora_dim=2, alpha=3, factor=2, use_tucker=True)
    yield from_lycoris("LyCORIS: LoKr of a convolution, whole", LokrModule, filter(), lora_dim=100, alpha=3, factor=2, full_matrix=True)


def main():
    all_cases = list(cases())
    versions = {package: version(package) for package in ("peft", "torch", "transformers")}
    lines = ",\n    ".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False, sort_keys=True) for each in all_cases)
    made = json.dumps({**versions, "lycoris-lora": "3.4.0"})
    OUT.write_text(f'{{\n  "madeWith": {made},\n  "cases": [\n    {lines}\n  ]\n}}\n')
    print(len(all_cases), "cases,", OUT.stat().st_size // 1024, "KiB")


if __name__ == "__main__":
    main()
