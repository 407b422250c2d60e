"""Iso-C and TSV-M of small matrices by torch's own SVD, for src/methods/spectral.goldens.json.

Written from the papers' equations, not from their code. `python tools/goldens/spectral.py` writes the file.
"""

import json
from pathlib import Path

import torch

FILE = Path(__file__).resolve().parents[2] / "src" / "methods" / "spectral.goldens.json"


def parts(matrix):
    u, s, vt = torch.linalg.svd(matrix, full_matrices=False)
    return u, s, vt


def iso_c(changes):
    """All singular values of the sum become their mean."""
    u, s, vt = parts(sum(changes))
    return s.mean() * (u @ vt)


def tsv_m(changes):
    """The first p / N singular vectors of each, made orthogonal together by their polar factors."""
    kept = min(changes[0].shape) // len(changes)
    taken = [[u[:, :kept], s[:kept], vt[:kept]] for u, s, vt in map(parts, changes)]
    left, _, right = parts(torch.cat([u for u, _, _ in taken], 1))
    above, _, below = parts(torch.cat([vt for _, _, vt in taken], 0))
    return (left @ right) @ torch.diag(torch.cat([s for _, s, _ in taken])) @ (above @ below)


def changes_of(rows, columns, models, seed):
    """Eighths, which every dtype holds."""
    noise = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(rows, columns, generator=noise, dtype=torch.float64) * 8).round() / 8 for _ in range(models)
    ]


cases = []
for rows, columns, models, seed in [(3, 5, 2, 1), (6, 4, 2, 2), (7, 7, 3, 3), (2, 9, 2, 4), (9, 3, 1, 5)]:
    changes = changes_of(rows, columns, models, seed)
    row_major = lambda matrix: [round(value, 9) for value in matrix.flatten().tolist()]
    cases.append({
        "shape": [rows, columns],
        "changes": [row_major(change) for change in changes],
        "iso_c": row_major(iso_c(changes)),
        "tsv_m": row_major(tsv_m(changes)),
    })
FILE.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
