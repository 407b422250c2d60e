import { Code, encodeModule } from '../wgsl/binary.ts';
import type { Op, WasmType } from '../wgsl/instructions.ts';

/** Where the eight words of the hash lie in memory, and where blocks may. */
export const HASH_AT = 0;
export const BLOCKS_AT = 1024;
/** W[t] + K[t] of the block at hand. */
const SCHEDULE_AT = 64;

/** FIPS 180-4, 4.2.2. */
const K = Uint32Array.of(
  ...[0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4],
  ...[0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe],
  ...[0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f],
  ...[0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7],
  ...[0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc],
  ...[0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b],
  ...[0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116],
  ...[0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
  ...[0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7],
  0xc67178f2,
);

/**
 * `main(from, blocks)` takes consecutive blocks of 64 bytes, at least one, into the hash: FIPS 180-4, 6.2.2.
 * The message schedule is made four words at a time with SIMD; the 64 rounds are written out.
 */
export function sha256Module(): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.blocks();
  const { code, locals } = writer;
  return encodeModule({ name: 'main', parameterCount: PARAMETERS, locals, code });
}

const PARAMETERS = 2;
const FROM = 0;
const BLOCKS = 1;
const eight = [0, 1, 2, 3, 4, 5, 6, 7];

class Writer {
  readonly code = new Code();
  readonly locals: WasmType[] = [];
  /** a … h. */
  readonly #hash = eight.map(() => this.#local('i32'));
  readonly #before = eight.map(() => this.#local('i32'));
  /** W[t − 16] … W[t − 1], the oldest first. */
  #window = [0, 1, 2, 3].map(() => this.#local('v128'));
  readonly #sum = this.#local('v128');
  readonly #words = this.#local('v128');
  readonly #temporary = this.#local('i32');
  /** a ⊕ b of this round, which is b ⊕ c of the next. */
  #different = this.#local('i32');
  #differentBefore = this.#local('i32');

  blocks(): void {
    for (const i of eight)
      this.#number(0)
        .#load(HASH_AT + 4 * i)
        .#set(this.#hash[i]);
    this.code.open('loop');
    for (const i of eight) this.#get(this.#hash[i]).#set(this.#before[i]);
    this.#block();
    for (const i of eight) {
      this.#get(this.#hash[i]).#get(this.#before[i]).#op('i32.add').#set(this.#hash[i]);
    }
    this.#get(FROM).#number(64).#op('i32.add').#set(FROM);
    this.#get(BLOCKS).#number(1).#op('i32.sub').#tee(BLOCKS);
    this.code.indexed('br_if', 0).op('end');
    for (const i of eight)
      this.#number(0)
        .#get(this.#hash[i])
        .#store('i32.store', HASH_AT + 4 * i);
  }

