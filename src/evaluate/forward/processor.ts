/** What a forward pass computes with: a CPU or a GPU, and memory of its own. */

export type ForwardShader = 'attention' | 'embed' | 'heads' | 'layernorm' | 'matmul' | 'rmsnorm';

/** A shader, made ready with its override constants. */
export type Kernel = { readonly shader: ForwardShader };

/** Memory of a processor, in words of four bytes. */
export type Room = { readonly words: number };

export type Step = {
  readonly kernel: Kernel;
  /** Binding 0, as the shader’s struct packs it. */
  readonly job: Uint32Array<ArrayBuffer>;
  /** Bindings 1, 2, …; null where this variant of the shader uses none. No two of them are one. */
  readonly rooms: readonly (Room | null)[];
  /** Threads in a row of the grid, and how many rows it has. */
  readonly threads: number;
  readonly layers: number;
  /** So many threads are done for all layers before others, where one processor does all: for its cache. */
  readonly block?: number;
};

export type Words = Float32Array | Uint32Array;

export interface Processor {
  readonly kind: 'cpu' | 'webgpu';
  /** Bytes of memory taken. */
  readonly bytes: number;
  /** Rejects with file and line when the shader does not compile. */
  kernel(shader: ForwardShader, constants: Readonly<Record<string, number>>): Promise<Kernel>;
  /** Room that holds anything, after what was taken before. Throws `RangeError` when there is none. */
  take(words: number): Room;
  /** Gives back whatever was taken after `room`, and with `null` everything. */
  giveBackAfter(room: Room | null): void;
  /** The room taken last. */
  readonly last: Room | null;
  write(room: Room, words: Words): void;
  /** Lets `make` write all numbers of a room; what it is given holds anything. */
  fill(room: Room, make: (numbers: Float32Array) => void): void;
  /** Does a step, after all that were asked for before it. */
  run(step: Step): void;
  /** A copy of what `room` holds once all steps are done. */
  read(room: Room, words: number): Promise<Float32Array>;
  dispose(): void;
}
