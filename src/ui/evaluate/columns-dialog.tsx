import { LoaderCircle } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import {
  bytesOfSample,
  passOver,
  sampleOf,
  takeNamed,
  unasked,
} from '../../commands/tasks/name-columns.ts';
import { columnsUsed, type Naming } from '../../evaluate/tasks/naming.ts';
import { completed } from '../../evaluate/tasks/read/columns.ts';
import { namingOf } from '../../evaluate/tasks/read/own-task.ts';
import { limits, type Table } from '../../evaluate/tasks/read/problems.ts';
import type { Sheet } from '../../evaluate/tasks/read/sheet.ts';
import type { TaskOrigin } from '../../evaluate/tasks/task.ts';
import { failureOf } from '../../stores/failure.ts';
import type { Failure } from '../../stores/models.ts';
import type { Unnamed } from '../../stores/task-files.ts';
import { session, useTaskFiles } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, counted } from '../kit/format.ts';
import { SelectField } from '../kit/select-field.tsx';
import { ColumnsForm } from './columns-form.tsx';
import { FirstRows, ItemsPreview } from './columns-preview.tsx';
import './columns.css';

/** What the columns of a file are, and what will be asked then. */
export default function ColumnsDialog() {
  const unnamed = useTaskFiles((state) => state.unnamed);
  const [first, ...others] = unnamed;
  if (!first) return null;
  const more = others.length > 0 ? `, then ${counted(others.length, 'more file')}` : '';
  return (
    <Dialog
      title={`What is asked of ${first.sheet.title}${more}`}
      size="wide"
      onClose={() => passOver(session)}
    >
      <OneFile key={unnamed.length} unnamed={first} />
    </Dialog>
  );
}

/** The rows that are shown and tried; null while they are read, or not yet. */
type Sample = Table | Failure | null;

function OneFile({ unnamed }: { readonly unnamed: Unnamed }) {
  const { sheet } = unnamed;
  const cost = bytesOfSample(sheet);
  const [isAgreed, setAgreed] = useState(cost <= unasked);
  const sample = useSample(sheet, isAgreed);
  const rows = sample && 'rows' in sample ? sample : null;
  const [edited, setEdited] = useState<Naming | null>(null);
  const table = rows ?? { file: sheet.file, columns: sheet.columns, rows: [] };
  const naming = edited ?? startOf(table, unnamed.naming);
  return (
    <div className="naming">
      <p className="param-help">{whereFrom(sheet)}</p>
      {rows && <FirstRows table={rows} />}
      {!isAgreed && (
        <p className="small">
          The columns are {sheet.columns.map((name) => `“${name}”`).join(', ')}.{' '}
          <Button onPress={() => setAgreed(true)}>Show first rows: fetch {bytes(cost)}</Button>
        </p>
      )}
      {isAgreed && sample === null && (
        <p className="small" role="status">
          <LoaderCircle aria-hidden className="spin inline-icon" /> Reading the first rows…
        </p>
      )}
      {sample && 'message' in sample && (
        <div role="alert">
          <FailureText failure={sample} />
        </div>
      )}
      <ColumnsForm naming={naming} columns={sheet.columns} onChange={setEdited} />
      {rows && <ItemsPreview table={rows} naming={naming} />}
      <Take unnamed={unnamed} naming={naming} table={table} />
    </div>
  );
}

/** What was said before, is known or recognised; else a start that a person goes on from. */
function startOf(table: Table, named: Naming): Naming {
  try {
    return namingOf(table, named);
  } catch {
    return completed(named.kind ?? 'exact', named, table.columns);
  }
}

function whereFrom({ from, count }: Sheet): string {
  const rows = `${counted(count, 'row')}.`;
  return from.kind === 'file' ? rows : `${rows} ${placeOf(from)}`;
}

function placeOf(from: Extract<TaskOrigin, { kind: 'hub' }>): string {
  return `${from.path} of ${from.repo}, at commit ${from.commit.slice(0, 10)}.`;
}

function useSample(sheet: Sheet, isAgreed: boolean): Sample {
  const [sample, setSample] = useState<Sample>(null);
  useEffect(() => {
    if (!isAgreed) return;
    const stop = new AbortController();
    const keep = (found: Sample) => !stop.signal.aborted && setSample(found);
    sampleOf(sheet, stop.signal).then(keep, (error) => keep(failureOf(error)));
    return () => stop.abort();
  }, [sheet, isAgreed]);
  return sample;
}

const amounts = [100, 1000, 5000] as const;

type TakeProps = {
  readonly unnamed: Unnamed;
  readonly naming: Naming;
  readonly table: Table;
};

/** Under which name, how many rows, and the button; while they are read, how to stop. */
function Take({ unnamed, naming, table }: TakeProps) {
  const { sheet } = unnamed;
  const id = useId();
  const [title, setTitle] = useState(sheet.title);
  const [most, setMost] = useState<number>(limits.items);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const cost = sheet.bytes(columnsUsed(naming), most);
  const all = Math.min(sheet.count, limits.items);
  const sizes = [...amounts.filter((amount) => amount < all), limits.items].map(
    (amount) => [String(amount), rowsTold(amount, sheet.count)] as const,
  );
  const take = async () => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    setBusy(true);
    setFailure(null);
    try {
      await takeNamed(session, unnamed, naming, { title: title.trim(), most, signal });
    } catch (error) {
      if (!signal.aborted) setFailure(failureOf(error));
      setBusy(false);
    }
  };
  return (
    <>
      <div className="field-row">
        <label htmlFor={id}>Name of the task</label>
        <input
          id={id}
          className="text-field"
          value={title}
          onChange={({ target }) => setTitle(target.value)}
        />
      </div>
      {sizes.length > 1 && (
        <SelectField
          label="Rows"
          options={sizes}
          value={String(most)}
          onChange={(amount) => setMost(Number(amount))}
        />
      )}
      {failure && (
        <div role="alert">
          <FailureText failure={failure} />
        </div>
      )}
      <div className="naming-actions">
        <Button
          look="primary"
          isDisabled={isBusy || title.trim() === '' || !isEnough(table, naming)}
          onPress={() => void take()}
        >
          {isBusy && <LoaderCircle aria-hidden className="spin" />}
          {unnamed.replaces ? 'Change the task' : 'Add the task'}
          {cost > 0 && `: fetch ${bytes(cost)}`}
        </Button>
        {isBusy ? (
          <Button look="quiet" onPress={() => stop.current.abort()}>
            Stop
          </Button>
        ) : (
          <Button look="quiet" onPress={() => passOver(session)}>
            {unnamed.replaces ? 'Leave it as it is' : 'Leave it out'}
          </Button>
        )}
      </div>
    </>
  );
}

function rowsTold(most: number, of: number): string {
  const count = (rows: number) => rows.toLocaleString('en');
  return most < of ? `the first ${count(most)} of ${count(of)}` : `all ${count(of)}`;
}

function isEnough(table: Table, naming: Naming): boolean {
  try {
    namingOf(table, naming);
    return true;
  } catch {
    return false;
  }
}
