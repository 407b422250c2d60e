import { RotateCcw } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { MergeMethod } from '../../../methods/method.ts';
import { stepsOf } from '../../../methods/walk.ts';
import { type Worked, workThrough } from '../../../methods/worked.ts';
import { session, useExcerpt, useRecipe } from '../../../stores/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { signed } from '../../kit/format.ts';
import { Arc } from './arc.tsx';
import { BarRow } from './bar-row.tsx';
import {
  type Cast,
  fits,
  madeUpCast,
  madeUpOf,
  nothingTried,
  realCast,
  type Tried,
  withTried,
} from './cast.ts';
import { Election } from './election.tsx';
import { Experiment, isAnything } from './experiment.tsx';
import { Legend } from './legend.tsx';
import { ScoreStrip } from './score.tsx';
import { type Choice, SourceLine } from './source.tsx';
import { rowsOf, Steps } from './steps.tsx';
import { formulaOf } from './words.ts';
import './worked-figure.css';

type Rows = readonly (readonly number[])[];

/** The method at work on a few elements of the user's own models, or on made-up numbers; every bar can be dragged. */
export function WorkedFigure({ method }: { readonly method: MergeMethod }) {
  const recipe = useRecipe((state) => state.recipe);
  const { excerpt, waitsForHub } = useExcerpt((state) => state);
  const [choice, setChoice] = useState<Choice>('mine');
  const [edited, setEdited] = useState<{ readonly of: Rows; readonly rows: Rows } | null>(null);
  useEffect(() => {
    session.excerpt.getState().watch(true);
    return () => session.excerpt.getState().watch(false);
  }, []);
  const own = excerpt !== null && fits(method, recipe, excerpt) ? excerpt : null;
  const shown = choice === 'mine' ? own : null;
  const cast = useMemo(
    () => (shown ? realCast(method, recipe, shown) : madeUpCast(method, recipe)),
    [method, recipe, shown],
  );
  const source: Rows = useMemo(
    () => (shown ? shown.changes.map((row) => [...row]) : madeUpOf(method)),
    [method, shown],
  );
  const rows = edited?.of === source ? edited.rows : source;
  return (
    <figure className="worked" aria-labelledby="worked-title">
      <div className="worked-head">
        <h4 id="worked-title">Step by step</h4>
        {rows !== source && (
          <Button look="quiet" onPress={() => setEdited(null)}>
            <RotateCcw aria-hidden /> Reset the bars
          </Button>
        )}
        <Legend method={method} />
      </div>
      <SourceLine
        excerpt={own}
        waitsForHub={waitsForHub}
        recipe={recipe}
        choice={choice}
        onChoose={setChoice}
      />
      <Walk
        key={method.id}
        cast={cast}
        reach={shown ? reachOf(source) : 1}
        changes={rows.slice(0, cast.names.length)}
        onChange={(model, position, value) =>
          setEdited({ of: source, rows: rows.with(model, rows[model].with(position, value)) })
        }
      />
    </figure>
  );
}

type WalkProps = {
  readonly cast: Cast;
  readonly changes: Rows;
  readonly reach: number;
  readonly onChange: (model: number, position: number, value: number) => void;
};

function Walk({ cast, changes, reach, onChange }: WalkProps) {
  const steps = stepsOf(cast.method);
  const [now, setNow] = useState(steps.length - 1);
  const [tried, setTried] = useState<Tried>(nothingTried);
  const [focus, setFocus] = useState<number | null>(null);
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
  const row = { focus, onFocus: setFocus, reach, write };
  return (
    <div onPointerLeave={() => setFocus(null)}>
      <Steps steps={steps} now={now} onStep={setNow} {...{ changes, worked, reach, focus }} />
      {step.shows === 'arc' && worked.arc && <Arc arc={worked.arc} />}
      {changes.map((raw, model) => (
        <BarRow
          key={cast.names[model]}
          name={cast.names[model]}
          note={
            isLater('left', 'vote', 'merged')
              ? ''
              : noteOf(worked, model, !isLater('vote', 'merged'))
          }
          raw={raw}
          values={values[model].map(({ value }) => value)}
          fates={values[model].map(({ fate }) => fate)}
          onChange={(position, value) => onChange(model, position, value)}
          {...row}
        />
      ))}
      {worked.elected && (
        <Election elected={worked.elected} focus={focus} isLater={isLater('vote')} />
      )}
      <div className={isLater('merged') ? 'is-later' : ''} aria-hidden={isLater('merged')}>
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
            name="As the recipe"
            note=""
            raw={null}
            values={step.shows === 'merged' ? asRecipe.unscaled : asRecipe.result}
            fates={null}
            {...row}
          />
        )}
      </div>
      <figcaption aria-live="polite">
        {focus === null ? (
          'Point at an element for its formula; drag a bar, or move a slider on either side. It runs the merge’s own code.'
        ) : (
          <>
            <strong>
              {step.name}, element {focus + 1}
            </strong>
            <ul className="worked-formula number">
              {formulaOf(step, { cast: trial, changes, worked, write }, focus).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
      </figcaption>
      <Experiment cast={trial} tried={tried} differing={differing} onTry={setTried} />
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

/** Where the scale of real numbers ends: a little above the largest, in two digits. */
function reachOf(rows: Rows): number {
  const most = Math.max(...rows.flat().map(Math.abs));
  return most > 0 ? Number((1.15 * most).toPrecision(2)) : 1;
}

/** Places that tell a hundredth of the scale. */
function placesOf(reach: number): number {
  return Math.max(2, 2 - Math.floor(Math.log10(reach)));
}
