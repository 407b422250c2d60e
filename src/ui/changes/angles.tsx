import { type CSSProperties, useMemo, useState } from 'react';
import type { Angles, Changes } from '../../views/changes.ts';
import { clustered } from '../../views/cluster.ts';
import { CosineMatrix } from '../kit/cosine-matrix.tsx';
import { signed } from '../kit/format.ts';
import { heat, shortCosine } from '../kit/heat.ts';
import { Segmented } from '../kit/segmented.tsx';
import { sized } from './histogram.tsx';
import { MiniMatrices } from './mini-matrices.tsx';
import { inWords } from './words.ts';
import './plot.css';
import './angles.css';

type Order = 'recipe' | 'clustered';

const orders: readonly { readonly value: Order; readonly label: string }[] = [
  { value: 'recipe', label: 'As in the recipe' },
  { value: 'clustered', label: 'Alike together' },
];

/** Models of which a matrix is read at a glance, whatever their order. */
const mostInAnyOrder = 4;

/** How the task vectors lie to each other: of all, then two of them by layer and by role. */
export function AnglesView({ changes }: { readonly changes: Changes }) {
  const { models, angles } = changes;
  const [chosen, setChosen] = useState<readonly [number, number]>([0, 1]);
  const [order, setOrder] = useState<Order>('recipe');
  const [layer, setLayer] = useState<number | null>(null);
  const [a, b] = chosen.every((k) => k < models.length) ? chosen : [0, 1];
  const n = models.length;
  const at = a * n + b;
  const isMany = n > mostInAnyOrder;
  const places = useMemo(
    () =>
      isMany && order === 'clustered'
        ? clustered(n, angles.whole.cosines)
        : Array.from({ length: n }, (_, k) => k),
    [isMany, order, n, angles],
  );
  if (n < 2) return null;
  const shown = (layer === null ? null : angles.layers[layer]) ?? { ...angles.whole, name: null };
  const cosineOf = (row: number, column: number) => shown.cosines[places[row] * n + places[column]];
  return (
    <section aria-label="Directions of the changes">
      <h4>Directions of the changes</h4>
      {isMany && (
        <div className="delta-tools">
          <Segmented
            label="Order of the models"
            options={orders}
            value={order}
            onChange={setOrder}
          />
        </div>
      )}
      <CosineMatrix
        caption="Cosines of every two task vectors, their lengths on the diagonal"
        all={places.map((k) => ({ key: models[k], name: models[k] }))}
        cosineOf={cosineOf}
        textOf={(row, column) => shortCosine(cosineOf(row, column))}
        toldOf={(row, column) => told(cosineOf(row, column))}
        diagonal={(row) => (isMany ? '' : '‖Δ‖ ') + sized(shown.norms[places[row]])}
        chosen={[places.indexOf(a), places.indexOf(b)]}
        onChoose={([row, column]) => setChosen([places[row], places[column]])}
      />
      {angles.layers.length > 1 && (
        <MiniMatrices layers={angles.layers} order={places} chosen={layer} onChoose={setLayer} />
      )}
      <p className="param-help">
        {layerText(shown.name)}
        {inWords(shown.cosines[at], models[a], models[b])}
      </p>
      <div className="delta-pair">
        <Depth angles={angles} at={at} />
        <List title="By layer" head="Layer" of={angles.layers} pair={[a, b]} models={models} />
        <List title="By role" head="Role" of={angles.roles} pair={[a, b]} models={models} />
      </div>
    </section>
  );
}

const layerText = (name: string | null) =>
  name === null ? '' : `${/^\d/.test(name) ? `Layer ${name}` : `“${name}”`}: `;

const told = (cosine: number | null) =>
  cosine === null ? 'no direction' : `cosine ${signed(cosine)}`;

type Named = Angles & { readonly name: string };

/** The cosine over depth, of all or of one role, always from −1 to 1. */
function Depth({ angles, at }: { readonly angles: Changes['angles']; readonly at: number }) {
  const { layers, roles } = angles;
  const [chosen, setChosen] = useState('');
  const role = roles.find(({ name }) => name === chosen);
  const x = (i: number) => (layers.length < 2 ? 50 : (100 * i) / (layers.length - 1));
  const y = (cosine: number) => 50 - 50 * cosine;
  const told = layers.flatMap(({ cosines }, i) => {
    const cosine = (role ? role.depth[i] : cosines)?.[at] ?? null;
    return cosine === null ? [] : [{ i, cosine }];
  });
  const line = told.map(({ i, cosine }, n) => `${n ? 'L' : 'M'}${x(i)} ${y(cosine)}`).join('');
  return (
    <figure className="delta-depth">
      <div className="delta-plot">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
          <rect className="depth-half is-plus" width="100" height="50" />
          <rect className="depth-half is-minus" y="50" width="100" height="50" />
          <line className="delta-rule" x1="0" x2="100" y1="50" y2="50" />
          <path className="depth-line" d={line} />
        </svg>
        {['−1', '0', '+1'].map((text, i) => (
          <span key={text} className="delta-tick is-up" style={{ '--at': i / 2 } as CSSProperties}>
            {text}
          </span>
        ))}
        {told.map(({ i, cosine }) => (
          <span
            key={i}
            className="depth-dot"
            title={`${layers[i].name}: ${signed(cosine)}`}
            style={{ '--x': x(i), '--y': y(cosine) } as CSSProperties}
          />
        ))}
      </div>
      <figcaption className="param-help">
        {roles.length > 1 && (
          <select
            className="select-field"
            aria-label="Over depth"
            value={role?.name ?? ''}
            onChange={({ target }) => setChosen(target.value)}
          >
            <option value="">All roles</option>
            {roles.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}{' '}
        {role && told.length === 0 && `No layer has a direction of ${role.name}. `}
        From the first layer to the last; the scale is always −1 to +1.
      </figcaption>
    </figure>
  );
}

type ListProps = {
  readonly title: string;
  readonly head: string;
  readonly of: readonly Named[];
  readonly pair: readonly [number, number];
  readonly models: readonly string[];
};

function List({ title, head, of, pair: [a, b], models }: ListProps) {
  const label = `Cosines ${title.toLowerCase()}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="delta-scroll is-tall" tabIndex={0} aria-label={label}>
      <table className="delta-table number">
        <thead>
          <tr>
            {[head, 'Cosine', `‖Δ‖ ${models[a]}`, `‖Δ‖ ${models[b]}`].map((column) => (
              <th key={column} scope="col" title={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map(({ name, cosines, norms }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="heat" style={heat(cosines[a * models.length + b])}>
                {shortCosine(cosines[a * models.length + b])}
              </td>
              <td>{sized(norms[a])}</td>
              <td>{sized(norms[b])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
