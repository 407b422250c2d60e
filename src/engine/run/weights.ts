import { isFloatDtype } from '../../numerics/dtype.ts';
import type { Plan } from '../../plan/types.ts';
import type { FileLayout } from '../check/file-check.ts';
import type { TensorReport } from '../protocol.ts';
import type { Account } from '../tensor/job.ts';
import { checksumOf } from '../tensor/make.ts';
import { type Stretch, stretchesOf } from '../tensor/stretch.ts';
import type { Makers } from './makers.ts';
import { OutputFile, type OutputOptions } from './output-file.ts';
import type { ProgressMeter } from './progress.ts';

export type Weights = {
  readonly files: readonly OutputFile[];
  /** In the plan's order. */
  readonly reports: readonly TensorReport[];
  readonly accounts: readonly Account[];
  readonly bytesRead: number;
};

type Writing = {
  readonly makers: Makers;
  readonly output: OutputOptions;
  readonly meter: ProgressMeter;
  readonly onTensor: (report: TensorReport) => void;
};

/**
 * Makes and writes every weight file, stretch by stretch, each to its place. As many are under way as the
 * maker of the next one takes on at once.
 */
export async function writeWeights(plan: Plan, writing: Writing): Promise<Weights> {
  const { makers, output, meter, onTensor } = writing;
  const stop = new AbortController();
  const signal = AbortSignal.any([output.signal, stop.signal]);
  const reports = new Array<TensorReport>(plan.jobs.length);
  const accounts = new Array<Account>(plan.jobs.length);
  const files: OutputFile[] = [];
  const unwritten = plan.files.map(({ byteLength }) => byteLength);
  const underWay = new Set<Promise<void>>();
  let bytesRead = 0;

  async function wrote(file: number, bytes: number): Promise<void> {
    meter.bytes(bytes);
    unwritten[file] -= bytes;
    if (unwritten[file] === 0) await files[file].close();
  }

  async function open(index: number): Promise<void> {
    const { name, byteLength, header } = plan.files[index];
    const file = await OutputFile.create(name, byteLength, layoutOf(plan, index), output);
    files.push(file);
    await file.write({ at: 0, bytes: header.slice(), checksum: await checksumOf(header) });
    await wrote(index, header.length);
  }

  async function make(stretch: Stretch): Promise<void> {
    const [first, ...others] = stretch.jobs.map(({ tensor }) => tensor);
    const named = others.length === 0 ? first : `${first} … ${others.at(-1)}`;
    meter.tensor(first);
    const made = await makers.next().make(
      stretch,
      async (piece) => {
        const { length } = piece.bytes;
        await files[stretch.file].write(piece, named);
        await wrote(stretch.file, length);
      },
      signal,
    );
    bytesRead += made.bytesRead;
    for (const [i, { account, ...report }] of made.tallies.entries()) {
      reports[stretch.first + i] = report;
      accounts[stretch.first + i] = account;
      onTensor(report);
      meter.tensorDone();
    }
  }

  try {
    const stretches = stretchesOf(plan, makers.share);
    let failure: { readonly error: unknown } | null = null;
    for (const stretch of stretches) {
      while (files.length <= stretch.file) await open(files.length);
      while (underWay.size >= makers.next().atOnce) await Promise.race(underWay);
      if (failure) break;
      const work = make(stretch)
        .catch((error: unknown) => {
          failure ??= { error };
          stop.abort(); // nothing else needs to be made
        })
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
    await Promise.all(underWay);
    if (failure) throw (failure as { readonly error: unknown }).error;
    while (files.length < plan.files.length) await open(files.length);
    return { files, reports, accounts, bytesRead };
  } finally {
    stop.abort();
    await Promise.all(underWay);
  }
}

/** The tensors of one output file that hold floats, and where. */
function layoutOf({ files, jobs }: Plan, file: number): FileLayout {
  let at = files[file].header.length;
  const tensors: FileLayout['tensors'][number][] = [];
  for (const { file: lies, dtype, byteLength } of jobs) {
    if (lies !== file) continue;
    if (isFloatDtype(dtype)) tensors.push({ dtype, begin: at, end: at + byteLength });
    at += byteLength;
  }
  return { tensors };
}
