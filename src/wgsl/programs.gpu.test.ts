import { expect } from 'vitest';
import { gpuTest } from '../testing/gpu.ts';
import { RandomProgram, RESULT_QUADS, ROWS, TALLY } from '../testing/random-program.ts';
import { runOnCpu, runOnGpu } from '../testing/run-wgsl.ts';
import { randomNumbers } from '../testing/samples.ts';

const FIRST = Number(process.env.SEED ?? 1);
const PROGRAMS = Number(process.env.PROGRAMS ?? 40);

for (let seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
  gpuTest(`a random shader leaves the same words on both sides, seed ${seed}`, async (device) => {
    const code = new RandomProgram(seed).text();
    const random = randomNumbers(seed);
    const source = Uint32Array.from({ length: 4 * (ROWS + 1) }, (_, i) =>
      i >= 4 * ROWS
        ? 0
        : random() < 0.5
          ? Math.floor(random() * 8)
          : Math.floor(random() * 2 ** 32),
    );
    const resultLength = 4 * RESULT_QUADS * ROWS;
    const job = { source, resultLength, tallyLength: TALLY, workgroups: ROWS };
    const cpu = runOnCpu(code, job);
    const gpu = await runOnGpu(device, code, job);
    expect({ ...cpu, code }).toEqual({ ...gpu, code });
  });
}
