import { createStore } from 'zustand/vanilla';
import { version } from '../../package.json';
import type { PlanOrder } from '../engine/protocol.ts';
import type { Outlook, Prospect } from '../plan/outlook.ts';
import type { TableRows, TableWindow } from '../plan/table.ts';
import type { AdapterMatch, Finding, MatchRow, Share } from '../plan/types.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { DeviceStore } from './device.ts';
import { type EnergyState, energyPart } from './energy.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { lastWins } from './last-wins.ts';
import type { ModelsState, ModelsStore, Slot } from './models.ts';
import type { RecipeStore } from './recipe.ts';

type Slots = ModelsState['slots'];
type Backend = PlanOrder['producer']['backend'];

/** Stands for the recipe's hash until a run: the same length, so offsets and sizes are right. */
export const unhashed = '0'.repeat(64);

/** What a plan depends on, as the page knows it; the headers are in the engine. */
type Question = { readonly recipe: Recipe; readonly slots: Slots; readonly backend: Backend };

export type PlanningState = EnergyState & {
  /** What the engine said last of recipe × models. It follows both at its own pace. */
  readonly prospect: Prospect;
  /** Whether other models are open than those it speaks of. */
  readonly outdated: boolean;
  /** The rows of the table of tensors that were asked for last; null before any were. */
  readonly table: TableRows | null;
  /** Which rows are to be seen; what is left out stays as it was. */
  want(window: Partial<TableWindow>): void;
  /** Module by module, how an adapter meets the base. */
  matchesOf(model: string): Promise<readonly MatchRow[]>;
  /** All tensors that a finding of the prospect concerns. */
  namesOf(finding: Finding): Promise<readonly string[]>;
};

/**
 * Has every change of recipe, models or backend planned by the engine. A slider does not wait for plans, and
 * plans do not queue: while one is made, only the latest change waits.
 */
export function createPlanningStore(
  engine: Pick<Engine, 'plan' | 'rows' | 'names' | 'energy' | 'matches'>,
  from: {
    readonly recipe: RecipeStore;
    readonly models: ModelsStore;
    readonly device: DeviceStore;
  },
) {
  const now = (): Question => ({
    recipe: from.recipe.getState().recipe,
    slots: from.models.getState().slots,
    backend: from.device.getState().report?.kind ?? 'cpu',
  });
  let asked: Question | null = null;
  /** The order of the last answer. */
  let order: PlanOrder | null = null;
  let wanted: TableWindow | null = null;
  const energy = energyPart({
    engine,
    options() {
      const { choice, memoryBudget } = from.device.getState();
      return { backend: choice, memoryBudget };
    },
    set: (state) => store.setState(state),
    onAnswer(answer) {
      const ranks = outlookOf(store.getState().prospect)?.ranks;
      if (asked && ranks && !ranks.areKnown && answer?.chosen?.ranks.areKnown) askPlan(asked);
    },
  });

  const store = createStore<PlanningState>()((_, get) => ({
    prospect: { findings: [] },
    outdated: false,
    table: null,
    ...energy.state,
    want(window) {
      wanted = { ...(wanted ?? { filter: '', from: 0, to: 0 }), ...window };
      if (order) askRows({ order, window: wanted });
    },
    async matchesOf(model) {
      return order ? engine.matches(order, model) : [];
    },
    async namesOf(finding) {
      const place = findingsOf(get().prospect).indexOf(finding);
      const first = finding.tensors ?? [];
      return order && finding.moreTensors ? engine.names(order, place) : first;
    },
  }));

  const askRows = lastWins(async (ask: { order: PlanOrder; window: TableWindow }) => {
    const table = await engine.rows(ask.order, ask.window).catch(() => null);
    if (table) store.setState({ table });
  });
  const askPlan = lastWins(async (question: Question) => {
    const mine = orderOf(question.recipe, question.backend, unhashed);
    const prospect = await engine.plan(mine).catch(unplanned);
    order = mine;
    store.setState({ prospect, outdated: question.slots !== now().slots });
    if (wanted) askRows({ order, window: wanted });
    energy.look(order, now().slots);
  });
  const look = () => {
    const question = now();
    const same = (key: keyof Question) => asked?.[key] === question[key];
    if (same('recipe') && same('slots') && same('backend')) return;
    if (!same('slots')) store.setState({ outdated: true });
    asked = question;
    askPlan(question);
  };
  for (const { subscribe } of [from.recipe, from.models, from.device]) subscribe(look);
  look();
  return store;
}

export type PlanningStore = ReturnType<typeof createPlanningStore>;

/** What the engine plans: `backend` is the kind, never the machine, so that equal merges are equal files. */
export function orderOf(recipe: Recipe, backend: Backend, recipeHash: string): PlanOrder {
  return { recipe, recipeHash, producer: { version, backend } };
}

function unplanned(error: unknown): Prospect {
  const { message, advice } = failureOf(error);
  const what = { code: 'model-unplanned', message, advice: advice ?? 'Reload the page.' } as const;
  return { findings: [{ severity: 'error', ...what, place: {} }] };
}

export const outlookOf = (prospect: Prospect): Outlook | null =>
  'outlook' in prospect ? prospect.outlook : null;

/** How much would be merged; null while the models are not there. */
export const shareOf = (prospect: Prospect): Share | null =>
  ('outlook' in prospect ? prospect.outlook : prospect).share ?? null;

/** How the adapters meet the base. */
export const adaptersOf = (prospect: Prospect): readonly AdapterMatch[] =>
  ('outlook' in prospect ? prospect.outlook : prospect).adapters ?? [];

export const findingsOf = (prospect: Prospect): readonly Finding[] =>
  'outlook' in prospect ? prospect.outlook.findings : prospect.findings;

export const countOf = (findings: readonly Finding[], severity: Finding['severity']): number =>
  findings.filter((finding) => finding.severity === severity).length;

/** Models that the recipe names and that are being opened right now. */
export function opening(recipe: Recipe, slots: Slots): readonly Slot[] {
  const ids = [recipe.base?.id, ...recipe.experts.map((expert) => expert.model.id)];
  return ids.flatMap((id) => {
    const slot = id === undefined ? undefined : slots[id];
    return slot?.status.kind === 'opening' ? [slot] : [];
  });
}
