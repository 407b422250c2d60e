"""Training the base, the full fine-tunes and the LoRA adapters."""

import math
import random
import time

import torch
import torch.nn.functional as F

import tasks
from evaluate import quick_score
from model import encode, logits_and_targets


def run(model, draw, steps, batch, lr, label, pull=0.0, check=None,
        warmup=100, every=250, scales=None):
    """AdamW with a cosine schedule. `pull` draws weights back to their start.

    With `scales` = (low, high), each step looks at start + s * (weights - start)
    for a random s in that range, so what is learnt does not hang on one exact
    length of the task vector."""
    scale_rng = random.Random(label)
    params = [p for p in model.parameters() if p.requires_grad]
    start = [p.detach().clone() for p in params]
    optimizer = torch.optim.AdamW(params, lr=lr, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    began = time.time()
    model.train()
    for step in range(steps):
        rate = lr * min(1, (step + 1) / warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        if scales:
            s = scale_rng.uniform(*scales)
            with torch.no_grad():
                kept = [p.detach().clone() for p in params]
                torch._foreach_lerp_(params, start, 1 - s)
        logits, targets = logits_and_targets(model, *encode([draw() for _ in range(batch)]))
        loss = F.cross_entropy(logits, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if scales:
            with torch.no_grad():
                torch._foreach_copy_(params, kept)
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        if pull:
            with torch.no_grad():
                torch._foreach_lerp_(params, start, rate * pull)
        if (step + 1) % every == 0 or step == steps - 1:
            note = ""
            if check and ((step + 1) % (2 * every) == 0 or step == steps - 1):
                model.eval()
                note = check()
                model.train()
            print(f"{label} step {step + 1}/{steps} loss {loss.item():.4f} "
                  f"{time.time() - began:.0f}s {note}", flush=True)
    model.eval()


def train_base(model, seed, steps, batch, lr, latent):
    rng = random.Random(f"{seed}-{latent}" if latent else seed)
    test = random.Random(seed + 1)
    known = tasks.BASE_TASKS | (tasks.LATENT_TASKS if latent else {})
    probes = {n: [tasks.fresh(lambda: tasks.line(n, make(test))) for _ in range(100)]
              for n, make in known.items()}
    probes["?"] = [tasks.fresh(lambda: tasks.unknown(test)) for _ in range(100)]

    def check():
        return " ".join(f"{n} {quick_score(model, p):.2f}" for n, p in probes.items())

    run(model, lambda: tasks.base_example(rng, latent), steps, batch, lr, "base", check=check)


def train_skill(model, skill, seed, steps, batch, lr, pull=0.0, label=None,
                own=0.5, others=0.15, scales=None):
    """Learn one skill; the rest of each batch keeps what the base already does."""
    rng = random.Random(f"{seed}-{label or skill}")
    test = random.Random(seed + 2)
    probe = [tasks.skill_example(test, skill) for _ in range(200)]

    def draw():
        x = rng.random()
        if x < own:
            return tasks.skill_example(rng, skill)
        if x < own + others:
            return tasks.other_example(rng, skill)
        return tasks.base_example(rng)

    run(model, draw, steps, batch, lr, label or skill, pull=pull, warmup=20, every=25, scales=scales,
        check=lambda: f"probe {quick_score(model, probe):.3f}")
