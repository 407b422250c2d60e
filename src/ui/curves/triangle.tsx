import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useMemo,
  useState,
} from 'react';
import { gridOfMixes, type Mix, mixAt, mixed, placeOfMix, triangleOf } from '../../recipe/mixes.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import type { Outcome } from '../../views/outcome.ts';
import { sized } from '../changes/histogram.tsx';
import { Looked } from '../changes/looked.tsx';
import { useOutcomesOf } from '../compare/use-outcomes.ts';
import { plain, signed } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';

const steps = 4;
const grid = gridOfMixes(steps);

type Shown = 'least' | 'norm';

const numbers = {
  least: ({ cosines }: Outcome) => Math.min(...cosines.map((cosine) => cosine ?? 0)),
  norm: ({ norm }: Outcome) => norm,
};
const texts = {
  least: (value: number) => `least cosine ${signed(value)}`,
  norm: (value: number) => `length ${sized(value)}`,
};

/** What weights of three experts come to, with the same sum: a point to be pressed, dragged or moved by keys. */
export function WeightTriangle({ recipe }: { readonly recipe: Recipe }) {
  const [shown, setShown] = useState<Shown>('least');
  const [focus, setFocus] = useState(0);
  const [dragged, setDragged] = useState<Mix | null>(null);
  const triangle = useMemo(() => triangleOf(recipe), [recipe]);
  const recipes = useMemo(
    () => [recipe, ...(triangle ? grid.map((mix) => mixed(recipe, triangle, mix)) : [])],
    [recipe, triangle],
  );
  const { told: all, isFresh, state } = useOutcomesOf(recipes);
  const told = all.slice(1);
  if (!triangle) return null;
  const names = recipe.experts.map(({ model }) => model.name);
  const values = told.map((one, i) =>
    one && one !== 'none' && isFresh[i + 1] ? numbers[shown](one) : null,
  );
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const present = dragged ?? triangle.present;
  const take = (mix: Mix) => session.recipe.getState().replace(mixed(recipe, triangle, mix));
  const wordsOf = (mix: Mix) =>
    names
      .map((name, k) => `${plain(Number((mix[k] * triangle.total).toFixed(2)))} ${name}`)
      .join(', ');
  const drag = (event: PointerEvent<SVGSVGElement>, isOver: boolean) => {
    const box = event.currentTarget.getBoundingClientRect();
    const mix = mixAt(
      ((event.clientX - box.left) / box.width - 0.06) / 0.88,
      ((event.clientY - box.top) / box.height - 0.06) / 0.88,
    );
    setDragged(isOver ? null : mix);
    if (isOver) take(mix.map((share) => Math.round(share * 100) / 100) as unknown as Mix);
  };
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setFocus((at) => Math.min(grid.length - 1, Math.max(0, at + by)));
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      take(grid[focus]);
    }
  };
  return (
    <Looked state={state}>
      {() => (
        <figure className="triangle">
          <h4>Weights of the three</h4>
          <Segmented
            label="Colour of the triangle"
            options={[
              { value: 'least', label: 'Least cosine' },
              { value: 'norm', label: 'Length' },
            ]}
            value={shown}
            onChange={setShown}
          />
          <p className="triangle-top" aria-hidden>
            {names[0]}
          </p>
          <svg
            viewBox="0 0 100 100"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move within it
            tabIndex={0}
            role="application"
            aria-label={`Weights: ${wordsOf(grid[focus])}: ${values[focus] === null ? 'not known yet' : texts[shown](values[focus] ?? 0)}. Enter takes them.`}
            onKeyDown={move}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              drag(event, false);
            }}
            onPointerMove={(event) => {
              if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event, false);
            }}
            onPointerUp={(event) => drag(event, true)}
          >
            <path className="triangle-edge" d="M50 6L6 94H94Z" />
            {grid.map((mix, i) => {
              const [x, y] = placeOfMix(mix);
              const value = values[i];
              const share = value === null ? 0 : high > low ? (value - low) / (high - low) : 1;
              return (
                <circle
                  key={mix.join()}
                  className={`triangle-point ${i === focus ? 'is-focus' : ''} ${value === null ? 'is-open' : ''}`}
                  cx={6 + 88 * x}
                  cy={6 + 88 * y}
                  r="5"
                  style={{ '--share': share } as CSSProperties}
                >
                  <title>
                    {wordsOf(mix)}
                    {value !== null && `: ${texts[shown](value)}`}
                  </title>
                </circle>
              );
            })}
            {present && (
              <circle
                className="triangle-present"
                cx={6 + 88 * placeOfMix(present)[0]}
                cy={6 + 88 * placeOfMix(present)[1]}
                r="3"
              />
            )}
          </svg>
          <p className="triangle-corners" aria-hidden>
            <span>{names[1]}</span>
            <span>{names[2]}</span>
          </p>
          <figcaption className="param-help">
            Each point is a merge; in a corner one model has all the weight, {plain(triangle.total)}
            . The darker,{' '}
            {shown === 'least'
              ? 'the more is kept of the model of which least is'
              : 'the longer the merged change'}
            {known.length > 0 && ` (${texts[shown](low)} to ${texts[shown](high)})`}. Press or drag
            to take a point.
            {present && ` The ring is the recipe: ${wordsOf(present)}.`}
          </figcaption>
          <details>
            <summary>The triangle as a table</summary>
            <table className="delta-table number">
              <thead>
                <tr>
                  {[...names, 'Least cosine', 'Length'].map((head) => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {grid.map((mix, i) => {
                  const one = told[i];
                  const outcome = one && one !== 'none' ? one : null;
                  return (
                    <tr key={mix.join()}>
                      {mix.map((share, k) => (
                        <td key={names[k]}>{plain(Number((share * triangle.total).toFixed(4)))}</td>
                      ))}
                      <td>{outcome ? signed(numbers.least(outcome)) : '–'}</td>
                      <td>{outcome ? sized(outcome.norm) : '–'}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </details>
        </figure>
      )}
    </Looked>
  );
}
