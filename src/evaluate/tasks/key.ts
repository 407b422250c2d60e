import { digestOf } from '../../numerics/digest.ts';
import type { Task } from './task.ts';

const keys = new WeakMap<Task, string>();

/** Equal for tasks that ask the same, and split it the same way, whatever they are called on the page and wherever they come from. */
export function taskKey(task: Task): string {
  const known = keys.get(task);
  if (known !== undefined) return known;
  const { source: _, title: __, skill: ___, ...asked } = task;
  const key = `${task.id} ${digestOf(JSON.stringify(asked))}`;
  keys.set(task, key);
  return key;
}
