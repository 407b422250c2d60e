import type { Naming } from '../../evaluate/tasks/naming.ts';
import { TaskFileError } from '../../evaluate/tasks/read/problems.ts';
import { tableIn } from '../../evaluate/tasks/read/read-file.ts';
import { type Sheet, sheetOfTable, taskOfSheet } from '../../evaluate/tasks/read/sheet.ts';
import { taskOfText } from '../../evaluate/tasks/read/text.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { chooseFiles } from '../pick-files.ts';
import { parquetSheet } from './parquet-sheet.ts';

const accepted = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.txt,.md';

type TaskFile = { readonly path: string; readonly file: File };

/** Asks for files and takes each as a task. */
export async function addTaskFiles(session: Session): Promise<void> {
  const files = (await chooseFiles({ multiple: true, accept: accepted })) ?? [];
  await takeTaskFiles(
    session,
    files.map((file) => ({ path: file.name, file })),
  );
}

/** Each as a task. What is wrong with one is told and keeps none of the others. */
export async function takeTaskFiles(session: Session, files: readonly TaskFile[]): Promise<void> {
  session.taskFiles.getState().clearRefused();
  for (const each of files) await takeFile(session, each);
}

async function takeFile(session: Session, { path, file }: TaskFile): Promise<void> {
  const from = { kind: 'file', name: path } as const;
  try {
    if (/\.parquet$/i.test(path)) {
      const about = { file: path, title: path, from, isFar: false };
      return await takeSheet(session, await parquetSheet(partOf(file), about));
    }
    const text = await file.text();
    const table = tableIn(path, text);
    if (table) await takeSheet(session, sheetOfTable(table, path, from));
    else session.scores.getState().addTask(taskOfText(path, text, from));
  } catch (error) {
    session.taskFiles.getState().refuse(failureOf(error));
  }
}

async function takeSheet(session: Session, sheet: Sheet): Promise<void> {
  if (sheet.count === 0) throw new TaskFileError(sheet.file, ['There are no rows.']);
  await addSheet(session, sheet, {});
}

/** Adds the task, and tells what a person should know. Rejects as `taskOfSheet` does. */
async function addSheet(
  session: Session,
  sheet: Sheet,
  naming: Naming,
  signal?: AbortSignal,
): Promise<string> {
  const { task, notes } = await taskOfSheet(sheet, naming, signal);
  session.scores.getState().addTask(task);
  session.taskFiles.getState().remember(task.id, sheet);
  if (notes.length > 0) session.view.getState().tell(`${task.title}: ${notes.join(' ')}`);
  return task.id;
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
