import type { Handle } from '../engine/protocol.ts';
import type { LeftOut } from '../formats/beside.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import {
  type ChangesStore,
  createChangesStore,
  createSurvivalStore,
  type SurvivalStore,
} from './changes.ts';
import { type ConflictsStore, createConflictsStore } from './conflicts.ts';
import { contentsOf } from './contents.ts';
import { createDeviceStore, type DeviceSettings, type DeviceStore } from './device.ts';
import { createDifferenceStore, type DifferenceStore } from './difference.ts';
import type { Engine } from './engine.ts';
import { createExcerptStore, type ExcerptStore } from './excerpt.ts';
import { failureOf } from './failure.ts';
import { bestMerge, demoId, type Family, handlesOf, memberBytes, parseFamily } from './family.ts';
import { createGgufStore, type GgufStore } from './gguf.ts';
import { createHubStore, type HubSettings, type HubStore } from './hub.ts';
import { createModelsStore, type ModelsStore } from './models.ts';
import { createOutcomesStore, type OutcomesStore } from './outcomes.ts';
import { createPlanningStore, type PlanningStore } from './planning.ts';
import { createRecipeStore, type RecipeStore } from './recipe.ts';
import { createRunStore, type RunStore } from './run.ts';
import { createScoresStore, type ScoresStore } from './scores.ts';
import { createSeriesStore, type SeriesStore } from './series.ts';
import { createSightStore, type SightStore } from './sight.ts';
import { createStepperStore, pickStepper, type StepperStore } from './stepper.ts';
import { quietly, recall, remember } from './storage.ts';
import { createSurveyStore, type SurveyStore } from './survey.ts';
import { createTaskFilesStore, type TaskFilesStore } from './task-files.ts';
import { createViewStore, type ViewSettings, type ViewStore } from './view.ts';

export { failureOf };

/** The stores and the engine of one page. Made once by the page, afresh by each test. */
export type Session = {
  readonly engine: Engine;
  readonly models: ModelsStore;
  readonly recipe: RecipeStore;
  readonly planning: PlanningStore;
  readonly conflicts: ConflictsStore;
  readonly sight: SightStore;
  readonly changes: ChangesStore;
  readonly survival: SurvivalStore;
  readonly difference: DifferenceStore;
  readonly outcomes: OutcomesStore;
  readonly scores: ScoresStore;
  readonly taskFiles: TaskFilesStore;
  readonly excerpt: ExcerptStore;
  readonly stepper: StepperStore;
  readonly survey: SurveyStore;
  readonly run: RunStore;
  readonly gguf: GgufStore;
  readonly series: SeriesStore;
  readonly device: DeviceStore;
  readonly view: ViewStore;
  readonly hub: HubStore;
  /** Where the demo family lies; a URL that ends in a slash. */
  readonly demoRoot: string;
};

const keys = {
  recipe: 'amalgam.recipe',
  view: 'amalgam.view',
  device: 'amalgam.device',
  hub: 'amalgam.hub',
  stepper: 'amalgam.stepper',
};

export function createSession(engine: Engine, demoRoot: string, recipe: Recipe): Session {
  const inputs = {
    models: createModelsStore(),
    recipe: createRecipeStore(recipe),
    device: createDeviceStore(pickSettings(recall(keys.device))),
  };
  const planning = createPlanningStore(engine, inputs);
  const conflicts = createConflictsStore(engine, { ...inputs, planning });
  const seen = { ...inputs, planning, conflicts };
  return {
    engine,
    demoRoot,
    ...inputs,
    planning,
    conflicts,
    sight: createSightStore(engine, { ...inputs, conflicts }),
    changes: createChangesStore(engine, seen),
    survival: createSurvivalStore(engine, seen),
    difference: createDifferenceStore(engine, inputs),
    outcomes: createOutcomesStore(engine, seen),
    scores: createScoresStore(engine, inputs),
    taskFiles: createTaskFilesStore(),
    excerpt: createExcerptStore(engine, seen),
    stepper: createStepperStore(pickStepper(recall(keys.stepper))),
    survey: createSurveyStore(engine, inputs),
    run: createRunStore(),
    gguf: createGgufStore(),
    series: createSeriesStore(),
    view: createViewStore(pickView(recall(keys.view))),
    hub: createHubStore(pickHub(recall(keys.hub))),
  };
}

