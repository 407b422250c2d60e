import type { Ladder } from '../devices/ladder.ts';
import { countReads } from '../library/count-reads.ts';
import type { Craft, Shop } from '../tensor/job.ts';
import { makeStretch } from '../tensor/make.ts';
import { jobsInFlight } from '../tensor/memory.ts';
import { readTogether } from '../tensor/read-together.ts';
import type { Maker } from './makers.ts';

/** Makes stretches from this thread, on whatever backend the ladder stands. */
export function inlineMaker(craft: Craft, reader: Shop['reader'], ladder: Ladder): Maker {
  return {
    atOnce: jobsInFlight,
    async make(stretch, take, signal) {
      const counted = countReads(reader.sources);
      const own = { ...reader, sources: counted.sources };
      const together = await readTogether(stretch.jobs, own, signal);
      const shop = { craft, reader: together, ladder, signal };
      const tallies = await makeStretch(stretch, shop, take);
      return { tallies, bytesRead: counted.bytes() };
    },
  };
}
