import { percent } from '../../plan/finding.ts';
import type { Share } from '../../plan/types.ts';
import { parameters } from '../kit/format.ts';
import './share-line.css';

/** How much of the models is merged, in elements, as a bar and in words. */
export function ShareLine({ share }: { readonly share: Share }) {
  const { total, merged, copied, leftOut, given } = share;
  if (total === 0) return null;
  return (
    <div className="share">
      <div className="share-bar" aria-hidden>
        <span style={{ width: `${(100 * merged) / total}%` }} />
      </div>
      <p className="small">
        Of {parameters(total)} elements {percent(merged, total)} are merged
        {copied > 0 && `, ${percent(copied, total)} copied`}.{' '}
        {leftOut > 0 && `${percent(leftOut, given)} of the experts’ elements are left out.`}
      </p>
    </div>
  );
}
