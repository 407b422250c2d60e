import { useEffect, useState } from 'react';
import type { Detail } from '../../evaluate/search/space.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type SearchPlan, searchable } from '../../stores/search-plan.ts';
import { useModels, useRecipe, useScores } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, duration } from '../kit/format.ts';
import { SelectField } from '../kit/select-field.tsx';
import { Found } from './found.tsx';
import { useLeft } from './use-left.ts';
import { search, useSearch } from './use-search.ts';

const kinds = [
  ['evolve', 'CMA-ES over numbers of the recipe'],
  ['greedy', 'Greedy soup'],
  ['uniform', 'Uniform soup'],
  ['learned', 'Soup with learned weights'],
  ['line', 'Line between the first two models'],
] as const;
type Kind = (typeof kinds)[number][0];

const details: readonly (readonly [id: string, label: string, detail: Detail])[] = [
  ['whole', 'one number for all tensors', { kind: 'whole' }],
  [
    'groups',
    'attention, MLP and the rest apart',
    { kind: 'groups', groups: ['attention', 'mlp', 'embeddings', 'norms'] },
  ],
  ['depth', 'along the depth, at 3 points', { kind: 'depth', points: 3 }],
];
const budgets = [
  ['50', '50'],
  ['100', '100'],
  ['200', '200'],
  ['500', '500'],
] as const;
const mosts = [
  ['25', '25'],
  ['50', '50'],
  ['100', '100'],
] as const;

/** Recipes that are tried one after another, each because of those before. */
export function SearchView() {
  const recipe = useRecipe((all) => all.recipe);
  const tasks = useScores((all) => all.tasks);
  const slots = useModels((all) => all.slots);
  const [kind, setKind] = useState<Kind>('evolve');
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set());
  const [detail, setDetail] = useState('whole');
  const [budget, setBudget] = useState('100');
  const [most, setMost] = useState('25');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept fits once tasks and models are there
  useEffect(() => search.getState().restore(), [tasks, slots, recipe]);
  const keys = [...new Map(searchable(recipe).map((dial) => [dial.key, dial.param.label]))];
  const ticked = keys.map(([key]) => key).filter((key) => !unticked.has(key));
  const takes = recipe.experts.length >= 2 && tasks.length > 0;
  const isReady = takes && (kind !== 'evolve' || ticked.length > 0);
  const planOf = (): SearchPlan => {
    const asked = { budget: Number(budget), seed: 1 };
    const how = details.find(([id]) => id === detail)![2];
    if (kind === 'evolve') return { kind, keys: ticked, detail: how, ...asked };
    if (kind === 'learned') return { kind, ...asked };
    return kind === 'line' ? { kind, experts: [0, 1], points: 11 } : { kind };
  };
  return (
    <>
      <div className="evaluate-tools">
        <SelectField label="Search by" options={kinds} value={kind} onChange={setKind} />
        {kind === 'evolve' && (
          <SelectField
            label="Vary"
            options={details.map(([id, label]) => [id, label])}
            value={detail}
            onChange={setDetail}
          />
        )}
        {(kind === 'evolve' || kind === 'learned') && (
          <SelectField
            label="Candidates"
            options={budgets}
            value={budget}
            onChange={(next) => setBudget(next)}
          />
        )}
        <SelectField
          label="Items of each task"
          options={mosts}
          value={most}
          onChange={(next) => setMost(next)}
        />
      </div>
      {kind === 'evolve' && (
        <fieldset className="search-keys">
          <legend className="visually-hidden">Numbers that are searched</legend>
          {keys.map(([key, label]) => (
            <label key={key}>
              <input
                type="checkbox"
                checked={!unticked.has(key)}
                onChange={() => setUnticked(toggled(unticked, key))}
              />{' '}
              {label}
            </label>
          ))}
        </fieldset>
      )}
      <Control
        recipe={recipe}
        isReady={isReady}
        onBegin={() => search.getState().begin(planOf(), Number(most))}
      />
      <p className="param-help">
        A search makes the loss of the right answers small, on one half of each task; the best it
        finds is then scored on the other half, beside the recipe it began from. Candidates are
        merged in memory and never written.
      </p>
      <Found />
    </>
  );
}

type ControlProps = {
  readonly recipe: Recipe;
  readonly isReady: boolean;
  readonly onBegin: () => void;
};

function Control({ recipe, isReady, onBegin }: ControlProps) {
  const state = useSearch();
  const { isLooking, isStopped, isJudging, progress, failure, toFetch } = state;
  const left = useLeft(progress);
  const isBusy = useScores((all) => all.isLooking);
  if (isLooking) {
    return (
      <div className="looking">
        {progress && <progress value={progress.done} max={progress.total} aria-label="Tried" />}
        <span className="small number">
          {isJudging ? 'On the held-out half: ' : 'Tried '}
          {progress ? `${progress.done} of ${progress.total}` : '…'}
          {left !== null && `, ${duration(left)} left`}
        </span>
        <Button look="quiet" onPress={state.pause}>
          Pause
        </Button>
      </div>
    );
  }
  const hasBest = state.search?.steps.at(-1)?.best != null;
  const isOpen = state.search !== null && (isStopped || failure !== null) && !state.search.ended;
  return (
    <div className="evaluate-tools">
      {isOpen && (
        <Button look="primary" onPress={state.resume}>
          Resume
        </Button>
      )}
      {hasBest && state.search?.plan.kind !== 'line' && state.search?.judged.length === 0 && (
        <Button onPress={state.judge}>Judge the best so far</Button>
      )}
      <Button look={isOpen ? 'plain' : 'primary'} isDisabled={!isReady || isBusy} onPress={onBegin}>
        {state.search ? 'Begin anew' : 'Search'}
      </Button>
      {recipe.experts.length < 2 && (
        <span className="small">A search needs two models or more.</span>
      )}
      {failure && <FailureText failure={failure} />}
      {toFetch > 0 && (
        <Button onPress={state.fetch}>Fetch {bytes(toFetch)} of weights and go on</Button>
      )}
    </div>
  );
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return keys.has(key)
    ? new Set([...keys].filter((each) => each !== key))
    : new Set([...keys, key]);
}
