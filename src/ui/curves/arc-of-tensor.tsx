import { useEffect, useMemo } from 'react';
import type { Excerpt } from '../../methods/excerpt.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { workThrough } from '../../methods/worked.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { session, useConflicts, useExcerpt } from '../../stores/use-session.ts';
import { Arc } from '../inspect/worked/arc.tsx';
import { fits, realCast } from '../inspect/worked/cast.ts';
import { simplifications } from '../inspect/worked/walk.tsx';
import { counted } from '../kit/format.ts';

/** Four digits. */
const shortNumber = (value: number) => String(Number(value.toPrecision(4)));

type ArcOfTensorProps = { readonly method: MergeMethod; readonly recipe: Recipe };

/** Of a method that blends along an arc: that of one tensor, with the real angle and lengths of the two models there. */
export function ArcOfTensor({ method, recipe }: ArcOfTensorProps) {
  const { excerpt, isLooking, waitsForHub, at } = useExcerpt((state) => state);
  const cells = useConflicts((state) => state.map?.cells);
  useEffect(() => {
    session.excerpt.getState().watch(true);
    return () => session.excerpt.getState().watch(false);
  }, []);
  const tensors = useMemo(() => (cells ?? []).map(({ first }) => first), [cells]);
  const shown = excerpt !== null && fits(method, recipe, excerpt) ? excerpt : null;
  if (waitsForHub) {
    return (
      <p className="small faint">
        The arc of a tensor is shown once the conflicts of these models were looked at.
      </p>
    );
  }
  if (shown === null && !isLooking) return null;
  const most = 'the most contested tensor';
  return (
    <section className="arc-of-tensor" aria-label="The arc in one tensor" aria-busy={isLooking}>
      <label>
        The arc in{' '}
        <select
          className="select-field"
          value={at?.tensor ?? ''}
          onChange={({ target: { value: tensor } }) =>
            session.excerpt.getState().lookAt(tensor ? { tensor, row: 0, column: 0 } : null)
          }
        >
          <option value="">{at === null && shown ? `${shown.tensor}, ${most}` : most}</option>
          {[...new Set([...(at ? [at.tensor] : []), ...tensors])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {shown ? (
        <Measured method={method} recipe={recipe} excerpt={shown} />
      ) : (
        <p className="small faint" role="status">
          The angle between the two models is being measured…
        </p>
      )}
    </section>
  );
}

function Measured({ method, recipe, excerpt }: ArcOfTensorProps & { readonly excerpt: Excerpt }) {
  const cast = realCast(method, recipe, excerpt);
  const changes = excerpt.changes.map((row) => [...row]);
  const { arc, remark, simplified } = workThrough({ ...cast, changes });
  if (arc === null) return null;
  const { sampled, elementCount } = excerpt;
  const degrees = ((arc.angle * 180) / Math.PI).toFixed(arc.angle < 0.02 ? 3 : 1);
  const [first, second] = cast.names;
  const [cosine, [a, b], [x, y]] = [Math.cos(arc.angle), arc.norms, arc.shares];
  const length = Math.sqrt(Math.max(0, (x * a) ** 2 + (y * b) ** 2 + 2 * x * y * a * b * cosine));
  return (
    <>
      <Arc arc={arc} />
      <dl className="arc-facts number">
        <dt>Angle between the two</dt>
        <dd>{degrees}°</dd>
        <dt>
          <Mark line="first" /> Length of {first}
        </dt>
        <dd>{shortNumber(a)}</dd>
        <dt>
          <Mark line="second" /> Length of {second}
        </dt>
        <dd>{shortNumber(b)}</dd>
        <dt>
          <Mark line="blend" /> Length of the blend
        </dt>
        <dd>{shortNumber(length)}</dd>
      </dl>
      {(remark !== null || simplified !== null || sampled < elementCount) && (
        <p className="small faint">
          {simplified && `${simplifications[simplified]} `}
          {remark && `${remark}. `}
          {sampled < elementCount && `From a sample of ${counted(sampled, 'element')}.`}
        </p>
      )}
    </>
  );
}

/** The line as it is drawn in the arc. */
function Mark({ line }: { readonly line: 'first' | 'second' | 'blend' }) {
  return (
    <svg className="arc-mark" viewBox="0 0 26 8" aria-hidden>
      <line className={`arc-${line}`} x2="26" y1="4" y2="4" />
    </svg>
  );
}
