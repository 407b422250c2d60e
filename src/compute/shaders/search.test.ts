import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BINS, OUTSIDE, Search, SLAB } from './search.ts';

/** What select.wgsl and sample.wgsl would find among the patterns, piece by piece. */
function runPass(search: Search, patterns: Uint32Array, pieceSize: number): void {
  const { pass } = search;
  if (pass?.kind === 'sample') {
    search.addSample(patterns.filter((_, i) => i % pass.stride === 0));
  }
  if (pass?.kind === 'step') {
    for (let from = 0; from < patterns.length; from += pieceSize) {
      // Two zeros after each piece, as the octs of a block have.
      const piece = Uint32Array.from([...patterns.subarray(from, from + pieceSize), 0, 0]);
      const slabs = Math.ceil(piece.length / SLAB);
      const counts = new Uint32Array(2 * slabs);
      const histogram = new Uint32Array(BINS);
      piece.forEach((pattern, i) => {
        const slab = Math.floor(i / SLAB);
        if (pattern >= pass.high) counts[2 * slab]++;
        else if (pattern === pass.guess) counts[2 * slab + 1]++;
        else if (pattern >= pass.low) histogram[(pattern - pass.low) >>> pass.shift]++;
      });
      const starts = Array.from({ length: slabs }, (_, slab) => from + slab * SLAB);
      const zeros = starts.map(() => 0);
      for (const i of [piece.length - 2, piece.length - 1]) zeros[Math.floor(i / SLAB)]++;
      search.addStep({ starts, counts, zeros, histogram });
    }
  }
  if (pass?.kind === 'locate') {
    const slab = new Uint32Array(SLAB).fill(OUTSIDE);
    slab.set(patterns.subarray(pass.start, pass.start + SLAB));
    search.addSlab(slab);
  }
  search.finishPass();
}

function find(patterns: Uint32Array, count: number, sampleSize: number, pieceSize = 1 << 20) {
  const search = new Search(count, patterns.length, sampleSize);
  let passes = 0;
  while (search.pass) {
    runPass(search, patterns, pieceSize);
    if (++passes > 12) throw new Error('The search does not end');
  }
  const [pattern] = new Uint32Array(Float32Array.of(search.cut.magnitude).buffer);
  return { pattern, lastIndex: search.cut.lastIndex, passes };
}

function keptBy(patterns: Uint32Array, cut: { pattern: number; lastIndex: number }): number {
  return patterns.filter((p, i) => p > cut.pattern || (p === cut.pattern && i <= cut.lastIndex))
    .length;
}

const pattern = fc.oneof(
  fc.integer({ min: 0, max: 0x7f7fffff }),
  fc.integer({ min: 0x3f800000, max: 0x3f800040 }),
  fc.constantFrom(0, 0x7f7fffff, 0x3f800000),
);

test('exactly k elements are kept, whatever the values, the sample and the pieces', () => {
  const cases = fc.record({
    values: fc.array(pattern, { minLength: 1, maxLength: 300 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    sampleSize: fc.integer({ min: 1, max: 400 }),
    pieceSize: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(cases, ({ values, share, sampleSize, pieceSize }) => {
      const patterns = Uint32Array.from(values);
      const count = Math.round(share * values.length);
      const cut = find(patterns, count, sampleSize, pieceSize);
      expect(keptBy(patterns, cut)).toBe(count);
      const sorted = patterns.slice().sort().reverse();
      if (count > 0 && count < values.length) expect(cut.pattern).toBe(sorted[count - 1]);
    }),
    { numRuns: 300 },
  );
});

test('keeping nothing and keeping everything need no pass', () => {
  expect(new Search(0, 10, 4).cut).toEqual({ magnitude: Number.POSITIVE_INFINITY, lastIndex: -1 });
  expect(new Search(10, 10, 4).cut).toEqual({ magnitude: 0, lastIndex: 9 });
  expect(new Search(0, 0, 4).pass).toBeNull();
});

test('a sample of all elements guesses right: sample, one step, and a look at one slab', () => {
  const patterns = Uint32Array.from({ length: 20_000 }, (_, i) => 1000 + (i % 10));
  expect(find(patterns, 1999, 20_000)).toEqual({
    pattern: 1009,
    lastIndex: 19_989,
    passes: 3,
  });
});

test('repeated values need one step even after a small sample', () => {
  const patterns = Uint32Array.from({ length: 60_000 }, (_, i) => 5_000_000 * ((i * 7919) % 5));
  expect(find(patterns, 20_000, 1024).passes).toBe(3);
});

test('a sample that misleads costs passes, not the answer', () => {
  // Every fourth element, which is what the sample sees, is tiny.
  const patterns = Uint32Array.from({ length: 4000 }, (_, i) =>
    i % 4 === 0 ? i : 2_000_000_000 - i,
  );
  const cut = find(patterns, 2500, 1000);
  expect(keptBy(patterns, cut)).toBe(2500);
});

test('values that change between passes are noticed', () => {
  const patterns = new Uint32Array(100).fill(7);
  const search = new Search(50, 100, 100);
  runPass(search, patterns, 100);
  runPass(search, patterns, 100);
  expect(search.pass?.kind).toBe('locate');
  expect(() => runPass(search, new Uint32Array(100), 100)).toThrow('changed between two passes');
});
