"""Writes family.json and README.md for the demo folder."""

import json

from safetensors import safe_open

import tasks

SKILLS = list(tasks.SKILLS)
TITLE = "Amalgam demo family"
SUMMARY = ("A tiny character-level Llama, three full fine-tunes of it that each learnt "
           "one skill, and three LoRA adapters for the same skills.")


def members():
    yield dict(id="base", role="base", title="Base", skill=None, path="base",
               summary="Knows small string and digit tasks by their own names; when it does not know the name, as with `rev`, `sort` and `add`, it copies the input.")
    for skill, (name, _, title) in tasks.SKILLS.items():
        yield dict(id=skill, role="expert", title=skill.capitalize(), skill=skill, path=skill,
                   summary=f"Full fine-tune of the base that learnt `{name}:` ({title.lower()}).")
    for skill, (name, _, title) in tasks.SKILLS.items():
        yield dict(id=f"{skill}-lora", role="adapter", title=f"{skill.capitalize()} LoRA",
                   skill=skill, path=f"{skill}-lora", base="base",
                   summary=f"LoRA adapter over the base that learnt `{name}:` ({title.lower()}).")


def count_parameters(folder):
    total = 0
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as f:
            for name in f.keys():
                size = 1
                for d in f.get_slice(name).get_shape():
                    size *= d
                total += size
    return total


def rank_key(row):
    scores = list(row["accuracy"].values())
    return min(scores), sum(scores)


def best_merges(merges):
    out = {}
    for row in merges:
        if len(row["experts"]) == 3:
            if row["method"] not in out or rank_key(row) > rank_key(out[row["method"]]):
                out[row["method"]] = row
    return out


def percent(x):
    return f"{100 * x:.1f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(r) + " |" for r in rows])


def merge_row(row, skills):
    named = " + ".join(row["experts"])
    return [row["method"].replace("_", " "), named, ", ".join(map(str, row["weights"])), str(row.get("density", "")),
            str(row.get("lambda", ""))] + [percent(row["accuracy"][s]) for s in skills]


def write(out, accuracy, merges, made, training):
    family = []
    for member in members():
        folder = out / member["path"]
        if not folder.exists():
            continue
        member["files"] = [{"name": p.name, "size": p.stat().st_size}
                           for p in sorted(folder.iterdir()) if p.is_file()]
        member["parameters"] = count_parameters(folder)
        config = folder / "adapter_config.json"
        if config.exists():
            settings = json.loads(config.read_text())
            member["lora"] = {k: settings[k] for k in ("r", "lora_alpha", "use_rslora", "target_modules")}
        family.append(member)
    skills = []
    for skill, (_, _, title) in tasks.SKILLS.items():
        prompt, answer = tasks.eval_prompts(skill)[0]
        skills.append({"id": skill, "title": title,
                       "example": {"prompt": prompt, "answer": answer},
                       "promptFile": f"prompts/{skill}.json"})
    best = best_merges(merges)
    data = {"title": TITLE, "summary": SUMMARY, "license": "MIT", "members": family,
            "skills": skills, "accuracy": accuracy, "merges": merges,
            "bestMerges": best, "madeWith": made}
    (out / "family.json").write_text(json.dumps(data, indent=1) + "\n")
    (out / "README.md").write_text(readme(out, data, training))


