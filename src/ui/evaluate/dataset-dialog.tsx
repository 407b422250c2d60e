import { LoaderCircle } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import {
  bytesToOpen,
  converted,
  openConverted,
  openDatasetAt,
  stopDataset,
  takeDatasetFile,
} from '../../commands/tasks/dataset.ts';
import type { LookedDataset } from '../../stores/task-files.ts';
import { session, useHub, useTaskFiles } from '../../stores/use-session.ts';
import { Account } from '../hub/account.tsx';
import { Problem } from '../hub/problem.tsx';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { FileTable } from '../kit/file-table.tsx';
import { bytes, counted } from '../kit/format.ts';
import { SearchField } from '../kit/search-field.tsx';
import '../hub/hub.css';
import '../inspect/findings.css';
import './columns.css';

/** A file of a data set on the Hub as a task. */
export default function DatasetDialog() {
  const dataset = useTaskFiles((state) => state.dataset);
  useEffect(() => () => stopDataset(session), []);
  return (
    <Dialog title="Tasks from the Hub" size="wide" onClose={session.view.getState().close}>
      <div className="naming">
        <Account scope="read" />
        <Address asked={dataset?.asked ?? ''} />
        {dataset === null && (
          <p className="param-help">
            Only its list of files is read at first; of a Parquet file then only the columns and
            rows that are asked. MMLU, ARC, HellaSwag, PIQA, WinoGrande, BoolQ, GSM8K, LAMBADA and
            STS-B are known as they are.
          </p>
        )}
        {dataset?.kind === 'opening' && (
          <p className="small" role="status">
            <LoaderCircle aria-hidden className="spin inline-icon" /> Looking what is in it…{' '}
            <Button look="quiet" onPress={() => stopDataset(session)}>
              Stop
            </Button>
          </p>
        )}
        {dataset?.kind === 'failed' && (
          <Problem
            failure={dataset.failure}
            onRetry={() => void openDatasetAt(session, dataset.asked)}
          />
        )}
        {dataset?.kind === 'open' && <Files dataset={dataset} />}
      </div>
    </Dialog>
  );
}

function Address({ asked }: { readonly asked: string }) {
  const [text, setText] = useState(asked);
  const open = (event: FormEvent) => {
    event.preventDefault();
    void openDatasetAt(session, text);
  };
  return (
    <form className="dataset-address" onSubmit={open}>
      <label>
        <span>Data set</span>
        <input
          className="text-field"
          // biome-ignore lint/a11y/noAutofocus: it is what the dialog asks for
          autoFocus
          placeholder="owner/name, owner/name@revision, or an address"
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <Button type="submit" isDisabled={text.trim() === ''}>
        List its files
      </Button>
    </form>
  );
}

type Open = Extract<LookedDataset, { kind: 'open' }>;

/** More are found by the filter. */
const mostShown = 100;

function Files({ dataset }: { readonly dataset: Open }) {
  const { info, files, filter, reading, failure } = dataset;
  const hubUrl = useHub((state) => state.hubUrl);
  const setFilter = (text: string) =>
    session.taskFiles.setState({ dataset: { ...dataset, filter: text } });
  const found = files.filter(({ path }) => path.toLowerCase().includes(filter.toLowerCase()));
  return (
    <>
      <p className="small faint">
        <a href={`${hubUrl}/datasets/${info.id}`} target="_blank" rel="noreferrer">
          {info.id}
        </a>{' '}
        at commit <code>{info.commit.slice(0, 10)}</code>
        {info.revision && info.revision !== info.commit && ` of ${info.revision}`}.{' '}
        {counted(files.length, 'file')} of rows.{' '}
        {info.revision === null && (
          <Button
            look="quiet"
            className="naming-usual"
            onPress={() => void openConverted(session, info)}
          >
            As the Hub converted it to Parquet
          </Button>
        )}
      </p>
      {files.length === 0 && (
        <p className="card-problem" role="alert">
          No Parquet, JSONL, JSON, CSV or TSV file is in it
          {info.revision === converted ? '.' : '; the Hub may have converted it.'}
        </p>
      )}
      {files.length > 6 && (
        <SearchField label="Filter by path" value={filter} onChange={setFilter} />
      )}
      {failure && <Problem failure={failure} />}
      {files.length > 0 && (
        <div className="dataset-files">
          <FileTable
            files={found.slice(0, mostShown).map((file) => ({
              name: file.path,
              size: file.size,
              about: fetched(bytesToOpen(file), file.size),
              action: (
                <Button
                  aria-label={`Open ${file.path}`}
                  isDisabled={reading !== null}
                  onPress={() => void takeDatasetFile(session, info, file)}
                >
                  {reading === file.path && <LoaderCircle aria-hidden className="spin" />} Open
                </Button>
              ),
            }))}
            about="To open it"
            action="Open"
          />
          {found.length === 0 && <p className="small">No path has “{filter}” in it.</p>}
          {found.length > mostShown && (
            <p className="small">{counted(found.length - mostShown, 'more file')}: filter them.</p>
          )}
        </div>
      )}
      {reading !== null && (
        <p className="small" role="status">
          Reading {reading}…{' '}
          <Button look="quiet" onPress={() => stopDataset(session)}>
            Stop
          </Button>
        </p>
      )}
    </>
  );
}

const fetched = (part: number, size: number) =>
  part < size ? `fetches ${bytes(part)} of it` : 'fetches all of it';
