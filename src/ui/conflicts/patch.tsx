import { type CSSProperties, type KeyboardEvent, useRef } from 'react';
import { session, useConflicts, useRecipe } from '../../stores/use-session.ts';
import type { Patch } from '../../views/close.ts';
import { signed } from '../kit/format.ts';
import { ElementView } from './element.tsx';
import './patch.css';

/** A square of real elements, a wedge a model, and the element in focus. */
export function PatchView() {
  const { focus, patch } = useConflicts((state) => state);
  const names = useRecipe(({ recipe }) => recipe.experts);
  if (focus.square === null) return null;
  if (patch === null) return <p className="loading">Reading the elements…</p>;
  const models = names.map(({ model }) => model.name);
  return (
    <section className="patch-and-element" aria-label="Elements">
      <Wedges patch={patch} models={models} element={focus.element ?? mostContested(patch)} />
      <ElementView patch={patch} models={models} element={focus.element ?? mostContested(patch)} />
    </section>
  );
}

type WedgesProps = {
  readonly patch: Patch;
  readonly models: readonly string[];
  readonly element: number;
};

function Wedges({ patch, models, element }: WedgesProps) {
  const table = useRef<HTMLTableElement>(null);
  const { down, across, values } = patch;
  const largest = Math.max(
    Number.MIN_VALUE,
    ...values.map(({ left, weight }) => Math.abs(weight) * largestOf(left)),
  );
  const go = (to: number) => {
    session.conflicts.getState().focusOn({ element: to });
    table.current?.querySelector<HTMLElement>(`[data-element="${to}"]`)?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const row = Math.floor(element / across);
    const column = element % across;
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const [r, c] = to;
    if (r >= 0 && r < down && c >= 0 && c < across) go(r * across + c);
  };
  const rows = Array.from({ length: down }, (_, r) => patch.row + r);
  const columns = Array.from({ length: across }, (_, c) => patch.column + c);
  return (
    <table ref={table} className="patch" aria-label="Elements">
      <tbody>
        {rows.map((row, r) => (
          <tr key={row}>
            {columns.map((column, c) => {
              const i = r * across + c;
              return (
                <td key={column}>
                  <button
                    type="button"
                    data-element={i}
                    tabIndex={i === element ? 0 : -1}
                    className={`patch-cell ${i === element ? 'is-current' : ''}`}
                    aria-label={labelOf(patch, models, i)}
                    onClick={() => go(i)}
                    onKeyDown={move}
                  >
                    {values.map(({ left, weight }, k) => {
                      const value = left[i] * weight;
                      const sign = value > 0 ? 'is-plus' : value < 0 ? 'is-minus' : '';
                      const size = Math.abs(value) / largest;
                      return (
                        <span
                          key={models[k]}
                          className={`patch-wedge ${sign}`}
                          style={{ '--size': Math.sqrt(size) } as CSSProperties}
                        />
                      );
                    })}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function labelOf({ row, column, across, values }: Patch, models: readonly string[], i: number) {
  const place = `row ${row + Math.floor(i / across)}, column ${column + (i % across)}`;
  const wants = values.map(
    ({ left, weight }, k) =>
      `${models[k]} ${left[i] * weight === 0 ? 'nothing' : signed(left[i] * weight, 5)}`,
  );
  return `${place}: ${wants.join(', ')}`;
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The element where the most cancels. */
export function mostContested({ values }: Patch): number {
  let best = 0;
  let most = -1;
  for (let i = 0; i < values[0].left.length; i++) {
    const wants = values.map(({ left, weight }) => left[i] * weight);
    const plus = wants.reduce((sum, value) => sum + Math.max(0, value), 0);
    const minus = wants.reduce((sum, value) => sum + Math.max(0, -value), 0);
    if (Math.min(plus, minus) > most) {
      most = Math.min(plus, minus);
      best = i;
    }
  }
  return best;
}
