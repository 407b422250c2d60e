import type { PlanOrder, RunOptions } from '../engine/protocol.ts';
import type { EnergyCurve } from '../views/energy.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { lastWins } from './last-wins.ts';
import type { Failure } from './models.ts';

/** What is known of the energy of the merge that is planned, and how the rest of it is found. */
export type EnergyState = {
  /** What an adapter of each rank keeps; null until that is known, and where nothing tells it. */
  readonly energy: EnergyCurve | null;
  /** Modules that were measured, of how many, while that goes on. */
  readonly measuring: { readonly done: number; readonly total: number } | null;
  /** Why the last measuring came to no end. */
  readonly measureFailure: Failure | null;
  /** Whether the energy is to be seen. */
  wantEnergy(wanted: boolean): void;
  /** Merges modules that are not known by their factors, to know their singular values. */
  measure(): Promise<void>;
  stopMeasuring(): void;
};

type Given = {
  readonly engine: Pick<Engine, 'energy'>;
  readonly options: () => RunOptions;
  readonly set: (state: Partial<EnergyState>) => void;
  /** Hears of every answer: a plan may know its ranks now. */
  readonly onAnswer: (energy: EnergyCurve | null) => void;
};

type Asked = { readonly merge: string; readonly ranks: string; readonly models: unknown };

/** The state, and `look`: which order is planned now, of which open models. */
export function energyPart({ engine, options, set, onAnswer }: Given) {
  let order: PlanOrder | null = null;
  let models: unknown = null;
  let isWanted = false;
  /** What was asked last: of which merge, at which ranks. */
  let asked: Asked | null = null;
  let stop: AbortController | null = null;

  const askEnergy = lastWins(async ({ of, mine }: { of: PlanOrder; mine: Asked }) => {
    const energy = await engine.energy(of, null).catch(() => null);
    if (mine !== asked) return; // the next answer is of what is planned now
    set({ energy });
    onAnswer(energy);
  });

  function ask(): void {
    if (!order || !isWanted || order.recipe.output.as !== 'adapter') return;
    const { rank, ...output } = order.recipe.output;
    const own = { ...order, recipe: { ...order.recipe, output: { ...output, name: 'any' } } };
    const [merge, ranks] = [JSON.stringify(own), JSON.stringify(rank)];
    const isSame = asked?.merge === merge && asked.models === models;
    if (isSame && asked?.ranks === ranks) return;
    asked = { merge, ranks, models };
    // Of another rank the same curve is true: it stays until the answer comes.
    if (!isSame) set({ energy: null, measureFailure: null });
    askEnergy({ of: order, mine: asked });
  }

  const state: EnergyState = {
    energy: null,
    measuring: null,
    measureFailure: null,
    wantEnergy(wanted) {
      isWanted = wanted;
      ask();
    },
    async measure() {
      if (!order || stop) return;
      const mine = order;
      stop = new AbortController();
      const { signal } = stop;
      set({ measuring: { done: 0, total: 0 }, measureFailure: null });
      try {
        const onMeasured = (done: number, total: number) => set({ measuring: { done, total } });
        await engine.energy(mine, options(), { signal, onMeasured });
      } catch (error) {
        if (!signal.aborted) set({ measureFailure: failureOf(error) });
      } finally {
        stop = null;
        set({ measuring: null });
        asked = null;
        ask(); // what was found so far counts, and the recipe may be another by now
      }
    },
    stopMeasuring: () => stop?.abort(),
  };

  return {
    state,
    look(planned: PlanOrder, open: unknown): void {
      order = planned;
      models = open;
      ask();
    },
  };
}
