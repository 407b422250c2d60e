import { RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { resolveArithmetic } from '../../methods/dialect.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { defaultsOf } from '../../methods/params.ts';
import { type Worked, workThrough } from '../../methods/worked.ts';
import { expertValues, globalValues } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { signed } from '../kit/format.ts';
import { BarRow, reach } from './bar-row.tsx';
import './worked-figure.css';

/** Changes chosen so that every step has something to do: conflicts, a tie, a loud minority, noise. */
const bundled: readonly (readonly number[])[] = [
  [0.5, 0.3, -0.05, -0.6, 0.03, 0.22, -0.34, 0.7, -0.18, 0.42],
  [0.1, -0.7, 0.4, 0.55, 0.02, 0.28, -0.3, -0.12, -0.26, 0.08],
  [-0.4, 0.35, -0.2, -0.45, -0.05, 0.25, 0.66, 0.08, -0.31, -0.55],
  [0.15, -0.1, 0.62, -0.25, -0.04, 0.3, -0.52, 0.05, 0.2, -0.12],
];

/** The method at work on ten numbers a model, with the recipe's weights; every bar can be dragged. */
export function WorkedFigure({ method }: { readonly method: MergeMethod }) {
  const recipe = useRecipe((state) => state.recipe);
  const [changes, setChanges] = useState(bundled);
  const [focus, setFocus] = useState<number | null>(null);
  const cast = useMemo(() => castOf(method, recipe), [method, recipe]);
  const rows = changes.slice(0, cast.names.length);
  const worked = useMemo(() => workThrough({ ...cast, changes: rows }), [cast, rows]);
  const usesBase = method.arity.base === 'required';
  const edit = (model: number, position: number, value: number) =>
    setChanges((all) => all.with(model, all[model].with(position, value)));
  return (
    <figure className="worked" aria-labelledby="worked-title" onPointerLeave={() => setFocus(null)}>
      <div className="worked-head">
        <h4 id="worked-title">Ten weights, worked through</h4>
        {changes !== bundled && (
          <Button look="quiet" onPress={() => setChanges(bundled)}>
            <RotateCcw aria-hidden /> Reset the bars
          </Button>
        )}
        <Legend method={method} />
      </div>
      {rows.map((row, model) => (
        <BarRow
          key={cast.names[model]}
          name={cast.names[model]}
          note={noteOf(worked, model)}
          raw={row}
          values={worked.contributions[model]}
          fates={worked.fates[model]}
          focus={focus}
          onFocus={setFocus}
          onChange={(position, value) => edit(model, position, value)}
        />
      ))}
      {worked.elected && <Election elected={worked.elected} focus={focus} />}
      <BarRow
        name="Merged"
        note={usesBase ? 'added to the base' : 'the new weights'}
        raw={null}
        values={worked.result}
        fates={null}
        focus={focus}
        onFocus={setFocus}
      />
      <figcaption aria-live="polite">
        {focus === null
          ? 'Drag a bar, or move a slider on either side. It runs the merge’s own code, on made-up numbers with your settings.'
          : sentence(worked, cast.names, focus)}
      </figcaption>
    </figure>
  );
}

/** Up to four of the recipe's experts with their values; three invented ones when there are none. */
function castOf(method: MergeMethod, recipe: Recipe) {
  const most = Math.min(method.arity.models[1], bundled.length);
  const experts = recipe.experts.slice(0, most);
  const invented = ['A', 'B', 'C'].slice(0, most);
  const enough = experts.length >= Math.min(method.arity.models[0], most) && experts.length > 0;
  return {
    method,
    names: enough ? experts.map(({ model }) => model.name) : invented,
    perModel: enough
      ? experts.map((expert) => expertValues(method, expert))
      : invented.map(() => defaultsOf(method.params.perModel)),
    global: globalValues(recipe, method),
    arithmetic: resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic),
  };
}

/** "3 of 10 kept / 20 % overruled": shares of the model's mass, what nobody shows elsewhere. */
function noteOf({ contributions, fates, elected }: Worked, model: number): string {
  const mass = (wanted: string) =>
    contributions[model].reduce(
      (sum, value, i) => sum + (fates[model][i] === wanted ? Math.abs(value) : 0),
      0,
    );
  const kept = fates[model].filter((fate) => fate !== 'dropped').length;
  const total = mass('counts') + mass('overruled');
  const overruled = elected && total > 0 ? Math.round((100 * mass('overruled')) / total) : null;
  const keeps =
    kept === fates[model].length ? 'all kept' : `${kept} of ${fates[model].length} kept`;
  return overruled === null ? keeps : `${keeps}\n${overruled} % overruled`;
}

function sentence(
  { contributions, fates, elected, result }: Worked,
  names: readonly string[],
  i: number,
): string {
  const words = { counts: '', overruled: ' is overruled', dropped: ' is dropped' } as const;
  const parts = names.map((name, k) => {
    const fate = fates[k][i];
    return fate === 'dropped'
      ? `${name}${words.dropped}`
      : `${name} ${signed(contributions[k][i])}${words[fate]}`;
  });
  const vote = elected
    ? `, elected ${elected[i] > 0 ? 'plus' : elected[i] < 0 ? 'minus' : 'nobody'}`
    : '';
  return `Position ${i + 1}: ${parts.join(', ')}${vote}. Merged: ${signed(result[i])}.`;
}

function Election({
  elected,
  focus,
}: {
  readonly elected: readonly (-1 | 0 | 1)[];
  readonly focus: number | null;
}) {
  return (
    <div className="bar-row is-election">
      <span className="bar-name">
        <strong>Elected sign</strong>
      </span>
      <div className="bars">
        {elected.map((sign, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a position is its number
            key={i}
            className={`vote ${sign < 0 ? 'is-negative' : sign > 0 ? 'is-positive' : ''} ${focus === i ? 'is-focus' : ''}`}
          >
            {sign > 0 ? '+' : sign < 0 ? '−' : '·'}
          </span>
        ))}
      </div>
    </div>
  );
}

function Legend({ method }: { readonly method: MergeMethod }) {
  const drops = 'density' in method.params.perModel;
  const votes = method.choices.includes('election');
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <span className="swatch is-positive" /> plus
      </li>
      <li>
        <span className="swatch is-negative" /> minus
      </li>
      {drops && (
        <li>
          <span className="swatch is-dropped" /> dropped
        </li>
      )}
      {votes && (
        <li>
          <span className="swatch is-overruled" /> overruled
        </li>
      )}
      <li className="visually-hidden">The scale ends at ±{reach}.</li>
    </ul>
  );
}
