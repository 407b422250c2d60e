/** Writes a graph as one WebAssembly function. */

import { Code, type WasmFunction } from './binary.ts';
import { type Block, type Effect, type Graph, Node, type Slot } from './graph.ts';
import type { WasmType } from './instructions.ts';
import { findNeeds, type Needs } from './live.ts';
import { refuse } from './refusal.ts';

/** As engines have it. */
const MOST_LOCALS = 50_000;

export function emit(graph: Graph, name: string, parameterCount: number): WasmFunction {
  const writer = new Writer(findNeeds(graph), parameterCount);
  writer.constants();
  writer.block(graph.root);
  if (writer.locals.length > MOST_LOCALS - parameterCount) refuse('too many values at once');
  return { name, parameterCount, locals: writer.locals, code: writer.code };
}

class Writer {
  readonly code = new Code();
  readonly locals: WasmType[] = [];
  readonly #needs: Needs;
  readonly #parameterCount: number;
  /** Which local holds what. */
  readonly #places = new Map<Node | Slot, number>();

  constructor(needs: Needs, parameterCount: number) {
    this.#needs = needs;
    this.#parameterCount = parameterCount;
  }

  /** Vectors that are known are made once: engines make them anew in every turn. */
  constants(): void {
    for (const node of this.#needs.nodes) {
      if (node.op !== 'constant' || node.type !== 'v128') continue;
      this.#compute(node);
      this.code.indexed('local.set', this.#place(node));
    }
  }

  block(block: Block): void {
    for (const item of block.items) {
      if (!(item instanceof Node)) this.#effect(item);
      else if (this.#needs.nodes.has(item) && !this.#needs.isInline(item)) {
        this.#compute(item);
        this.code.indexed('local.set', this.#place(item));
      }
    }
  }

  #place(of: Node | Slot): number {
    const found = this.#places.get(of);
    if (found !== undefined) return found;
    const made = this.#parameterCount + this.locals.push(of.type) - 1;
    this.#places.set(of, made);
    return made;
  }

  /** Puts the value of a node on the stack. */
  #put(node: Node): void {
    if (node.op === 'parameter') this.code.indexed('local.get', node.immediate[0]);
    else if (node.slot) this.code.indexed('local.get', this.#place(node.slot));
    else if (this.#places.has(node)) this.code.indexed('local.get', this.#place(node));
    else this.#compute(node);
  }

  #compute(node: Node): void {
    const { op, immediate } = node;
    if (op === 'constant') {
      this.code.constant(node.type, immediate);
      return;
    }
    if (op === 'parameter' || op === 'phi') return;
    const [only] = node.args;
    if (op === 'f32x4.splat' && only.op === 'f32.load' && this.#needs.isInline(only)) {
      this.#put(only.args[0]);
      this.code.memory('v128.load32_splat', only.immediate[0]);
      return;
    }
    for (const arg of node.args) this.#put(arg);
    if (/load/.test(op)) this.code.memory(op, immediate[0]);
    else this.code.op(op, immediate);
  }

  #effect(effect: Effect): void {
    if (!this.#needs.effects.has(effect)) return;
    const { code } = this;
    switch (effect.kind) {
      case 'store':
        this.#put(effect.address);
        this.#put(effect.value);
        code.memory(effect.op, effect.offset, /lane$/.test(effect.op) ? 0 : null);
        return;
      case 'update':
        this.#put(effect.address);
        this.#put(effect.address);
        code.memory('i32.load', effect.offset);
        this.#put(effect.value);
        code.op(effect.op).memory('i32.store', effect.offset);
        return;
      case 'set':
        this.#put(effect.value);
        code.indexed('local.set', this.#place(effect.slot));
        return;
      case 'branch':
        this.#put(effect.condition);
        code.open('if');
        this.block(effect.yes);
        code.op('else');
        this.block(effect.no);
        code.op('end');
        return;
      case 'loop':
        this.#loop(effect);
    }
  }

  /** The test stands at the end: a body that heads its loop is what engines optimise best. */
  #loop({ enters, before, body, again, next }: Extract<Effect, { kind: 'loop' }>): void {
    const { code } = this;
    code.open('block');
    if (!enters.is(1)) {
      this.#put(enters);
      code.op('i32.eqz').indexed('br_if', 0);
    }
    this.block(before);
    code.open('loop');
    this.block(body);
    const kept = next.filter(
      ({ slot, value }) => this.#needs.slots.has(slot) && value.slot !== slot,
    );
    this.#put(again);
    for (const { value } of kept) this.#put(value);
    for (const { slot } of kept.toReversed()) code.indexed('local.set', this.#place(slot));
    code.indexed('br_if', 0).op('end').op('end');
  }
}
