import type { MergeMethod } from '../../../methods/method.ts';
import './legend.css';

export function Legend({ method }: { readonly method: MergeMethod }) {
  const drops = 'density' in method.params.perModel;
  const votes = method.elects;
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
    </ul>
  );
}
