"""Numbers that TypeScript makes as well."""

MASK = 0xFFFFFFFF


def uniform(seed: int, count: int) -> list[float]:
    """The numbers of randomNumbers(seed) in src/testing/samples.ts."""
    state = ((seed + 1) * 0x9E3779B9) & MASK
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & MASK
        mixed = ((state ^ (state >> 15)) * 0x2C1B3C6D) & MASK
        values.append(((mixed ^ (mixed >> 13)) >> 8) / 2**24)
    return values
