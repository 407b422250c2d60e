import { useState } from 'react';
import { session, useConflicts } from '../../stores/use-session.ts';
import {
  type ChangeStats,
  type Changes,
  type Doubt,
  doubtOf,
  statsAt,
} from '../../views/changes.ts';
import { percent } from '../conflicts/metrics.ts';
import { WindowTable } from '../kit/window-table.tsx';
import { sized } from './histogram.tsx';
import { named } from './words.ts';
import './statistics.css';

const columns = ['Changed', 'Mean |Δ|', 'Median |Δ|', 'Max |Δ|', 'L2', 'of base'];

/** Task vectors in numbers: one model by group and by tensor. */
export function Statistics({ changes }: { readonly changes: Changes }) {
  const [picked, setPicked] = useState(0);
  const tensor = useConflicts(({ focus }) => focus.tensor);
  const { models, whole, groups, tensors } = changes;
  const expert = Math.min(picked, models.length - 1);
  const rows = Array.from(tensors.names, (name, at) => ({ name, at }));
  const { focusOn } = session.conflicts.getState();
  return (
    <section aria-label="Task vectors in numbers">
      <h4>Task vectors in numbers</h4>
      <label className="delta-pick">
        Model
        <select
          className="select-field"
          value={expert}
          onChange={(event) => setPicked(Number(event.target.value))}
        >
          {models.map((name, k) => (
            <option key={name} value={k}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <div className="delta-scroll">
        <table className="delta-table number">
          <caption className="visually-hidden">What {models[expert]} changed, by group</caption>
          <thead>
            <tr>
              {['Group', ...columns].map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">whole model</th>
              <Numbers of={whole[expert]} />
            </tr>
            {groups.map(({ group, stats }) => (
              <tr key={group}>
                <th scope="row">{group}</th>
                <Numbers of={stats[expert]} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <WindowTable
        className="delta-tensors"
        label={`What ${models[expert]} changed, by tensor`}
        columns={['Tensor', ...columns]}
        count={rows.length}
        rows={rows}
        rowHeight={26}
        mostHeight={290}
        keyOf={({ name }) => name}
        rowClass={({ name }) => (name === tensor ? 'is-current' : '')}
      >
        {({ name, at }) => (
          <>
            <th scope="row">
              <button
                type="button"
                className="link"
                title={name}
                onClick={() => focusOn({ tensor: name, square: null, element: null })}
              >
                <bdi>{name}</bdi>
              </button>
            </th>
            <Numbers of={statsAt(tensors, models.length, at, expert)} />
          </>
        )}
      </WindowTable>
      <p className="param-help">
        Means and medians are over all elements, unchanged ones too. The last column is ‖Δ‖ ÷
        ‖base‖.
      </p>
    </section>
  );
}

export function Numbers({ of }: { readonly of: ChangeStats }) {
  return (
    <>
      <td className="number">{percent(of.nonZero)}</td>
      <td className="number">{sized(of.mean)}</td>
      <td className="number">{sized(of.median)}</td>
      <td className="number">{sized(of.most)}</td>
      <td className="number">{sized(of.norm)}</td>
      <td className="number">{percent(of.overBase)}</td>
    </>
  );
}

/** Models whose task vectors tell that the base may not be theirs, all of one kind in one note. */
export function Doubts({ changes: { models, whole } }: { readonly changes: Changes }) {
  const doubts = whole.map(doubtOf);
  return [...new Set(doubts)].map((doubt) => {
    if (doubt === null) return null;
    const names = models.filter((_, k) => doubts[k] === doubt);
    const lengths = whole.flatMap(({ overBase }, k) =>
      doubts[k] === doubt ? [overBase ?? 0] : [],
    );
    return (
      <p key={doubt} className="delta-doubt" role="note">
        {wordsOf(doubt, names, lengths)}
      </p>
    );
  });
}

function wordsOf(doubt: Doubt, names: readonly string[], lengths: readonly number[]): string {
  const one = names.length === 1;
  if (doubt === 'same as base') {
    return `${named(names)} ${one ? 'is' : 'are'} the same as the base in all that was looked at: ${one ? 'it adds' : 'they add'} nothing to the merge. Check that the right folder or revision was opened, or remove ${one ? 'it' : 'them'}.`;
  }
  const ends = [Math.min(...lengths), Math.max(...lengths)].map(percent);
  const size = [...new Set(ends)].join(' to ');
  return `What ${named(names)} changed is ${size} as long as the base itself; fine-tuning changes a few per cent. The base is probably not the model that ${one ? 'it was' : 'they were'} trained from: choose that one as the base.`;
}