  #block(): void {
    for (let quad = 0; quad < 4; quad++) {
      const load = () => this.#get(FROM).code.memory('v128.load', 16 * quad);
      load();
      load();
      this.#shuffle([3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]); // big-endian
      this.#set(this.#window[quad]).#withConstants(quad);
    }
    let [a, b, c, d, e, f, g, h] = this.#hash;
    this.#get(b).#get(c).#op('i32.xor').#set(this.#differentBefore);
    for (let t = 0; t < 64; t++) {
      this.#round(t, [a, b, c, d, e, f, g, h]);
      [a, b, c, d, e, f, g, h] = [h, a, b, c, d, e, f, g];
      if (t % 4 === 0 && t < 48) this.#schedule(t / 4 + 4); // between rounds: they do not wait for it
    }
  }

  /** Leaves the new e in d and the new a in h; the others only change their names. */
  #round(t: number, [a, b, , d, e, f, g, h]: readonly number[]): void {
    // T₁ = h + Σ₁(e) + Ch(e, f, g) + K + W
    this.#get(h)
      .#number(0)
      .#load(SCHEDULE_AT + 4 * t)
      .#op('i32.add');
    this.#get(f).#get(g).#op('i32.xor').#get(e).#op('i32.and').#get(g).#op('i32.xor', 'i32.add');
    this.#rotations(e, [6, 11, 25]).#op('i32.add').#tee(this.#temporary);
    this.#get(d).#op('i32.add').#set(d);
    // h = T₁ + Σ₀(a) + Maj(a, b, c), which is b where b ⊕ c has no bit and a ⊕ b has one
    this.#rotations(a, [2, 13, 22]).#get(this.#temporary).#op('i32.add');
    this.#get(a).#get(b).#op('i32.xor').#tee(this.#different);
    this.#get(this.#differentBefore).#op('i32.and').#get(b).#op('i32.xor', 'i32.add').#set(h);
    [this.#different, this.#differentBefore] = [this.#differentBefore, this.#different];
  }

  /** x turned right by each of three numbers, added without carry: three turns by their differences. */
  #rotations(x: number, [one, two, three]: readonly number[]): this {
    this.#get(x)
      .#number(three - two)
      .#op('i32.rotr')
      .#get(x)
      .#op('i32.xor');
    this.#number(two - one)
      .#op('i32.rotr')
      .#get(x)
      .#op('i32.xor');
    return this.#number(one).#op('i32.rotr');
  }

  /** The quad W[t] = σ₁(W[t − 2]) + W[t − 7] + σ₀(W[t − 15]) + W[t − 16]; its upper half needs its lower. */
  #schedule(quad: number): void {
    const [oldest, second, third, latest] = this.#window;
    this.#get(oldest).#get(second).#shuffle(bytesFrom(4)).#set(this.#words);
    this.#sigma([7, 18], 3).#get(oldest).#op('i32x4.add');
    this.#get(third).#get(latest).#shuffle(bytesFrom(4)).#op('i32x4.add').#set(this.#sum);
    this.#get(latest).#quad([0, 0, 0, 0]).#shuffle(bytesFrom(8)).#set(this.#words);
    this.#sigma([17, 19], 10).#get(this.#sum).#op('i32x4.add').#set(this.#sum);
    this.#quad([0, 0, 0, 0]).#get(this.#sum).#shuffle(bytesFrom(8)).#set(this.#words);
    this.#sigma([17, 19], 10).#get(this.#sum).#op('i32x4.add').#set(oldest);
    this.#window = [second, third, latest, oldest];
    this.#withConstants(quad, oldest);
  }

  /** Two rotations and a shift to the right of `words`, added without carry. */
  #sigma([one, two]: readonly number[], shift: number): this {
    const shifted = (op: Op, by: number) => this.#get(this.#words).#number(by).#op(op);
    const turned = (by: number) =>
      shifted('i32x4.shr_u', by) && shifted('i32x4.shl', 32 - by).#op('v128.or');
    turned(one);
    turned(two).#op('v128.xor');
    return shifted('i32x4.shr_u', shift).#op('v128.xor');
  }

  #withConstants(quad: number, words = this.#window[quad]): void {
    this.#number(0)
      .#get(words)
      .#quad([...K.subarray(4 * quad, 4 * quad + 4)])
      .#op('i32x4.add');
    this.#store('v128.store', SCHEDULE_AT + 16 * quad);
  }

  #local(type: WasmType): number {
    return PARAMETERS + this.locals.push(type) - 1;
  }
  #op(...ops: readonly Op[]): this {
    for (const op of ops) this.code.op(op);
    return this;
  }
  #get(local: number): this {
    this.code.indexed('local.get', local);
    return this;
  }
  #set(local: number): this {
    this.code.indexed('local.set', local);
    return this;
  }
  #tee(local: number): this {
    this.code.indexed('local.tee', local);
    return this;
  }
  #number(n: number): this {
    this.code.constant('i32', [n]);
    return this;
  }
  #quad(words: readonly number[]): this {
    this.code.constant('v128', words);
    return this;
  }
  #load(at: number): this {
    this.code.memory('i32.load', at);
    return this;
  }
  #store(op: 'i32.store' | 'v128.store', at: number): this {
    this.code.memory(op, at);
    return this;
  }
  #shuffle(bytes: readonly number[]): this {
    this.code.op('i8x16.shuffle', bytes);
    return this;
  }
}

/** Sixteen consecutive bytes of two vectors. */
const bytesFrom = (first: number) => Array.from({ length: 16 }, (_, i) => first + i);
