/** The tasks of the bundled family of models. */
import { readJson } from './read/json.ts';
import { taskFrom } from './read/own-task.ts';
import { type ExactTask, usualSplit } from './task.ts';

/** A file under `demo/`, whose answers end with the end token. */
export type Bundled = {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  readonly skill: 'held-in' | 'held-out';
};

export const bundled: readonly Bundled[] = [
  { id: 'reverse', path: 'prompts/reverse.json', title: 'Reverse a word', skill: 'held-in' },
  { id: 'sort', path: 'prompts/sort.json', title: 'Sort letters', skill: 'held-in' },
  { id: 'add', path: 'prompts/add.json', title: 'Add two numbers', skill: 'held-in' },
  {
    id: 'rotate',
    path: 'prompts/rotate.json',
    title: 'Rotate a word',
    skill: 'held-out',
  },
];

/** From the file's text. A TaskFileError where it is not such a file. */
export function bundledTask({ id, path, title, skill }: Bundled, text: string): ExactTask {
  const { task } = taskFrom(readJson(path, text), title, { kind: 'exact' });
  if (task.kind !== 'exact') throw new TypeError(`${path} has no prompts with answers.`);
  const { items } = task;
  return {
    ...{ id: `demo/${id}`, title, skill, split: usualSplit },
    ...{ kind: 'exact', items, match: 'exact', stops: [] },
  };
}
