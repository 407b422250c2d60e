"""One scenario, and the words the others share."""

from dataclasses import dataclass, field, replace

import inputs as data

PAPER, PEFT, MERGEKIT = "paper", "peft", "mergekit"
ALL = (PAPER, PEFT, MERGEKIT)
BOTH = ("F32", "BF16")
SIZES = {1: BOTH, 3: ("F32",), 5: ("BF16",), 7: ("F32",), 13: ("BF16",)}  # in which dtypes
TENSOR = "model.layers.0.mlp.up_proj.weight"


@dataclass(frozen=True)
class Scenario:
    name: str
    inputs: data.Inputs
    values: dict = field(default_factory=dict)  # global parameters
    weights: tuple = ()
    densities: tuple = ()
    options: dict = field(default_factory=dict)
    dialects: tuple = ALL
    dtypes: tuple = BOTH
    seed: int = 42
    tensor: str = TENSOR
    bugs: dict = field(default_factory=dict)  # dialect -> what its tool gets wrong here
    edge: bool = False  # about a decision, not rounding: F32 alone
    f16_too: bool = False  # mergekit also with float16 as working dtype


def edges(several):
    """Scenarios about a decision and not about rounding: F32 says it all."""
    return (replace(scenario, edge=True) for scenario in several)
