/** The one session of the page, and its stores as hooks. */
import { useDeferredValue } from 'react';
import { useStore } from 'zustand';
import type { Planned } from '../plan/plan.ts';
import type { Finding, Plan } from '../plan/types.ts';
import type { DeviceState } from './device.ts';
import type { HubState } from './hub.ts';
import type { ModelsState } from './models.ts';
import { createPlanner, findingsOf, planOf } from './planning.ts';
import type { RecipeState } from './recipe.ts';
import { roomFindings } from './room.ts';
import type { RunState } from './run.ts';
import type { Session } from './session.ts';
import { startSession } from './start.ts';
import type { ViewState } from './view.ts';

export const session: Session = startSession();

export const useModels = <T>(select: (state: ModelsState) => T): T =>
  useStore(session.models, select);
export const useRecipe = <T>(select: (state: RecipeState) => T): T =>
  useStore(session.recipe, select);
export const useRun = <T>(select: (state: RunState) => T): T => useStore(session.run, select);
export const useDevice = <T>(select: (state: DeviceState) => T): T =>
  useStore(session.device, select);
export const useHub = <T>(select: (state: HubState) => T): T => useStore(session.hub, select);
export const useView = <T>(select: (state: ViewState) => T): T => useStore(session.view, select);

/** Whether the plan fits into the room there is. */
function useRoom(plan: Plan | null): readonly Finding[] {
  const free = useDevice((state) => state.free);
  const canPickFolder = useDevice((state) => state.canPickFolder);
  const saveWay = useDevice((state) => state.saveWay);
  const cached = useHub((state) => state.cached);
  const kept = useRun((state) => state.kept);
  return roomFindings(plan, { free, canPickFolder, saveWay }, { cached }, { kept });
}

const planner = createPlanner();

/**
 * The plan or the findings for the recipe and the models as they stand. Planning a large model takes
 * tens of milliseconds, so it follows a slider at its own pace instead of holding it up.
 */
export function usePlanned(): Planned {
  const recipe = useDeferredValue(useRecipe((state) => state.recipe));
  const slots = useModels((state) => state.slots);
  const backend = useDevice((state) => state.report?.label ?? '');
  return planner(recipe, slots, backend);
}

/** All there is to say of the recipe, the models and the room, as they stand. */
export function useFindings(): readonly Finding[] {
  const planned = usePlanned();
  return [...useRoom(planOf(planned)), ...findingsOf(planned)];
}
