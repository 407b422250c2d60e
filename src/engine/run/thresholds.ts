import type { Plan } from '../../plan/types.ts';
import type { Crew, CrewRun } from '../crew/crew.ts';
import type { Ladder } from '../devices/ladder.ts';
import type { Sources } from '../library/sources.ts';
import { measureModel, measuringBytes, thresholds } from '../tensor/whole-model.ts';
import type { ProgressMeter } from './progress.ts';

/** What a run measures with. */
export type Running = {
  readonly reader: { readonly sources: Sources; readonly budget: number };
  readonly steps: Ladder;
  readonly workers: { readonly crew: Crew; readonly run: CrewRun } | null;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
};

/** The threshold of each expert where the trim is decided over the whole model; side by side in a crew. */
export async function measureAll(plan: Plan, running: Running): Promise<readonly number[] | null> {
  if (plan.wholeModelCounts === null) return null;
  const { reader, steps, workers, meter, signal } = running;
  const wanted = thresholds(plan, plan.wholeModelCounts);
  meter.phase('measuring', measuringBytes(wanted));
  const seen = (bytes: number) => meter.bytes(bytes);
  if (workers && steps.current().kind === 'cpu') {
    const { crew, run } = workers;
    return Promise.all(
      wanted.map(async (one) => {
        if ('magnitude' in one) return one.magnitude;
        const task = { kind: 'measure', measure: one.measure } as const;
        const result = await crew.do(run, task, signal, { seen });
        if (result.kind !== 'measure') throw new Error('The kernel worker answered something else');
        return result.magnitude;
      }),
    );
  }
  const magnitudes: number[] = [];
  for (const one of wanted) {
    if ('magnitude' in one) magnitudes.push(one.magnitude);
    else magnitudes.push(await measureModel(one.measure, reader, steps, seen, signal));
  }
  return magnitudes;
}
