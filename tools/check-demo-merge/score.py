"""Loads what the browser merged with transformers and compares its scores with Python's own merges.

    python tools/check-demo-merge/score.py OUT

OUT is the folder that merge.js wrote. Prints a Markdown table; fails when a score differs by more than
one prompt in a hundred.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo-family"))
import evaluate  # noqa: E402


def model_folder(folder):
    return next(folder.rglob("config.json")).parent


def main(out):
    prompts = evaluate.read_prompts()
    worst = 0.0
    print("| merge | parameters | " + " | ".join(prompts) + " |")
    print("| --- | --- |" + " --- |" * len(prompts))
    for folder in sorted(Path(out).iterdir(), key=lambda f: int(f.name.split("-")[0])):
        expected = json.loads((folder / "expected.json").read_text())
        model, tokenizer = evaluate.load(model_folder(folder))
        cells = []
        for skill, pairs in prompts.items():
            score, _ = evaluate.generate_score(model, tokenizer, pairs)
            wanted = expected["accuracy"][skill]
            worst = max(worst, abs(score - wanted))
            cells.append(f"{score:.3f} ({wanted:.3f})")
        values = {k: expected[k] for k in ("weights", "density", "lambda") if k in expected}
        print(f"| {expected['method']} | {json.dumps(values)} | " + " | ".join(cells) + " |")
    print(f"\nLargest difference: {worst:.3f}")
    return 1 if worst > 0.01 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
