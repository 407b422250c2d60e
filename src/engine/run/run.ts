import type { Backend } from '../../compute/backend.ts';
import type { Sink } from '../../io/sink.ts';
import type { Source } from '../../io/source.ts';
import type { Part, Plan, Span } from '../../plan/types.ts';
import type { Shop } from '../tensor/job.ts';
import { type Fallback, ladder } from '../devices/ladder.ts';
import { type Metered, ProgressMeter } from './progress.ts';
import type { RunResult, TensorReport } from '../protocol.ts';
import type { Sources } from '../library/sources.ts';
import { verify, verifyFileName, verifyJson } from '../check/verify.ts';
import { measuringBytes, wholeModelMagnitudes } from '../tensor/whole-model.ts';
import { writeSide, writeText, writeWeights } from './write.ts';

export type RunEvents = {
  readonly progress: (progress: Metered) => void;
  readonly tensor: (report: TensorReport) => void;
};

export type RunOptions = {
  readonly sources: Sources;
  readonly sink: Sink;
  readonly backend: Backend;
  readonly fallback: Fallback;
  /** Bytes everything in flight may take. */
  readonly budget: number;
  readonly signal: AbortSignal;
  readonly events: RunEvents;
};

/**
 * Carries out a plan: weights, side files, verification, then the final names. On any failure and on
 * abort nothing keeps a name and the sink is emptied.
 *
 * @throws JobError naming step, tensor and file; VerifyError; AbortError
 */
export async function run(plan: Plan, options: RunOptions): Promise<RunResult> {
  try {
    return await carryOut(plan, options);
  } catch (error) {
    await options.sink.abort().catch(() => {}); // the first failure is the one to tell
    if (options.signal.aborted) throw new DOMException('The run was cancelled', 'AbortError');
    throw error;
  }
}

async function carryOut(plan: Plan, options: RunOptions): Promise<RunResult> {
  const { sink, budget, signal, events } = options;
  const began = performance.now();
  const meter = new ProgressMeter(plan.jobs.length, events.progress);
  checkOpen(plan, options.sources);
  const counted = countReads(options.sources);
  const reader = { sources: counted.sources, budget };
  const steps = ladder(options.backend, options.fallback);
  const used = new Set([options.backend.label]);

  const magnitudes = await measureModel(plan, { reader, steps, meter, signal });
  const shop: Shop = { plan, reader, ladder: steps, magnitudes, signal };
  meter.phase(
    'merging',
    plan.files.reduce((sum, file) => sum + file.byteLength, 0),
  );
  const { written, reports } = await writeWeights(shop, sink, meter, events);
  used.add(steps.current().label);
  for (const side of plan.sideFiles) written.push(await writeSide(side, shop, sink));

  const report = await verify(plan, { sink, written, reports, meter, signal });
  written.push(await writeText(verifyFileName, verifyJson(report, reports), sink, signal));
  signal.throwIfAborted();
  await sink.commit();
  signal.throwIfAborted(); // cancelled meanwhile: the sink takes everything back
  return {
    verify: report,
    tensors: reports,
    seconds: (performance.now() - began) / 1000,
    bytesRead: counted.bytes(),
    bytesWritten: written.reduce((sum, file) => sum + file.size, 0),
    backend: [...used].join(', then '),
  };
}

/** Fails before anything is written when a source that the plan names is not open. */
function checkOpen(plan: Plan, sources: Sources): void {
  for (const side of plan.sideFiles) {
    if ('copy' in side) sources.companion(side.copy.model, side.copy.companion);
  }
  for (const part of plan.jobs.flatMap((job) => job.parts)) {
    for (const { model, file } of spansOf(part)) sources.weights(model, file);
  }
}

function spansOf(part: Part): readonly Span[] {
  if (part.kind === 'copy') return [part.span];
  if (part.kind === 'cast') return [part.plane];
  return part.base === null ? part.planes : [...part.planes, part.base];
}

type Measuring = {
  readonly reader: Shop['reader'];
  readonly steps: Shop['ladder'];
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
};

async function measureModel(plan: Plan, { reader, steps, meter, signal }: Measuring) {
  const counts = plan.wholeModelCounts;
  if (counts === null) return null;
  meter.phase('measuring', measuringBytes(plan, counts));
  const told = { bytes: (count: number) => meter.bytes(count) };
  return wholeModelMagnitudes(plan, counts, { ...reader, outputBytes: 0 }, steps, told, signal);
}

function countReads(sources: Sources): { readonly sources: Sources; bytes(): number } {
  let total = 0;
  const counted = (source: Source): Source => ({
    name: source.name,
    size: source.size,
    async read(begin, end, signal) {
      const bytes = await source.read(begin, end, signal);
      total += bytes.length;
      return bytes;
    },
  });
  return {
    bytes: () => total,
    sources: {
      weights: (model, file) => counted(sources.weights(model, file)),
      companion: (model, name) => counted(sources.companion(model, name)),
    },
  };
}
