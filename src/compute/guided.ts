import { type Guides, guideInto, rankInto, unitOf } from '../methods/lines.ts';
import { bytesPerElement } from '../numerics/dtype.ts';
import type { Block, Blocks, Kernel, Room } from './backend.ts';
import { taskVectorsOfModels, type WholeLines, wholeLines } from './cpu/whole-lines.ts';

type Guided = Pick<Kernel, 'guides' | 'work'>;

/** The planes of a tensor with those behind them that the formula is guided by; the same blocks where there are none. */
export function guided(blocks: Blocks, { guides, work }: Guided): Blocks {
  if (!guides) return blocks;
  const { length } = blocks.dtypes;
  return {
    ...blocks,
    dtypes: [...blocks.dtypes, ...guides.values.map(() => 'F32' as const)],
    guides: guides.values.length,
    async *read(signal, room) {
      const fill =
        guides.by === 'rank'
          ? new Ranking(blocks, guides, work, signal)
          : { into: (start: number, out: Planes) => guideInto(guides, start, out), end() {} };
      const offered = new Map<number, ReturnType<Room>>();
      const own = (start: number, elements: number) => {
        const places = room!(start, elements);
        offered.set(start, places);
        return places.slice(0, length);
      };
      try {
        for await (const block of blocks.read(signal, room && own)) {
          const places = offered.get(block.start);
          offered.delete(block.start);
          // Who has a place for the block may lay it elsewhere once it sees that it was not used.
          const isThere = places?.[0] === block.planes[0];
          const size = block.count * bytesPerElement('F32');
          const planes = guides.values.map((_, p) =>
            isThere ? places![length + p] : new Uint8Array(size),
          );
          const out = planes.map(
            ({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset, block.count),
          );
          await fill.into(block.start, out, block);
          yield { ...block, planes: [...block.planes, ...planes] };
        }
      } finally {
        await fill.end();
      }
    },
  };
}

type Planes = readonly Float32Array[];

/**
 * Ranks of the task vectors of blocks, asked for in their order. A block of whole vectors says all itself; where blocks
 * cut vectors, the tensor is read a second time, in runs of whole ones.
 */
class Ranking {
  readonly #blocks: Blocks;
  readonly #guides: Extract<Guides, { by: 'rank' }>;
  readonly #runs: (of: Blocks) => AsyncGenerator<WholeLines>;
  #apart: AsyncGenerator<WholeLines> | null = null;
  /** Of the run that was read last. */
  #ranked = { start: 0, planes: [] as Planes };

  constructor(
    blocks: Blocks,
    guides: Extract<Guides, { by: 'rank' }>,
    work: Kernel['work'],
    signal: AbortSignal,
  ) {
    this.#blocks = blocks;
    this.#guides = guides;
    const taus = taskVectorsOfModels([...guides.values.keys()]);
    this.#runs = (of) => wholeLines(of, taus, guides.lines, work, signal);
  }

  async into(start: number, out: Planes, block: Block): Promise<void> {
    const unit = unitOf(this.#guides.lines);
    if (start % unit === 0 && block.count % unit === 0) {
      const one = { ...this.#blocks, elementCount: block.count, read: () => once(block) };
      for await (const run of this.#runs(one)) {
        const { length } = run.seen[0];
        const places = out.map((plane) => plane.subarray(run.start - start).subarray(0, length));
        this.#rank(run, places);
      }
      return;
    }
    this.#apart ??= this.#runs(this.#blocks.whole ?? this.#blocks);
    for (let done = 0; done < block.count; ) {
      const from = start + done - this.#ranked.start;
      const known = (this.#ranked.planes[0]?.length ?? 0) - from;
      if (known <= 0) {
        await this.#goOn(this.#apart);
        continue;
      }
      const count = Math.min(known, block.count - done);
      for (const [p, plane] of out.entries()) {
        plane.set(this.#ranked.planes[p].subarray(from, from + count), done);
      }
      done += count;
    }
  }

  async end(): Promise<void> {
    await this.#apart?.return(undefined);
  }

  async #goOn(apart: AsyncGenerator<WholeLines>): Promise<void> {
    const { value, done } = await apart.next();
    if (done) throw new Error('the tensor ended before its blocks');
    const planes = value.seen.map(({ length }) => new Float32Array(length));
    this.#rank(value, planes);
    this.#ranked = { start: value.start, planes };
  }

  #rank({ seen }: WholeLines, out: Planes): void {
    const { lines, values } = this.#guides;
    for (const [p, tau] of seen.entries()) rankInto(lines, tau, values[p], out[p]);
  }
}

async function* once(block: Block): AsyncGenerator<Block> {
  yield block;
}
