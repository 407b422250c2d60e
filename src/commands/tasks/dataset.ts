import { decoded } from '../../evaluate/tasks/read/decoded.ts';
import { limits, TaskFileError } from '../../evaluate/tasks/read/problems.ts';
import { tableIn } from '../../evaluate/tasks/read/read-file.ts';
import { type Sheet, sheetOfTable } from '../../evaluate/tasks/read/sheet.ts';
import { parseDatasetAddress } from '../../hub/address.ts';
import { HubError } from '../../hub/errors.ts';
import { type HubDataset, openDataset, type RepoFile } from '../../hub/repo.ts';
import { hubSource } from '../../hub/source.ts';
import type { Failure } from '../../stores/models.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { connectionOf, lookedOn } from '../hub/connect.ts';
import { askForColumns } from './add-files.ts';
import { parquetSheet } from './parquet-sheet.ts';

/** The branch on which the Hub keeps data sets converted to Parquet. */
export const converted = 'refs/convert/parquet';

const readable = /\.(parquet|jsonl|ndjson|json|csv|tsv)$/i;
/** What describes a data set and holds none of it. */
const about = /(^|\/)(dataset_infos?|dataset_dict|state|croissant)\.json$/i;

let current = new AbortController();

/** Begins something that ends what was begun before. */
function begin(): AbortSignal {
  current.abort();
  current = new AbortController();
  return current.signal;
}

/** Ends what is under way. */
export function stopDataset({ taskFiles }: Session): void {
  begin();
  const { dataset } = taskFiles.getState();
  if (dataset?.kind === 'opening') taskFiles.setState({ dataset: null });
  else if (dataset?.kind === 'open') taskFiles.setState({ dataset: { ...dataset, reading: null } });
}

/** Lists the files of a data set, by the address that a person typed: one request. The revision becomes a commit here. */
export async function openDatasetAt(session: Session, asked: string): Promise<void> {
  const { taskFiles, hub } = session;
  const signal = begin();
  const fail = (failure: Failure) =>
    taskFiles.setState({ dataset: { kind: 'failed', asked, failure } });
  const address = parseDatasetAddress(asked, hub.getState().hubUrl);
  if (address === null || 'refused' in address) {
    const advice = 'Type owner/name, as openai/gsm8k, or paste the address of its page.';
    return fail({
      tag: 'address',
      message: address?.refused ?? `“${asked}” is not the name of a data set on the Hub.`,
      advice,
    });
  }
  taskFiles.setState({ dataset: { kind: 'opening', asked } });
  try {
    const info = await openDataset(connectionOf(session), address, { signal, ...lookedOn });
    signal.throwIfAborted();
    const files = filesOf(info);
    const filter = address.path ?? address.part ?? '';
    const isThere = files.some(({ path }) => path.includes(filter));
    taskFiles.setState({
      dataset: {
        ...{ kind: 'open', asked, info, files, reading: null, failure: null },
        filter: isThere ? filter : '',
      },
    });
  } catch (error) {
    if (signal.aborted) return;
    const isConverted = address.revision === converted;
    const isUnknown = error instanceof HubError && error.tag === 'no-revision';
    fail(isConverted && isUnknown ? notConverted(address.repo) : failureOf(error));
  }
}

const notConverted = (repo: string): Failure => ({
  tag: 'no-revision',
  message: `${repo}: the Hub has not converted this data set to Parquet.`,
  advice: 'It does so with public ones up to some size: look at its own files.',
});

/** The same data set as the Hub has converted it to Parquet. */
export function openConverted(session: Session, { id }: HubDataset): Promise<void> {
  return openDatasetAt(session, `${id}@${converted}`);
}

/** Those that may hold rows, by their path. */
function filesOf({ files }: HubDataset): readonly RepoFile[] {
  const inOrder = new Intl.Collator('en', { numeric: true });
  return files
    .filter(({ path }) => readable.test(path) && !about.test(path))
    .toSorted((a, b) => inOrder.compare(a.path, b.path));
}

/** Bytes that are fetched to open it: of Parquet the end of it, else all. */
export const bytesToOpen = ({ path, size }: RepoFile): number =>
  /\.parquet$/i.test(path) ? Math.min(size, 2 ** 19) : size;

/** Opens one of its files, and asks what its columns are. */
export async function takeDatasetFile(
  session: Session,
  info: HubDataset,
  file: RepoFile,
): Promise<void> {
  const { taskFiles, view } = session;
  const signal = begin();
  const change = (reading: string | null, failure: Failure | null) =>
    taskFiles.setState(({ dataset }) =>
      dataset?.kind === 'open' ? { dataset: { ...dataset, reading, failure } } : {},
    );
  change(file.path, null);
  try {
    const sheet = await sheetOf(session, info, file, signal);
    signal.throwIfAborted();
    if (sheet.count === 0) throw new TaskFileError(sheet.file, ['There are no rows.']);
    change(null, null);
    view.getState().close();
    taskFiles.getState().ask({ sheet, naming: {}, replaces: null });
    askForColumns(session);
  } catch (error) {
    if (!signal.aborted) change(null, failureOf(error));
  }
}

async function sheetOf(
  session: Session,
  { id, commit }: HubDataset,
  file: RepoFile,
  signal: AbortSignal,
): Promise<Sheet> {
  const { path } = file;
  const repo = `datasets/${id}`;
  const name = `${id}/${path}`;
  const from = { kind: 'hub', repo: id, commit, path } as const;
  const title = titleOf(id, path);
  const { patience } = lookedOn;
  const source = hubSource(connectionOf(session), { ...file, repo, commit }, { patience });
  if (/\.parquet$/i.test(path)) {
    return parquetSheet(source, { file: name, title, from, isFar: true }, signal);
  }
  if (file.size > limits.file) {
    throw new HubError('no-file', {
      file: name,
      found: `${file.size.toLocaleString('en')} bytes of text`,
      expected: `at most ${limits.file.toLocaleString('en')}`,
      advice: 'Take the Hub’s own conversion to Parquet, which is read in parts.',
    });
  }
  const text = decoded(name, await source.read(0, file.size, signal));
  return sheetOfTable({ ...tableIn(name, text)!, isFixed: true }, title, from);
}

/** "gsm8k main/test" of openai/gsm8k, main/test-00000-of-00001.parquet. */
function titleOf(id: string, path: string): string {
  const short = path
    .replace(/\.\w+$/, '')
    .replace(/-0+-of-0*1$/, '')
    .replace(/\/0000$/, '');
  return `${id.split('/')[1]} ${short}`;
}
