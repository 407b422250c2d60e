"""Loads merged adapters and models in PEFT and transformers, and compares them with what those compute.

    python tools/check-adapters/load.py MODELS OUT

OUT is the folder that merge.js wrote. Prints Markdown; fails when a difference is more than rounding.
"""

import json
import pathlib
import sys
import warnings

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoModelForImageClassification

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / "demo-family")]
import evaluate  # noqa: E402
import merge as reference  # noqa: E402
from make import Nested  # noqa: E402

models, out = (pathlib.Path(each) for each in sys.argv[1:3])
cases = json.loads((here / "cases.json").read_text())
failures = []


def folder(scene, name):
    demo = here.parents[1] / "public" / "demo"
    return (demo if scene == "demo" else models / scene) / name


def load_model(scene, path):
    """In f32, and nothing in the folder missing or left over."""
    if scene == "nested":
        model = Nested()
        model.load_state_dict(load_file(path / "model.safetensors"))
        return model.eval()
    auto = AutoModelForImageClassification if scene == "convolution" else AutoModelForCausalLM
    model, info = auto.from_pretrained(path, dtype=torch.float32, output_loading_info=True)
    odd = [key for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[key]]
    assert not odd, (path, {key: info[key] for key in odd})
    return model.eval()


def with_adapters(scene):
    names = cases["scenes"][scene]
    base = load_model(scene, folder(scene, "base"))
    model = PeftModel.from_pretrained(base, folder(scene, names[0]), adapter_name="own0")
    for i, name in enumerate(names[1:], 1):
        model.load_adapter(folder(scene, name), f"own{i}")
    return model.double()


def deltas(model, adapter):
    """What PEFT adds to each weight, s·B·A in f64, by module."""
    return {
        name: module.get_delta_weight(adapter).detach()
        for name, module in model.named_modules()
        if isinstance(module, LoraLayer) and adapter in module.scaling
    }


def weighted(parts, weights):
    total = {}
    for part, weight in zip(parts, weights):
        for name, delta in part.items():
            total[name] = total.get(name, 0) + weight * delta
    return total


def ties(parts, experts):
    every = {name: torch.zeros_like(delta) for part in parts for name, delta in part.items()}
    return {name: elect([part.get(name, zero) for part in parts], experts) for name, zero in every.items()}


def elect(full, experts):
    """The paper's: trim, elect a sign by weight, take the weighted mean of those that agree."""
    kept = [e["weight"] * reference.trim(d.float(), e["density"]).double() for d, e in zip(full, experts)]
    sign = torch.sign(sum(kept))
    agree = [(torch.sign(d) == sign) & (sign != 0) for d in kept]
    top = sum(torch.where(a, d, 0) for a, d in zip(agree, kept))
    bottom = sum(torch.where(a, float(e["weight"]), 0.0) for a, e in zip(agree, experts))
    return torch.where(bottom > 0, top / bottom.clamp(min=1e-30), 0)


def cut(full, rank):
    """The nearest of each rank, as PEFT flattens convolutions."""
    near = {}
    for name, delta in full.items():
        u, s, v = torch.linalg.svd(delta.flatten(1), full_matrices=False)
        near[name] = ((u[:, :rank] * s[:rank]) @ v[:rank]).view_as(delta)
    return near


def apart(one, other):
    """The distance in units of the other's length, over the modules of both."""
    assert one.keys() == other.keys(), sorted(one.keys() ^ other.keys())[:4]
    square = lambda parts: sum(float(part.square().sum()) for part in parts) ** 0.5
    return square([one[name] - other[name] for name in one]) / square(other.values())


def held(value, most, what):
    if not value <= most:
        failures.append(f"{what}: {value:.1e} is more than {most:.0e}")
    return f"{value:.1e}"


