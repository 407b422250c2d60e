import type { Progress } from '../protocol.ts';

/** Milliseconds between two progress events. */
const interval = 100;
/** Milliseconds of history the throughput is taken over. */
const window = 3000;

type Phase = Progress['phase'];
/** What the meter knows; the network and the mosaic are others' to tell. */
export type Metered = Omit<Progress, 'downloaded' | 'waiting' | 'cells' | 'cell' | 'remarks'>;

/**
 * Counts what a run does and tells it, at most ten times a second however often it is told itself.
 */
export class ProgressMeter {
  readonly #emit: (progress: Metered) => void;
  readonly #now: () => number;
  readonly #tensorsTotal: number;
  #phase: Phase = 'merging';
  #tensor = '';
  #tensorsDone = 0;
  #bytesDone = 0;
  #bytesTotal = 0;
  #told = Number.NEGATIVE_INFINITY;
  #history: { at: number; bytes: number }[] = [];

  constructor(tensorsTotal: number, emit: (progress: Metered) => void, now = () => Date.now()) {
    this.#tensorsTotal = tensorsTotal;
    this.#emit = emit;
    this.#now = now;
  }

  /** Begins a phase of `bytesTotal` bytes. */
  phase(phase: Phase, bytesTotal: number): void {
    this.#phase = phase;
    this.#bytesTotal = bytesTotal;
    this.#bytesDone = 0;
    this.#tensorsDone = 0;
    this.#tensor = '';
    this.#history = [{ at: this.#now(), bytes: 0 }];
    this.#maybeTell();
  }

  tensor(name: string): void {
    this.#tensor = name;
    this.#maybeTell();
  }

  bytes(count: number): void {
    this.#bytesDone += count;
    this.#maybeTell();
  }

  tensorDone(): void {
    this.#tensorsDone += 1;
    this.#maybeTell();
  }

  #maybeTell(): void {
    if (this.#now() - this.#told >= interval) this.#tell();
  }

  #tell(): void {
    const at = this.#now();
    this.#told = at;
    this.#history.push({ at, bytes: this.#bytesDone });
    while (this.#history.length > 2 && at - this.#history[0].at > window) this.#history.shift();
    const [oldest] = this.#history;
    const seconds = (at - oldest.at) / 1000;
    const throughput = seconds > 0 ? (this.#bytesDone - oldest.bytes) / seconds : 0;
    const left = this.#bytesTotal - this.#bytesDone;
    this.#emit({
      phase: this.#phase,
      tensor: this.#tensor,
      tensorsDone: this.#tensorsDone,
      tensorsTotal: this.#tensorsTotal,
      bytesDone: this.#bytesDone,
      bytesTotal: this.#bytesTotal,
      throughput,
      eta: throughput > 0 ? left / throughput : null,
    });
  }
}
