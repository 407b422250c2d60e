import type { Naming } from '../../evaluate/tasks/naming.ts';
import { taskFrom } from '../../evaluate/tasks/read/own-task.ts';
import type { Table } from '../../evaluate/tasks/read/problems.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import { failureOf } from '../../stores/failure.ts';
import type { Failure } from '../../stores/models.ts';
import { FailureText } from '../kit/failure-text.tsx';

const shown = 3;

/** The first rows as they stand in the file. */
export function FirstRows({ table: { columns, rows } }: { readonly table: Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it
    <section className="table-wrap naming-rows" aria-label="First rows" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ place, cells }) => (
            <tr key={place}>
              {columns.map((name) => (
                <td key={name}>{cut(cellText(cells[name]), 60)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each)) ?? '';
}

const cut = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most).trimEnd()}…` : text;

/** The first items as the models will be asked, or why there are none yet. */
export function ItemsPreview({
  table,
  naming,
}: {
  readonly table: Table;
  readonly naming: Naming;
}) {
  const tried = tryNaming(table, naming);
  return (
    <section className="naming-items" aria-label="As it will be asked">
      <h3>As it will be asked</h3>
      {'message' in tried ? (
        <div role="status">
          <FailureText failure={tried} />
        </div>
      ) : (
        <ol>
          {tried.items.slice(0, shown).map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they have no names
            <li key={at}>
              <Item item={item} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function tryNaming(table: Table, naming: Naming): Task | Failure {
  try {
    return taskFrom(table, '', naming).task;
  } catch (error) {
    return failureOf(error);
  }
}

function Item({ item }: { readonly item: Task['items'][number] }) {
  if ('choices' in item) {
    return (
      <>
        <span className="naming-prompt">{middleCut(item.prompt)}</span>
        <ul>
          {item.choices.map((choice, at) => (
            <li key={choice}>
              {at === item.answer ? (
                <mark>
                  {cut(choice, 160)}
                  <span className="visually-hidden"> (right)</span>
                </mark>
              ) : (
                cut(choice, 160)
              )}
            </li>
          ))}
        </ul>
      </>
    );
  }
  if ('prompt' in item) {
    return (
      <span className="naming-prompt">
        {middleCut(item.prompt)}
        <mark>{cut(item.answer, 160)}</mark>
      </span>
    );
  }
  if ('text' in item) return <span className="naming-prompt">{middleCut(item.text)}</span>;
  return (
    <span className="naming-prompt">
      {cut(item.a, 160)}
      {'\n'}
      {cut(item.b, 160)}
      {'\n'}
      <mark>{item.score}</mark>
    </span>
  );
}

/** The end of a prompt matters as much as its beginning. */
function middleCut(text: string): string {
  return text.length > 420 ? `${text.slice(0, 240)} […] ${text.slice(-160)}` : text;
}
