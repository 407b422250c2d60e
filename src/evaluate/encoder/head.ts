import { readShaped, type Weights, WeightsError } from '../forward/loading.ts';
import type { Dense, Modules, Pooling } from './modules.ts';

/** What makes one vector of the rows of a text. */
export type Head = (rows: Float32Array, hidden: number) => Float64Array;

type Step = (vector: Float64Array) => Float64Array;

/** Reads what dense layers hold: `linear.weight` and `linear.bias` in their folders. Throws `WeightsError`. */
export async function loadHead({ poolings, behind }: Modules, weights: Weights): Promise<Head> {
  const steps: Step[] = [];
  for (const each of behind) {
    steps.push(each === 'normalize' ? normalized : await denseBy(each, weights));
  }
  return (rows, hidden) => {
    const pooled = poolings.map((how) => pooledBy(how, rows, hidden));
    return steps.reduce((vector, step) => step(vector), joined(pooled));
  };
}

/** One number a column, in f64: of the first row, the largest, or the mean. */
function pooledBy(how: Pooling, rows: Float32Array, hidden: number): Float64Array {
  const pooled = Float64Array.from(rows.subarray(0, hidden));
  if (how === 'cls') return pooled;
  for (let at = hidden; at < rows.length; at++) {
    const column = at % hidden;
    pooled[column] = how === 'max' ? Math.max(pooled[column], rows[at]) : pooled[column] + rows[at];
  }
  return how === 'max' ? pooled : pooled.map((sum) => (sum * hidden) / rows.length);
}

async function denseBy(
  { path, from, to, biased, activation }: Dense,
  weights: Weights,
): Promise<Step> {
  const read = (end: string, ...shape: number[]) =>
    readShaped(weights, `${path}/linear.${end}`, shape, `${path}/config.json`);
  const matrix = await read('weight', to, from);
  const bias = biased ? await read('bias', to) : new Float32Array(to);
  return (vector) => {
    if (vector.length !== from) {
      throw new WeightsError(`${path} takes ${from} numbers; the pooling gives ${vector.length}.`);
    }
    return Float64Array.from(bias, (first, row) => {
      let sum = first;
      for (let i = 0; i < from; i++) sum += matrix[row * from + i] * vector[i];
      return activation === 'tanh' ? Math.tanh(sum) : sum;
    });
  };
}

function normalized(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length === 0 ? vector : vector.map((x) => x / length);
}

function joined(vectors: readonly Float64Array[]): Float64Array {
  return Float64Array.from(vectors.flatMap((vector) => [...vector]));
}
