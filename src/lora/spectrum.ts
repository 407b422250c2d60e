/**
 * What singular values tell. A spectrum descends, has no negative, and may leave out zeros at its end. The
 * energy of an update is its squared Frobenius norm, Σσ².
 */
export type Spectrum = Float64Array;

/**
 * The share of the energy that each rank keeps: element k − 1 is Σ_{j≤k} σⱼ² / Σσ². Where only the largest
 * values are known, `energy` is the whole Σσ². A zero update loses nothing at any rank: 1.
 */
export function energyCurve(spectrum: Spectrum, energy?: number): Float64Array {
  const squares = relative(spectrum).map((value) => value * value);
  const scale = (spectrum[0] || 1) ** 2;
  return sharesOf(squares, energy === undefined ? undefined : energy / scale);
}

/** The share of the energy that a rank keeps; all of it beyond the spectrum's end. */
export function energyKept(spectrum: Spectrum, rank: number): number {
  checkRank(rank);
  return energyCurve(spectrum)[rank - 1] ?? 1;
}

/**
 * The smallest rank, 1 at least, that keeps this share of the energy, 0 < share ≤ 1: PEFT's rule of
 * `convert_to_lora`. Where only the largest values are known, `energy` is the whole Σσ², and all of them are
 * kept when they hold too little of it.
 */
export function rankForEnergy(spectrum: Spectrum, share: number, energy?: number): number {
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`A share of the energy is above 0 and at most 1, not ${share}`);
  }
  return Math.max(1, countUntil(energyCurve(spectrum, energy), share));
}

/** exp of the entropy of σ/Σσ (Roy and Vetterli, EUSIPCO 2007): r for r equal values; 0 for a zero update. */
export function effectiveRank(spectrum: Spectrum): number {
  const values = relative(spectrum);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const entropy = values.reduce((sum, value) => {
    const share = value / total;
    return share === 0 ? sum : sum - share * Math.log(share);
  }, 0);
  return Math.exp(entropy);
}

/** Running sums divided by the last of them, or by `whole`, and at most 1; 1 throughout where that is 0. */
export function sharesOf(values: Float64Array, whole?: number): Float64Array {
  let sum = 0;
  const sums = values.map((value) => {
    sum += value;
    return sum;
  });
  const total = whole ?? sum;
  return sums.map((part) => (total === 0 ? 1 : Math.min(1, part / total)));
}

/** How many leading values it takes to reach `share`; all of them where they do not. */
export function countUntil(shares: Float64Array, share: number): number {
  const reached = shares.findIndex((each) => each >= share);
  return reached < 0 ? shares.length : reached + 1;
}

export function checkRank(rank: number): void {
  if (Number.isInteger(rank) && rank >= 1) return;
  throw new RangeError(`A rank is a whole number from 1 on, not ${rank}`);
}

/** In units of the largest, so that squares stay in the range of f64. */
function relative(spectrum: Spectrum): Spectrum {
  const largest = spectrum[0] || 1;
  return spectrum.map((value) => value / largest);
}
