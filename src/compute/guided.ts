import { guideInto } from '../methods/lines.ts';
import { bytesPerElement } from '../numerics/dtype.ts';
import type { Blocks, Kernel, Room } from './backend.ts';

/** The planes of a tensor with those behind them that the formula is guided by; the same blocks where there are none. */
export function guided(blocks: Blocks, { guides }: Pick<Kernel, 'guides'>): Blocks {
  if (!guides) return blocks;
  const count = guides.values.length;
  const { length } = blocks.dtypes;
  return {
    ...blocks,
    dtypes: [...blocks.dtypes, ...guides.values.map(() => 'F32' as const)],
    guides: count,
    async *read(signal, room) {
      const offered = new Map<number, ReturnType<Room>>();
      const own = (start: number, elements: number) => {
        const places = room!(start, elements);
        offered.set(start, places);
        return places.slice(0, length);
      };
      for await (const block of blocks.read(signal, room && own)) {
        const places = offered.get(block.start);
        offered.delete(block.start);
        // Who has a place for the block may lay it elsewhere once it sees that it was not used.
        const isThere = places?.[0] === block.planes[0];
        const planes = guides.values.map((_, p) =>
          isThere ? places![length + p] : new Uint8Array(block.count * bytesPerElement('F32')),
        );
        guideInto(
          guides,
          block.start,
          planes.map(({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset, block.count)),
        );
        yield { ...block, planes: [...block.planes, ...planes] };
      }
    },
  };
}
