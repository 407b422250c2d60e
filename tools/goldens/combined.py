"""What PEFT's add_weighted_adapter makes of adapters: src/testing/goldens/combined.json.

Run apart from make.py, once with each of two versions, the older one from a folder of its own:

    pip install --no-deps --target peft020 peft==0.20.0
    PYTHONPATH=peft020 python tools/goldens/combined.py
    python tools/goldens/combined.py

Each run puts its own answers in, and leaves those of the other version. All numbers are F32. `expected` is the
result's scale · B·A for each module, or the error; a case that both versions answer alike is kept once. DARE is
given the product's masks. `sdScripts` is computed in f64 from the formulas of sd-scripts' merge_lora.py, not by its
code.
"""

import itertools
import json
import math
import pathlib
import tempfile
import warnings

import peft
import torch
from peft.tuners.lora.model import LoraModel
from safetensors.torch import load_file
from torch import nn
from transformers.pytorch_utils import Conv1D

from noise import keep_mask

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parents[2] / "src" / "testing" / "goldens" / "combined.json"
VERSION = ".".join(peft.__version__.split(".")[:2])
assert VERSION in ("0.20", "0.21"), peft.__version__
SEED = 42
DENSITY = 0.5
make = torch.Generator().manual_seed(17)

TYPES = (
    "linear cat svd ties ties_svd dare_linear dare_linear_svd dare_ties dare_ties_svd "
    "magnitude_prune magnitude_prune_svd"
).split()


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.v, self.o = nn.Linear(5, 4), nn.Linear(4, 3), nn.Linear(3, 4)


