import { createSHA256, createXXHash64 } from 'hash-wasm';
import { readHeader } from '../../formats/safetensors/header.ts';
import type { Sink } from '../../io/sink.ts';
import type { Source } from '../../io/source.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import type { Job, OutputFile, Plan } from '../../plan/types.ts';
import { ahead } from '../tensor/ahead.ts';
import { isAbort, messageOf, VerifyError } from '../errors.ts';
import { countNonFinite, type NonFinite } from './nonfinite.ts';
import type { ProgressMeter } from '../run/progress.ts';
import type { TensorReport, VerifyReport } from '../protocol.ts';
import type { Written } from '../run/write.ts';

export const verifyFileName = 'amalgam-verify.json';

/** Bytes read back at a time; a multiple of every element size. */
const piece = 4 * 2 ** 20;

export type Verifying = {
  readonly sink: Pick<Sink, 'reopen'>;
  readonly written: readonly Written[];
  readonly reports: readonly TensorReport[];
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
};

/**
 * Reads every written file back: size, header and checksum against what was planned and sent, sha256
 * of what is there, NaN and infinity by tensor. What is there but doubtful (NaN in a merged tensor,
 * nothing changed) comes as `problems`.
 *
 * @throws VerifyError when a file is not what was sent
 */
export async function verify(plan: Plan, verifying: Verifying): Promise<VerifyReport> {
  const { sink, written, reports, meter, signal } = verifying;
  meter.phase(
    'verifying',
    written.reduce((sum, file) => sum + file.size, 0),
  );
  const broken: string[] = [];
  const files: { name: string; size: number; sha256: string }[] = [];
  const counts = new Map<Job, NonFinite>();
  for (const file of written) {
    const source = await sink.reopen(file.name);
    const index = plan.files.findIndex(({ name }) => name === file.name);
    const jobs = plan.jobs.filter((job) => job.file === index);
    if (source.size !== file.size) {
      broken.push(`${file.name} has ${source.size} bytes, expected ${file.size}`);
      continue;
    }
    if (index >= 0) broken.push(...(await headerProblems(source, plan.files[index], jobs, signal)));
    const start = index >= 0 ? plan.files[index].header.length : 0;
    const sums = await checksums();
    for await (const [bytes, job] of ahead(walk(source, start, jobs, signal))) {
      sums.update(bytes);
      if (job && isFloatDtype(job.dtype)) add(counts, job, countNonFinite(bytes, job.dtype));
      if (job) meter.tensor(job.tensor);
      meter.bytes(bytes.length);
    }
    const { quick, sha256 } = sums.digest();
    if (quick !== file.checksum) {
      broken.push(`${file.name} reads back differently than it was written`);
    }
    files.push({ name: file.name, size: file.size, sha256 });
  }
  if (broken.length > 0) throw new VerifyError(broken);

  const problems = [...nonFiniteProblems(counts), ...changeProblems(reports)];
  const total = (of: (count: NonFinite) => number) =>
    [...counts.values()].reduce((sum, count) => sum + of(count), 0);
  return {
    ok: problems.length === 0,
    problems,
    files,
    tensors: plan.jobs.length,
    tensorsChanged: reports.filter(({ changed }) => changed === true).length,
    nan: total(({ nan }) => nan),
    infinite: total(({ infinite }) => infinite),
    saturated: reports.reduce((sum, { saturated }) => sum + saturated, 0),
  };
}

/** The report as it is saved beside the weights. The same merge gives the same text. */
export function verifyJson(report: VerifyReport, reports: readonly TensorReport[]): string {
  const remarkable = reports.filter(
    ({ notes, saturated, nonFinite }) => notes.length > 0 || saturated > 0 || nonFinite > 0,
  );
  return `${JSON.stringify({ ...report, remarkable }, null, 2)}\n`;
}

type Walked = readonly [bytes: Uint8Array<ArrayBuffer>, job: Job | null];

/** All bytes of a file in order, cut where tensors begin. */
async function* walk(
  source: Source,
  start: number,
  jobs: readonly Job[],
  signal: AbortSignal,
): AsyncGenerator<Walked> {
  let at = 0;
  const stretches = [{ end: start, job: null as Job | null }];
  for (const job of jobs) stretches.push({ end: stretches.at(-1)!.end + job.byteLength, job });
  stretches.push({ end: source.size, job: null });
  for (const { end, job } of stretches) {
    while (at < end) {
      signal.throwIfAborted();
      const next = Math.min(end, at + piece);
      yield [await source.read(at, next, signal), job];
      at = next;
    }
  }
}

/** The header read back, byte by byte and as a reader of safetensors understands it. */
async function headerProblems(
  source: Source,
  planned: OutputFile,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<string[]> {
  const found = await source.read(0, planned.header.length, signal);
  if (found.some((byte, i) => byte !== planned.header[i])) {
    return [`the header of ${planned.name} is not the planned one`];
  }
  try {
    const { tensors } = await readHeader(source, signal);
    const agree =
      tensors.length === jobs.length &&
      tensors.every(({ name, dtype, shape, begin, end }, i) => {
        const job = jobs[i];
        const sameKind = name === job.tensor && dtype === job.dtype;
        return sameKind && String(shape) === String(job.shape) && end - begin === job.byteLength;
      });
    return agree ? [] : [`the header of ${planned.name} does not list the merged tensors`];
  } catch (error) {
    if (isAbort(error)) throw error;
    return [messageOf(error)];
  }
}

async function checksums() {
  const [quick, sha256] = await Promise.all([createXXHash64(), createSHA256()]);
  return {
    update(bytes: Uint8Array) {
      quick.update(bytes);
      sha256.update(bytes);
    },
    digest: () => ({ quick: quick.digest('hex'), sha256: sha256.digest('hex') }),
  };
}

function add(counts: Map<Job, NonFinite>, job: Job, more: NonFinite): void {
  if (more.nan + more.infinite === 0) return;
  const { nan, infinite } = counts.get(job) ?? { nan: 0, infinite: 0 };
  counts.set(job, { nan: nan + more.nan, infinite: infinite + more.infinite });
}

/** Copied tensors may hold infinities for good reason (masks); computed ones may not. */
function nonFiniteProblems(counts: ReadonlyMap<Job, NonFinite>): string[] {
  return [...counts]
    .filter(([{ parts }]) => parts.some((part) => part.kind !== 'copy'))
    .map(([{ tensor }, { nan, infinite }]) => {
      const found = [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} infinite` : ''];
      return `${tensor} holds ${found.filter(Boolean).join(' and ')} values`;
    });
}

/** A merge that changed nothing has not merged. With another dtype there is nothing to compare. */
function changeProblems(reports: readonly TensorReport[]): string[] {
  const compared = reports.filter(({ changed }) => changed !== null);
  const unchanged = compared.length > 0 && compared.every(({ changed }) => changed === false);
  return unchanged && compared.length === reports.length
    ? ['nothing changed: every tensor equals the original']
    : [];
}
