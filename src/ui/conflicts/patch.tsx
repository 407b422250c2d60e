import { type CSSProperties, type KeyboardEvent, memo, useMemo, useRef } from 'react';
import { session, useConflicts, useRecipe } from '../../stores/use-session.ts';
import type { Patch } from '../../views/close.ts';
import { signed } from '../kit/format.ts';
import { csvOfElements } from './csv.ts';
import { ElementView } from './element.tsx';
import { elementSheet, patchSheet } from './files/pictures.ts';
import { SaveButtons } from './files/save-buttons.tsx';
import { pullsOf } from './pulls.ts';
import { useRevealed } from './use-revealed.ts';
import { wedgeColumns } from './wedges.ts';
import './patch.css';

/** A square of real elements, a field a model in each, and the element in focus. */
export function PatchView() {
  const { focus, patch, failure } = useConflicts((state) => state);
  const names = useRecipe(({ recipe }) => recipe.experts);
  const { square } = focus;
  const section = useRevealed<HTMLElement>(
    square && patch && `${focus.tensor} ${square.row} ${square.column}`,
  );
  if (square === null) return null;
  if (patch === null) return failure ? null : <p className="loading">Reading the elements…</p>;
  const models = names.map(({ model }) => model.name);
  if (models.length !== patch.values.length) return null; // the next look is under way
  const element = focus.element ?? mostContested(patch);
  const { row, column, down, across } = patch;
  const place = `rows-${row}-${row + down - 1}-columns-${column}-${column + across - 1}`;
  return (
    <section ref={section} className="patch-and-element revealed" aria-label="Elements">
      <div>
        <Wedges patch={patch} models={models} element={element} />
        <WedgeKey models={models} />
        <SaveButtons
          name={[patch.tensor, place]}
          of="Elements"
          csv={() => csvOfElements(patch, models)}
          png={(from) => patchSheet(from, patch, models)}
        />
      </div>
      <div>
        <ElementView patch={patch} models={models} element={element} />
        <SaveButtons
          name={[
            patch.tensor,
            `row-${row + Math.floor(element / across)}-column-${column + (element % across)}`,
          ]}
          of="This element"
          csv={() => csvOfElements(patch, models, element)}
          png={(from) => elementSheet(from, patch, models, element)}
        />
      </div>
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
  const { down, across } = patch;
  const wants = useMemo(
    () => Array.from({ length: down * across }, (_, i) => pullsOf(patch, i).wants),
    [patch, down, across],
  );
  const largest = useMemo(() => Math.max(Number.MIN_VALUE, ...wants.flat().map(Math.abs)), [wants]);
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
      Home: [row, 0],
      End: [row, across - 1],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const [r, c] = to;
    if (r >= 0 && r < down && c >= 0 && c < across) go(r * across + c);
  };
  const rows = Array.from({ length: down }, (_, r) => patch.row + r);
  const columns = Array.from({ length: across }, (_, c) => patch.column + c);
  return (
    <table
      ref={table}
      className={`patch ${models.length > 9 ? 'is-crowded' : ''}`}
      style={{ '--fields': wedgeColumns(models.length) } as CSSProperties}
      aria-label="Elements"
    >
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
                    aria-label={labelOf(`row ${row}, column ${column}`, models, wants[i])}
                    onClick={() => go(i)}
                    onKeyDown={move}
                  >
                    <Fields wants={wants[i]} largest={largest} />
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

type FieldsProps = { readonly wants: readonly number[]; readonly largest: number };

/** A field a model, always in the same place; the elements stay as they are while one walks through them. */
const Fields = memo(function Fields({ wants, largest }: FieldsProps) {
  return wants.map((want, k) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: models have an order and nothing else here
      key={k}
      className={`patch-wedge ${want > 0 ? 'is-plus' : want < 0 ? 'is-minus' : ''}`}
      style={{ '--size': Math.sqrt(Math.abs(want) / largest) } as CSSProperties}
    />
  ));
});

/** Which field of an element is whose. */
function WedgeKey({ models }: { readonly models: readonly string[] }) {
  const columns = wedgeColumns(models.length);
  return (
    <p className="param-help patch-key">
      {columns === models.length
        ? `In each element, from left to right: ${models.join(', ')}.`
        : `In each element, by rows of ${columns}: ${models.map((name, k) => `${k + 1} ${name}`).join(', ')}.`}{' '}
      Blue pulls towards plus, striped orange towards minus; the deeper, the harder.
    </p>
  );
}

function labelOf(place: string, models: readonly string[], wants: readonly number[]) {
  const told = wants.map((want, k) => `${models[k]} ${want === 0 ? 'nothing' : signed(want, 5)}`);
  return `${place}: ${told.join(', ')}`;
}

/** The element where the most cancels. */
export function mostContested(patch: Patch): number {
  let best = 0;
  let most = -1;
  for (let i = 0; i < patch.base.length; i++) {
    const { plus, minus } = pullsOf(patch, i);
    if (Math.min(plus, minus) <= most) continue;
    most = Math.min(plus, minus);
    best = i;
  }
  return best;
}
