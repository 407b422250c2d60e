import { damagedPickle } from './pickle-cursor.ts';
import type { Refusal } from './refusal.ts';
import type { Value } from './values.ts';

/** As many as 80,000 tensors take; bounds what a small file can make. */
const maxValues = 2 ** 21;

/** What an unpickler works on. Nothing below the last mark can be taken. */
export class Stack {
  readonly #values: Value[] = [];
  /** How high the stack was at each mark. */
  readonly #marks: number[] = [];
  readonly #refuse: Refusal;
  /** Values and marks ever put here. */
  #made = 0;

  constructor(refuse: Refusal) {
    this.#refuse = refuse;
  }

  push(value: Value): void {
    this.#count();
    this.#values.push(value);
  }

  mark(): void {
    this.#count();
    this.#marks.push(this.#values.length);
  }

  top(): Value {
    this.#mustHave(1);
    return this.#values[this.#values.length - 1];
  }

  pop(count: number): Value[] {
    this.#mustHave(count);
    return this.#values.splice(-count, count);
  }

  popToMark(): Value[] {
    const mark = this.#marks.pop();
    if (mark !== undefined) return this.#values.splice(mark);
    throw damagedPickle(this.#refuse, 'an opcode without its mark', 'a mark before it');
  }

  /** What is there at the end. */
  only(): Value {
    if (this.#values.length === 1 && this.#marks.length === 0) return this.#values[0];
    throw damagedPickle(this.#refuse, 'an end with values left over or none', 'one value');
  }

  #mustHave(count: number): void {
    if (this.#values.length - count >= (this.#marks.at(-1) ?? 0)) return;
    const found = 'an opcode that takes what is not there';
    throw damagedPickle(this.#refuse, found, 'enough values before it');
  }

  #count(): void {
    this.#made += 1;
    if (this.#made <= maxValues) return;
    throw this.#refuse('bad-pickle', `more than ${maxValues} values`, 'fewer');
  }
}