def load_written(model, path, name):
    """Loads it as one more adapter; keys that it lacks or has too many of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = model.load_adapter(path, name)
    model.double()
    told = [str(each.message) for each in caught if "missing" in str(each.message).lower()]
    return len(result.missing_keys) or len(told), len(result.unexpected_keys)


def check_adapters(scene, model, own):
    rows = []
    for i, output in enumerate(cases["outputs"]):
        if output["as"] != "adapter":
            continue
        experts = cases["merges"][output["merge"]]["experts"][: len(own)]
        weights = [expert["weight"] for expert in experts]
        name, what = f"out{i}", f"{scene}, {output['name']}"
        try:
            missing, unexpected = load_written(model, out / scene / output["name"], name)
        except Exception as error:  # A file that PEFT refuses is a finding, and the others are still tried.
            failures.append(f"{what}: {type(error).__name__} {str(error)[:300]}")
            continue
        if missing or unexpected:
            failures.append(f"{what}: {missing} keys missing, {unexpected} unexpected")
        written = deltas(model, name)
        is_ties = output["merge"] == "ties"
        full = ties(own, experts) if is_ties else weighted(own, weights)
        expected = cut(full, output["rank"]) if output["rank"] else full
        from_torch = held(apart(written, expected), 1e-4 if is_ties else 1e-5, f"{what}, torch")
        from_peft = ["–", "–"]
        if output["rank"] is None:
            names = [f"own{k}" for k in range(len(own))]
            rank = sum(model.peft_config[each].r for each in names)
            for k, kind in enumerate(["cat", "svd"]):
                more = {} if kind == "cat" else {"svd_rank": rank}
                try:
                    model.add_weighted_adapter(names, weights, f"{kind}{i}", kind, **more)
                    far = apart(written, deltas(model, f"{kind}{i}"))
                    from_peft[k] = held(far, 1e-5, f"{what}, {kind}")
                except Exception as error:
                    from_peft[k] = f"PEFT: {type(error).__name__}"
                    print(f"{what}, {kind}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr)
        rows.append(f"| {scene} | {output['name']} | {len(written)} | {missing}, {unexpected} | {from_torch} | {' | '.join(from_peft)} |")
    return rows


def largest(one, other):
    return max(float((one[name].double() - other[name].double()).abs().max()) for name in other)


def check_baked(scene, own):
    rows = []
    names = cases["scenes"][scene]
    baked = [(o["name"], o["merge"]) for o in cases["outputs"] if o["as"] == "model"]
    for name, merge in [*baked, *((f"{each}, baked", None) for each in names)]:
        written = load_model(scene, out / scene / name).state_dict()
        base = load_model(scene, folder(scene, "base")).state_dict()
        if merge == "ties":
            full, peft = ties(own, cases["merges"]["ties"]["experts"][: len(own)]), None
        else:
            alone = name.removesuffix(", baked")
            model = with_adapters(scene).float()
            if merge:
                weights = [e["weight"] for e in cases["merges"][merge]["experts"]][: len(own)]
                model.add_weighted_adapter([f"own{k}" for k in range(len(own))], weights, "all", "cat")
                full = weighted(own, weights)
            else:
                full = own[names.index(alone)]
            used = "all" if merge else f"own{names.index(alone)}"
            peft = model.merge_and_unload(adapter_names=[used]).state_dict()
        expected = {key: value.double() for key, value in base.items()}
        for module, delta in full.items():
            key = f"{module.removeprefix('base_model.model.')}.weight"
            expected[key] = expected[key] + delta
        changed = sum(not torch.equal(written[key], base[key]) for key in base)
        step = 2.0**-23 * max(float(value.abs().max()) for value in expected.values())
        most = 1e-4 if merge == "ties" else 2 * step
        cells = [held(largest(written, expected), most, f"{scene}, {name}, f64")]
        cells.append(held(largest(written, peft), 2 * most, f"{scene}, {name}, PEFT") if peft else "–")
        rows.append(f"| {scene} | {name} | {changed} of {len(base)} | {' | '.join(cells)} |")
    return rows


def scores(model):
    cells = [f"{evaluate.quick_score(model, pairs):.3f}" for pairs in evaluate.read_prompts().values()]
    return " | ".join(cells)


def score_demo():
    rows = []
    names = cases["scenes"]["demo"]
    for name in [o["name"] for o in cases["outputs"] if o["as"] == "model"] + [f"{n}, baked" for n in names]:
        rows.append(f"| {name} | {scores(load_model('demo', out / 'demo' / name))} |")
    for output in cases["outputs"]:
        if output["as"] == "adapter":
            base = load_model("demo", folder("demo", "base"))
            model = PeftModel.from_pretrained(base, out / "demo" / output["name"]).eval()
            rows.append(f"| {output['name']}, loaded by PEFT | {scores(model)} |")
    weights = [expert["weight"] for expert in cases["merges"]["sum"]["experts"]]
    kinds = ["cat", "svd", "ties_svd", "dare_linear_svd", "dare_ties_svd", "magnitude_prune_svd"]
    for kind in kinds:
        model = with_adapters("demo").float()
        torch.manual_seed(0)
        more = {} if kind == "cat" else {"svd_rank": 28}
        more |= {"density": 0.5} if kind not in ("cat", "svd") else {}
        model.add_weighted_adapter(["own0", "own1", "own2"], weights, "all", kind, **more)
        model.set_adapter("all")
        rows.append(f"| PEFT’s {kind}, {', '.join(f'{k} {v}' for k, v in more.items()) or 'exact'} | {scores(model.eval())} |")
    return rows


def main():
    torch.set_num_threads(2)
    adapters, baked = [], []
    for scene, names in cases["scenes"].items():
        model = with_adapters(scene)
        own = [deltas(model, f"own{k}") for k in range(len(names))]
        adapters += check_adapters(scene, model, own)
        baked += check_baked(scene, own)
    print("| models | adapter | modules | keys missing, unexpected | from torch | from `cat` | from `svd` |")
    print("| --- | --- | --- | --- | --- | --- | --- |", *adapters, sep="\n")
    print("\n| models | model | tensors changed | from f64 | from `merge_and_unload` |")
    print("| --- | --- | --- | --- | --- |", *baked, sep="\n")
    print(f"\n| merge of the demo's adapters | {' | '.join(evaluate.read_prompts())} |")
    print("| --- | --- | --- | --- |", *score_demo(), sep="\n")
    print(*(f"\nFAILED: {each}" for each in failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
