import { useMemo, useState } from 'react';
import { stepsOf } from '../../../methods/walk.ts';
import { type Simplified, type Worked, workThrough } from '../../../methods/worked.ts';
import type { Numbers } from '../../../stores/stepper.ts';
import { signed } from '../../kit/format.ts';
import { Arc } from './arc.tsx';
import { BarRow } from './bar-row.tsx';
import { type Cast, withTried } from './cast.ts';
import type { Opening } from './chapter.ts';
import { Election } from './election.tsx';
import { Experiment, isAnything } from './experiment.tsx';
import { ScoreStrip } from './score.tsx';
import { rowsOf, Steps } from './steps.tsx';
import { formulaOf } from './words.ts';

/** How the figure differs from the merge. */
export const simplifications: Readonly<Record<Simplified, string>> = {
  'one line':
    'Here all of the tensor counts as one row; in the merge each row or column does by itself.',
  'no matrix':
    'A few elements have no directions, so their mean is shown; the merge takes each matrix apart as a whole.',
};

type WalkProps = {
  readonly cast: Cast;
  readonly numbers: Numbers;
  readonly opening: Opening;
  readonly onDrag: (model: number, element: number, value: number) => void;
  /** The element in focus, where others want to know. */
  readonly onFocus: (element: number | null) => void;
};

/** All steps of a merge on some numbers: one of them large, what is tried, and the score. */
export function Walk({ cast, numbers, opening, onDrag, onFocus }: WalkProps) {
  const { rows: changes, reach } = numbers;
  const steps = stepsOf(cast.method);
  const [now, setNow] = useState(opening.step);
  const [tried, setTried] = useState(opening.tried);
  const [pointed, setPointed] = useState(opening.element);
  const asRecipe = useMemo(() => workThrough({ ...cast, changes }), [cast, changes]);
  const trial = useMemo(() => withTried(cast, tried), [cast, tried]);
  const worked = useMemo(() => workThrough({ ...trial, changes }), [trial, changes]);
  const write = (value: number) => signed(value, placesOf(reach));
  const step = steps[now];
  const isLater = (...shows: readonly string[]) =>
    !steps.slice(0, now + 1).some((each) => shows.includes(each.shows));
  const values = ['merged', 'result'].includes(step.shows)
    ? worked.contributions.map((row, k) =>
        row.map((value, i) => ({ value, fate: worked.fates[k][i] })),
      )
    : rowsOf(step, changes, worked);
  const differing = worked.result.filter(
    (value, i) => Math.abs(value - asRecipe.result[i]) > 1e-6 * reach,
  ).length;
  const focus = pointed !== null && pointed < changes[0].length ? pointed : null;
  const point = (element: number | null) => {
    setPointed(element);
    onFocus(element);
  };
  const row = { focus, onFocus: point, reach, write };
  const told = { cast: trial, changes, worked, write };
  const isNotYet = isLater('merged');
  return (
    <div
      className={changes.length > 6 ? 'is-crowded' : ''}
      onPointerLeave={() => point(opening.element)}
    >
      <Steps steps={steps} now={now} onStep={setNow} onFocus={point} {...{ told, reach, focus }} />
      {step.shows === 'arc' && worked.arc && <Arc arc={worked.arc} />}
      {changes.map((raw, model) => (
        <BarRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a model is its row
          key={model}
          name={cast.names[model]}
          note={
            isLater('left', 'vote', 'merged')
              ? ''
              : noteOf(worked, model, !isLater('vote', 'merged'))
          }
          raw={raw}
          values={values[model].map(({ value }) => value)}
          fates={values[model].map(({ fate }) => fate)}
          onChange={(element, value) => onDrag(model, element, value)}
          {...row}
        />
      ))}
      {worked.elected && (
        <Election elected={worked.elected} focus={focus} isLater={isLater('vote')} />
      )}
      <div className={isNotYet ? 'is-later' : ''} aria-hidden={isNotYet}>
        <BarRow
          name={isAnything(tried) ? 'Merged, as tried' : 'Merged'}
          note={resultNote(cast, step.shows)}
          raw={null}
          values={step.shows === 'merged' ? worked.unscaled : worked.result}
          fates={null}
          {...row}
        />
        {isAnything(tried) && (
          <BarRow
            name={opening.isInvented ? 'As at first' : 'As the recipe'}
            note=""
            raw={null}
            values={step.shows === 'merged' ? asRecipe.unscaled : asRecipe.result}
            fates={null}
            {...row}
          />
        )}
      </div>
      {worked.simplified && <p className="small faint">{simplifications[worked.simplified]}</p>}
      <figcaption aria-live="polite">
        {focus === null ? (
          'Point at an element for its formula; drag a bar, or move a slider on either side. It runs the merge’s own code.'
        ) : (
          <>
            <strong>
              {step.name}, element {focus + 1}
            </strong>
            <ul className="worked-formula number">
              {formulaOf(step, told, focus).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
      </figcaption>
      <Experiment
        cast={trial}
        isInvented={opening.isInvented}
        {...{ tried, differing }}
        onTry={setTried}
      />
      <ScoreStrip names={cast.names} changes={changes} worked={worked} />
    </div>
  );
}

/** "3 of 10 kept / 20 % overruled": shares of the model's mass, what nobody shows elsewhere. */
function noteOf({ contributions, fates, elected }: Worked, model: number, voted: boolean): string {
  const mass = (wanted: string) =>
    contributions[model].reduce(
      (sum, value, i) => sum + (fates[model][i] === wanted ? Math.abs(value) : 0),
      0,
    );
  const kept = fates[model].filter((fate) => fate !== 'dropped').length;
  const total = mass('counts') + mass('overruled');
  const overruled =
    voted && elected && total > 0 ? Math.round((100 * mass('overruled')) / total) : null;
  const keeps =
    kept === fates[model].length ? 'all kept' : `${kept} of ${fates[model].length} kept`;
  return overruled === null ? keeps : `${keeps}\n${overruled} % overruled`;
}

function resultNote({ method, excerpt }: Cast, shows: string): string {
  if (shows === 'merged' && 'lambda' in method.params.global) return 'before λ';
  return method.arity.base === 'required' || excerpt ? 'added to the base' : 'the new weights';
}

/** Places that tell a hundredth of the scale. */
function placesOf(reach: number): number {
  return Math.max(2, 2 - Math.floor(Math.log10(reach)));
}
