"""Makes small models, a base and three fine-tunes of it for each architecture, and lets mergekit merge them.

    python tools/check-mergekit/make.py MODELS OUT [--own-order] [RECIPE …]

Every recipe of recipes/, or those named, is merged for every architecture of models.py; OUT/ARCHITECTURE/NAME/recipe.yaml
is what mergekit read, and mergekit/ beside it what it made, or refused.txt why it did not. mergekit runs as it is, but for
what it leaves to torch: random draws are the product's, and, unless --own-order is given, so is the order among equal
magnitudes.
"""

import multiprocessing
import os
import pathlib
import shutil
import sys
from contextlib import nullcontext

import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions

from models import ARCHITECTURES, write_models

from masks import our_masks_in_recipes
from order import lowest_index_first

models, out = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
named = [each for each in sys.argv[3:] if not each.startswith("--")]
recipes = [
    each
    for each in sorted((pathlib.Path(__file__).parent / "recipes").resolve().glob("*.yaml"))
    if not named or each.stem in named
]
order = nullcontext if "--own-order" in sys.argv else lowest_index_first


def merge(folder: pathlib.Path, text: str) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    merged = MergeConfiguration.model_validate(yaml.safe_load(text))
    options = MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True)
    try:
        with order(), our_masks_in_recipes():
            run_merge(merged, str(folder / "mergekit"), options)
    except Exception as error:  # What mergekit refuses is an answer, too.
        shutil.rmtree(folder / "mergekit", ignore_errors=True)
        why = f"{type(error).__name__}: {error}"
        (folder / "refused.txt").write_text(why, encoding="utf-8")
        return f"refused: {why}"
    return "merged"


def merge_all(name: str) -> None:
    architecture = ARCHITECTURES[name]
    write_models(architecture, models / name)
    os.chdir(models / name)  # Recipes name models by their folders.
    for recipe in recipes:
        text = recipe.read_text(encoding="utf-8")
        if architecture.dtype:
            text = text.replace("dtype: float32", f"dtype: {architecture.dtype}")
        print(f"{name}, {recipe.stem}: {merge(out / name / recipe.stem, text)}", flush=True)


if __name__ == "__main__":
    if not named:
        shutil.rmtree(models, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
    for name in ARCHITECTURES:
        # mergekit remembers models by their names, and so each architecture has a process of its own.
        one = multiprocessing.get_context("spawn").Process(target=merge_all, args=(name,))
        one.start()
        one.join()
        assert one.exitcode == 0, name