/** Keeps the recipe and the settings in local storage. Returns how to stop. */
export function keep(session: Session): () => void {
  const { recipe, view, device, hub, stepper } = session;
  const stepperKeeper = quietly(() => remember(keys.stepper, { own: stepper.getState().own }), 300);
  const recipeKeeper = quietly(() => remember(keys.recipe, recipe.getState().recipe), 300);
  // A page that is reloaded or closed does not wait until its user has been quiet.
  globalThis.addEventListener?.('pagehide', recipeKeeper.flush);
  const stops = [
    () => globalThis.removeEventListener?.('pagehide', recipeKeeper.flush),
    recipe.subscribe(recipeKeeper.later),
    stepper.subscribe(stepperKeeper.later),
    view.subscribe(({ theme, singleKeys }) => remember(keys.view, { theme, singleKeys })),
    device.subscribe(({ choice, memoryBudget, saveWay }) =>
      remember(keys.device, { choice, memoryBudget, saveWay }),
    ),
    hub.subscribe(({ recent, starred, cacheBytes }) =>
      remember(keys.hub, { recent, starred, cacheBytes }),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

export const keptRecipe = (): unknown => recall(keys.recipe);

export async function openModel(
  session: Pick<Session, 'engine' | 'models'>,
  ref: ModelRef,
  handles: readonly Handle[],
  summary: string | null = null,
  leftOut: readonly LeftOut[] = [],
): Promise<void> {
  const { engine, models } = session;
  models.getState().begin({ ...ref, summary });
  try {
    const facts = await engine.open(ref.id, ref.name, handles, leftOut);
    const { demo } = models.getState();
    const family = demo.kind === 'ready' ? demo.family : null;
    models.getState().admit(ref.id, facts, await contentsOf(ref, handles, facts, family));
  } catch (error) {
    models.getState().fail(ref.id, failureOf(error));
  }
}

/** Reads the demo's table of contents and opens its base and experts. */
export async function openDemo(session: Session): Promise<Family | null> {
  const { models, demoRoot } = session;
  models.getState().setDemo({ kind: 'loading' });
  let family: Family;
  try {
    const url = new URL('family.json', demoRoot);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
    family = parseFamily(await response.json());
  } catch (error) {
    const failure = {
      tag: 'demo',
      message: `The demo family did not load: ${failureOf(error).message}.`,
      advice: 'Reload the page, or drop your own models anywhere.',
    };
    models.getState().setDemo({ kind: 'failed', failure });
    return null;
  }
  models.getState().setDemo({ kind: 'ready', family });
  const named = new Set(session.recipe.getState().recipe.experts.map(({ model }) => model.id));
  await Promise.all(
    family.members
      .filter((member) => member.role !== 'adapter' || named.has(demoId(member.id)))
      .map((member) => openMember(session, member)),
  );
  return family;
}

export function openMember(session: Session, member: Family['members'][number]): Promise<void> {
  const handles = handlesOf(member, session.demoRoot);
  return openModel(session, demoRef(member), handles, member.summary);
}

export function demoRef(member: Family['members'][number]): ModelRef {
  return {
    id: demoId(member.id),
    name: member.title,
    origin: 'demo',
    bytes: memberBytes(member),
  };
}

/**
 * What the page opens on: the demo's base and its experts, task arithmetic as it scored best. Or with the
 * adapters instead, for the same skills.
 */
export function demoRecipe(family: Family, role: 'expert' | 'adapter' = 'expert'): Recipe {
  const base = family.members.find((member) => member.role === 'base');
  const recipe = emptyRecipe();
  const best = bestMerge(family, recipe.method);
  const weightOf = (id: string) => best?.weights[best.experts.indexOf(id)] ?? 1;
  return {
    ...recipe,
    base: base ? demoRef(base) : null,
    experts: family.members
      .filter((member) => member.role === role)
      .map((member) => ({
        model: demoRef(member),
        values: weightOf(member.id) === 1 ? {} : { weight: weightOf(member.id) },
      })),
    values: best?.lambda === undefined ? {} : { lambda: best.lambda },
    output: { ...recipe.output, name: 'demo-merge' },
  };
}

function pickSettings(kept: unknown): Partial<DeviceSettings> {
  if (typeof kept !== 'object' || kept === null) return {};
  const { choice, memoryBudget, saveWay } = kept as Record<string, unknown>;
  return {
    ...(choice === 'webgpu' || choice === 'cpu' ? { choice } : {}),
    ...(typeof memoryBudget === 'number' && memoryBudget > 0 ? { memoryBudget } : {}),
    ...(saveWay === 'folder' || saveWay === 'download' ? { saveWay } : {}),
  };
}

function pickView(kept: unknown): Partial<ViewSettings> {
  if (typeof kept !== 'object' || kept === null) return {};
  const { theme, singleKeys } = kept as Record<string, unknown>;
  return {
    ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    ...(typeof singleKeys === 'boolean' ? { singleKeys } : {}),
  };
}

function pickHub(kept: unknown): Partial<HubSettings> {
  if (typeof kept !== 'object' || kept === null) return {};
  const { recent, starred, cacheBytes } = kept as Record<string, unknown>;
  const names = (value: unknown) =>
    Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
  return {
    recent: names(recent),
    starred: names(starred),
    ...(typeof cacheBytes === 'number' && cacheBytes >= 0 ? { cacheBytes } : {}),
  };
}
