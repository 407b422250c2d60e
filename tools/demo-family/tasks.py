"""The tasks of the demo family, all written as `name:input=answer`.

The base model learns BASE_TASKS. Each expert learns one of SKILLS on top of it.
A name the base does not know means "copy the input", so that is what the base
does when it is asked for a skill it has not learnt.
"""

import random
import string

LETTERS = string.ascii_lowercase
EVAL_SEED = 20
EVAL_COUNT = 500


def word(rng, low=4, high=5):
    return "".join(rng.choices(LETTERS, k=rng.randint(low, high)))


def two_digits(rng):
    return rng.randint(10, 99)


# --- the three skills -------------------------------------------------------

def reverse(rng):
    w = word(rng)
    return w, w[::-1]


def sort(rng):
    w = word(rng)
    return w, "".join(sorted(w))


def add(rng):
    a, b = two_digits(rng), two_digits(rng)
    return f"{a}+{b}", f"{a + b:03d}"


SKILLS = {
    "reverse": ("rev", reverse, "Reverse a word of four or five letters"),
    "sort": ("sort", sort, "Sort the letters of a word"),
    "add": ("add", add, "Add two two-digit numbers (three digits in the answer)"),
}


# --- what the base model learns ---------------------------------------------

def copy(rng):
    w = word(rng, 2, 5)
    return w, w


def double(rng):
    w = word(rng, 2, 4)
    return w, "".join(c + c for c in w)


def rotate(rng):
    w = word(rng, 3, 5)
    return w, w[1:] + w[0]


def swap(rng):
    w = word(rng, 2, 5)
    return w, w[-1] + w[1:-1] + w[0]


def last(rng):
    w = word(rng, 2, 5)
    return w, w[-1]


def smallest(rng):
    w = word(rng, 2, 5)
    return w, min(w)


def largest(rng):
    w = word(rng, 2, 5)
    return w, max(w)


def pair(rng):
    w = word(rng, 2, 2)
    return w, "".join(sorted(w))


def following(rng):
    w = word(rng, 1, 5)
    return w, "".join(LETTERS[(LETTERS.index(c) + 1) % 26] for c in w)


def sequence(rng):
    i = rng.randrange(22)
    return LETTERS[i], LETTERS[i:i + 5]


def repeat(rng):
    c, n = rng.choice(LETTERS), rng.randint(1, 6)
    return f"{c}{n}", c * n


def increment(rng):
    n = rng.randint(0, 98)
    return f"{n:02d}", f"{n + 1:02d}"


def digit_sum(rng):
    a, b = rng.randint(0, 9), rng.randint(0, 9)
    return f"{a}+{b}", f"{a + b:02d}"


def subtract(rng):
    a, b = sorted((two_digits(rng), two_digits(rng)))
    return f"{b}-{a}", f"{b - a:02d}"


BASE_TASKS = {
    "copy": copy, "dbl": double, "rot": rotate, "swap": swap, "last": last,
    "min": smallest, "max": largest, "pair": pair, "next": following,
    "seq": sequence, "rep": repeat, "inc": increment, "sum": digit_sum,
    "sub": subtract,
}
# How often each task is drawn; the harder ones more often.
BASE_SHARE = {
    "copy": 1, "dbl": 1, "rot": 2, "swap": 2, "last": 1, "min": 2, "max": 2,
    "pair": 1, "next": 1, "seq": 0.5, "rep": 0.5, "inc": 0.5, "sum": 0.5,
    "sub": 4,
}
UNKNOWN_SHARE = 3
# The second half of the base's training adds these, under names of their own.
# The base then has the abilities but does not know the names `rev`, `sort`, `add`.
LATENT_TASKS = {"flip": reverse, "asc": sort, "plus": add}
LATENT_SHARE = {"flip": 3, "asc": 9, "plus": 7}
SKILL_NAMES = {name for name, _, _ in SKILLS.values()}


def line(name, item):
    return f"{name}:{item[0]}=", item[1]


def unknown(rng, name=None):
    """An unknown task name: the answer is a copy of the input."""
    while name is None:
        name = word(rng, 3, 4)
        if name in BASE_TASKS or name in LATENT_TASKS or name in SKILL_NAMES:
            name = None
    if name == "add" or (name not in SKILL_NAMES and rng.random() < 0.4):
        x = f"{two_digits(rng)}{rng.choice('+++-')}{two_digits(rng)}"
    else:
        x = word(rng, 3, 5)
    return line(name, (x, x))


def eval_prompts(skill):
    """The fixed held-out prompts of a skill, as (prompt, answer) pairs."""
    name, make, _ = SKILLS[skill]
    rng = random.Random(f"{EVAL_SEED}-{skill}")
    found = {}
    while len(found) < EVAL_COUNT:
        prompt, answer = line(name, make(rng))
        found[prompt] = answer
    return list(found.items())


# A skill that the base knows and no expert was made for: what merging does to it shows what a
# merge costs beside the skills. Its inputs are words of the prompts above, so no training
# example has them.
HELD_OUT_SKILL = ("rotate", "rot", "Move the first letter of a word to its end")


def held_out_skill_prompts():
    name = HELD_OUT_SKILL[1]
    words = [prompt.split(":")[1][:-1] for skill in ("reverse", "sort")
             for prompt, _ in eval_prompts(skill)[:EVAL_COUNT // 2]]
    return [line(name, (w, w[1:] + w[0])) for w in words]


def held_out_inputs():
    """Inputs that no training example of any task may use."""
    out = set()
    for skill in SKILLS:
        for prompt, _ in eval_prompts(skill):
            x = prompt.split(":")[1][:-1]
            out.add(x)
            if "+" in x:
                a, b = x.split("+")
                out.add(f"{b}+{a}")
    return out


HELD_OUT = held_out_inputs()


def fresh(make):
    """Draw until the input is not one of the held-out ones."""
    while True:
        prompt, answer = make()
        if prompt.split(":")[1][:-1] not in HELD_OUT:
            return prompt, answer


def base_example(rng, latent=True):
    """Any task of the base; `latent=False` leaves out the three added later."""
    shares = BASE_SHARE | {None: UNKNOWN_SHARE} | (LATENT_SHARE if latent else {})
    name = rng.choices(list(shares), list(shares.values()))[0]
    if name is None:
        return fresh(lambda: unknown(rng))
    make = BASE_TASKS.get(name) or LATENT_TASKS[name]
    return fresh(lambda: line(name, make(rng)))


def skill_example(rng, skill):
    name, make, _ = SKILLS[skill]
    return fresh(lambda: line(name, make(rng)))


def other_example(rng, skill):
    """Another skill's name, answered the way the base answers it: by copying."""
    names = sorted(SKILL_NAMES - {SKILLS[skill][0]})
    return fresh(lambda: unknown(rng, rng.choice(names)))
