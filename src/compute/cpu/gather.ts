import type { TensorMeasure } from '../../methods/method.ts';
import { type CollectedRun, MagnitudeSelect } from '../../numerics/select.ts';
import { isSum, type RankMeasure } from '../shaders/sums.ts';
import type { Collected, Run, Wanted } from './task.ts';

/** Puts one measure together from what the runs of a tensor give, pass by pass. */
export interface Gather {
  /** What the next pass over the tensor has to collect; null when the answer is known. */
  wanted(): Wanted | null;
  /** Whether this pass has to see the run. */
  needs(run: Run): boolean;
  /** Takes what one run gave, runs in ascending order. */
  add(collected: Collected, start: number): void;
  finishPass(): void;
  answer(): readonly number[];
}

/** `sample` holds τ of models, where a magnitude is asked for, to make the selection quicker. */
export function gatherFor(
  measure: TensorMeasure,
  elementCount: number,
  sample: ReadonlyMap<number, Float32Array>,
): Gather {
  if (isSum(measure)) return new GatherSum(measure);
  const known = measure.kind === 'magnitude' ? sample.get(measure.model) : undefined;
  return new GatherRank(measure, new MagnitudeSelect(measure.count, elementCount, known));
}

/** The sums of the chunks, added in f64 in ascending order. */
class GatherSum implements Gather {
  readonly #wanted: Wanted;
  #sum = 0;
  #done = false;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  wanted(): Wanted | null {
    return this.#done ? null : this.#wanted;
  }

  needs(): boolean {
    return true;
  }

  add(collected: Collected): void {
    for (const sum of collected as Float64Array) this.#sum += sum;
  }

  finishPass(): void {
    this.#done = true;
  }

  answer(): readonly number[] {
    return [this.#sum];
  }
}

class GatherRank implements Gather {
  readonly #measure: RankMeasure;
  readonly #select: MagnitudeSelect;

  constructor(measure: RankMeasure, select: MagnitudeSelect) {
    this.#measure = measure;
    this.#select = select;
  }

  wanted(): Wanted | null {
    const { pass } = this.#select;
    return pass && { kind: 'select', measure: this.#measure, pass };
  }

  needs({ start, count }: Run): boolean {
    const { pass } = this.#select;
    return pass?.kind === 'ties' ? start < pass.to && start + count > pass.from : pass !== null;
  }

  add(collected: Collected, start: number): void {
    this.#select.add(collected as CollectedRun, start);
  }

  finishPass(): void {
    this.#select.finishPass();
  }

  answer(): readonly number[] {
    const { magnitude, lastIndex } = this.#select.cut;
    return [magnitude, lastIndex];
  }
}
