import { type Model, storedOf } from '../../formats/model.ts';
import { planesOf, spansOfPlane } from '../../plan/planes.ts';
import type { Plan, Span } from '../../plan/types.ts';
import type { Sources } from '../library/sources.ts';

/** Bytes over the network that a run of the plan, or all tensors of a model, would take: each stored byte once. */
export function farBytesOf(what: Plan | Model, sources: Sources): number {
  const spans = 'jobs' in what ? spansOfPlan(what) : spansOfModel(what);
  const once = new Map<string, number>();
  for (const { model, file, begin, end } of spans) {
    // An empty tensor begins where another one does.
    const key = JSON.stringify([model, file, begin, end]);
    if (sources.weights(model, file).isRemote) once.set(key, end - begin);
  }
  return [...once.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function spansOfPlan({ jobs }: Plan): readonly Span[] {
  return jobs
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.kind === 'copy' ? [part.span] : planesOf(part).flatMap(spansOfPlane)));
}

function spansOfModel({ id, tensors }: Model): readonly Span[] {
  return [...tensors.values()]
    .flatMap(storedOf)
    .map(({ model, file, begin, end }) => ({ model: model ?? id, file, begin, end }));
}
