import { createStore } from 'zustand/vanilla';
import type { PartOf, Survey, SurveyPart } from '../views/survey.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import type { ModelsStore } from './models.ts';
import { orderOf, unhashed } from './planning.ts';
import type { RecipeStore } from './recipe.ts';

export type SurveyState = {
  /** `none`: not asked for, or no adapter that meets anything. */
  readonly status:
    | { readonly kind: 'none' }
    | { readonly kind: 'working'; readonly done: number; readonly of: number }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'failed'; readonly message: string }
    | { readonly kind: 'done'; readonly survey: Survey };
  /** From here on, whoever looks; as often as somebody comes, somebody goes. */
  look(): () => void;
  cancel(): void;
  again(): void;
  part<P extends SurveyPart>(part: P): Promise<PartOf<P> | null>;
};

/**
 * What the factors of the adapters tell: asked of the engine while somebody looks, and again when other models take
 * part. Weights and rules do not matter to it.
 */
export function createSurveyStore(
  engine: Pick<Engine, 'survey' | 'surveyPart'>,
  from: { readonly recipe: RecipeStore; readonly models: ModelsStore },
) {
  let lookers = 0;
  let asked: readonly unknown[] = [];
  let under: AbortController | null = null;
  const order = () => orderOf(from.recipe.getState().recipe, 'cpu', unhashed);
  const store = createStore<SurveyState>()(() => ({
    status: { kind: 'none' },
    look() {
      lookers += 1;
      see();
      return () => {
        lookers -= 1;
      };
    },
    cancel: () => under?.abort(),
    again: () => void ask(),
    part: (part) => engine.surveyPart(order(), part),
  }));
  const set = (status: SurveyState['status']) => store.setState({ status });

  const ask = async () => {
    under?.abort();
    const mine = new AbortController();
    under = mine;
    set({ kind: 'working', done: 0, of: 0 });
    const onMeasured = (done: number, of: number) => {
      if (under === mine) set({ kind: 'working', done, of });
    };
    try {
      const survey = await engine.survey(order(), { signal: mine.signal, onMeasured });
      if (under === mine) set(survey === null ? { kind: 'none' } : { kind: 'done', survey });
    } catch (error) {
      if (under !== mine) return;
      set(
        mine.signal.aborted
          ? { kind: 'cancelled' }
          : { kind: 'failed', message: failureOf(error).message },
      );
    }
  };
  const see = () => {
    if (lookers === 0) return;
    const { base, experts } = from.recipe.getState().recipe;
    const now = [
      from.models.getState().slots,
      base?.id,
      ...experts.map(({ model }) => model.id),
    ] as const;
    if (now.length === asked.length && now.every((each, k) => each === asked[k])) return;
    asked = now;
    void ask();
  };
  from.recipe.subscribe(see);
  from.models.subscribe(see);
  return store;
}

export type SurveyStore = ReturnType<typeof createSurveyStore>;
