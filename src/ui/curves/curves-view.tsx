import { useMemo, useRef, useState } from 'react';
import { findMethod } from '../../methods/registry.ts';
import { type Dial, dialsOf, dialValue, reachOf, sweepOf, turnedTo } from '../../recipe/dials.ts';
import { triangleOf } from '../../recipe/mixes.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Looked } from '../changes/looked.tsx';
import { useOutcomesOf } from '../compare/use-outcomes.ts';
import { ArcOfTensor } from './arc-of-tensor.tsx';
import { turning } from './charts.ts';
import { Curves } from './curves.tsx';
import { DialSelect } from './dial-select.tsx';
import { WeightTriangle } from './triangle.tsx';
import './curves.css';

const counts = [11, 21, 41];
/** No dial has this id. */
const threeWeights = 'three weights';

/** What the merge becomes along one of its numbers. */
export function CurvesView() {
  const recipe = useRecipe((state) => state.recipe);
  const [picked, setPicked] = useState<string | null>(null);
  const [count, setCount] = useState(counts[0]);
  const dials = dialsOf(recipe);
  const triangle = triangleOf(recipe);
  const isTriangle = triangle !== null && picked === threeWeights;
  const dial = dials.find(({ id }) => id === picked) ?? dials[0];
  const method = findMethod(recipe.method);
  const isOnArc = method?.figure?.steps?.some(({ shows }) => shows === 'arc') ?? false;
  const hasOwn = recipe.slices?.some(
    ({ values, sources }) =>
      dial && [values, ...sources.map((source) => source.values)].some((own) => dial.key in own),
  );
  if (dial === undefined) return <p>This method has no number to follow.</p>;
  return (
    <>
      <div className="conflicts-head">
        <DialSelect
          label="Along"
          dials={dials}
          value={isTriangle ? threeWeights : dial.id}
          others={triangle ? [[threeWeights, 'weights of the three']] : []}
          onChange={setPicked}
        />
        {!isTriangle && (
          <label>
            Points
            <select
              className="select-field"
              value={count}
              onChange={({ target }) => setCount(Number(target.value))}
            >
              {counts.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      {hasOwn && (
        <p className="param-help">
          Slices with a value of their own for {dial.param.label} keep it along the curve.
        </p>
      )}
      {method && isOnArc && <ArcOfTensor method={method} recipe={recipe} />}
      {isTriangle ? (
        <WeightTriangle key={recipe.method} recipe={recipe} />
      ) : (
        <Sweep
          key={`${recipe.method} ${dial.id} ${count}`}
          recipe={recipe}
          dial={dial}
          count={count}
        />
      )}
    </>
  );
}

type SweepProps = { readonly recipe: Recipe; readonly dial: Dial; readonly count: number };

function Sweep({ recipe, dial, count }: SweepProps) {
  const present = dialValue(recipe, dial);
  const reach = reachOf(dial, present);
  const points = sweepOf(dial, reach, count);
  // The present recipe first, so that it is exact at once.
  const recipes = useMemo(() => {
    const own = dialsOf(recipe).find(({ id }) => id === dial.id) ?? dial;
    const along = sweepOf(own, reachOf(own, dialValue(recipe, own)), count);
    return [recipe, ...along.map((value) => turnedTo(recipe, own, value))];
  }, [recipe, dial, count]);
  const { told, isFresh, state } = useOutcomesOf(recipes);
  // What is known of another recipe must not stand among points of this one.
  const outcomes = told.map((one, i) => (isFresh[i] && one !== 'none' ? one : null));
  const known = points.flatMap((x, i) => {
    const outcome = outcomes[i + 1];
    return outcome ? [{ x, outcome }] : [];
  });
  if (present !== null && outcomes[0] && !points.includes(present)) {
    known.push({ x: present, outcome: outcomes[0] });
    known.sort((a, b) => a.x - b.x);
  }
  // Curves stay, paler, until there is a point of the recipe as it is.
  const last = useRef(known);
  if (known.length > 0) last.current = known;
  const names = recipe.experts.map(({ model }) => model.name);
  const isRuled = recipe.rules.some(({ parameter }) => parameter === dial.key);
  return (
    <Looked state={state}>
      {() => (
        <>
          <p className="conflicts-verdict">{turning(dial.label, names, known)}</p>
          {isRuled && (
            <p className="param-help">
              Rules set other values for some tensors: those stay as they are.
            </p>
          )}
          {known.length < points.length && (
            <p className="small faint" role="status">
              {known.length} of {points.length} points so far…
            </p>
          )}
          <Curves
            dial={dial}
            names={names}
            known={last.current}
            isOld={known.length === 0}
            across={reach}
            present={present}
            onTurn={(value) => session.recipe.getState().turn(dial, value)}
          />
        </>
      )}
    </Looked>
  );
}
