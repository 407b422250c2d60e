"""What is asked of each method: inputs, parameters, and in which dialects.

A scenario becomes one case for every dialect it names and every dtype of that dialect. Options are the
sub-choices of a method where they differ from the dialect's own; see the README for the words.
"""

from scenarios.dare import dare_linear, dare_ties
from scenarios.linear import linear
from scenarios.magnitude_prune import magnitude_prune
from scenarios.slerp import slerp
from scenarios.task_arithmetic import task_arithmetic
from scenarios.ties import ties

METHODS = (linear, slerp, task_arithmetic, ties, dare_linear, dare_ties, magnitude_prune)
