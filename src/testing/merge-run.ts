import type { Backend } from '../compute/backend.ts';
import { cpuBackend } from '../compute/cpu/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { inlineAuditor } from '../engine/check/auditor.ts';
import { Library } from '../engine/library/library.ts';
import type { PlanOrder, TensorReport } from '../engine/protocol.ts';
import type { Metered } from '../engine/run/progress.ts';
import { type RunOptions, run } from '../engine/run/run.ts';
import type { Model } from '../formats/model.ts';
import type { Source } from '../io/source.ts';
import { plan } from '../plan/plan.ts';
import type { Plan } from '../plan/types.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type MemorySink, memorySink } from './memory-sink.ts';
import { memorySource } from './memory-source.ts';
import { refTo } from './model.ts';
import { modelFile, type TestTensor } from './model-file.ts';

type Tensors = Readonly<Record<string, TestTensor>>;

export type MergeRunInput = {
  /** Tensors by model; the one named `base` is the base, the others are the experts in order. */
  readonly models: Readonly<Record<string, Tensors>>;
  readonly recipe?: Partial<Recipe>;
  /** Parameters by expert. */
  readonly values?: Readonly<Record<string, Recipe['values']>>;
  /** Puts something between the run and the bytes of a model. */
  readonly wrap?: (source: Source, model: string) => Source;
};

export type MergeRun = {
  /** What a page asks of an engine that has the same models open. */
  readonly order: PlanOrder;
  readonly plan: Plan;
  readonly library: Library;
  /** What `run` takes, over a memory sink and the inline CPU backend unless told otherwise. */
  options(over?: Partial<RunOptions>): RunOptions & { readonly sink: MemorySink };
  readonly progress: readonly Metered[];
  readonly reports: readonly TensorReport[];
};

/** Small models in memory, opened, planned, and ready to run. */
export async function mergeRun(input: MergeRunInput): Promise<MergeRun> {
  const library = new Library();
  const models = new Map<string, Model>();
  for (const [id, tensors] of Object.entries(input.models)) {
    const memory = memorySource('model.safetensors', modelFile(tensors));
    const source = input.wrap?.(memory, id) ?? memory;
    models.set(id, await library.open(id, id, [source]));
  }
  const base = models.get('base');
  const recipe: Recipe = {
    ...emptyRecipe(),
    method: 'linear',
    smallShare: 'merge anyway',
    base: base ? refTo(base) : null,
    experts: [...models.values()]
      .filter((model) => model !== base)
      .map((model) => ({ model: refTo(model), values: input.values?.[model.id] ?? {} })),
    ...input.recipe,
  };
  const producer = { version: '0', backend: 'cpu' } as const;
  const order = { recipe, recipeHash: 'hash', producer };
  const planned = plan({ ...order, models });
  if (!('plan' in planned)) {
    throw new Error(planned.findings.map(({ message }) => message).join('; '));
  }
  const progress: Metered[] = [];
  const reports: TensorReport[] = [];
  return {
    order,
    plan: planned.plan,
    library,
    progress,
    reports,
    options: (over) => ({
      sources: library,
      backend: definitionBackend(),
      fallback: fallbackTo(null),
      crew: null,
      auditor: inlineAuditor(),
      budget: 2 ** 30,
      signal: new AbortController().signal,
      events: {
        progress: (each) => progress.push(each),
        tensor: (each) => reports.push(each),
      },
      ...over,
      sink: (over?.sink as MemorySink | undefined) ?? memorySink(),
    }),
  };
}

/** What a plan makes of open models, written to memory by the inline CPU backend. */
export async function runInMemory(
  plan: Plan,
  sources: Library,
  {
    backend = cpuBackend(),
    budget = 2 ** 28,
  }: Partial<Pick<RunOptions, 'backend' | 'budget'>> = {},
) {
  const sink = memorySink();
  const result = await run(plan, {
    ...{ sources, sink, backend, fallback: fallbackTo(null), crew: null },
    ...{ auditor: inlineAuditor(), budget, signal: new AbortController().signal },
    events: { progress: () => {}, tensor: () => {} },
  });
  return { sink, result };
}

/** A second device, if any, and the inline CPU backend. */
export function fallbackTo(device: Backend | null): RunOptions['fallback'] {
  return { renew: async () => device, cpu: () => definitionBackend() };
}

/** The bytes of one tensor in the weights a run has written. */
export function writtenTensor(plan: Plan, sink: MemorySink, tensor: string): Uint8Array {
  const job = plan.jobs.find((each) => each.tensor === tensor)!;
  const { name, header } = plan.files[job.file];
  const before = plan.jobs.slice(0, plan.jobs.indexOf(job)).filter(({ file }) => file === job.file);
  const begin = before.reduce((sum, { byteLength }) => sum + byteLength, header.length);
  return sink.files.get(name)!.slice(begin, begin + job.byteLength);
}