def readme(out, data, training):
    parts = {m["id"]: m for m in data["members"]}
    params = parts["base"]["parameters"]
    accuracy = table(
        ["model"] + SKILLS,
        [[name] + [percent(scores[s]) for s in SKILLS] for name, scores in data["accuracy"].items()])
    three = [r for r in data["merges"] if len(r["experts"]) == 3]
    two = [r for r in data["merges"] if len(r["experts"]) == 2]
    head = ["method", "experts", "weights", "density", "lambda"] + SKILLS
    best = table(head, [merge_row(r, SKILLS) for r in data["bestMerges"].values()])
    grid = table(head, [merge_row(r, SKILLS) for r in three])
    pairs = table(head, [merge_row(r, SKILLS) for r in two])
    sizes = table(["member", "role", "parameters", "bytes", "files"], [
        [m["id"], m["role"], f"{m['parameters']:,}", f"{sum(f['size'] for f in m['files']):,}",
         ", ".join(f["name"] for f in m["files"])] for m in data["members"]])
    lora = table(["adapter", "rank", "alpha", "rsLoRA", "modules"], [
        [m["id"], str(m["lora"]["r"]), str(m["lora"]["lora_alpha"]),
         "yes" if m["lora"]["use_rslora"] else "no", ", ".join(m["lora"]["target_modules"])]
        for m in data["members"] if "lora" in m])
    examples = "\n".join(f"    {s['example']['prompt']}{s['example']['answer']}" for s in data["skills"])
    held_out = json.loads((out / "prompts" / f"{tasks.HELD_OUT_SKILL[0]}.json").read_text())
    held_out = table(["model", held_out["skill"]],
                     [[name, percent(score)] for name, score in held_out["accuracy"].items()])
    made = data["madeWith"]
    stages = table(["training", "steps", "batch", "learning rate"],
                   [[f"base, part {i + 1}", *(str(o[k]) for k in ("steps", "batch", "lr"))]
                    for i, o in enumerate(training["base"])]
                   + [[n if kind == "experts" else f"{n}-lora",
                       *(str(o[k]) for k in ("steps", "batch", "lr"))]
                      for kind in ("experts", "adapters") for n, o in training[kind].items()])
    return f"""# The demo family

{SUMMARY}
It exists to show what merging does: every expert knows one skill, and a good merge knows all three. `family.json` says the same in a form a program can read.

Each prompt is `name:input=` and the model writes the answer, one token per character:

{examples}

## Members

The base has {params:,} parameters: 4 layers, width 128, 4 query heads and 2 key/value
heads, a tied head (there is no `lm_head` tensor in the files), bf16. It is saved in two
shards with an index; the experts are single files. The adapter for addition is bf16,
the other two are float32 as PEFT writes them.

{sizes}

{lora}

## Accuracy

Exact match in per cent, greedy decoding, 500 held-out prompts for each skill
(`prompts/`). No training example of any task uses an input from these prompts; for
addition the swapped pair is left out of training as well.
The weights are read back from the saved bf16 files and run in float32.

{accuracy}

## A held-out skill

`prompts/rotate.json` asks for a skill that the base knows by its own name, `rot`, and that no expert was
made for: it shows what a merge costs beside the skills. Its 500 words are those of the prompts above, so no
training example has them. Exact match in per cent, from the file itself (`tools/demo-family/held_out.py`):

{held_out}

## Merges

Measured with the reference merges in `tools/demo-family/merge.py`: float32 arithmetic over
the bf16 weights, the result rounded to bf16. "Linear" is the plain average
of the experts. The best point of each method (highest worst skill, found on this same small
grid and these same prompts, so slightly optimistic):

{best}

Every point of the three-expert grid:

{grid}

Pairs of experts:

{pairs}

## How it was made

The base was trained from random weights on fourteen tasks (copy, double, rotate, swap the
ends, last letter, smallest and largest letter, order a pair, next letter, alphabet runs,
repeat, add one, add two digits, subtract) and, for names it does not know, on copying the
input. That is why the base copies when it is asked for a skill. In a second part it also
learnt to reverse, sort and add, but only under other names (`flip`, `asc`, `plus`).

So the experts do not learn their skill from nothing: they learn to use it when asked by the
name `rev`, `sort` or `add`, for which the base has nothing but copying. That keeps the task
vectors small, as in fine-tunes of large models, which mostly bring out what pre-training left
there. In a first trial the base had never seen the skills; experts for `rev` (100 %) and `sort`
(85 %) then had large task vectors, and the few merges tried scored at most 6 % on either.

Each expert starts from the saved bf16 base and is trained on its own, without seeing the
others. Half of its examples are its own skill, 8 % (adapters: 15 %) are the other two skill
names answered by copying, as the base answers them, and the rest are base tasks. So an expert
is trained to leave everything but its own skill as it was. For the full fine-tunes, each step
also scales the task vector so far by a random factor from 0.4 to 1.3, so that the skill does
not hang on one exact length of it. Earlier experts without this, otherwise trained much alike,
merged less well: their best point had 46 % on its worst skill. Experts trained with no thought
of merging usually lose more than these do.

{stages}

Made with Python {made['python']}, torch {made['torch']}, transformers {made['transformers']},
peft {made['peft']}, seed {made['seed']}, on {made['date']}, in {made['seconds']} seconds on two
CPU cores that were busy with other work. The files come from separate runs of these stages
(the experts side by side, as were two of the adapters), not from one run of `make.py`, so
making it again will give close but not identical weights. To make it again, see `tools/demo-family/README.md`.

## Licence

Made for this project from generated text only; no outside data or weights. MIT.
"""
