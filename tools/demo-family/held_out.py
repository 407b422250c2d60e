"""The held-out skill: writes its prompts, with what every model and some merges score on them.

    python held_out.py
"""

import json

import torch

import make
import merge
import tasks
from evaluate import generate_score, load

SUMS = (0.4, 0.5, 0.6)


def main():
    torch.set_num_threads(2)
    skill, _, title = tasks.HELD_OUT_SKILL
    prompts = tasks.held_out_skill_prompts()
    accuracy = {}
    for name in ["base", *make.SKILLS, *(f"{s}-lora" for s in make.SKILLS)]:
        adapter = make.OUT / name if name.endswith("-lora") else None
        model, tokenizer = load(make.OUT / ("base" if adapter else name), adapter)
        accuracy[name] = round(generate_score(model, tokenizer, prompts)[0], 3)
        print(name, accuracy[name], flush=True)
    base = make.weights_of(make.OUT / "base")
    experts = [make.weights_of(make.OUT / s) for s in make.SKILLS]
    model, tokenizer = load(make.OUT / "base")
    for scale in SUMS:
        merged = merge.task_arithmetic(base, experts, [1, 1, 1], scale)
        model.load_state_dict({n: t.float() for n, t in merged.items()}, strict=False)
        model.tie_weights()
        name = f"task arithmetic, lambda {scale}"
        accuracy[name] = round(generate_score(model, tokenizer, prompts)[0], 3)
        print(name, accuracy[name], flush=True)
    make.write_prompt_file(make.OUT / "prompts" / f"{skill}.json", skill, title, prompts,
                           f'  "accuracy": {json.dumps(accuracy)},\n')


if __name__ == "__main__":
    main()