class Kinds(nn.Module):
    """An embedding and convolutions, which have layouts of their own."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 3)
        self.conv, self.point = nn.Conv2d(2, 3, (2, 1)), nn.Conv2d(3, 4, 1)


class Turned(nn.Module):
    """As in GPT-2, inputs × outputs."""

    def __init__(self):
        super().__init__()
        self.q, self.v = Conv1D(4, 3), Conv1D(3, 5)


def config(rank, alpha, targets, **more):
    return {"r": rank, "lora_alpha": alpha, "target_modules": targets.split(), **more}


# In every set of the plain model, v is the first one's alone and o the second one's.
SETS = {
    "alpha = r": (Plain, [config(2, 2, "q v"), config(2, 2, "q o")]),
    "scaled": (Plain, [config(2, 4, "q v"), config(2, 6, "q o")]),
    "mixed ranks": (Plain, [config(2, 2, "q v"), config(3, 3, "q o")]),
    "mixed ranks, scaled": (Plain, [config(2, 1, "q v"), config(3, 9, "q o")]),
    "three": (Plain, [config(2, 3, "q v"), config(2, 2, "q o"), config(2, 1, "q v o")]),
    "patterns": (
        Plain,
        [config(2, 2, "q v", rank_pattern={"v": 1}, alpha_pattern={"q": 5}), config(2, 3, "q o")],
    ),
    "root first": (Plain, [config(2, 3, "q v", use_rslora=True), config(2, 2, "q o")]),
    "root second": (Plain, [config(2, 3, "q v"), config(2, 2, "q o", use_rslora=True)]),
    "alone": (Plain, [config(2, 4, "q v")]),
    "kinds": (Kinds, [config(2, 4, "embed conv point"), config(2, 3, "embed conv point")]),
    "turned": (Turned, [config(2, 4, "q v", fan_in_fan_out=True), config(2, 6, "q", fan_in_fan_out=True)]),
}
MIXED, POSITIVE = [0.5, -1.5, 0.75], [0.5, 1.5, 0.75]


def cases():
    """(set, type, weights, election, svd_rank, svd_clamp)"""
    for name in ["alpha = r", "scaled", "mixed ranks", "mixed ranks, scaled"]:
        for kind, weights in itertools.product(TYPES, [POSITIVE, MIXED]):
            yield name, kind, weights, "total", None, None
    for kind in ["ties", "ties_svd", "dare_ties", "dare_ties_svd"]:
        for name, weights in [("scaled", POSITIVE), ("three", MIXED)]:
            yield name, kind, weights, "frequency", None, None
    for name in ["three", "kinds", "turned", "patterns", "root first", "root second"]:
        for kind in ["cat", "linear", "ties", "svd", "ties_svd", "magnitude_prune_svd"]:
            yield name, kind, MIXED, "total", None, None
    for kind in ["linear", "cat", "svd", "ties", "dare_ties_svd"]:
        yield "alone", kind, [-1.3], "total", None, None
    for kind in ["svd", "ties_svd"]:
        yield "mixed ranks, scaled", kind, POSITIVE, "total", 1, None
        yield "scaled", kind, POSITIVE, "total", 3, None
        yield "root first", kind, POSITIVE, "total", 3, None


def adapters_of(name):
    """A model with the adapters a, b, … on it, filled, and what PEFT writes of each."""
    kind, configs = SETS[name]
    names = "abc"[: len(configs)]
    model = kind()
    for one, each in zip(names, configs):
        own = peft.LoraConfig(**each)
        if one == "a":
            model = peft.get_peft_model(model, own, adapter_name=one)
        else:
            model.add_adapter(one, own)
    for key, tensor in model.named_parameters():
        if "lora_" in key:
            with torch.no_grad():
                tensor.copy_(torch.randint(-999, 999, tensor.shape, generator=make) / 1000 + 0.0005)
    written = {}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        for one in names:
            path = pathlib.Path(folder) / one
            fields = json.loads((path / "adapter_config.json").read_text())
            kept = ["r", "lora_alpha", "rank_pattern", "alpha_pattern", "use_rslora", "fan_in_fan_out"]
            tensors = load_file(path / "adapter_model.safetensors")
            written[one] = {
                "config": {"peft_type": "LORA"} | {key: fields[key] for key in kept if fields[key]},
                "tensors": {key: plain(tensors[key], 4) for key in sorted(tensors)},
            }
    return model, written


def plain(tensor, digits=7):
    values = [float(f"%.{digits}g" % v) for v in tensor.flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


class Masks:
    """Puts the product's masks in place of torch.bernoulli, for the module that is being merged."""

    def __init__(self, model, names):
        self.of = {id(module): key for key, module in model.base_model.model.named_modules()}
        self.names, self.queue = names, []

    def expect(self, target, tensors):
        present = [
            k for k, one in enumerate(self.names) if one in target.lora_A or one in target.lora_embedding_A
        ]
        for tensor in tensors(self.of[id(target)], target):
            self.queue += [(tensor, k) for k in present]

    def draw(self, probabilities):
        tensor, k = self.queue.pop(0)
        mask = keep_mask(SEED, tensor, k, probabilities.numel(), DENSITY)
        return torch.from_numpy(mask).to(probabilities.dtype).reshape(probabilities.shape)


def factors_of(module, target):
    if isinstance(target.get_base_layer(), nn.Embedding):
        return [f"base_model.model.{module}.lora_embedding_{side}" for side in "AB"]
    return [f"base_model.model.{module}.lora_{side}.weight" for side in "AB"]


def merged(model, names, kind, weights, election, rank, clamp):
    masks = Masks(model, names)
    wrapped = {
        "_svd_generalized_task_arithmetic_weighted_adapter": (4, lambda module, _: [f"{module}.weight"]),
        "_generalized_task_arithmetic_weighted_adapter": (3, factors_of),
    }
    real = {key: getattr(LoraModel, key) for key in wrapped} | {"bernoulli": torch.bernoulli}

    def watch(key, place, tensors):
        def call(self, *given, **more):
            if "dare" in given[0]:
                masks.expect(given[place], tensors)
            return real[key](self, *given, **more)

        setattr(LoraModel, key, call)

    for key, (place, tensors) in wrapped.items():
        watch(key, place, tensors)
    torch.bernoulli = masks.draw
    try:
        model.add_weighted_adapter(
            adapters=list(names),
            weights=weights[: len(names)],
            adapter_name="merged",
            combination_type=kind,
            svd_rank=rank,
            svd_clamp=clamp,
            density=DENSITY if any(part in kind for part in ("ties", "dare", "prune")) else None,
            majority_sign_method=election,
        )
        assert not masks.queue
        deltas = {}
        for key, module in model.base_model.model.named_modules():
            parts = {**getattr(module, "lora_A", {}), **getattr(module, "lora_embedding_A", {})}
            if "merged" in parts:
                deltas[key] = plain(module.get_delta_weight("merged"))
        return {"expected": deltas}
    except (ValueError, RuntimeError) as error:
        return {"error": str(error).split("\n")[0]}
    finally:
        for key in wrapped:
            setattr(LoraModel, key, real[key])
        torch.bernoulli = real["bernoulli"]
        if "merged" in model.peft_config:
            model.delete_adapter("merged")


