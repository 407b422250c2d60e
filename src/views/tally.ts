/**
 * What the models want at each position, counted. For one element, vₖ is what is left of model k's task vector after
 * trim or draw, times its weight; P is the sum of the positive ones, Q that of the negative ones' magnitudes, n
 * how many are not zero. An element conflicts when P > 0 and Q > 0. At an element every step is f32, in model order, as in
 * a merge: an even vote is even in both. `shaders/conflict.wgsl` counts the same.
 *
 * Everything here is a sum over elements, so that tallies of stretches, tensors and layers add up; rates are made of them
 * last (`rates.ts`).
 */

/** How a sign is elected: the choices of a dialect that an election depends on. */
export type Ballot = {
  /** By the sum of values, by the count of signs, or only where all want the same. */
  readonly by: 'total' | 'frequency' | 'unanimous';
  /** Whether a weight counts in it. */
  readonly sees: 'weighted' | 'unweighted';
  /** Whom an even vote elects. */
  readonly even: 'drop' | 'plus';
  /** Models that have the tensor: as many have to agree where they have to. All of them when absent. */
  readonly voters?: number;
};

export class Tally {
  elements = 0;
  /** Elements with n ≥ 2. */
  shared = 0;
  conflicts = 0;
  /** Σ P + Q. */
  mass = 0;
  /** Σ 2 · min(P, Q): what cancels in a plain sum. */
  opposed = 0;
  /** Shared elements where the total and the frequency of signs elect differently. */
  split = 0;
  /** By model: elements that are not zero; Σ|v|; Σ|v| with a sign that was not elected; Σv². */
  readonly nonZero: Float64Array;
  readonly massOf: Float64Array;
  readonly overruledOf: Float64Array;
  readonly squaresOf: Float64Array;
  /** By pair, model × model: elements where both are not zero; where their signs differ; Σ vᵢ·vⱼ. */
  readonly both: Float64Array;
  readonly opposite: Float64Array;
  readonly products: Float64Array;

  readonly models: number;

  constructor(models: number) {
    this.models = models;
    this.nonZero = new Float64Array(models);
    this.massOf = new Float64Array(models);
    this.overruledOf = new Float64Array(models);
    this.squaresOf = new Float64Array(models);
    this.both = new Float64Array(models * models);
    this.opposite = new Float64Array(models * models);
    this.products = new Float64Array(models * models);
  }

  /**
   * Counts the elements [from, to) of what is left of each model. What is not a finite number wants nothing.
   *
   * @param left one array a model, before its weight
   */
  take(
    left: readonly Float32Array[],
    weights: ArrayLike<number>,
    ballot: Ballot,
    from = 0,
    to = left[0]?.length ?? 0,
  ): void {
    const { models, massOf, overruledOf, squaresOf, nonZero } = this;
    const values = new Float64Array(models);
    const voices = new Float64Array(models);
    const isWeighted = ballot.sees === 'weighted';
    this.elements += to - from;
    for (let i = from; i < to; i++) {
      let plus = 0;
      let minus = 0;
      let votes = 0;
      let heads = 0;
      let count = 0;
      for (let k = 0; k < models; k++) {
        const own = left[k][i];
        const value = wish(own, weights[k]);
        const voice = isWeighted ? value : wish(own, 1);
        values[k] = value;
        voices[k] = voice;
        votes = Math.fround(votes + voice);
        heads += Math.sign(voice);
        if (value === 0) continue;
        count += 1;
        if (value > 0) plus = Math.fround(plus + value);
        else minus = Math.fround(minus - value);
        nonZero[k] += 1;
        massOf[k] += Math.abs(value);
        squaresOf[k] += value * value;
      }
      if (count === 0) continue;
      this.mass += Math.fround(plus + minus);
      const total = elected(votes, ballot);
      const frequency = elected(heads, ballot);
      const winner = { total, frequency, unanimous: agreed(heads, ballot.voters ?? models) }[
        ballot.by
      ];
      for (let k = 0; k < models; k++) {
        if (Math.sign(voices[k]) !== winner) overruledOf[k] += Math.abs(values[k]);
      }
      if (count < 2) continue;
      this.shared += 1;
      if (total !== frequency) this.split += 1;
      if (plus > 0 && minus > 0) {
        this.conflicts += 1;
        this.opposed += 2 * Math.min(plus, minus);
      }
      this.#pairs(values);
    }
  }

  #pairs(values: Float64Array): void {
    const { models, both, opposite, products } = this;
    for (let a = 0; a < models; a++) {
      if (values[a] === 0) continue;
      for (let b = a + 1; b < models; b++) {
        const product = values[a] * values[b];
        if (product === 0) continue;
        both[a * models + b] += 1;
        products[a * models + b] += product;
        if (product < 0) opposite[a * models + b] += 1;
      }
    }
  }

  /** Adds another tally, every sum times `factor`: the elements that a sampled one stands for. */
  add(other: Tally, factor = 1): void {
    this.elements += other.elements * factor;
    this.shared += other.shared * factor;
    this.conflicts += other.conflicts * factor;
    this.mass += other.mass * factor;
    this.opposed += other.opposed * factor;
    this.split += other.split * factor;
    for (const name of arrays) {
      const mine = this[name];
      const theirs = other[name];
      for (let i = 0; i < mine.length; i++) mine[i] += theirs[i] * factor;
    }
  }
}

const arrays = [
  'nonZero',
  'massOf',
  'overruledOf',
  'squaresOf',
  'both',
  'opposite',
  'products',
] as const;

/** What a model wants at an element; one that is not a finite number is nobody's wish. */
export function wish(left: number, weight: number): number {
  const value = Math.fround(left * Math.fround(weight));
  return Number.isFinite(value) ? value : 0;
}

/** The sign that all want, 0 where they do not. */
function agreed(heads: number, voters: number): number {
  return Math.abs(heads) === voters ? Math.sign(heads) : 0;
}

/** +1, −1, or 0 where an even vote elects nobody. */
function elected(vote: number, { even }: Ballot): number {
  return vote === 0 && even === 'plus' ? 1 : Math.sign(vote);
}
