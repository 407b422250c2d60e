/** What a tally says, as shares; all lie in 0 … 1, and are null where nothing is there to be divided by, or sums ran over. */
import type { Tally } from './tally.ts';

type Sums = Pick<Tally, 'elements' | 'shared' | 'conflicts' | 'mass' | 'opposed' | 'split'>;

/** Σ 2·min(P, Q) ÷ Σ (P + Q): how much of the models' mass a plain sum would cancel. */
export function cancellation({ opposed, mass }: Sums): number | null {
  return share(opposed, mass);
}

/** Σ |P − Q| ÷ Σ (P + Q): how clear the elected signs are; 1 − cancellation. */
export function margin({ opposed, mass }: Sums): number | null {
  return share(mass - opposed, mass);
}

/** Of the elements that two models or more change, those where they pull in opposite directions. */
export function conflictRate({ conflicts, shared }: Sums): number | null {
  return share(conflicts, shared);
}

/** Of the shared elements, those where total and frequency elect differently. */
export function disagreement({ split, shared }: Sums): number | null {
  return share(split, shared);
}

/** Of the elements, those that two models or more change. */
export function overlap({ shared, elements }: Sums): number | null {
  return share(shared, elements);
}

/** Of a model's mass, that with a sign that was not elected; of all models' without `model`. */
export function overruled(
  { massOf, overruledOf }: Pick<Tally, 'massOf' | 'overruledOf'>,
  model?: number,
): number | null {
  if (model !== undefined) return share(overruledOf[model], massOf[model]);
  return share(sum(overruledOf), sum(massOf));
}

/** √Σₖ‖vₖ‖²: the length of all that is left of the task vectors, weighted. */
export function norm({ squaresOf }: Pick<Tally, 'squaresOf'>): number {
  return Math.sqrt(sum(squaresOf));
}

/** ⟨vₐ, v_b⟩ ÷ (‖vₐ‖·‖v_b‖), −1 … 1. */
export function cosine(
  { products, squaresOf, models }: Pick<Tally, 'products' | 'squaresOf' | 'models'>,
  a: number,
  b: number,
): number | null {
  const [low, high] = a < b ? [a, b] : [b, a];
  const length = Math.sqrt(squaresOf[a] * squaresOf[b]);
  const product = a === b ? squaresOf[a] : products[low * models + high];
  return length > 0 ? Math.max(-1, Math.min(1, product / length)) : null;
}

/** Of the elements that both models change, those where they differ in sign. */
export function opposition(
  { both, opposite, models }: Pick<Tally, 'both' | 'opposite' | 'models'>,
  a: number,
  b: number,
): number | null {
  const at = Math.min(a, b) * models + Math.max(a, b);
  return a === b ? null : share(opposite[at], both[at]);
}

/**
 * The conflict rate of `models` independent models with random signs, 1 − 2^(1 − N): one half for two. A rate near
 * it says nothing about the models.
 */
export function chanceLevel(models: number): number {
  return models < 2 ? 0 : 1 - 2 ** (1 - models);
}

function share(part: number, whole: number): number | null {
  const isKnown = whole > 0 && Number.isFinite(whole) && Number.isFinite(part);
  return isKnown ? Math.min(1, Math.max(0, part / whole)) : null;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
