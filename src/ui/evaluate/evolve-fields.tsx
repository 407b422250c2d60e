import { type Recipe, type TensorGroup, tensorGroups } from '../../recipe/recipe.ts';
import { Disclosure } from '../kit/disclosure.tsx';
import { plain } from '../kit/format.ts';
import { NumberRow } from '../kit/number-row.tsx';
import { SelectField } from '../kit/select-field.tsx';
import { keysOf, type SearchForm } from './search-form.ts';

type EvolveFieldsProps = {
  readonly form: SearchForm;
  readonly set: (part: Partial<SearchForm>) => void;
  readonly recipe: Recipe;
  /** Of the base, where they are known. */
  readonly layers: number | null;
  /** That a generation has. */
  readonly population: number;
};

/** What CMA-ES varies, between which ends, and how. */
export function EvolveFields(props: EvolveFieldsProps) {
  const { form, set, recipe, layers } = props;
  const { unticked, vary, groups, points } = form;
  const varies: readonly (readonly [SearchForm['vary'], string])[] = [
    ['whole', 'one number for all tensors'],
    ['groups', 'groups of tensors apart'],
    ['depth', 'along the depth'],
    ...(layers ? [['layers', `each of the ${layers} layers apart`] as const] : []),
  ];
  return (
    <>
      <div className="search-numbers">
        <fieldset className="search-keys">
          <legend className="visually-hidden">Numbers that are searched</legend>
          <span aria-hidden>Search</span>
          {keysOf(recipe).map(({ key, param }) => (
            <Tick
              key={key}
              label={param.label}
              isOn={!unticked.includes(key)}
              onChange={() => set({ unticked: toggled(unticked, key) })}
            />
          ))}
        </fieldset>
        <SelectField
          label="with"
          options={varies}
          value={varies.some(([id]) => id === vary) ? vary : 'whole'}
          onChange={(next) => set({ vary: next })}
        />
        {vary === 'depth' && (
          <NumberRow
            label="Points"
            name="Points along the depth"
            {...{ value: points, min: 2, max: 100, isWhole: true }}
            onChange={(next) => set({ points: next })}
          />
        )}
      </div>
      {vary === 'groups' && (
        <fieldset className="search-keys">
          <legend className="visually-hidden">Groups that are searched</legend>
          <span aria-hidden>Groups</span>
          {tensorGroups.map((group) => (
            <Tick
              key={group}
              label={group}
              isOn={groups.includes(group)}
              onChange={() => set({ groups: toggled<TensorGroup>(groups, group) })}
            />
          ))}
        </fieldset>
      )}
      <Options {...props} />
    </>
  );
}

function Options({ form, set, recipe, population }: EvolveFieldsProps) {
  const { begin, sigma, restarts, seed, ranges, unticked } = form;
  const bounds = keysOf(recipe).filter(({ key }) => !unticked.includes(key));
  const from = begin === 'recipe' ? 'from the recipe' : 'from the middle';
  const again = restarts === 1 ? '1 restart' : `${restarts} restarts`;
  return (
    <Disclosure
      title="Options"
      summary={`${from}, step ${plain(100 * sigma)} %, population ${population}, ${again}`}
    >
      <div className="search-options">
        <SelectField
          label="Begin at"
          options={[
            ['recipe', 'the recipe as it is'],
            ['middle', 'the middle between the bounds'],
          ]}
          value={begin}
          onChange={(next) => set({ begin: next })}
        />
        {bounds.map(({ key, param, reach }) => {
          const [low, high] = ranges[key] ?? reach;
          const change = (range: readonly [number, number]) =>
            set({ ranges: { ...ranges, [key]: range } });
          const ends = { min: param.min, max: param.max, step: param.step };
          return (
            <span key={key} className="search-bounds">
              <NumberRow
                {...{ ...ends, label: `${param.label} from`, value: low }}
                onChange={(next) => change([next, high])}
              />
              <NumberRow
                {...{ ...ends, label: 'to', name: `${param.label} to`, value: high }}
                onChange={(next) => change([low, next])}
              />
            </span>
          );
        })}
        <NumberRow
          label="First step, of each range"
          {...{ value: Math.round(1000 * sigma) / 10, min: 1, max: 100, unit: '%' }}
          onChange={(next) => set({ sigma: next / 100 })}
        />
        <NumberRow
          label="Population"
          {...{ value: population, min: 2, max: 1000, isWhole: true }}
          onChange={(next) => set({ population: next })}
        />
        <NumberRow
          label="Restarts"
          {...{ value: restarts, min: 0, max: 9, isWhole: true }}
          onChange={(next) => set({ restarts: next })}
        />
        <NumberRow
          label="Seed"
          {...{ value: seed, min: 0, max: 2 ** 31, isWhole: true }}
          onChange={(next) => set({ seed: next })}
        />
      </div>
      <p className="param-help">
        A tenth of each range stays near a recipe that is good already, a third looks around widely;
        the search changes its step by itself. Where a run comes to its end before the budget does,
        the next begins somewhere else between the bounds with twice the population. The same seed
        tries the same candidates.
      </p>
    </Disclosure>
  );
}

type TickProps = {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: () => void;
};

function Tick({ label, isOn, onChange }: TickProps) {
  return (
    <label>
      <input type="checkbox" checked={isOn} onChange={onChange} /> {label}
    </label>
  );
}

function toggled<T>(all: readonly T[], one: T): readonly T[] {
  return all.includes(one) ? all.filter((each) => each !== one) : [...all, one];
}
