import type { Naming } from '../../evaluate/tasks/naming.ts';
import type { Table } from '../../evaluate/tasks/read/problems.ts';
import type { ReadOptions, Sheet } from '../../evaluate/tasks/read/sheet.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import type { Session } from '../../stores/session.ts';
import type { Unnamed } from '../../stores/task-files.ts';
import { addSheet, askForColumns } from './add-files.ts';

/** Rows that a person sees some of, and that a naming is tried on. */
const sampled = 50;

/** Bytes that are fetched without asking. */
export const unasked = 16 * 2 ** 20;

export const bytesOfSample = (sheet: Sheet): number => sheet.bytes(sheet.columns, sampled);

export function sampleOf(sheet: Sheet, signal: AbortSignal): Promise<Table> {
  return sheet.read(sheet.columns, sampled, signal);
}

/** Asks anew what the columns of a task's file are. */
export function nameAgain(session: Session, { id, source }: Task): void {
  const sheet = session.taskFiles.getState().sheets[id];
  if (!sheet) return;
  session.taskFiles.getState().ask({ sheet, naming: source?.naming ?? {}, replaces: id });
  askForColumns(session);
}

/** Asks what the columns of a file are that was refused. */
export function nameRefused(session: Session, sheet: Sheet): void {
  const { ask, clearRefused } = session.taskFiles.getState();
  clearRefused();
  ask({ sheet, naming: {}, replaces: null });
  askForColumns(session);
}

/** Takes the first file that waits as a task of that name. Rejects as `taskOfSheet` does, and changes nothing then. */
export async function takeNamed(
  session: Session,
  { sheet, replaces }: Unnamed,
  naming: Naming,
  { title, ...options }: ReadOptions & { readonly title: string },
): Promise<void> {
  const { id, notes } = await addSheet(session, { ...sheet, title }, naming, options);
  if (notes.length > 0) session.view.getState().tell(notes.join(' '));
  if (replaces !== null && replaces !== id) session.scores.getState().removeTask(replaces);
  passOver(session);
}

/** Leaves the first file that waits, and goes on with the next. */
export function passOver({ taskFiles, view }: Session): void {
  taskFiles.getState().answered();
  if (taskFiles.getState().unnamed.length === 0) view.getState().close();
}
