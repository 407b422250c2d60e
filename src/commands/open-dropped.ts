import type { Offered } from '../stores/dropped.ts';
import type { Session } from '../stores/session.ts';
import { openFiles } from './open-files.ts';

/** Files of nothing but rows. */
const rows = /\.(csv|tsv|jsonl|ndjson|parquet)$/i;
/** Rows or text, where tasks are looked at; anywhere else a part of a model or a recipe. */
const mayBeRows = /\.(json|txt|md)$/i;
const ofModel = /\.(safetensors|bin|pt|pth|ckpt|ya?ml)$|(config|recipe|index|tokenizer)\.json$/i;

/** Models go to the recipe; files of tasks, and folders of them, to the tab Evaluate. */
export async function openDropped(
  session: Session,
  offered: readonly Offered[],
  folders: readonly string[] = [],
): Promise<void> {
  const { view } = session;
  const tasks = tasksAmong(offered, view.getState().tab === 'evaluate');
  const roots = new Set(tasks.filter(({ path }) => path.includes('/')).map(rootOf));
  const others = offered.filter((each) => !tasks.includes(each) && !roots.has(rootOf(each)));
  if (others.length > 0 || tasks.length === 0) {
    await openFiles(
      session,
      others,
      folders.filter((folder) => !roots.has(folder)),
    );
  }
  if (tasks.length === 0) return;
  view.getState().showTab('evaluate');
  const { takeTaskFiles } = await import('./tasks/add-files.ts');
  await takeTaskFiles(session, tasks);
}

/** A folder with something of a model in it is a model’s, with all that is in it; so are loose files beside loose weights. */
export function tasksAmong(offered: readonly Offered[], isEvaluating: boolean): readonly Offered[] {
  const groupOf = (each: Offered) => (each.path.includes('/') ? rootOf(each) : '');
  const models = new Set(offered.filter(({ path }) => ofModel.test(path)).map(groupOf));
  return offered.filter((each) => {
    if (rows.test(each.path)) return groupOf(each) === '' || !models.has(groupOf(each));
    return isEvaluating && mayBeRows.test(each.path) && !each.path.includes('/') && !models.has('');
  });
}

const rootOf = ({ path }: Offered) => path.split('/')[0];
