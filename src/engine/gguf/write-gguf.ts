import { gridOf, rowsPerBlock } from '../../formats/gguf/change.ts';
import type { Placed } from '../../formats/gguf/container.ts';
import { padded } from '../../formats/gguf/container.ts';
import type { GgufJob, GgufPlan } from '../../formats/gguf/plan.ts';
import { elsewhere, refusal } from '../../formats/gguf/refusal.ts';
import { bytesOf, encodeAs } from '../../formats/gguf/types.ts';
import type { Sink } from '../../io/sink.ts';
import type { Auditor } from '../check/auditor.ts';
import { VerifyError } from '../errors.ts';
import type { GgufResult } from '../protocol.ts';
import { OutputFile } from '../run/output-file.ts';
import { checksumOf } from '../tensor/make.ts';
import { type Reading, rowsOf } from './rows-of.ts';

export type GgufOutput = {
  readonly sink: Sink;
  readonly auditor: Auditor;
  /** Bytes of the file that are written, or read back; twice its size in all. */
  readonly progress: (done: number, total: number) => void;
};

/**
 * Writes the file block by block, each at its place, reads it back, and only then makes it a finished one. On failure
 * and on abort the sink is emptied. Throws JobError, FormatError naming a tensor, VerifyError, AbortError.
 */
export async function writeGguf(
  plan: GgufPlan,
  reading: Reading,
  output: GgufOutput,
): Promise<GgufResult> {
  try {
    return await carryOut(plan, reading, output);
  } catch (error) {
    await output.sink.abort().catch(() => {}); // the first failure is the one to tell
    if (reading.signal.aborted) throw new DOMException('The export was cancelled', 'AbortError');
    throw error;
  }
}

async function carryOut(
  plan: GgufPlan,
  reading: Reading,
  { sink, auditor, progress }: GgufOutput,
): Promise<GgufResult> {
  const began = performance.now();
  const { signal } = reading;
  let done = 0;
  const tell = (bytes: number) => {
    done += bytes;
    progress(done, 2 * plan.size);
  };
  const options = { sink, auditor, signal, idleBuffers: [], onChecked: tell };
  const file = await OutputFile.create(plan.name, plan.size, { tensors: [] }, options);
  const write = async (at: number, bytes: Uint8Array<ArrayBuffer>, tensor = '') => {
    const { length } = bytes;
    await file.write({ at, bytes, checksum: await checksumOf(bytes) }, tensor);
    tell(length);
  };
  await write(0, plan.header);
  const remarks = [...plan.remarks];
  for (const job of plan.tensors) remarks.push(...(await writeTensor(job, reading, write)));
  await file.close();
  const { different, sha256 } = await file.finish(await sink.reopen(plan.name));
  if (different > 0) {
    throw new VerifyError([`${plan.name} reads back differently in ${different} places`]);
  }
  signal.throwIfAborted();
  await sink.commit(true);
  signal.throwIfAborted(); // cancelled meanwhile: the sink takes everything back
  const seconds = (performance.now() - began) / 1000;
  return { name: plan.name, bytes: plan.size, sha256, remarks, seconds };
}

type Write = (at: number, bytes: Uint8Array<ArrayBuffer>, tensor?: string) => Promise<void>;

/** What there is to say of its values. */
async function writeTensor(
  job: Placed<GgufJob>,
  reading: Reading,
  write: Write,
): Promise<readonly string[]> {
  const { rows, columns } = gridOf(job.shape);
  const read = rowsOf(job, reading);
  const step = rowsPerBlock(job);
  const lost = { saturated: 0, nonFinite: 0 };
  for (let row = 0; row < rows; row += step) {
    const to = Math.min(rows, row + step);
    const values = await read(row, to);
    const at = bytesOf(job.type, row * columns);
    const length = bytesOf(job.type, values.length);
    // The zeros between tensors go with the last block.
    const bytes = new Uint8Array(to === rows ? padded(job.bytes) - at : length);
    const { saturated, nonFinite } = encodeAs(values, job.type, bytes.subarray(0, length));
    lost.saturated += saturated;
    lost.nonFinite += nonFinite;
    if (nonFinite > 0 && job.type === 'Q8_0') throw notInBlocks(job, nonFinite);
    await write(job.at + at, bytes, job.name);
  }
  return remarksOf(job, lost);
}

function remarksOf(
  { name, type }: GgufJob,
  { saturated, nonFinite }: { readonly saturated: number; readonly nonFinite: number },
): readonly string[] {
  const number = (count: number) => count.toLocaleString('en');
  return [
    ...(nonFinite > 0 ? [`${name}: ${number(nonFinite)} values are NaN or infinite`] : []),
    ...(saturated > 0
      ? [
          `${name}: ${number(saturated)} values are too large for ${type}, and stored as its largest`,
        ]
      : []),
  ];
}

function notInBlocks(job: GgufJob, count: number): Error {
  return refusal({
    file: 'the weights',
    tensor: 'source' in job ? job.source.name : job.name,
    found: `${count.toLocaleString('en')} values that are NaN or infinite`,
    expected: 'finite ones, which is all that Q8_0 can hold',
    advice: `Take F16, BF16 or F32. ${elsewhere}`,
  });
}
