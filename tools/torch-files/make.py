"""Writes files of torch.save with real torch and PEFT, and what torch reads from them.

    python tools/torch-files/make.py

Needs torch and peft (tools/goldens/requirements.txt). Writes src/testing/torch-files: the files, and expected.json with
dtype, shape and the bytes in C order of every tensor, as hex.
"""

import json
import pathlib
import tempfile
from collections import OrderedDict

import torch
from peft import LoraConfig, get_peft_model
from torch import nn

out = pathlib.Path(__file__).parents[2] / "src/testing/torch-files"
DTYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
    torch.uint16: "U16", torch.uint32: "U32", torch.uint64: "U64", torch.bool: "BOOL",
    torch.complex64: "C64", torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
    torch.float8_e4m3fnuz: "F8_E4M3FNUZ", torch.float8_e5m2fnuz: "F8_E5M2FNUZ",
    torch.float8_e8m0fnu: "F8_E8M0",
}  # fmt: skip


def dtypes() -> dict[str, torch.Tensor]:
    values = torch.tensor([[0.5, 1.0, 2.0], [4.0, 8.0, 16.0]])
    whole = torch.tensor([[0, 1, 2], [3, 100, 7]])
    tensors = {}
    for dtype, name in DTYPES.items():
        like = values if dtype.is_floating_point or dtype.is_complex else whole
        tensors[name] = like.to(dtype)
    return tensors


def views() -> dict[str, torch.Tensor]:
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    image = torch.arange(2 * 3 * 2 * 2, dtype=torch.float16).reshape(2, 3, 2, 2)
    return {
        "whole": whole,
        "tied": whole,
        "transposed": whole.t(),
        "rows": whole[1:3],
        "columns": whole[:, 2:5],
        "every second": whole[::2, 1::2],
        "one row up": whole[1:2].t(),
        "diagonal": whole.diagonal(),
        "image, channels last": image.to(memory_format=torch.channels_last),
        "turned": image.permute(3, 1, 0, 2),
        "repeated": torch.tensor([[1.5], [2.5]], dtype=torch.bfloat16).expand(2, 3),
        "positions": torch.arange(5).expand((1, -1)),
    }


def edges() -> dict[str, torch.Tensor]:
    return {
        "scalar": torch.tensor(3.25),
        "one": torch.tensor([7], dtype=torch.int64),
        "empty": torch.zeros(0, 3),
        "empty inside": torch.ones(2, 3, dtype=torch.float16)[:, 1:1],
        "not a number": torch.tensor([float("nan"), float("inf"), -0.0]),
        "schlüssel 名": torch.tensor([True, False]),
        "tracked": torch.ones(2, requires_grad=True),
        "__proto__": torch.tensor([1.0, 2.0]),
    }


def parameters() -> dict[str, torch.Tensor]:
    named = nn.Parameter(torch.tensor([[1.0, 2.0]], dtype=torch.bfloat16))
    named.tensor_model_parallel = True
    return {"plain": nn.Parameter(torch.tensor([3.0, 4.0])), "with a mark": named}


def module() -> OrderedDict:
    layers = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    return layers.half().state_dict()


def checkpoint() -> dict:
    layer = nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3,
        "loss": 0.25,
        "note": "a checkpoint",
        "seed": 2**70,
        "sizes": [torch.Size([2, 3]), (1, 2)],
        "dtype": torch.float16,
        "state_dict": layer.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
    }


def nested() -> dict:
    return {
        "unet": {"conv": [torch.ones(1), torch.zeros(2)]},
        "vae": {"deep": {"weight": torch.full((2, 2), 2.0)}},
    }


def many() -> dict[str, torch.Tensor]:
    """Views of one storage: more than 256 values in the memo, and numbers of more than one byte."""
    whole = torch.arange(400, dtype=torch.int32).to(torch.uint8)
    return {f"layer.{i}.scale": whole[4 * i : 4 * i + 2] for i in range(100)}


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q_proj = nn.Linear(6, 4, bias=False)
        self.embed = nn.Embedding(5, 6)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.q_proj(self.embed(ids))


def adapter(path: pathlib.Path) -> None:
    model = get_peft_model(
        Small(), LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "embed"], use_dora=False)
    )
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, safe_serialization=False)
        path.write_bytes((pathlib.Path(folder) / "adapter_model.bin").read_bytes())


def strided() -> dict[str, torch.Tensor]:
    """An adapter of q (4 × 6) and k (2 × 6), rank 2, whose factors are views: of one storage, transposed, with gaps."""
    whole = torch.arange(1, 49, dtype=torch.float32).reshape(6, 8) / 8
    prefix = "base_model.model.layers.0"
    return {
        f"{prefix}.q.lora_A.weight": whole[:, :2].t(),
        f"{prefix}.q.lora_B.weight": whole[:4, 3:7:2],
        f"{prefix}.k.lora_A.weight": whole.t()[::4].to(torch.bfloat16),
        f"{prefix}.k.lora_B.weight": torch.tensor([[0.5], [2.0]]).expand(2, 2),
    }


def flat(value, path=()) -> dict[str, torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return {".".join(path): value}
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, (list, tuple)):
        pairs = enumerate(value)
    else:
        return {}
    return {name: t for key, each in pairs for name, t in flat(each, (*path, str(key))).items()}


def described(tensor: torch.Tensor) -> dict:
    data = tensor.detach().contiguous().clone()
    return {
        "dtype": DTYPES[data.dtype],
        "shape": list(data.shape),
        "inCOrder": tensor.is_contiguous(),
        "bytes": data.flatten().view(torch.uint8).numpy().tobytes().hex() if data.numel() else "",
    }


torch.manual_seed(0)
out.mkdir(parents=True, exist_ok=True)
expected = {}
for make in [dtypes, views, edges, parameters, module, checkpoint, nested, many, strided]:
    torch.save(make(), out / f"{make.__name__}.bin")
adapter(out / "adapter.bin")
torch.save(views(), out / "legacy.bin", _use_new_zipfile_serialization=False)
torch.save({"a": torch.ones(2)}, out / "protocol4.bin", pickle_protocol=4)
for path in sorted(out.glob("*.bin")):
    loaded = torch.load(path, weights_only=path.name != "protocol4.bin")
    model = loaded["state_dict"] if path.name == "checkpoint.bin" else loaded
    if path.name not in ("legacy.bin", "protocol4.bin"):
        expected[path.name] = {name: described(t) for name, t in flat(model).items()}
(out / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
total = sum(path.stat().st_size for path in out.iterdir())
print(f"torch {torch.__version__}: {len(expected)} files to read, {total} bytes in all")
