import type { Backend } from '../../compute/backend.ts';
import type { Sink } from '../../io/sink.ts';
import type { Plan } from '../../plan/types.ts';
import type { Survival } from '../../views/survival.ts';
import type { Auditor } from '../check/auditor.ts';
import { verify, verifyFileName, verifyJson } from '../check/verify.ts';
import type { Crew } from '../crew/crew.ts';
import { type Fallback, ladder } from '../devices/ladder.ts';
import { isAbort, messageOf } from '../errors.ts';
import type { Sources } from '../library/sources.ts';
import type { RunResult, TensorReport } from '../protocol.ts';
import { spansOf } from '../tensor/read-together.ts';
import { crewMaker, crewRun } from './crew-maker.ts';
import { inlineMaker } from './inline-maker.ts';
import type { OutputOptions } from './output-file.ts';
import { type Metered, ProgressMeter } from './progress.ts';
import { withSections, withSurvival, writeSide, writeText } from './side-files.ts';
import { measureAll, type Running } from './thresholds.ts';
import { writeWeights } from './weights.ts';

export type RunEvents = {
  readonly progress: (progress: Metered) => void;
  readonly tensor: (report: TensorReport) => void;
};

export type RunOptions = {
  readonly sources: Sources;
  readonly sink: Sink;
  readonly backend: Backend;
  readonly fallback: Fallback;
  /** Kernel workers, for what the CPU does; without any this thread does it. */
  readonly crew: Crew | null;
  readonly auditor: Auditor;
  /** Bytes everything in flight may take. */
  readonly budget: number;
  readonly signal: AbortSignal;
  readonly events: RunEvents;
  /** What the merge leaves of each parent, by the trim thresholds of the whole model, if there are any. */
  readonly survival?: Surviving;
  /** Markdown for the model card. */
  readonly sections?: readonly string[];
  /** More files at the top of the folder. */
  readonly accounts?: readonly { readonly name: string; readonly text: string }[];
};

export type Surviving = (
  magnitudes: readonly number[] | null,
  signal: AbortSignal,
) => Promise<Survival | null>;

/**
 * Carries out a plan: weights, side files, verification, then the commit. On any failure and on
 * abort the sink is emptied.
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
  const { sink, sources, budget, events, auditor, crew } = options;
  const began = performance.now();
  const meter = new ProgressMeter(plan.jobs.length, events.progress);
  checkOpen(plan, sources);
  const steps = ladder(options.backend, options.fallback);
  const used = new Set([options.backend.label]);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const workers = crew && { crew, run: crewRun(plan, crew, { sources, budget, signal }) };
  const running: Running = { reader: { sources, budget }, steps, workers, meter, signal };

  try {
    const { method, arithmetic } = plan;
    const craft = { method, arithmetic, magnitudes: await measureAll(plan, running) };
    meter.phase('merging', total(plan.files.map(({ byteLength }) => byteLength)));
    let checked = 0;
    let onChecked = (bytes: number) => {
      checked += bytes;
    };
    const output: OutputOptions = {
      ...{ sink, auditor, signal, idleBuffers: [] },
      onChecked: (bytes) => onChecked(bytes),
    };
    const inline = inlineMaker(craft, running.reader, steps);
    const byCrew = workers && crewMaker(workers.crew, workers.run, craft);
    const weights = await writeWeights(plan, {
      makers: {
        next: () => (byCrew && steps.current().kind === 'cpu' ? byCrew : inline),
        share: workers ? workers.run.share / 4 : budget / 8,
      },
      ...{ output, meter, onTensor: events.tensor },
    });
    used.add(steps.current().label);
    const files = [...weights.files];
    const left = await leftOf(options.survival, craft.magnitudes, signal);
    const sides = withSections(plan.sideFiles, options.sections ?? []);
    for (const side of [...withSurvival(sides, left.survival), ...(options.accounts ?? [])]) {
      files.push(await writeSide(side, running.reader, output));
    }

    meter.phase('verifying', total(files.map(({ size }) => size)) - checked);
    onChecked = (bytes) => meter.bytes(bytes);
    const { reports, accounts, bytesRead } = weights;
    const read = { sources, budget, signal };
    const found = await verify(plan, { sink, files, reports, accounts, craft, ...read });
    const report = { ...found, remarks: [...found.remarks, ...left.remarks] };
    const backend = [...used].join(', then ');
    files.push(
      await writeText(verifyFileName, verifyJson(report, reports, backend, left.survival), output),
    );
    signal.throwIfAborted();
    await sink.commit(report.ok);
    signal.throwIfAborted(); // cancelled meanwhile: the sink takes everything back
    return {
      verify: report,
      tensors: reports,
      seconds: (performance.now() - began) / 1000,
      bytesRead,
      bytesWritten: total(files.map(({ size }) => size)),
      backend,
    };
  } finally {
    stop.abort();
    await workers?.crew.end(workers.run);
  }
}

/** A sample that cannot be read once more spoils no merge: the report says so. */
async function leftOf(
  survival: Surviving | undefined,
  magnitudes: readonly number[] | null,
  signal: AbortSignal,
): Promise<{ readonly survival: Survival | null; readonly remarks: readonly string[] }> {
  try {
    return { survival: (await survival?.(magnitudes, signal)) ?? null, remarks: [] };
  } catch (error) {
    if (isAbort(error)) throw error;
    const remark = `what is left of each parent could not be measured: ${messageOf(error)}`;
    return { survival: null, remarks: [remark] };
  }
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

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
