"""Train the whole demo family and write it to public/demo.

    python make.py                     everything
    python make.py --steps merges      only these steps, from what is on disk:
                                       base, experts, adapters, merges, report

Fixed seeds. About half an hour on two free CPU cores, an hour on busy ones.
"""

import argparse
import datetime
import json
import platform
import shutil
import time
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import GenerationConfig

import merge
import model as family
import report
import tasks
import train
from evaluate import generate_score, load, quick_score

OUT = Path(__file__).resolve().parents[2] / "public" / "demo"
SEED = 7
SKILLS = list(tasks.SKILLS)

BASE = [
    dict(steps=5000, batch=96, lr=2.5e-3, latent=False),
    dict(steps=1500, batch=96, lr=2e-3, latent=True),
]
EXPERT = {skill: dict(steps=450, batch=48, lr=5e-4, others=0.08, scales=(0.4, 1.3))
          for skill in SKILLS}
ALL_LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTER = {
    "reverse": dict(lora=dict(r=4, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]),
                    steps=250, batch=48, lr=2.5e-3),
    "sort": dict(lora=dict(r=8, lora_alpha=16, target_modules=ALL_LINEAR),
                 steps=150, batch=48, lr=2e-3),
    "add": dict(lora=dict(r=16, lora_alpha=8, use_rslora=True, target_modules=ALL_LINEAR),
                steps=250, batch=48, lr=2.5e-3),
}


def save_model(model, folder, shard_size="50MB"):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("model*"):
        old.unlink()
    model = model.to(torch.bfloat16)
    model.config.dtype = "bfloat16"
    model.generation_config = GenerationConfig(
        bos_token_id=family.BOS, eos_token_id=family.EOS, pad_token_id=family.PAD,
        max_new_tokens=12, do_sample=False)
    model.save_pretrained(folder, max_shard_size=shard_size)
    family.make_tokenizer().save_pretrained(folder)
    path = folder / "tokenizer_config.json"  # the class name every version knows
    settings = json.loads(path.read_text()) | {"tokenizer_class": "PreTrainedTokenizerFast"}
    settings.pop("backend", None)
    path.write_text(json.dumps(settings, indent=2) + "\n")
    for path in folder.iterdir():
        path.chmod(0o644)


def fresh_base():
    """The bf16 base from disk, held in float32 for training."""
    return load(OUT / "base")[0]


def write_prompts():
    folder = OUT / "prompts"
    folder.mkdir(parents=True, exist_ok=True)
    for skill, (_, _, title) in tasks.SKILLS.items():
        write_prompt_file(folder / f"{skill}.json", skill, title, tasks.eval_prompts(skill))


def write_prompt_file(path, skill, title, prompts, extra=""):
    rows = ",\n".join("    " + json.dumps({"prompt": p, "answer": a}) for p, a in prompts)
    path.write_text(
        f'{{\n  "skill": "{skill}",\n  "title": {json.dumps(title)},\n'
        f'  "scoring": "exact match of the greedy answer up to the end token",\n{extra}'
        f'  "prompts": [\n{rows}\n  ]\n}}\n')


def make_base():
    torch.manual_seed(SEED)
    model = family.make_model()
    for stage in BASE:
        train.train_base(model, SEED, **stage)
    save_model(model, OUT / "base", shard_size="900KB")


def make_experts():
    for skill in SKILLS:
        torch.manual_seed(SEED)
        model = fresh_base()
        train.train_skill(model, skill, SEED, **EXPERT[skill])
        save_model(model, OUT / skill)


def make_adapters():
    for skill in SKILLS:
        torch.manual_seed(SEED)
        options = dict(ADAPTER[skill])
        config = peft.LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, bias="none",
                                 **options.pop("lora"))
        model = peft.get_peft_model(fresh_base(), config)
        train.train_skill(model, skill, SEED, label=f"{skill}-lora", **options)
        folder = OUT / f"{skill}-lora"
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
        path = folder / "adapter_model.safetensors"
        if skill == "add":  # one adapter in bf16, the others in float32 as PEFT writes them
            save_file({k: v.bfloat16() for k, v in load_file(path).items()}, path,
                      metadata={"format": "pt"})
        path.chmod(0o644)
        path = folder / "adapter_config.json"
        settings = json.loads(path.read_text())
        settings["base_model_name_or_path"] = "../base"
        settings["target_modules"] = sorted(settings["target_modules"])
        path.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")


