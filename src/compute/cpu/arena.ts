import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import type { Block, Blocks, Kernel } from '../backend.ts';
import { firstWord, tableOf } from '../shaders/constants.ts';
import { SLAB } from '../shaders/search.ts';
import { OCT, pack, WORD } from '../shaders/structs.ts';

/** A block whose planes lie in an arena, and how they lie there: the shader's view of it. */
export type Placed = {
  readonly block: Block;
  /** Address of the binding `planes`: a table, then the planes. */
  readonly address: number;
  /** Index in the tensor of the first element of the first oct, and elements between it and the block. */
  readonly start: number;
  readonly head: number;
  readonly octs: number;
};

/** A compiled shader in an arena: addresses of its bindings, first workgroup, last + 1, row. */
export type Main = (...numbers: number[]) => void;

/** Places of the other bindings; each has the room up to the next. */
export const JOB = 1024;
export const GIVEN = 4096;
export const COEFFS = 32 * 1024;
export const OUT = 64 * 1024;
export const TALLY = 1024 * 1024;
const ROOMS = 2 * 1024 * 1024;
/** The largest piece of output that is made at once, in bytes. */
export const OUT_BYTES = TALLY - OUT;

/**
 * The memory that compiled shaders work in. A block that is read into `room` is where they need it, and
 * stays there from measure to map. Two rooms take turns while blocks stream: one is filled while the other
 * is worked on. It never shrinks.
 */
export class Arena {
  readonly memory = new WebAssembly.Memory({ initial: ROOMS / 65536 });
  /** The tensor that lies here as a whole. */
  resident: { readonly blocks: Blocks; readonly placed: Placed } | null = null;
  readonly #mains = new WeakMap<WebAssembly.Module, Main>();
  #bytes = new Uint8Array(this.memory.buffer);
  #words = new Uint32Array(this.memory.buffer);
  #roomBytes = 0;
  #next = 0;

  /** Bytes of the memory. */
  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  /** The memory as bytes and as words, until it grows. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
  get words(): Uint32Array<ArrayBuffer> {
    return this.#words;
  }

  /** The `main` of a compiled shader, working here. */
  async main(module: WebAssembly.Module): Promise<Main> {
    let main = this.#mains.get(module);
    if (!main) {
      const instance = await WebAssembly.instantiate(module, { env: { memory: this.memory } });
      main = instance.exports['main'] as Main;
      this.#mains.set(module, main);
    }
    return main;
  }

  /**
   * The blocks of a tensor, each in the arena. One that is the whole tensor stays there, under `key`, until
   * another tensor comes.
   */
  async *read(key: Blocks, blocks: Blocks, signal: AbortSignal): AsyncGenerator<Placed> {
    if (this.resident?.blocks === key) {
      yield this.resident.placed;
      return;
    }
    this.resident = null;
    const { dtypes, elementCount } = blocks;
    const offered = new Map<number, Placed>();
    let rooms: 1 | 2 = 1;
    let reserved = -1;
    const room = (start: number, count: number) => {
      if (count > reserved) {
        rooms = count < elementCount ? 2 : 1;
        reserved = count;
        this.#reserve(dtypes, count, rooms);
      }
      const placed = this.#room(start, count, dtypes, rooms);
      offered.set(start, placed);
      return placed.block.planes;
    };
    for await (const block of blocks.read(signal, room)) {
      signal.throwIfAborted();
      if (block.count === 0) continue;
      if (offered.get(block.start)?.block.planes[0] !== block.planes[0]) {
        const planes = room(block.start, block.count);
        for (const [k, plane] of planes.entries()) plane.set(block.planes[k]);
      }
      const placed = offered.get(block.start)!;
      offered.delete(block.start);
      this.#settle(placed, dtypes);
      if (block.count === elementCount) this.resident = { blocks: key, placed };
      yield placed;
    }
  }

  /** Makes room for blocks of up to `count` elements: one, or two in turns. */
  #reserve(dtypes: readonly FloatDtype[], count: number, rooms: 1 | 2): void {
    // A block may begin inside an oct.
    const { first, stride } = spread(dtypes, count + OCT);
    this.#roomBytes = (first + stride * dtypes.length) * WORD;
    this.#next = 0;
    const missing = ROOMS + rooms * this.#roomBytes - this.byteLength;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / 65536));
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#words = new Uint32Array(this.memory.buffer);
  }

  /** The next room, laid out for a block; its planes hold anything. */
  #room(start: number, count: number, dtypes: readonly FloatDtype[], rooms: 1 | 2): Placed {
    const address = ROOMS + (this.#next % rooms) * this.#roomBytes;
    this.#next++;
    const head = start % OCT;
    const { first, stride } = spread(dtypes, head + count);
    const planes = dtypes.map((dtype, k) => {
      const size = bytesPerElement(dtype);
      const begin = address + (first + k * stride) * WORD + head * size;
      return this.#bytes.subarray(begin, begin + count * size);
    });
    const octs = Math.ceil((head + count) / OCT);
    return { block: { start, count, planes }, address, start: start - head, head, octs };
  }

  /** Makes a block that was read into its room ready: what its slabs have around it becomes zero. */
  #settle({ block, head }: Placed, dtypes: readonly FloatDtype[]): void {
    const slabs = Math.ceil((head + block.count) / SLAB) * SLAB;
    block.planes.forEach((plane, k) => {
      const size = bytesPerElement(dtypes[k]);
      const begin = plane.byteOffset - head * size;
      this.#bytes.fill(0, begin, plane.byteOffset);
      this.#bytes.fill(0, plane.byteOffset + plane.length, begin + slabs * size);
    });
  }

  /** Tells shaders about a block. */
  describe(placed: Placed, dtypes: readonly FloatDtype[], at: Kernel['at']): void {
    const { octs, head, start, address, block } = placed;
    const { first, stride } = spread(dtypes, head + block.count);
    const end = head + block.count;
    const { tensorKey: tensor_key } = at;
    this.#words.set(pack('Job', [{ octs, head, end, start, first, stride, tensor_key }]), JOB / 4);
    this.#words.set(tableOf(dtypes, at), address / 4);
  }
}

/** Words: where plane 0 begins, after the table, and the distance from plane to plane: whole slabs. */
function spread(dtypes: readonly FloatDtype[], count: number) {
  const widest = Math.max(...dtypes.map(bytesPerElement));
  const first = firstWord(dtypes.length);
  return { first, stride: (Math.ceil(count / SLAB) * SLAB * widest) / WORD };
}
