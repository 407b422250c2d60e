import { RotateCcw } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { MergeMethod } from '../../../methods/method.ts';
import {
  fitted,
  type Numbers,
  type Rows,
  reachOf,
  type StepperState,
  tightReachOf,
} from '../../../stores/stepper.ts';
import { session, useExcerpt, useRecipe, useStepper } from '../../../stores/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { fits, madeUpCast, madeUpOf, realCast } from './cast.ts';
import { castOf, openingOf } from './chapter.ts';
import { Legend } from './legend.tsx';
import { Lesson } from './lesson.tsx';
import { NumbersTable } from './numbers.tsx';
import { SourceLine } from './source.tsx';
import { Walk } from './walk.tsx';
import './worked-figure.css';

/** The method at work on a few elements of the user's own models, or on an example; every number can be changed. */
export function WorkedFigure({ method }: { readonly method: MergeMethod }) {
  const recipe = useRecipe((state) => state.recipe);
  const { excerpt, isLooking, waitsForHub, at } = useExcerpt((state) => state);
  const stepper = useStepper((state) => state);
  const [focus, setFocus] = useState<number | null>(null);
  useEffect(() => {
    session.excerpt.getState().watch(true);
    return () => session.excerpt.getState().watch(false);
  }, []);
  const lesson = method.figure?.lesson ?? [];
  const chapter = stepper.chapter === null ? null : (lesson[stepper.chapter] ?? null);
  const own = excerpt !== null && fits(method, recipe, excerpt) ? excerpt : null;
  const real = stepper.source === 'mine' || chapter ? own : null;
  const cast = useMemo(() => {
    const invented = chapter && castOf(method, chapter);
    return invented ?? (real ? realCast(method, recipe, real) : madeUpCast(method, recipe));
  }, [method, recipe, real, chapter]);
  // What the numbers are of: a chapter, elements of a tensor, or the one example that all methods share.
  const of = chapter?.changes ? chapter : real;
  const source = useMemo(() => {
    const rows: Rows = chapter?.changes ?? real?.changes.map((row) => [...row]) ?? madeUpOf(method);
    return { rows, reach: real && of === real ? tightReachOf(rows) : 1 };
  }, [method, real, of, chapter]);
  const changed = changedOf(stepper, of);
  const numbers = shownOf(changed ?? source, source.rows.slice(0, cast.names.length));
  const set = (to: Numbers | null) => (of === null ? stepper.setOwn(to) : stepper.edit(of, to));
  const opening = useMemo(() => openingOf(method, chapter), [method, chapter]);
  const chosen = real && of === real && at ? at.column - real.column : null;
  return (
    <figure className="worked" aria-labelledby="worked-title">
      <div className="worked-head">
        <h4 id="worked-title">Step by step</h4>
        {lesson.length > 0 && chapter === null && (
          <Lesson lesson={lesson} at={null} onTurn={stepper.turnTo} />
        )}
        {changed !== null && (
          <Button look="quiet" onPress={() => set(null)}>
            <RotateCcw aria-hidden /> Reset the bars
          </Button>
        )}
        <Legend method={method} />
      </div>
      {chapter && <Lesson lesson={lesson} at={stepper.chapter} onTurn={stepper.turnTo} />}
      {!chapter?.changes && (
        <SourceLine
          excerpt={own}
          isReal={real !== null}
          isOwn={changed !== null}
          isLooking={isLooking && stepper.source === 'mine'}
          shown={cast.names.length}
          {...{ waitsForHub, recipe, at, focus }}
          onChoose={chapter ? null : stepper.choose}
        />
      )}
      <Walk
        // A chapter begins at its own step, and so does an element that was pointed at.
        key={`${method.id} ${stepper.chapter} ${real?.tensor} ${chosen}`}
        cast={cast}
        numbers={numbers}
        opening={chosen === null ? opening : { ...opening, element: chosen }}
        onDrag={(model, element, value) => {
          const { rows, reach } = numbers;
          set({ rows: rows.with(model, rows[model].with(element, value)), reach });
        }}
        onFocus={setFocus}
      />
      <NumbersTable
        names={cast.names}
        rows={numbers.rows}
        canResize={of === null}
        onChange={(rows) =>
          set({ rows, reach: of === real && real ? tightReachOf(rows) : reachOf(rows) })
        }
      />
    </figure>
  );
}

/** What somebody set by hand in place of what is shown; null where nobody did. */
function changedOf({ own, edited }: StepperState, of: unknown): Numbers | null {
  if (of === null) return own;
  return edited !== null && edited.of === of ? edited.numbers : null;
}

/** As many rows as there are models. */
function shownOf({ rows, reach }: Numbers, source: Rows): Numbers {
  return { rows: fitted(rows, source), reach };
}
