"""The reference merges: float32 arithmetic over bf16 weights, rounded to bf16."""

import torch


def deltas(base, experts, name):
    return [e[name].float() - base[name].float() for e in experts]


def linear(base, experts, weights):
    """Weighted mean of the experts; the base is not used."""
    total = sum(weights)
    return {n: (sum(w * e[n].float() for w, e in zip(weights, experts)) / total).bfloat16()
            for n in base}


def task_arithmetic(base, experts, weights, lam):
    """base + lambda * sum of weight * task vector."""
    out = {}
    for n in base:
        step = sum(w * d for w, d in zip(weights, deltas(base, experts, n)))
        out[n] = (base[n].float() + lam * step).bfloat16()
    return out


def trim(delta, density):
    """Keep exactly k entries of largest size; at a tie the lowest index stays."""
    flat = delta.flatten()
    k = max(1, int(density * flat.numel()))
    order = torch.sort(flat.abs(), descending=True, stable=True).indices
    kept = torch.zeros_like(flat)
    kept[order[:k]] = flat[order[:k]]
    return kept.view_as(delta)


def ties(base, experts, weights, density, lam):
    """Trim, elect a sign, take the weighted mean of the entries that agree."""
    out = {}
    for n in base:
        kept = [trim(d, density) for d in deltas(base, experts, n)]
        scaled = [w * d for w, d in zip(weights, kept)]
        sign = torch.sign(sum(scaled))
        top, bottom = torch.zeros_like(sign), torch.zeros_like(sign)
        for w, d in zip(weights, scaled):
            agree = (torch.sign(d) == sign) & (sign != 0)
            top += torch.where(agree, d, 0)
            bottom += torch.where(agree, float(w), 0.0)
        merged = torch.where(bottom > 0, top / bottom.clamp(min=1e-30), 0)
        out[n] = (base[n].float() + lam * merged).bfloat16()
    return out
