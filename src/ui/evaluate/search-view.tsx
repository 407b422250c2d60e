import { useEffect } from 'react';
import { depthsOf } from '../../stores/depths.ts';
import { useModels, useRecipe, useScores } from '../../stores/use-session.ts';
import { NumberRow } from '../kit/number-row.tsx';
import { SelectField } from '../kit/select-field.tsx';
import { EvolveFields } from './evolve-fields.tsx';
import { Found } from './found.tsx';
import { SearchControl } from './search-control.tsx';
import { planOf, sizeOf } from './search-form.ts';
import { search, useSearch, useSearchForm } from './use-search.ts';

const kinds = [
  ['evolve', 'CMA-ES over numbers of the recipe'],
  ['greedy', 'Greedy soup'],
  ['uniform', 'Uniform soup'],
  ['learned', 'Soup with learned weights'],
  ['line', 'Line between two models'],
] as const;

/** Recipes that are tried one after another, each because of those before. */
export function SearchView() {
  const recipe = useRecipe((all) => all.recipe);
  const tasks = useScores((all) => all.tasks);
  const slots = useModels((all) => all.slots);
  const [form, set] = useSearchForm();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept fits once tasks and models are there
  useEffect(() => search.getState().restore(), [tasks, slots, recipe]);
  const { kind, budget, most } = form;
  const layers = recipe.base ? (depthsOf(recipe, slots).get(recipe.base.id) ?? null) : null;
  const plan = planOf(form, recipe, layers);
  const size = plan.kind === 'evolve' ? sizeOf(plan, recipe) : null;
  const names = recipe.experts.map(({ model }, at) => [String(at), model.name] as const);
  const isLine = kind !== 'line' || form.experts.every((at) => at < names.length);
  const isReady = names.length >= 2 && tasks.length > 0 && isLine && !size?.problem;
  return (
    <>
      <div className="evaluate-tools">
        <SelectField
          label="Search by"
          options={kinds}
          value={kind}
          onChange={(next) => set({ kind: next })}
        />
        {kind === 'line' && names.length >= 2 && (
          <>
            <SelectField
              label="from"
              options={names}
              value={String(form.experts[0])}
              onChange={(at) => set({ experts: [Number(at), form.experts[1]] })}
            />
            <SelectField
              label="to"
              options={names}
              value={String(form.experts[1])}
              onChange={(at) => set({ experts: [form.experts[0], Number(at)] })}
            />
            <NumberRow
              label="Points"
              {...{ value: form.linePoints, min: 3, max: 101, isWhole: true }}
              onChange={(linePoints) => set({ linePoints })}
            />
          </>
        )}
        {(kind === 'evolve' || kind === 'learned') && (
          <NumberRow
            label="Candidates"
            {...{ value: budget, min: 2, max: 10_000, step: 10, isWhole: true }}
            onChange={(next) => set({ budget: next })}
          />
        )}
        <NumberRow
          label="Items of each task"
          {...{ value: most, min: 1, max: 10_000, isWhole: true }}
          onChange={(next) => set({ most: next })}
        />
      </div>
      {kind === 'evolve' && (
        <EvolveFields {...{ form, set, recipe, layers }} population={size?.population ?? 4} />
      )}
      {size && (
        <p className={size.problem ? 'small is-bad' : 'param-help'}>
          {size.problem ??
            `${size.numbers === 1 ? 'One number is' : `${size.numbers} numbers are`} searched, ${size.population} candidates a generation.`}
        </p>
      )}
      <SearchControl
        state={useSearch()}
        label="Search"
        isReady={isReady}
        onBegin={() => search.getState().begin(plan, most)}
      />
      {names.length < 2 && <p className="small">A search needs two models or more.</p>}
      <p className="param-help">
        A search makes the loss of the right answers small, on one half of each task; the best it
        finds is then scored on the other half, beside the recipe it began from. Candidates are
        merged in memory and never written.
      </p>
      <Found />
    </>
  );
}