def weights_of(folder):
    out = {}
    for path in sorted(folder.glob("*.safetensors")):
        out.update(load_file(path))
    return out


def score_all(model):
    return {s: round(quick_score(model, tasks.eval_prompts(s)), 3) for s in SKILLS}


def measure_members():
    """Every member, read back from disk and scored by generating."""
    accuracy = {}
    members = [("base", None)] + [(s, None) for s in SKILLS] + [(f"{s}-lora", s) for s in SKILLS]
    for name, adapter in members:
        folder = OUT / ("base" if adapter else name)
        model, tokenizer = load(folder, OUT / name if adapter else None)
        accuracy[name] = {s: round(generate_score(model, tokenizer, tasks.eval_prompts(s))[0], 3)
                          for s in SKILLS}
        print(f"{name:14s}", accuracy[name], flush=True)
    return accuracy


def measure_merges():
    base = weights_of(OUT / "base")
    experts = {s: weights_of(OUT / s) for s in SKILLS}
    model = fresh_base()
    rows = []

    def record(method, names, weights, merged, **settings):
        model.load_state_dict({n: t.float() for n, t in merged.items()}, strict=False)
        model.tie_weights()
        rows.append({"method": method, "experts": names, "weights": weights, **settings,
                     "accuracy": score_all(model)})
        print(method, settings, weights, rows[-1]["accuracy"], flush=True)

    even = [1, 1, 1]
    three = [experts[s] for s in SKILLS]
    record("linear", SKILLS, even, merge.linear(base, three, even))
    for weights in (even, [1, 0.7, 1]):
        for lam in (0.4, 0.5, 0.6, 0.7, 0.8, 1.0):
            record("task_arithmetic", SKILLS, weights,
                   merge.task_arithmetic(base, three, weights, lam), **{"lambda": lam})
        for density in (0.1, 0.2, 0.35, 0.5, 0.7, 0.9):
            for lam in (0.8, 1.0, 1.2, 1.4):
                record("ties", SKILLS, weights, merge.ties(base, three, weights, density, lam),
                       density=density, **{"lambda": lam})
    for a in range(3):
        for b in range(a + 1, 3):
            names = [SKILLS[a], SKILLS[b]]
            pair = [experts[n] for n in names]
            record("linear", names, [1, 1], merge.linear(base, pair, [1, 1]))
            record("task_arithmetic", names, [1, 1],
                   merge.task_arithmetic(base, pair, [1, 1], 0.7), **{"lambda": 0.7})
            record("ties", names, [1, 1], merge.ties(base, pair, [1, 1], 0.5, 1.0),
                   density=0.5, **{"lambda": 1.0})
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", nargs="*",
                        default=["base", "experts", "adapters", "merges", "report"])
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    results = OUT / "family.json"
    state = json.loads(results.read_text()) if results.exists() else {}
    seconds = state.get("madeWith", {}).get("stepSeconds", {})
    OUT.mkdir(parents=True, exist_ok=True)
    write_prompts()
    work = {"base": make_base, "experts": make_experts, "adapters": make_adapters}
    for step in args.steps:
        began = time.time()
        if step in work:
            work[step]()
        if step == "merges":
            state["accuracy"] = measure_members()
            state["merges"] = measure_merges()
        seconds[step] = round(time.time() - began)
        print(f"== {step}: {seconds[step]} s", flush=True)
    seconds.pop("report", None)
    made = {"python": platform.python_version(), "torch": torch.__version__.split("+")[0],
            "transformers": transformers.__version__, "peft": peft.__version__,
            "seed": SEED, "date": datetime.date.today().isoformat(),
            "seconds": sum(seconds.values()), "stepSeconds": seconds}
    training = {"base": BASE, "experts": EXPERT, "adapters": ADAPTER}
    report.write(OUT, state.get("accuracy", {}), state.get("merges", []), made, training)


if __name__ == "__main__":
    main()
