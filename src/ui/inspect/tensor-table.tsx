import { useRef } from 'react';
import { findMethod } from '../../methods/registry.ts';
import type { Job } from '../../plan/types.ts';
import { rowOf } from '../../stores/tensor-rows.ts';
import { useRecipe } from '../../stores/use-session.ts';
import { plain } from '../kit/format.ts';
import { useRowWindow } from '../kit/row-window.ts';

const columns = ['Tensor', 'Where', 'Shape', 'Dtype', 'Becomes', 'Parameters'];

/** Pixels, as the style sheet has them. */
const rowHeight = 34;

/** A table of any length: only the rows that are seen, and a few around them, are in the document. */
export function TensorTable({ jobs }: { readonly jobs: readonly Job[] }) {
  const scroller = useRef<HTMLElement>(null);
  const { from, to } = useRowWindow(scroller, jobs.length, rowHeight);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="tensor-scroll" ref={scroller} tabIndex={0} aria-label="Tensor table">
      <table className="tensor-table" aria-rowcount={jobs.length + 1}>
        <caption className="visually-hidden">Tensors of the output</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr aria-hidden style={{ height: from * rowHeight }} />
          {jobs.slice(from, to).map((job, i) => (
            <Row key={job.tensor} job={job} index={from + i} />
          ))}
          <tr aria-hidden style={{ height: (jobs.length - to) * rowHeight }} />
        </tbody>
      </table>
    </section>
  );
}

type RowProps = { readonly job: Job; readonly index: number };

function Row({ job, index }: RowProps) {
  const { group, layer, act, models } = rowOf(job);
  return (
    <tr aria-rowindex={index + 2} className="tensor-row">
      <th scope="row" className="tensor-name" title={job.tensor}>
        <bdi>{job.tensor}</bdi>
      </th>
      <td className="number">
        {group}
        {layer !== null && <span className="faint"> · {layer}</span>}
      </td>
      <td className="number">{job.shape.join(' × ') || 'scalar'}</td>
      <td>{job.dtype}</td>
      <td>
        <span className={`act is-${act.split(' ')[0]}`}>{act}</span>
        {models > 0 && <span className="faint"> of {models}</span>}
      </td>
      <td className="tensor-params number">
        <Params job={job} />
      </td>
    </tr>
  );
}

/** The resolved numbers: "λ 0.8 · weight 1, 1, −1". */
function Params({ job }: { readonly job: Job }) {
  const rules = useRecipe((state) => state.recipe.rules.length);
  const method = findMethod(useRecipe((state) => state.recipe.method));
  const part = job.parts.find((candidate) => candidate.kind === 'merge');
  if (!part) return '–';
  const globals = Object.entries(part.global)
    .filter(([, value]) => typeof value === 'number')
    .map(([key, value]) => `${method?.params.global[key]?.label ?? key} ${plain(value as number)}`);
  const keys = Object.keys(part.perModel[0] ?? {});
  const each = keys.map(
    (key) =>
      `${key} ${part.perModel
        .map((values) => values[key])
        .map(textOf)
        .join(', ')}`,
  );
  const text = [...globals, ...each].join(' · ');
  return <span title={rules > 0 ? `${text} (layer rules applied)` : text}>{text}</span>;
}

const textOf = (value: unknown) =>
  typeof value === 'number' ? plain(value).replace('-', '−') : String(value);
