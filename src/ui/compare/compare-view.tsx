import { ArrowDown, ArrowUp, Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { saveFile } from '../../commands/save-file.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { withMethod } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { Told } from '../../stores/outcomes.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { ColumnHelp } from '../changes/column-help.tsx';
import { Looked } from '../changes/looked.tsx';
import { Button } from '../kit/button.tsx';
import { csv } from '../kit/csv.ts';
import { needsOf } from '../recipe/needs.ts';
import { type Column, columnsOf } from './columns.tsx';
import { type Order, sorted, toggled } from './sorting.ts';
import { useOutcomesOf } from './use-outcomes.ts';
import { leastKept } from './verdict.ts';
import './compare.css';

/** What every method would make of the same models, side by side. */
export function CompareView() {
  const recipe = useRecipe((state) => state.recipe);
  // The present method first: what can be said of it decides what is shown.
  const all = useMemo(
    () => methods.toSorted((a, b) => rank(a, recipe) - rank(b, recipe)),
    [recipe],
  );
  const recipes = useMemo(() => all.map(({ id }) => withMethod(recipe, id)), [all, recipe]);
  const { told, isFresh, state } = useOutcomesOf(recipes);
  const rows = all
    .map((method, i) => ({ method, told: told[i], isFresh: isFresh[i] }))
    .toSorted((a, b) => a.method.order - b.method.order);
  const names = recipe.experts.map(({ model }) => model.name);
  return (
    <Looked state={state}>
      {() => (
        <>
          <p className="conflicts-verdict">{leastKept(rows, names)}</p>
          <p className="param-help">
            Each method as it would be if you chose it now: the present one with your parameters,
            the others with the values that they share with it and their own defaults for the rest.
            None of it says which merge is any good.
          </p>
          <Comparison rows={rows} recipe={recipe} />
        </>
      )}
    </Looked>
  );
}

const rank = ({ id, order }: MergeMethod, recipe: Recipe) => (id === recipe.method ? -1 : order);

export type Row = {
  readonly method: MergeMethod;
  readonly told: Told | null;
  readonly isFresh: boolean;
};

function Comparison({ rows, recipe }: { readonly rows: readonly Row[]; readonly recipe: Recipe }) {
  const [order, setOrder] = useState<Order>(null);
  const columns = columnsOf(recipe.experts.map(({ model }) => model.name));
  const by = columns.find(({ id }) => id === order?.column);
  const numberOf = ({ told }: Row) => (by && told && told !== 'none' ? by.numberOf(told) : null);
  const save = () =>
    saveFile('methods.csv', new Blob([csvOf(rows, columns)], { type: 'text/csv' }));
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="delta-scroll" tabIndex={0} aria-label="Methods side by side">
        <table className="delta-table compare number">
          <thead>
            <tr>
              <th scope="col">Method</th>
              {columns.map((column) => (
                <Head key={column.id} column={column} order={order} onSort={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(rows, numberOf, order).map((row) => (
              <Line key={row.method.id} row={row} rows={rows} columns={columns} recipe={recipe} />
            ))}
          </tbody>
        </table>
      </section>
      <ColumnHelp columns={columns} />
      <Button look="quiet" onPress={save}>
        <Download aria-hidden /> CSV
      </Button>
    </>
  );
}

type HeadProps = {
  readonly column: Column;
  readonly order: Order;
  readonly onSort: (order: Order) => void;
};

function Head({ column: { id, label, help }, order, onSort }: HeadProps) {
  const direction = order?.column === id ? order.direction : undefined;
  return (
    <th scope="col" aria-sort={direction ?? 'none'}>
      <button
        type="button"
        className="compare-head"
        title={help}
        onClick={() => onSort(toggled(order, id))}
      >
        <span>{label}</span>
        {direction === 'descending' && <ArrowDown aria-hidden />}
        {direction === 'ascending' && <ArrowUp aria-hidden />}
      </button>
    </th>
  );
}

type LineProps = {
  readonly row: Row;
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly recipe: Recipe;
};

function Line({ row: { method, told, isFresh }, rows, columns, recipe }: LineProps) {
  const isPresent = method.id === recipe.method;
  return (
    <tr className={`${isPresent ? 'is-current' : ''} ${isFresh ? '' : 'is-old'}`}>
      <th scope="row">
        {method.title}
        {isPresent && <span className="compare-present">present</span>}
        {!isPresent && told !== 'none' && (
          <button
            type="button"
            className="compare-use"
            aria-label={`Use this method: ${method.title}`}
            onClick={() => adopt(method)}
          >
            Use this method
          </button>
        )}
      </th>
      {told === null || told === 'none' ? (
        <td className="compare-none" colSpan={columns.length}>
          <span>{told === null ? 'Looking…' : obstacle(method, recipe)}</span>
        </td>
      ) : (
        columns.map((column) => (
          <td key={column.id}>{column.show(column.numberOf(told), mostOf(column, rows))}</td>
        ))
      )}
    </tr>
  );
}

function mostOf({ numberOf }: Column, rows: readonly Row[]): number {
  return Math.max(
    ...rows.map(({ told }) => (told === null || told === 'none' ? 0 : (numberOf(told) ?? 0))),
  );
}

function obstacle(method: MergeMethod, { experts }: Recipe): string {
  const [min, max] = method.arity.models;
  const fits = experts.length >= min && experts.length <= max;
  if (fits && method.decomposes) {
    return 'It takes whole matrices apart, so no sample tells. Merge, then compare models under Changes.';
  }
  return fits
    ? 'It cannot merge this recipe as it is: choose it under Method to see why.'
    : `It takes ${needsOf(method)}; there are ${experts.length}.`;
}

/** One step of undo. */
function adopt({ id, title }: MergeMethod): void {
  session.recipe.getState().setMethod(id);
  session.view.getState().tell(`The method is ${title} now.`, true);
}

function csvOf(rows: readonly Row[], columns: readonly Column[]): string {
  return csv([
    ['method', ...columns.map(({ label }) => label)],
    ...rows.flatMap(({ method, told }) =>
      told === null || told === 'none'
        ? []
        : [[method.title, ...columns.map(({ numberOf }) => numberOf(told))]],
    ),
  ]);
}
