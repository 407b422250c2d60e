import type { Backend, Block, Blocks, Kernel, Mapped, Room, Work } from '../../compute/backend.ts';
import linear from '../../methods/linear/index.ts';
import {
  type Call,
  coefficientList,
  derivingOf,
  guidesOf,
  type Measure,
  type MergeMethod,
} from '../../methods/method.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import type { Part } from '../../plan/types.ts';
import type { Ladder } from '../devices/ladder.ts';
import { isAbort, isExplained, JobError } from '../errors.ts';
import type { PlaneBlocks } from './blocks.ts';

export type CastPart = Extract<Part, { kind: 'cast' }>;

/** One consecutive run of elements to compute: how, and from what. */
export type Task = {
  readonly tensor: string;
  readonly method: MergeMethod;
  readonly call: Call;
  readonly blocks: PlaneBlocks;
  readonly output: FloatDtype;
  readonly work: Work;
  readonly resultAs: Work;
  readonly at: Kernel['at'];
  /** One magnitude per plane, decided over the whole model; null asks the tensor itself. */
  readonly magnitudes: readonly number[] | null;
};

/** What the run is told while a task is computed. */
export type Witness = {
  used(backend: Backend): void;
  /** What came of measures, where there were any. */
  measured(coefficients: readonly number[]): void;
  note(text: string): void;
};

/** Merged elements, with the planes of the block they were made of where they are still at hand. */
export type Computed = { readonly mapped: Mapped; readonly planes: Block['planes'] | null };

/** Every index lies below it: all elements equal to the whole model's threshold are kept. */
const lastOfAll = 2 ** 32 - 1;

/**
 * Encoded output, block by block. When the backend fails in a way that another can make good, the
 * blocks not yet handed on are done there. A tensor of one block is then done again from its start,
 * measures included; a larger one goes on at the block it stopped at, with the coefficients it has:
 * earlier blocks may be on disk already, and both backends give the same numbers.
 */
export async function* compute(
  task: Task,
  ladder: Ladder,
  witness: Witness,
  signal: AbortSignal,
): AsyncGenerator<Computed> {
  if (task.blocks.elementCount === 0) return;
  const { blocks: watched, planesAt } = watch(task.blocks);
  const size = bytesPerElement(task.output);
  let backend = ladder.current();
  let coefficients: readonly number[] | null = null;
  let guides: Kernel['guides'] = null;
  let done = 0;
  for (;;) {
    try {
      witness.used(backend);
      if (coefficients === null) {
        const answers: Answers = await measureAll({ ...task, blocks: watched }, backend, signal);
        coefficients = coefficientList(task.method, task.call, answers);
        guides = guidesOf(task.method, task.call, answers);
        if (answers.length > 0) witness.measured(coefficients);
        const remark = task.method.remark?.(task.call, answers) ?? null;
        if (remark !== null) witness.note(remark);
      }
      const { output, work, resultAs, at } = task;
      const methodId = task.method.id;
      const kernel: Kernel = { methodId, coefficients, guides, output, work, resultAs, at };
      // The same object as was measured: a backend may still hold its planes.
      const blocks = done === 0 ? watched : watched.from(done);
      for await (const mapped of backend.map(blocks, kernel, signal)) {
        const count = mapped.bytes.byteLength / size;
        const planes = planesAt(done, count);
        done += count;
        yield { mapped, planes };
      }
      if (done === task.blocks.elementCount) return;
      throw new Error(`${backend.label} gave ${done} of ${task.blocks.elementCount} elements`);
    } catch (error) {
      if (signal.aborted || isExplained(error)) throw error;
      const next = await ladder.after(backend, error);
      if (next === null) {
        if (isAbort(error)) throw error;
        throw new JobError({ step: 'compute', tensor: task.tensor, file: backend.label }, error);
      }
      witness.note(next.note);
      backend = next.backend;
      if (done === 0) coefficients = null;
    }
  }
}

/** The same blocks, and a look at those that were read last. Planes in a backend's room change under it. */
function watch(blocks: PlaneBlocks) {
  const seen = new Map<number, Block>();
  const watched = <B extends Blocks>(one: B): B => ({
    ...one,
    async *read(signal: AbortSignal, room?: Room) {
      for await (const block of one.read(signal, room)) {
        seen.set(block.start, block);
        yield block;
      }
    },
  });
  return {
    blocks: { ...watched(blocks), from: (first: number) => watched(blocks.from(first)) },
    planesAt(start: number, count: number) {
      const block = seen.get(start);
      if (count < blocks.elementCount) seen.delete(start);
      return block?.count === count ? block.planes : null;
    },
  };
}

type Answers = readonly (readonly number[])[];

/** Asks the method for measures, round after round, until it has all it wants. */
async function measureAll(task: Task, backend: Backend, signal: AbortSignal): Promise<Answers> {
  const { method, call, blocks, work, at, magnitudes } = task;
  let answers: Answers = [];
  for (;;) {
    const asked = method.measures?.(call, answers) ?? [];
    if (asked.length === 0) return answers;
    const known = asked.map((measure) => decided(measure, magnitudes));
    const open = asked.filter((_, i) => known[i] === null);
    const context = { work, at, deriving: derivingOf(method, call, asked, answers) };
    const measured = open.length === 0 ? [] : await backend.measure(blocks, open, context, signal);
    let next = 0;
    answers = [...answers, ...known.map((answer) => answer ?? measured[next++])];
  }
}

function decided(measure: Measure, magnitudes: readonly number[] | null): readonly number[] | null {
  if (magnitudes === null || measure.kind !== 'magnitude') return null;
  return [magnitudes[measure.model], lastOfAll];
}

/** The linear kernel on one model with weight 1 changes nothing but the dtype. */
export const cast = {
  method: linear as unknown as MergeMethod,
  global: { normalize: false },
  perModel: [{ weight: 1 }],
};
