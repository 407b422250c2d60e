import { RotateCcw } from 'lucide-react';
import {
  type Arithmetic,
  type ArithmeticKey,
  arithmeticWords,
  type Current,
  currentOf,
  type Dialect,
  newest,
  resolveArithmetic,
  versions,
} from '../../methods/dialect.ts';
import { defaultsIn, type MergeMethod } from '../../methods/method.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { Segmented } from '../kit/segmented.tsx';

const names: readonly { readonly value: Current; readonly label: string }[] = [
  { value: 'paper', label: 'Paper' },
  { value: 'peft', label: 'PEFT' },
  { value: 'mergekit', label: 'mergekit' },
];

const meanings: Readonly<Record<Current, string>> = {
  paper: 'The definitions of the papers.',
  peft: 'The same numbers as PEFT’s add_weighted_adapter functions.',
  mergekit: 'The same numbers as mergekit.',
};

/** Whose arithmetic, and every choice in it that makes a difference to this method. */
export function DialectMenu({ method }: { readonly method: MergeMethod }) {
  const dialect = useRecipe((state) => state.recipe.dialect);
  const byHand = useRecipe((state) => state.recipe.arithmetic);
  const edit = session.recipe.getState();
  const current = currentOf(dialect);
  const now = resolveArithmetic(dialect, method.exceptions, byHand);
  const changed = method.choices.filter((key) => key in byHand).length;
  const version = versions.find(({ id }) => id === dialect)?.label;
  const name = [names.find(({ value }) => value === current)?.label, version]
    .filter(Boolean)
    .join(' ');
  return (
    <Disclosure
      title="Exact behaviour"
      summary={changed > 0 ? `${name}, ${changed} set by hand` : name}
    >
      <p className="param-help">
        The same method name means different numbers in different tools. {meanings[current]}
      </p>
      <Segmented label="Dialect" options={names} value={current} onChange={edit.setDialect} />
      {newest[current] && <VersionRow method={method} dialect={dialect} current={current} />}
      {method.choices.length > 0 ? (
        <ul className="choices">
          {method.choices.map((key) => (
            <ChoiceRow
              key={key}
              choice={key}
              now={now}
              preset={resolveArithmetic(dialect, method.exceptions, {})}
              isByHand={key in byHand}
            />
          ))}
        </ul>
      ) : (
        <p className="param-help">All three agree on this method.</p>
      )}
    </Disclosure>
  );
}

type VersionRowProps = {
  readonly method: MergeMethod;
  readonly dialect: Dialect;
  readonly current: Current;
};

/** Which releases of the tool, and what those do differently in this method. */
function VersionRow({ method, dialect, current }: VersionRowProps) {
  const own = versions.filter(({ of }) => of === current);
  return (
    <div className="choice-row">
      <label htmlFor="dialect-version">Release</label>
      <span className="choice-control">
        <select
          id="dialect-version"
          className="select-field"
          value={dialect}
          aria-describedby="dialect-version-help"
          onChange={(event) => session.recipe.getState().setDialect(event.target.value as Dialect)}
        >
          <option value={current}>{newest[current]}</option>
          {own.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </span>
      <p id="dialect-version-help" className="param-help">
        {differencesOf(method, dialect, current)}
      </p>
    </div>
  );
}

/** A sentence: which choices and defaults a version has otherwise than its tool has now. */
function differencesOf(method: MergeMethod, dialect: Dialect, current: Current): string {
  if (dialect === current)
    return 'For recipes that were made with an older release choose that one.';
  const [then, now] = [dialect, current].map((each) =>
    resolveArithmetic(each, method.exceptions, {}),
  );
  const ofValues = [dialect, current].map((each) => JSON.stringify(defaultsIn(method, each)));
  const labels = method.choices
    .filter((key) => then[key] !== now[key])
    .map((key) => arithmeticWords[key].label);
  if (ofValues[0] !== ofValues[1]) labels.push('defaults');
  return labels.length > 0
    ? `Other than in ${newest[current]}: ${labels.join(', ')}.`
    : `In this method these releases compute as ${newest[current]} does.`;
}

type ChoiceRowProps = {
  readonly choice: ArithmeticKey;
  readonly now: Arithmetic;
  readonly preset: Arithmetic;
  readonly isByHand: boolean;
};

function ChoiceRow({ choice, now, preset, isByHand }: ChoiceRowProps) {
  const edit = session.recipe.getState();
  const words = arithmeticWords[choice];
  const options = Object.entries(words.choices);
  const id = `choice-${choice}`;
  return (
    <li className={`choice-row ${isByHand ? 'is-by-hand' : ''}`}>
      <label htmlFor={id}>{words.label}</label>
      <span className="choice-control">
        <select
          id={id}
          className="select-field"
          value={now[choice]}
          aria-describedby={`${id}-help`}
          onChange={(event) =>
            edit.setChoice(choice, event.target.value as Arithmetic[typeof choice])
          }
        >
          {options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        {isByHand && (
          <IconButton
            className="small"
            label={`Reset ${words.label} to “${words.choices[preset[choice] as never]}”`}
            onPress={() => edit.resetChoice(choice)}
          >
            <RotateCcw aria-hidden />
          </IconButton>
        )}
      </span>
      <p id={`${id}-help`} className="param-help">
        {isByHand && <strong>Set by hand. </strong>}
        {words.help}
      </p>
    </li>
  );
}
