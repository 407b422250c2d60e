/**
 * Scores and a person's own tasks from one visit to the next, in the browser's database. Loaded by who evaluates. Nothing here
 * throws: without the database only their memory is lost.
 */
import type { TaskScore } from '../evaluate/tasks/score.ts';
import type { Task } from '../evaluate/tasks/task.ts';
import { inStore } from './database.ts';
import type { Extent, ScoresStore } from './scores.ts';
import type { Session } from './session.ts';
import { recall, remember } from './storage.ts';

/** Of own tasks; what is more is there for one visit only. */
const most = { tasks: 50, characters: 2 ** 25 };

const extentAs = 'amalgam.extent';

type From = Pick<Session, 'scores' | 'view'>;
type Place = 'scores' | 'tasks';
type Kept<T> = { readonly key: string; readonly at: number; readonly value: T };

const recalled = new WeakMap<ScoresStore, Promise<void>>();

/** What earlier visits kept becomes part of the store, once; from then on the database follows it. */
export function recallScores(from: From): Promise<void> {
  const known = recalled.get(from.scores);
  if (known) return known;
  const made = bringBack(from);
  recalled.set(from.scores, made);
  return made;
}

async function bringBack(from: From): Promise<void> {
  const [tasks, found] = await Promise.all([keptIn<Task>('tasks'), keptIn<TaskScore>('scores')]);
  const { tasks: there, addTask, recall: take } = from.scores.getState();
  const isThere = new Set(there.map(({ id }) => id));
  for (const [id, task] of tasks) if (!isThere.has(id)) addTask(task);
  take(found);
  followTasks(from, tasks);
  followScores(from, found);
  followExtent(from);
}

/** So that a table which was filled is not shown with other cells. */
function followExtent({ scores }: From): void {
  const kept = (recall(extentAs) ?? {}) as Partial<Extent>;
  const { part, most } = kept;
  if ((part === 'held-out' || part === 'all') && (most === null || Number.isInteger(most))) {
    scores.getState().setExtent({ part, most: most ?? null });
  }
  scores.subscribe(({ extent }, { extent: earlier }) => {
    if (extent !== earlier) remember(extentAs, extent);
  });
}

function followTasks({ scores, view }: From, before: ReadonlyMap<string, Task>): void {
  const kept = new Map(before);
  /** Told once each. */
  const tooMuch = new WeakSet<Task>();
  const follow = (tasks: readonly Task[]) => {
    const own = new Map(tasks.flatMap((task) => (task.skill === 'own' ? [[task.id, task]] : [])));
    const gone = [...kept.keys()].filter((id) => !own.has(id));
    for (const id of gone) kept.delete(id);
    const added: [string, Task][] = [];
    for (const [id, task] of own) {
      if (kept.get(id) === task || tooMuch.has(task)) continue;
      const rest = [...kept].filter(([each]) => each !== id).map(([, each]) => each);
      if (rest.length < most.tasks && sum([...rest, task].map(lengthOf)) <= most.characters) {
        kept.set(id, task);
        added.push([id, task]);
      } else {
        tooMuch.add(task);
        if (kept.delete(id)) gone.push(id);
        view.getState().tell(`${task.title} is too much to be kept for the next visit.`);
      }
    }
    void change('tasks', added, gone);
  };
  follow(scores.getState().tasks);
  scores.subscribe(({ tasks }, { tasks: earlier }) => {
    if (tasks !== earlier) follow(tasks);
  });
}

function followScores({ scores }: From, before: ReadonlyMap<string, TaskScore>): void {
  let kept = before;
  const follow = () => {
    const { known, passing } = scores.getState();
    const lasting = new Map([...known].filter(([key]) => !passing.has(key)));
    const added = [...lasting].filter(([key, score]) => kept.get(key) !== score);
    const gone = [...kept.keys()].filter((key) => !lasting.has(key));
    kept = lasting;
    void change('scores', added, gone);
  };
  follow();
  scores.subscribe(({ known }, { known: earlier }) => {
    if (known !== earlier) follow();
  });
}

/** In the order in which they were kept. */
async function keptIn<T>(place: Place): Promise<ReadonlyMap<string, T>> {
  const all = await inStore<Kept<T>[]>(place, 'readonly', (store) => store.getAll()).catch(
    () => [],
  );
  return new Map(all.toSorted((a, b) => a.at - b.at).map(({ key, value }) => [key, value]));
}

async function change(
  place: Place,
  added: readonly (readonly [key: string, value: unknown])[],
  gone: readonly string[],
): Promise<void> {
  if (added.length + gone.length === 0) return;
  const at = Date.now();
  await inStore(place, 'readwrite', (store) => {
    for (const key of gone) store.delete(key);
    // What is written at once keeps its order, too.
    for (const [i, [key, value]] of added.entries()) {
      store.put({ key, value, at: at + i / 1000 } satisfies Kept<unknown>, key);
    }
    return store.count();
  }).catch(() => {});
}

/** In characters of its texts. */
function lengthOf({ items }: Task): number {
  return sum(items.map((item) => sum(Object.values(item).flat().map(sizeOf))));
}

const sizeOf = (value: unknown) => (typeof value === 'string' ? value.length : 8);

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
