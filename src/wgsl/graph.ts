/**
 * What a shader computes: nodes without side effects, shared where they are equal and moved out of the
 * loops that they do not depend on, and effects in their order. Both stand in blocks, which nest.
 */

import type { Op, WasmType } from './instructions.ts';
import { refuse } from './refusal.ts';

/** Far more than a kernel has; what unrolls beyond is refused before memory runs out. */
const MOST_NODES = 1 << 19;

export type NodeOp = Op | 'parameter' | 'phi' | 'constant';

export class Node {
  readonly op: NodeOp;
  readonly type: WasmType;
  readonly args: readonly Node[];
  /** Constants: one 32-bit word, or four. Loads: the offset. Lanes: which. Shuffles: 16 indices. */
  readonly immediate: readonly number[];
  readonly id: number;
  block: Block;
  /** Of a phi: where its value is kept. */
  readonly slot: Slot | null;

  constructor(made: {
    readonly op: NodeOp;
    readonly type: WasmType;
    readonly args?: readonly Node[];
    readonly immediate?: readonly number[];
    readonly id: number;
    readonly block: Block;
    readonly slot?: Slot;
  }) {
    this.op = made.op;
    this.type = made.type;
    this.args = made.args ?? [];
    this.immediate = made.immediate ?? [];
    this.id = made.id;
    this.block = made.block;
    this.slot = made.slot ?? null;
  }

  /** Whether it is the constant with these words. */
  is(...words: readonly number[]): boolean {
    return this.op === 'constant' && this.immediate.join() === words.join();
  }
}

/** A variable of the result, set in several places. */
export class Slot {
  readonly type: WasmType;

  constructor(type: WasmType) {
    this.type = type;
  }
}

export type Effect =
  | {
      readonly kind: 'store';
      readonly op: Op;
      readonly offset: number;
      readonly address: Node;
      readonly value: Node;
    }
  /** memory = memory op value; workers share no memory, so nothing else can come between. */
  | {
      readonly kind: 'update';
      readonly op: Op;
      readonly offset: number;
      readonly address: Node;
      readonly value: Node;
    }
  | { readonly kind: 'set'; readonly slot: Slot; readonly value: Node }
  | {
      readonly kind: 'branch';
      readonly condition: Node;
      readonly yes: Block;
      readonly no: Block;
    }
  | {
      readonly kind: 'loop';
      /** Whether there is a first turn. */
      readonly enters: Node;
      /** What is computed once, if there is a first turn. */
      readonly before: Block;
      readonly body: Block;
      /** Whether there is another turn, and what the slots are then, set all at once. */
      readonly again: Node;
      readonly next: readonly { readonly slot: Slot; readonly value: Node }[];
    };

export class Block {
  readonly items: (Node | Effect)[] = [];
  readonly parent: Block | null;
  readonly kind: 'root' | 'arm' | 'before' | 'body';
  readonly depth: number;
  /** Whether its parent may run without it. */
  readonly isConditional: boolean;

  constructor(kind: Block['kind'], parent: Block | null, isConditional = kind === 'arm') {
    this.kind = kind;
    this.parent = parent;
    this.isConditional = isConditional;
    this.depth = parent ? parent.depth + 1 : 0;
  }

  /** Whether it is `other` or around it. */
  holds(other: Block): boolean {
    let block: Block | null = other;
    while (block && block.depth > this.depth) block = block.parent;
    return block === this;
  }
}

export class Graph {
  readonly root = new Block('root', null);
  /** Where new effects go. */
  block: Block = this.root;
  readonly #shared = new Map<string, Node[]>();
  #ids = 0;

  /** The node of an operation: one that is there already, or a new one as far out as may be. */
  node(op: Op, type: WasmType, args: readonly Node[], immediate: readonly number[] = []): Node {
    const key = `${op}|${immediate.join()}|${args.map(({ id }) => id).join()}`;
    const found = this.#shared.get(key)?.find((node) => node.block.holds(this.block));
    if (found) return found;
    const block = this.#outermost(args, /load/.test(op));
    const made = new Node({ op, type, args, immediate, id: this.#ids++, block });
    if (this.#ids > MOST_NODES) refuse('too much to compile');
    block.items.push(made);
    this.#share(key, made);
    return made;
  }

  /** A known number as bits, or a known vector as four words. */
  constant(type: WasmType, words: readonly number[]): Node {
    const key = `constant|${type}|${words.join()}`;
    const [found] = this.#shared.get(key) ?? [];
    if (found) return found;
    const id = this.#ids++;
    const made = new Node({ op: 'constant', type, immediate: words, id, block: this.root });
    this.#share(key, made);
    return made;
  }

  parameter(index: number): Node {
    const immediate = [index];
    return new Node({ op: 'parameter', type: 'i32', immediate, id: this.#ids++, block: this.root });
  }

  /** What a slot holds, read in the current block. */
  phi(slot: Slot): Node {
    return new Node({ op: 'phi', type: slot.type, id: this.#ids++, block: this.block, slot });
  }

  effect(effect: Effect): void {
    this.block.items.push(effect);
  }

  set(slot: Slot, value: Node): void {
    this.effect({ kind: 'set', slot, value });
  }

  /** What nobody needs: runs in a block that is thrown away. */
  aside<T>(run: () => T): T {
    return this.within(new Block('arm', this.block), run);
  }

  /** Runs with another block as the current one. */
  within<T>(block: Block, run: () => T): T {
    const outer = this.block;
    this.block = block;
    try {
      return run();
    } finally {
      this.block = outer;
    }
  }

  /** Moves what a block holds to the current one, its parent; false if that is not the same thing. */
  dissolve(arm: Block): boolean {
    const plain = arm.items.every((item) => item instanceof Node && !/load/.test(item.op));
    if (!plain) return false;
    for (const item of arm.items) {
      if (item instanceof Node) item.block = this.block;
      this.block.items.push(item);
    }
    return true;
  }

  #share(key: string, node: Node): void {
    const list = this.#shared.get(key);
    if (list) list.push(node);
    else this.#shared.set(key, [node]);
  }

  /**
   * The block before the outermost loop that does not change the arguments. A load stays behind the
   * conditions that it was written behind: elsewhere its address may lie outside memory.
   */
  #outermost(args: readonly Node[], isLoad: boolean): Block {
    let from = this.root;
    for (const { block } of args) if (block.depth > from.depth) from = block;
    let target = this.block;
    for (let block = this.block; block !== from && block.parent; block = block.parent) {
      if (isLoad && block.isConditional) break;
      if (block.kind === 'body') target = block.parent;
    }
    return target;
  }
}
