import { createXXHash64 } from 'hash-wasm';
import type { Sink } from '../../io/sink.ts';
import type { Job, SideFile } from '../../plan/types.ts';
import { ahead } from '../tensor/ahead.ts';
import { comparison } from '../tensor/changes.ts';
import { isAbort, JobError } from '../errors.ts';
import { newTally, produce, type Shop, type Tally } from '../tensor/job.ts';
import { copyPiece, jobsInFlight } from '../tensor/memory.ts';
import type { ProgressMeter } from './progress.ts';
import type { TensorReport } from '../protocol.ts';
import type { RunEvents } from './run.ts';

/** What was sent to the sink under one name, to be compared with what comes back. */
export type Written = { readonly name: string; readonly size: number; readonly checksum: string };

type Started = {
  readonly job: Job;
  readonly tally: Tally;
  readonly pieces: AsyncIterableIterator<Uint8Array<ArrayBuffer>>;
};

/**
 * Writes every weight file: its header, then its tensors in order. At most `jobsInFlight` jobs are
 * begun and not yet written; each holds back until the writer has taken what it made.
 */
export async function writeWeights(
  shop: Shop,
  sink: Sink,
  meter: ProgressMeter,
  events: Pick<RunEvents, 'tensor'>,
): Promise<{ readonly written: Written[]; readonly reports: TensorReport[] }> {
  const { plan } = shop;
  const stop = new AbortController();
  const signal = AbortSignal.any([shop.signal, stop.signal]);
  const written: Written[] = [];
  const reports: TensorReport[] = [];
  const queue = plan.jobs.values();
  const inFlight: Started[] = [];
  const begin = () => {
    const { value: job } = queue.next();
    if (job === undefined) return;
    const tally = newTally(job);
    inFlight.push({ job, tally, pieces: ahead(produce(job, tally, { ...shop, signal })) });
  };

  async function writeTensor({ job, tally, pieces }: Started, file: OpenFile): Promise<void> {
    meter.tensor(job.tensor);
    const changes = comparison(job, { ...shop.reader, tensor: job.tensor }, signal);
    for await (const bytes of pieces) {
      const { length } = bytes;
      await changes.feed(bytes); // first: a sink may hand the buffer on to another thread
      await file.write(bytes, job.tensor);
      meter.bytes(length);
    }
    const report = { ...tally, changed: changes.result() };
    reports.push(report);
    events.tensor(report);
    meter.tensorDone();
  }

  try {
    for (let i = 0; i < jobsInFlight; i++) begin();
    for (const [index, { name, header, byteLength }] of plan.files.entries()) {
      const file = await openFile(sink, name, byteLength, signal);
      await file.write(header);
      meter.bytes(header.length);
      while (inFlight[0]?.job.file === index) {
        await writeTensor(inFlight[0], file);
        inFlight.shift();
        begin();
      }
      written.push(await file.close());
    }
    return { written, reports };
  } finally {
    stop.abort(); // after a failure, work for later tensors ends here and is waited for
    await Promise.all(inFlight.map(({ pieces }) => pieces.return?.()));
  }
}

/** Writes a text, or copies a small file of a model as it is. */
export async function writeSide(side: SideFile, shop: Shop, sink: Sink): Promise<Written> {
  if ('text' in side) return writeText(side.name, side.text, sink, shop.signal);
  const { model, companion } = side.copy;
  const source = shop.reader.sources.companion(model, companion);
  const file = await openFile(sink, side.name, source.size, shop.signal);
  const piece = copyPiece(shop.reader.budget);
  for (let begin = 0; begin < source.size; begin += piece) {
    const end = Math.min(source.size, begin + piece);
    const bytes = await source.read(begin, end, shop.signal).catch((error: unknown) => {
      if (isAbort(error)) throw error;
      throw new JobError({ step: 'read', tensor: '', file: source.name }, error);
    });
    await file.write(bytes);
  }
  return file.close();
}

export async function writeText(
  name: string,
  text: string,
  sink: Sink,
  signal: AbortSignal,
): Promise<Written> {
  const bytes = new TextEncoder().encode(text);
  const file = await openFile(sink, name, bytes.length, signal);
  await file.write(bytes);
  return file.close();
}

type OpenFile = {
  /** `tensor` is for the message when it fails. */
  write(bytes: Uint8Array<ArrayBuffer>, tensor?: string): Promise<void>;
  close(): Promise<Written>;
};

/** A file of the sink that keeps a checksum of what it was given. */
async function openFile(
  sink: Sink,
  name: string,
  size: number,
  signal: AbortSignal,
): Promise<OpenFile> {
  const told = async <T>(work: Promise<T>, tensor = ''): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new JobError({ step: 'write', tensor, file: name }, error);
    }
  };
  signal.throwIfAborted();
  const checksum = await createXXHash64();
  const file = await told(sink.create(name, size));
  return {
    async write(bytes, tensor) {
      signal.throwIfAborted();
      checksum.update(bytes);
      await told(file.write(bytes), tensor);
    },
    async close() {
      await told(file.close());
      return { name, size, checksum: checksum.digest('hex') };
    },
  };
}
