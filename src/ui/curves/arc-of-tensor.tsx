import { useEffect, useMemo } from 'react';
import type { MergeMethod } from '../../methods/method.ts';
import { workThrough } from '../../methods/worked.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { session, useConflicts, useExcerpt } from '../../stores/use-session.ts';
import { Arc } from '../inspect/worked/arc.tsx';
import { fits, realCast } from '../inspect/worked/cast.ts';
import { counted } from '../kit/format.ts';

/** Four digits. */
const shortNumber = (value: number) => String(Number(value.toPrecision(4)));

type ArcOfTensorProps = { readonly method: MergeMethod; readonly recipe: Recipe };

/** Of a method that blends along an arc: that of one tensor, with the real angle and lengths of the two models there. */
export function ArcOfTensor({ method, recipe }: ArcOfTensorProps) {
  const excerpt = useExcerpt((state) => state.excerpt);
  const cells = useConflicts((state) => state.map?.cells);
  useEffect(() => {
    session.excerpt.getState().watch(true);
    return () => session.excerpt.getState().watch(false);
  }, []);
  const tensors = useMemo(() => (cells ?? []).map(({ first }) => first), [cells]);
  if (excerpt === null || !fits(method, recipe, excerpt)) {
    return (
      <p className="small faint" role="status">
        The angle between the two models in one tensor is being measured…
      </p>
    );
  }
  const cast = realCast(method, recipe, excerpt);
  const changes = excerpt.changes.map((row) => [...row]);
  const { arc, remark } = workThrough({ ...cast, changes });
  if (arc === null) return null;
  const { tensor, sampled, elementCount } = excerpt;
  const degrees = ((arc.angle * 180) / Math.PI).toFixed(arc.angle < 0.02 ? 3 : 1);
  const [first, second] = cast.names;
  const [cosine, [a, b], [x, y]] = [Math.cos(arc.angle), arc.norms, arc.shares];
  const length = Math.sqrt(Math.max(0, (x * a) ** 2 + (y * b) ** 2 + 2 * x * y * a * b * cosine));
  return (
    <section className="arc-of-tensor" aria-label="The arc in one tensor">
      <label>
        The arc in
        <select
          className="select-field"
          value={tensor}
          onChange={({ target }) =>
            session.excerpt.getState().lookAt({ tensor: target.value, row: 0, column: 0 })
          }
        >
          {[...new Set([tensor, ...tensors])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Arc arc={arc} />
      <dl className="arc-facts number">
        <dt>Angle between the two</dt>
        <dd>{degrees}°</dd>
        <dt>Length of {first}</dt>
        <dd>{shortNumber(a)}</dd>
        <dt>Length of {second}</dt>
        <dd>{shortNumber(b)}</dd>
        <dt>Length of the blend</dt>
        <dd>{shortNumber(length)}</dd>
      </dl>
      <p className="small faint">
        {remark ? `${remark}. ` : 'An arc that a straight line would not follow. '}
        {sampled < elementCount && `From a sample of ${counted(sampled, 'element')}.`}
      </p>
    </section>
  );
}
