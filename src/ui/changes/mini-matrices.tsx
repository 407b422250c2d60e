import type { Angles } from '../../views/changes.ts';
import { signed } from '../kit/format.ts';
import './mini-matrices.css';

type MiniMatricesProps = {
  readonly layers: readonly (Angles & { readonly name: string })[];
  /** The models in the order that they are shown in. */
  readonly order: readonly number[];
  readonly chosen: number | null;
  readonly onChoose: (layer: number | null) => void;
};

/** One small matrix for each layer, all on the same scale; a press shows that layer large. */
export function MiniMatrices({ layers, order, chosen, onChoose }: MiniMatricesProps) {
  return (
    <fieldset className="minis">
      <legend className="visually-hidden">Cosines of which layer</legend>
      {layers.map((layer, i) => (
        <button
          key={layer.name}
          type="button"
          className="mini"
          aria-pressed={i === chosen}
          aria-label={`Layer ${layer.name}: ${range(layer)}`}
          title={`${layer.name}: ${range(layer)}`}
          onClick={() => onChoose(i === chosen ? null : i)}
        >
          <Picture angles={layer} order={order} />
          <span className="number">{layer.name}</span>
        </button>
      ))}
    </fieldset>
  );
}

/** Steps of opacity: a path for each and either sign. */
const steps = 6;

function Picture({
  angles,
  order,
}: {
  readonly angles: Angles;
  readonly order: readonly number[];
}) {
  const n = order.length;
  const paths = new Map<string, string>();
  for (const [row, a] of order.entries()) {
    for (const [column, b] of order.entries()) {
      const cosine = a === b ? null : angles.cosines[a * n + b];
      const step = Math.round(Math.abs(cosine ?? 0) * steps);
      if (cosine === null || step === 0) continue;
      const key = `${cosine < 0 ? '−' : '+'}${step}`;
      paths.set(key, `${paths.get(key) ?? ''}M${column} ${row}h1v1h-1z`);
    }
  }
  return (
    <svg viewBox={`0 0 ${n} ${n}`} aria-hidden shapeRendering="crispEdges">
      {[...paths].map(([key, d]) => (
        <path
          key={key}
          d={d}
          className={key.startsWith('−') ? 'is-minus' : 'is-plus'}
          fillOpacity={Number(key.slice(1)) / steps}
        />
      ))}
    </svg>
  );
}

/** "from −0.20 to +0.85". */
function range({ cosines, norms }: Angles): string {
  const n = norms.length;
  const all = cosines.filter((cosine, i) => cosine !== null && i % n > Math.floor(i / n));
  const known = all.flatMap((cosine) => cosine ?? []);
  if (known.length === 0) return 'no two directions';
  const [least, most] = [Math.min(...known), Math.max(...known)].map((cosine) => signed(cosine));
  return least === most ? `cosine ${least}` : `cosines from ${least} to ${most}`;
}
