import { type CSSProperties, useState } from 'react';
import type { Angles, Changes } from '../../views/changes.ts';
import { CosineMatrix } from '../kit/cosine-matrix.tsx';
import { signed } from '../kit/format.ts';
import { heat, shortCosine } from '../kit/heat.ts';
import { sized } from './histogram.tsx';
import { inWords } from './words.ts';

/** How the task vectors lie to each other: of all, then two of them by layer and by role. */
export function AnglesView({ changes }: { readonly changes: Changes }) {
  const { models, angles } = changes;
  const [chosen, setChosen] = useState<readonly [number, number]>([0, 1]);
  if (models.length < 2) return null;
  const [a, b] = chosen.every((k) => k < models.length) ? chosen : [0, 1];
  const at = a * models.length + b;
  const { norms, cosines } = angles.whole;
  const cosineOf = (row: number, column: number) => cosines[row * models.length + column];
  return (
    <section aria-label="Directions of the changes">
      <h4>Directions of the changes</h4>
      <CosineMatrix
        caption="Cosines of every two task vectors, their lengths on the diagonal"
        all={models.map((name) => ({ key: name, name }))}
        cosineOf={cosineOf}
        textOf={(row, column) => shortCosine(cosineOf(row, column))}
        toldOf={(row, column) => told(cosineOf(row, column))}
        diagonal={(row) => `‖Δ‖ ${sized(norms[row])}`}
        chosen={[a, b]}
        onChoose={setChosen}
      />
      <p className="param-help">{inWords(cosines[at], models[a], models[b])}</p>
      <div className="delta-pair">
        <Depth layers={angles.layers} at={at} />
        <List title="By layer" head="Layer" of={angles.layers} pair={[a, b]} models={models} />
        <List title="By role" head="Role" of={angles.roles} pair={[a, b]} models={models} />
      </div>
    </section>
  );
}

const told = (cosine: number | null) =>
  cosine === null ? 'no direction' : `cosine ${signed(cosine)}`;

type Named = Angles & { readonly name: string };

/** The cosine over depth, always from −1 to 1. */
function Depth({ layers, at }: { readonly layers: readonly Named[]; readonly at: number }) {
  const x = (i: number) => (layers.length < 2 ? 50 : (100 * i) / (layers.length - 1));
  const y = (cosine: number) => 50 - 50 * cosine;
  const told = layers.flatMap(({ cosines }, i) => {
    const cosine = cosines[at];
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
