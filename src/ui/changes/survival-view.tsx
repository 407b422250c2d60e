import type { CSSProperties } from 'react';
import { useSurvival } from '../../stores/use-session.ts';
import type { Survival, Survived } from '../../views/survival.ts';
import { signed } from '../kit/format.ts';
import { Looked } from './looked.tsx';
import { listed } from './words.ts';

/** How much of each model the merge would keep, by group and by layer. */
export function SurvivalView() {
  return (
    <Looked state={useSurvival()}>
      {(survival) => (
        <>
          <p className="conflicts-verdict">{sentence(survival)}</p>
          <p className="param-help">
            The cosine of the merged change with each model’s own: 1 goes all the way of that model,
            0 none of it, −1 against it. The last column is how long the merged change is beside the
            plain average of all of them: weights and λ, trims and cancelling all show in it. None
            of it says whether the merge is any good.
          </p>
          <Bars title="By group" head="Group" survival={survival} rows={survival.groups} />
          <Bars title="By layer" head="Layer" survival={survival} rows={survival.layers} />
        </>
      )}
    </Looked>
  );
}

function sentence({ models, whole }: Survival): string {
  const { cosines, overAverage } = whole;
  if (overAverage === null || cosines.every((cosine) => cosine === null)) {
    return 'The merge changes nothing, or nothing on average.';
  }
  const told = cosines.map(
    (cosine, k) => `${cosine === null ? 'none' : signed(cosine)} with ${models[k]}`,
  );
  // Of many only the ends: the tables have them all.
  const byCosine = told.toSorted(
    (a, b) => (cosines[told.indexOf(b)] ?? 0) - (cosines[told.indexOf(a)] ?? 0),
  );
  const all = told.length <= 4 ? listed(told) : `${byCosine[0]} down to ${byCosine.at(-1)}`;
  return `What is merged has a cosine of ${all}, and is ${overAverage.toFixed(2)} times as long as the plain average of the changes.`;
}

type BarsProps = {
  readonly title: string;
  readonly head: string;
  readonly survival: Survival;
  readonly rows: readonly (Survived & { readonly name: string })[];
};

function Bars({ title, head, survival: { models, whole }, rows }: BarsProps) {
  const label = `What is left ${title.toLowerCase()}`;
  return (
    <>
      <h4>{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="delta-scroll" tabIndex={0} aria-label={label}>
        <table className="delta-table survival number">
          <thead>
            <tr>
              {[head, ...models, '÷ average'].map((column) => (
                <th key={column} scope="col" title={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[{ ...whole, name: 'whole model' }, ...rows].map(({ name, cosines, overAverage }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cosines.map((cosine, k) => (
                  <td key={models[k]}>
                    <Bar cosine={cosine} />
                  </td>
                ))}
                <td>{overAverage === null ? '–' : overAverage.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** From the middle to the right for plus, to the left for minus; the number beside it. */
function Bar({ cosine }: { readonly cosine: number | null }) {
  const style = { '--size': Math.abs(cosine ?? 0) } as CSSProperties;
  return (
    <span className="survival-cell">
      <span aria-hidden className="survival-bar" style={style}>
        <span className={(cosine ?? 0) < 0 ? 'is-minus' : 'is-plus'} />
      </span>
      {cosine === null ? '–' : signed(cosine)}
    </span>
  );
}
