import { type CSSProperties, useState } from 'react';
import { findMethod } from '../../methods/registry.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import type { Changes } from '../../views/changes.ts';
import { barsOf, keptAt, type Magnitudes, nonZero } from '../../views/magnitudes.ts';
import { percent } from '../conflicts/metrics.ts';
import { EndOf } from '../kit/end-of.tsx';
import { counted, parameters, plain } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { Draws } from './draws.tsx';
import { dashes, Histogram, sized } from './histogram.tsx';
import { densitiesOf, drawOf, emptied, keptOf, type Thinning, thinningOf } from './trims.ts';
import './sizes.css';

type Scope = 'model' | 'layer' | 'tensor';

/** How large the changes are, and what a trim leaves of them. */
export function Sizes({ changes }: { readonly changes: Changes }) {
  const recipe = useRecipe((state) => state.recipe);
  const [wanted, setScope] = useState<Scope>('tensor');
  const [picked, setPicked] = useState(0);
  const { magnitudes, models } = changes;
  const { layer, tensor } = magnitudes;
  const scope = tensor ? wanted : 'model';
  const of =
    (scope === 'tensor' ? tensor?.of : scope === 'layer' ? layer?.of : null) ?? magnitudes.model;
  // The recipe may be a step ahead of what was looked at.
  if (recipe.experts.length !== models.length) return null;
  const chosen = Math.min(picked, models.length - 1);
  const method = findMethod(recipe.method);
  const thinning = method ? thinningOf(method) : null;
  const isByRank = method?.drawsByRank ?? false;
  const densities = densitiesOf(recipe);
  const { trimScope, experts } = recipe;
  const keeps = of.map((each, k) => keptOf(each, magnitudes.model[k], densities[k], trimScope));
  const handle =
    thinning === 'trim'
      ? {
          expert: chosen,
          model: experts[chosen].model.id,
          density: densities[chosen],
          kept: keeps[chosen],
          over: trimScope === 'model' ? magnitudes.model[chosen] : of[chosen],
        }
      : null;
  const draw = method && thinning === 'draw' ? drawOf(recipe, method, densities[chosen]) : null;
  return (
    <section aria-label="Size of the changes">
      <h4>Size of the changes</h4>
      {tensor && layer ? (
        <Segmented
          label="Sizes of"
          options={[
            { value: 'model', label: 'Whole model' },
            {
              value: 'layer',
              label: /^\d/.test(layer.name) ? `Layer ${layer.name}` : `“${layer.name}”`,
            },
            { value: 'tensor', label: 'Tensor' },
          ]}
          value={scope}
          onChange={setScope}
        />
      ) : (
        <p className="param-help">
          Of the whole model. Choose a tensor below, or a cell of the conflicts, to see it alone.
        </p>
      )}
      {scope === 'tensor' && <p className="number small">{tensor?.name}</p>}
      <Histogram names={models} of={of} chosen={chosen} handle={handle} draw={draw} />
      <div className="delta-scroll">
        <table className="delta-table number">
          <caption className="visually-hidden">What is kept of each model</caption>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Unchanged</th>
              {thinning && <th scope="col">Density</th>}
              {thinning === 'trim' && <th scope="col">Threshold</th>}
              {thinning && <th scope="col">Kept</th>}
              {thinning && <th scope="col">of L1</th>}
              {thinning && <th scope="col">of L2</th>}
            </tr>
          </thead>
          <tbody>
            {models.map((name, k) => (
              <tr key={experts[k].model.id}>
                <th scope="row">
                  <label className="delta-name" title={name}>
                    <input
                      type="radio"
                      name="delta-model"
                      checked={k === chosen}
                      onChange={() => setPicked(k)}
                    />
                    <Line of={k} />
                    <EndOf name={name} />
                  </label>
                </th>
                <td>{percent(1 - nonZero(of[k]) / Math.max(1, of[k].elements))}</td>
                <Keeps
                  {...{ thinning, isByRank }}
                  of={of[k]}
                  density={densities[k]}
                  kept={keeps[k]}
                />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {thinning === 'draw' && <Draws densities={densities} />}
      <Notes {...{ changes, recipe, thinning, isByRank, scope }} expert={chosen} />
      <details>
        <summary>The picture as a table</summary>
        <Bars names={models} of={of} />
      </details>
    </section>
  );
}

function Line({ of }: { readonly of: number }) {
  const style = { '--tone': `var(--model-${of % 4})`, '--dash': dashes[of % 4] } as CSSProperties;
  return (
    <svg className="delta-line" viewBox="0 0 26 8" style={style} aria-hidden>
      <path className="delta-outline" d="M0 4H26" />
    </svg>
  );
}

type KeepsProps = {
  readonly thinning: Thinning;
  readonly isByRank: boolean;
  readonly of: Magnitudes;
  readonly density: number;
  readonly kept: ReturnType<typeof keptAt>;
};

function Keeps({ thinning, isByRank, of, density, kept }: KeepsProps) {
  if (thinning === null) return null;
  if (thinning === 'draw') {
    // Whatever its size each change survives by the same chance: of Σ|Δ| and of ΣΔ² the same share stays. By rank more does.
    const about = isByRank ? '≥' : '≈';
    return (
      <>
        <td>{plain(density)}</td>
        <td>≈ {parameters(Math.round(density * of.elements))}</td>
        <td>
          {about} {percent(density)}
        </td>
        <td>
          {about} {percent(Math.sqrt(density))}
        </td>
      </>
    );
  }
  return (
    <>
      <td>{plain(density)}</td>
      <td>{sized(kept.threshold)}</td>
      <td>{parameters(Math.round(kept.count))}</td>
      <td>{percent(kept.l1)}</td>
      <td>{percent(kept.l2)}</td>
    </>
  );
}

type NotesProps = {
  readonly changes: Changes;
  readonly recipe: Recipe;
  readonly thinning: Thinning;
  readonly isByRank: boolean;
  readonly scope: Scope;
  readonly expert: number;
};

/** What the numbers do not say by themselves. */
function Notes({ changes, recipe, thinning, isByRank, scope, expert }: NotesProps) {
  if (thinning === null) {
    return <p className="param-help">This method trims nothing: every change counts.</p>;
  }
  if (thinning === 'draw') {
    return (
      <p className="param-help">
        {isByRank
          ? 'This method keeps changes by chance, the larger ones of a row more often; drawn as if all had the same. '
          : 'This method keeps changes by chance, whatever their size. '}
        There is no threshold. What is kept is what is to be expected before it is scaled up again.
      </p>
    );
  }
  const { trimScope, rules } = recipe;
  const name = changes.models[expert];
  const { threshold } = keptAt(changes.magnitudes.model[expert], densitiesOf(recipe)[expert]);
  const empty = emptied(changes, expert, threshold);
  const isWhole = trimScope === 'model';
  return (
    <>
      <p className="param-help">
        {isWhole
          ? 'This recipe has one threshold for each model, over all its tensors.'
          : scope === 'tensor'
            ? 'This recipe trims each tensor by itself: the threshold is this tensor’s own.'
            : 'This recipe trims each tensor by itself: shown is what one threshold over all of these would keep.'}
        {rules.some(({ parameter }) => parameter === 'density') &&
          ' Rules set other densities for some tensors; the handle moves the model’s own.'}
      </p>
      {empty.length === 0 ? (
        <p className="param-help">
          A whole-model trim of {name} {isWhole ? 'leaves' : 'would leave'} something of every
          tensor that it changes.
        </p>
      ) : (
        <details className="delta-emptied" open={empty.length <= 6}>
          <summary>
            A whole-model trim of {name} {isWhole ? 'leaves' : 'would leave'} nothing of{' '}
            {counted(empty.length, 'tensor')}
            {changes.sampled < changes.elements && ', as far as was looked at'}
          </summary>
          <LongList
            items={empty}
            label="Tensors that are left nothing"
            className="number small"
            keyOf={(tensor) => tensor}
          >
            {(tensor) => (
              <button
                type="button"
                className="link"
                onClick={() =>
                  session.conflicts.getState().focusOn({ tensor, square: null, element: null })
                }
              >
                <bdi>{tensor}</bdi>
              </button>
            )}
          </LongList>
        </details>
      )}
    </>
  );
}

type BarsProps = { readonly names: readonly string[]; readonly of: readonly Magnitudes[] };

function Bars({ names, of }: BarsProps) {
  const all = of.map((each) => new Map(barsOf(each, 1).map((bar) => [bar.from, bar])));
  const rows = [...new Map(all.flatMap((bars) => [...bars])).values()].toSorted(
    (a, b) => a.from - b.from,
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="delta-scroll is-tall" tabIndex={0} aria-label="Elements by size of change">
      <table className="delta-table number">
        <thead>
          <tr>
            <th scope="col">|Δ| from</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">0, unchanged</th>
            {of.map((each, k) => (
              <td key={names[k]}>{parameters(Math.round(each.elements - nonZero(each)))}</td>
            ))}
          </tr>
          {rows.map(({ from }) => (
            <tr key={from}>
              <th scope="row">{sized(from)}</th>
              {all.map((bars, k) => (
                <td key={names[k]}>{parameters(Math.round(bars.get(from)?.count ?? 0))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
