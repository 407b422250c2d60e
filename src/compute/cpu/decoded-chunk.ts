import { subtract } from '../../methods/steps.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import { roundTo, settle } from '../../numerics/round.ts';
import type { Run } from './task.ts';

/**
 * A window onto a run whose planes are decoded, and whose task vectors are formed, when first asked for.
 * Arrays are reused from window to window: what it returns holds until `moveTo`.
 */
export class DecodedChunk {
  readonly #run: Run;
  /** Planes before the guides. */
  readonly #inputs: number;
  readonly #round: (value: number) => number;
  readonly #planes: Float32Array[] = [];
  readonly #taskVectors: Float32Array[] = [];
  readonly #planesReady = new Set<number>();
  readonly #taskVectorsReady = new Set<number>();
  #offset = 0;
  #count = 0;

  /** `round` is the working precision in which task vectors are formed. */
  constructor(run: Run, round: (value: number) => number) {
    this.#run = run;
    this.#inputs = run.planes.length - (run.guides ?? 0);
    this.#round = round;
  }

  /** Elements `offset` … `offset + count` of the run; the first window must be the widest. */
  moveTo(offset: number, count: number): void {
    this.#offset = offset;
    this.#count = count;
    this.#planesReady.clear();
    this.#taskVectorsReady.clear();
  }

  /** Plane k as f32, rounded to what it is read as; the base is the last one before the guides. */
  plane(k: number): Float32Array {
    const values = this.#room(this.#planes, k);
    if (!this.#planesReady.has(k)) {
      this.#planesReady.add(k);
      const dtype = this.#run.dtypes[k];
      const size = bytesPerElement(dtype);
      const begin = this.#offset * size;
      decode(this.#run.planes[k].subarray(begin, begin + this.#count * size), dtype, values);
      if (k < this.#inputs && dtype !== this.#run.readAs) settle(values, roundTo(this.#run.readAs));
    }
    return values;
  }

  /** All planes: the models, the base, what guides the formula. */
  planes() {
    if (!this.#run.hasBase) throw new Error('Without a base there are no task vectors');
    const all = this.#run.planes.map((_, k) => this.plane(k));
    const last = this.#inputs - 1;
    return { models: all.slice(0, last), base: all[last], guides: all.slice(this.#inputs) };
  }

  /** τ of model k: model − base, one rounding to the working precision. */
  taskVector(k: number): Float32Array {
    const tau = this.#room(this.#taskVectors, k);
    if (!this.#taskVectorsReady.has(k)) {
      this.#taskVectorsReady.add(k);
      if (!this.#run.hasBase) throw new Error('Without a base there are no task vectors');
      const model = this.plane(k);
      const base = this.plane(this.#inputs - 1);
      subtract(model, base, tau, this.#round);
    }
    return tau;
  }

  /** Room for one number an element; its contents are anybody's. */
  scratch(): Float32Array {
    return this.#room(this.#taskVectors, this.#run.planes.length);
  }

  #room(arrays: Float32Array[], k: number): Float32Array {
    arrays[k] ??= new Float32Array(this.#count);
    return arrays[k].length === this.#count ? arrays[k] : arrays[k].subarray(0, this.#count);
  }
}