def sd_scripts(written, weights):
    """
    By the formulas. With g = √(alpha / alpha of the first) · ratio on every down and │g│ on every up: added, which
    has cross terms, or concatenated. The result's alpha is the first one's, its rank that of what was made.
    """
    factors = {}
    for (one, own), ratio in zip(written.items(), weights):
        for key, tensor in own["tensors"].items():
            module, side = key.removeprefix("base_model.model.").removesuffix(".weight").split(".lora_")
            values = torch.tensor(tensor["values"], dtype=torch.float64).reshape(tensor["shape"])
            factors.setdefault(module, {}).setdefault(one, {"ratio": ratio, "alpha": own["config"]["lora_alpha"]})
            factors[module][one][side] = values
    out = {"factors": {}, "ranks": {}}
    for module, by_adapter in sorted(factors.items()):
        each = list(by_adapter.values())
        first = each[0]["alpha"]
        scaled = [(math.sqrt(one["alpha"] / first) * one["ratio"], one["A"], one["B"]) for one in each]
        downs = [g * a for g, a, _ in scaled]
        ups = [abs(g) * b for g, _, b in scaled]
        rows = sum(len(down) for down in downs)
        together = torch.cat(ups, 1) @ torch.cat(downs, 0) * (first / rows)
        out["ranks"][module] = plain(together)
        if len({len(down) for down in downs}) == 1:
            out["factors"][module] = plain(sum(ups) @ sum(downs) * (first / len(downs[0])))
    return out


def together(cases):
    """What both versions answer alike, once."""
    for case in cases:
        answers = case.pop("answers")
        both = len(answers) == 2 and len({json.dumps(each) for each in answers.values()}) == 1
        yield case | {"answers": {"both": answers[VERSION]} if both else answers}


if __name__ == "__main__":
    sets = {name: adapters_of(name) for name in SETS}
    inputs = {name: written for name, (_, written) in sets.items()}
    known = json.loads(OUT.read_text()) if OUT.exists() else {"versions": {}, "cases": [], "sets": inputs}
    assert known["sets"] == inputs, "other inputs: remove the file, and run both versions"
    made = []
    for number, (name, kind, weights, election, rank, clamp) in enumerate(cases()):
        model, written = sets[name]
        answer = merged(model, list(written), kind, weights, election, rank, clamp)
        asked = {"set": name, "type": kind, "weights": weights[: len(written)]}
        asked |= {"election": election} if election != "total" else {}
        asked |= {"rank": rank} if rank else {}
        before = known["cases"][number]["answers"] if known["cases"] else {}
        others = {"0.20": before["both"], "0.21": before["both"]} if "both" in before else before
        made.append(asked | {"answers": others | {VERSION: answer}})
    scripts = []
    for name, weights in itertools.product(["scaled", "mixed ranks, scaled"], [POSITIVE, MIXED]):
        for combine, expected in sd_scripts(sets[name][1], weights).items():
            if name == "scaled" or combine == "ranks":
                scripts.append({"set": name, "combine": combine, "weights": weights[:2], "expected": expected})
    golden = {
        "versions": known["versions"] | {VERSION: f"peft {peft.__version__}, torch {torch.__version__}"},
        **{"density": DENSITY, "sets": inputs, "cases": list(together(made)), "sdScripts": scripts},
    }
    OUT.write_text(json.dumps(golden, separators=(",", ":")))
    print(VERSION, len(made), OUT.stat().st_size)
