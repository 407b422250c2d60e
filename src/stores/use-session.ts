/** The one session of the page, and its stores as hooks. */
import { useStore } from 'zustand';
import type { Outlook } from '../plan/outlook.ts';
import type { Finding } from '../plan/types.ts';
import type { Changes } from '../views/changes.ts';
import type { Survival } from '../views/survival.ts';
import type { ConflictsState } from './conflicts.ts';
import type { DeviceState } from './device.ts';
import type { DifferenceState } from './difference.ts';
import type { ExcerptState } from './excerpt.ts';
import type { GgufState } from './gguf.ts';
import type { HubState } from './hub.ts';
import type { LookState } from './look.ts';
import type { ModelsState } from './models.ts';
import type { OutcomesState } from './outcomes.ts';
import { findingsOf, outlookOf, type PlanningState } from './planning.ts';
import type { RecipeState } from './recipe.ts';
import { roomFindings } from './room.ts';
import type { RunState } from './run.ts';
import type { ScoresState } from './scores.ts';
import type { SeriesState } from './series.ts';
import type { Session } from './session.ts';
import type { SightState } from './sight.ts';
import { startSession } from './start.ts';
import type { StepperState } from './stepper.ts';
import type { SurveyState } from './survey.ts';
import type { TaskFilesState } from './task-files.ts';
import type { ViewState } from './view.ts';

export const session: Session = startSession();

export const useTaskFiles = <T>(select: (state: TaskFilesState) => T): T =>
  useStore(session.taskFiles, select);
export const useModels = <T>(select: (state: ModelsState) => T): T =>
  useStore(session.models, select);
export const useRecipe = <T>(select: (state: RecipeState) => T): T =>
  useStore(session.recipe, select);
export const useSeries = <T>(select: (state: SeriesState) => T): T =>
  useStore(session.series, select);
export const useRun = <T>(select: (state: RunState) => T): T => useStore(session.run, select);
export const useGguf = <T>(select: (state: GgufState) => T): T => useStore(session.gguf, select);
export const useDevice = <T>(select: (state: DeviceState) => T): T =>
  useStore(session.device, select);
export const useHub = <T>(select: (state: HubState) => T): T => useStore(session.hub, select);
export const useView = <T>(select: (state: ViewState) => T): T => useStore(session.view, select);
export const usePlanning = <T>(select: (state: PlanningState) => T): T =>
  useStore(session.planning, select);
export const useSurvey = <T>(select: (state: SurveyState) => T): T =>
  useStore(session.survey, select);

export const useConflicts = <T>(select: (state: ConflictsState) => T): T =>
  useStore(session.conflicts, select);
export const useSight = <T>(select: (state: SightState) => T): T => useStore(session.sight, select);
export const useChanges = (): LookState<Changes> => useStore(session.changes);
export const useDifference = (): DifferenceState => useStore(session.difference);
export const useSurvival = (): LookState<Survival> => useStore(session.survival);

export const useOutcomes = <T>(select: (state: OutcomesState) => T): T =>
  useStore(session.outcomes, select);

export const useScores = <T>(select: (state: ScoresState) => T): T =>
  useStore(session.scores, select);

export const useExcerpt = <T>(select: (state: ExcerptState) => T): T =>
  useStore(session.excerpt, select);

export const useStepper = <T>(select: (state: StepperState) => T): T =>
  useStore(session.stepper, select);

/** Whether what would be written fits into the room there is. */
function useRoom(outlook: Outlook | null): readonly Finding[] {
  const free = useDevice((state) => state.free);
  const canPickFolder = useDevice((state) => state.canPickFolder);
  const saveWay = useDevice((state) => state.saveWay);
  const cached = useHub((state) => state.cached);
  const kept = useRun((state) => state.kept);
  return roomFindings(outlook, { free, canPickFolder, saveWay }, { cached }, { kept });
}

/** The engine knows of a model that it is not open, the page why: dropping its files again would not help. */
function withFailure(finding: Finding, slots: ModelsState['slots']): Finding {
  const slot = finding.code === 'model-missing' ? slots[finding.place.model ?? ''] : undefined;
  if (slot?.status.kind !== 'failed') return finding;
  const message = `${slot.name} could not be opened, so it takes no part.`;
  return { ...finding, message, advice: 'Remove it from the recipe, or open what is named below.' };
}

/** All there is to say of the recipe, the models and the room, as they were planned last. */
export function useFindings(): readonly Finding[] {
  const prospect = usePlanning((state) => state.prospect);
  const slots = useModels((state) => state.slots);
  return [
    ...useRoom(outlookOf(prospect)),
    ...findingsOf(prospect).map((finding) => withFailure(finding, slots)),
  ];
}
