import type { Naming } from '../../evaluate/tasks/naming.ts';
import { tooLong } from '../../evaluate/tasks/read/csv.ts';
import { decoded, isTooLarge } from '../../evaluate/tasks/read/decoded.ts';
import { TaskFileError } from '../../evaluate/tasks/read/problems.ts';
import { tableIn } from '../../evaluate/tasks/read/read-file.ts';
import {
  columnsToRead,
  type ReadOptions,
  type Sheet,
  sheetOfTable,
  taskOfSheet,
} from '../../evaluate/tasks/read/sheet.ts';
import { taskOfText } from '../../evaluate/tasks/read/text.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { chooseFiles } from '../pick-files.ts';
import { parquetSheet } from './parquet-sheet.ts';

const accepted = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.txt,.md';

export type TaskFile = { readonly path: string; readonly file: File };

/** Asks for files and takes each as a task. */
export async function addTaskFiles(session: Session): Promise<void> {
  const files = (await chooseFiles({ multiple: true, accept: accepted })) ?? [];
  await takeTaskFiles(
    session,
    files.map((file) => ({ path: file.name, file })),
  );
}

/**
 * Each as a task. What is wrong with one is told and keeps none of the others; where columns are not recognised, a person is
 * asked what they are.
 */
export async function takeTaskFiles(session: Session, files: readonly TaskFile[]): Promise<void> {
  const { clearRefused, setReading, refuse } = session.taskFiles.getState();
  clearRefused();
  setReading(1);
  const notes: string[] = [];
  for (const each of files) {
    try {
      notes.push(...(await takeFile(session, each)));
    } catch (error) {
      refuse(failureOf(error));
    }
  }
  setReading(-1);
  if (notes.length > 0) session.view.getState().tell(notes.join(' '));
  askForColumns(session);
}

/** What a person should know of it. */
async function takeFile(session: Session, { path, file }: TaskFile): Promise<readonly string[]> {
  const from = { kind: 'file', name: path } as const;
  if (/\.parquet$/i.test(path)) {
    const about = { file: path, title: path, from, isFar: false };
    return takeSheet(session, await parquetSheet(partOf(file), about));
  }
  if (isTooLarge(file.size)) throw new TaskFileError(path, [tooLong(file.size)]);
  const text = decoded(path, new Uint8Array(await file.arrayBuffer()));
  const table = tableIn(path, text);
  if (table) return takeSheet(session, sheetOfTable(table, path, from));
  session.scores.getState().addTask(taskOfText(path, text, from));
  return [];
}

async function takeSheet(session: Session, sheet: Sheet): Promise<readonly string[]> {
  if (sheet.count === 0) throw new TaskFileError(sheet.file, ['There are no rows.']);
  const { ask, refuse } = session.taskFiles.getState();
  if (!isRecognised(sheet)) {
    ask({ sheet, naming: {}, replaces: null });
    return [];
  }
  try {
    return (await addSheet(session, sheet, {})).notes;
  } catch (error) {
    refuse(failureOf(error), sheet);
    return [];
  }
}

function isRecognised(sheet: Sheet): boolean {
  try {
    columnsToRead(sheet, {});
    return true;
  } catch (error) {
    if (error instanceof TaskFileError) return false;
    throw error;
  }
}

/** Adds the task; answers its id, and what a person should know. Rejects as `taskOfSheet` does. */
export async function addSheet(
  session: Session,
  sheet: Sheet,
  naming: Naming,
  options: ReadOptions = {},
): Promise<{ readonly id: string; readonly notes: readonly string[] }> {
  const { task, notes } = await taskOfSheet(sheet, naming, options);
  session.scores.getState().addTask(task);
  session.taskFiles.getState().remember(task.id, sheet);
  return { id: task.id, notes: notes.map((note) => `${task.title}: ${note}`) };
}

/** Opens the dialog while there is a file to be asked about. */
export function askForColumns({ taskFiles, view }: Session): void {
  if (taskFiles.getState().unnamed.length > 0) view.getState().open('task-columns');
}

/** A text to be scored by perplexity. */
export function addText(session: Session, title: string, text: string): void {
  const { clearRefused, refuse } = session.taskFiles.getState();
  clearRefused();
  try {
    session.scores.getState().addTask(taskOfText(title, text));
  } catch (error) {
    refuse(failureOf(error));
  }
}

const partOf = (file: File) => ({
  size: file.size,
  read: async (begin: number, end: number) =>
    new Uint8Array(await file.slice(begin, end).arrayBuffer()),
});
