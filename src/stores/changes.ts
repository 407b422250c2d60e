import type { LookListeners } from '../engine/client.ts';
import type { PlanOrder } from '../engine/protocol.ts';
import type { Changes } from '../views/changes.ts';
import type { Survival } from '../views/survival.ts';
import type { Engine } from './engine.ts';
import { createLookStore, type LookedFrom } from './look.ts';

/** What each model changed: of the model, and of the tensor in focus. */
export function createChangesStore(engine: Pick<Engine, 'changes'>, from: LookedFrom) {
  return createLookStore<Changes>(
    engine.changes.bind(engine),
    (order, tensor) => JSON.stringify([unweighed(order), tensor]),
    from,
  );
}

/** How much of that the merge would leave. */
export function createSurvivalStore(engine: Pick<Engine, 'survival'>, from: LookedFrom) {
  const ask = (order: PlanOrder, _: unknown, listeners: LookListeners) =>
    engine.survival(order, listeners);
  return createLookStore<Survival>(ask, ({ recipe }) => JSON.stringify(recipe), from);
}

/** The recipe without its parameters: what a model changed depends on none. */
function unweighed({ recipe }: PlanOrder) {
  const experts = recipe.experts.map(({ model }) => model);
  return { ...recipe, experts, values: {}, rules: [], trimScope: null };
}

export type ChangesStore = ReturnType<typeof createChangesStore>;
export type SurvivalStore = ReturnType<typeof createSurvivalStore>;
