"""Exact match of a model folder on every skill.

    python evaluate.py MODEL_DIR [--json OUT] [--adapter ADAPTER_DIR] [--prompts DIR]
"""

import argparse
import json
from pathlib import Path

import torch

import model as family

PROMPTS = Path(__file__).resolve().parents[2] / "public" / "demo" / "prompts"


def read_prompts(folder=PROMPTS):
    out = {}
    for path in sorted(Path(folder).glob("*.json")):
        data = json.loads(path.read_text())
        out[data["skill"]] = [(p["prompt"], p["answer"]) for p in data["prompts"]]
    return out


@torch.no_grad()
def quick_score(model, prompts):
    """Exact match in one forward pass.

    Greedy decoding writes the whole expected answer exactly when each of its
    tokens is the most likely one after those before it, so feeding the answer
    and comparing gives the same number as generating."""
    ids, labels = family.encode(prompts)
    best = model(input_ids=ids, use_cache=False).logits[:, :-1].argmax(-1)
    targets = labels[:, 1:]
    right = ((best == targets) | (targets == -100)).all(1)
    return right.float().mean().item()


@torch.no_grad()
def generate_score(model, tokenizer, prompts, samples=0):
    """Exact match by greedy generation, one batch for each prompt length."""
    groups, right, shown = {}, 0, []
    for prompt, answer in prompts:
        groups.setdefault(len(prompt), []).append((prompt, answer))
    for group in groups.values():
        ids = tokenizer([p for p, _ in group], return_tensors="pt").input_ids
        out = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False,
            max_new_tokens=12, pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id)
        texts = tokenizer.batch_decode(out[:, ids.shape[1]:], skip_special_tokens=True)
        right += sum(t == a for t, (_, a) in zip(texts, group))
        shown += [(p, t, a) for t, (p, a) in zip(texts, group)][:samples]
    return right / len(prompts), shown


def load(folder, adapter=None):
    """A model folder (and maybe a PEFT adapter over it), run in float32."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if adapter:
        from peft import PeftModel
        model = PeftModel.from_pretrained(model, adapter)
    return model.eval(), AutoTokenizer.from_pretrained(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--adapter", help="a PEFT adapter to put over the model")
    parser.add_argument("--json", help="write the scores here")
    parser.add_argument("--prompts", default=PROMPTS)
    parser.add_argument("--samples", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(2)
    model, tokenizer = load(args.model, args.adapter)
    scores = {}
    for skill, prompts in read_prompts(args.prompts).items():
        scores[skill], shown = generate_score(model, tokenizer, prompts, args.samples)
        print(f"{skill:8s} {scores[skill]:7.1%}")
        for prompt, text, answer in shown:
            print(f"         {prompt}{text}" + ("" if text == answer else f"   (expected {answer})"))
    if args.json:
        Path(args.json).write_text(json.dumps({"accuracy": scores}, indent=2) + "\n")


if __name__ == "__main__":
    main()
