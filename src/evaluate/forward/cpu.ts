import { programs } from '../../compute/cpu/programs.ts';
import type { ForwardShader, Kernel, Processor, Room, Step, Words } from './processor.ts';

type Main = (...numbers: number[]) => void;
type CpuKernel = Kernel & { readonly main: Main };
type CpuRoom = Room & { readonly address: number };

const PAGE = 65536;
const MOST_PAGES = 65536;
/** Where binding 0 lies, and room 0. Sixteen bytes before any room: the smallest may be read as a quad. */
const JOB = 0;
const ROOMS = 1024;
const LINE = 64;

/** The shaders as WebAssembly in one memory, on this thread. Weights, too, lie there: nothing is copied. */
export class CpuProcessor implements Processor {
  readonly kind = 'cpu';
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #rooms: CpuRoom[] = [];
  readonly #kernels = new Map<string, Promise<CpuKernel>>();
  #floats = new Float32Array(this.#memory.buffer);
  #words = new Uint32Array(this.#memory.buffer);

  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  get last(): Room | null {
    return this.#rooms.at(-1) ?? null;
  }

  async kernel(
    shader: ForwardShader,
    constants: Readonly<Record<string, number>>,
  ): Promise<CpuKernel> {
    const key = JSON.stringify([shader, constants]);
    const known = this.#kernels.get(key) ?? this.#instance(shader, constants);
    this.#kernels.set(key, known);
    return known;
  }

  async #instance(
    shader: ForwardShader,
    constants: Readonly<Record<string, number>>,
  ): Promise<CpuKernel> {
    const module = await programs.get({ shader, constants });
    const env = { memory: this.#memory };
    const { exports } = await WebAssembly.instantiate(module, { env });
    return { shader, main: exports['main'] as Main };
  }

  take(words: number): CpuRoom {
    const before = this.#rooms.at(-1);
    const end = before ? before.address + 4 * before.words : ROOMS;
    const address = Math.ceil(end / LINE) * LINE;
    const missing = address + 4 * words - this.bytes;
    if (missing > 0) {
      // Growing costs as much as a small tensor; pages that nobody touches cost nothing.
      const wanted = Math.ceil(Math.max(missing, this.bytes / 8) / PAGE);
      const left = MOST_PAGES - this.bytes / PAGE;
      this.#memory.grow(Math.max(Math.ceil(missing / PAGE), Math.min(wanted, left)));
      this.#floats = new Float32Array(this.#memory.buffer);
      this.#words = new Uint32Array(this.#memory.buffer);
    }
    const room = { words, address };
    this.#rooms.push(room);
    return room;
  }

  giveBackAfter(room: Room | null): void {
    const kept = room === null ? 0 : this.#rooms.indexOf(room as CpuRoom) + 1;
    this.#rooms.length = kept;
  }

  write(room: Room, words: Words): void {
    const { address } = room as CpuRoom;
    const view = words instanceof Float32Array ? this.#floats : this.#words;
    view.set(words, address / 4);
  }

  fill(room: Room, make: (numbers: Float32Array) => void): void {
    const { address, words } = room as CpuRoom;
    make(this.#floats.subarray(address / 4, address / 4 + words));
  }

  run({ kernel, job, rooms, threads, layers, block = threads }: Step): void {
    const { main } = kernel as CpuKernel;
    this.#words.set(job, JOB / 4);
    const addresses = rooms.map((room) => (room ? (room as CpuRoom).address : JOB));
    for (let from = 0; from < threads; from += block) {
      const to = Math.min(threads, from + block);
      for (let layer = 0; layer < layers; layer++) main(JOB, ...addresses, from, to, layer);
    }
  }

  async read(room: Room, words: number): Promise<Float32Array> {
    const { address } = room as CpuRoom;
    return this.#floats.slice(address / 4, address / 4 + words);
  }

  dispose(): void {
    this.giveBackAfter(null);
  }
}
