import { tensorKey } from '../../numerics/random.ts';
import type { Task } from './task.ts';

/** Equal for tasks that ask the same, and split it the same way; 32 bits of a hash. */
export function taskKey(task: Task): string {
  return `${task.id} ${tensorKey(JSON.stringify(task))}`;
}
