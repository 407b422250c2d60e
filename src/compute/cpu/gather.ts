import type { Measure } from '../../methods/method.ts';
import { MagnitudeSelect } from '../../numerics/select.ts';
import type { Collected, Wanted } from './kernel.ts';

/** Puts one measure together from what the runs of a tensor give, pass by pass. */
export interface Gather {
  /** What the next pass over the tensor has to collect; null when the answer is known. */
  wanted(): Wanted | null;
  /** Takes what one run gave, runs in ascending order. */
  add(collected: Collected, start: number): void;
  finishPass(): void;
  answer(): readonly number[];
}

export function gatherFor(measure: Measure, elementCount: number): Gather {
  return measure.kind === 'magnitude'
    ? new GatherMagnitude(measure.model, new MagnitudeSelect(measure.count, elementCount))
    : new GatherSum(measure);
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

  add(collected: Collected): void {
    for (const sum of collected) this.#sum += sum;
  }

  finishPass(): void {
    this.#done = true;
  }

  answer(): readonly number[] {
    return [this.#sum];
  }
}

class GatherMagnitude implements Gather {
  readonly #model: number;
  readonly #select: MagnitudeSelect;

  constructor(model: number, select: MagnitudeSelect) {
    this.#model = model;
    this.#select = select;
  }

  wanted(): Wanted | null {
    const { pass } = this.#select;
    return pass && { kind: 'select', model: this.#model, pass };
  }

  add(collected: Collected, start: number): void {
    this.#select.add(collected as Uint32Array, start);
  }

  finishPass(): void {
    this.#select.finishPass();
  }

  answer(): readonly number[] {
    const { magnitude, lastIndex } = this.#select.cut;
    return [magnitude, lastIndex];
  }
}
