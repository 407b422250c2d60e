import { RotateCcw } from 'lucide-react';
import {
  type Arithmetic,
  type ArithmeticKey,
  arithmeticWords,
  type Dialect,
  resolveArithmetic,
} from '../../methods/dialect.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { Segmented } from '../kit/segmented.tsx';

const names: readonly { readonly value: Dialect; readonly label: string }[] = [
  { value: 'paper', label: 'Paper' },
  { value: 'peft', label: 'PEFT' },
  { value: 'mergekit', label: 'mergekit' },
];

const meanings: Readonly<Record<Dialect, string>> = {
  paper: 'The definitions of the papers.',
  peft: 'The same numbers as PEFT’s add_weighted_adapter functions.',
  mergekit: 'The same numbers as mergekit.',
};

/** Whose arithmetic, and every choice in it that makes a difference to this method. */
export function DialectMenu({ method }: { readonly method: MergeMethod }) {
  const dialect = useRecipe((state) => state.recipe.dialect);
  const byHand = useRecipe((state) => state.recipe.arithmetic);
  const edit = session.recipe.getState();
  const now = resolveArithmetic(dialect, method.exceptions, byHand);
  const changed = method.choices.filter((key) => key in byHand).length;
  const name = names.find(({ value }) => value === dialect)?.label;
  return (
    <Disclosure
      title="Exact behaviour"
      summary={changed > 0 ? `${name}, ${changed} set by hand` : name}
    >
      <p className="param-help">
        The same method name means different numbers in different tools. {meanings[dialect]}
      </p>
      <Segmented label="Dialect" options={names} value={dialect} onChange={edit.setDialect} />
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
