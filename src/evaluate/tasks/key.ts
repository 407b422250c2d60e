import { tensorKey } from '../../numerics/random.ts';
import type { Task } from './task.ts';

/** Equal for tasks that ask the same, and split it the same way, wherever they come from; 32 bits of a hash. */
export function taskKey({ source: _, ...task }: Task): string {
  return `${task.id} ${tensorKey(JSON.stringify(task))}`;
}
