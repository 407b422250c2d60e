import { noise, tensorKey } from '../../numerics/random.ts';
import type { Part, Task } from './task.ts';

/**
 * Indices of the items of a part, in a drawn order, so that the first hundred are a fair sample of all. What is asked in the
 * same words goes to the same part, whatever is around it in the file, so that no search has seen what it is judged by.
 * Both parts have items where two different things are asked and the share is neither 0 nor 1.
 */
export function itemsOf(task: Task, part: Part): readonly number[] {
  const asked = task.items.map(questionOf);
  const drawn = new Map(asked.map((question) => [question, drawOf(question, task.split.seed)]));
  const questions = [...drawn.keys()].sort((a, b) => drawn.get(a)! - drawn.get(b)! || order(a, b));
  const place = new Map(questions.map((question, at) => [question, at]));
  const placeOf = (item: number) => place.get(asked[item])!;
  const count = searched(questions.length, task.split.share);
  return [...asked.keys()]
    .filter((item) => part === 'all' || placeOf(item) < count === (part === 'search'))
    .sort((a, b) => placeOf(a) - placeOf(b) || a - b);
}

function searched(questions: number, share: number): number {
  const count = Math.round(questions * share);
  if (share <= 0 || share >= 1) return count;
  if (questions < 2) return 0; // the only one judges
  return Math.min(questions - 1, Math.max(1, count));
}

function drawOf(question: string, seed: number): number {
  return noise(seed, 0, tensorKey(question), 0, 0);
}

const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));

function questionOf(item: Task['items'][number]): string {
  if ('prompt' in item) return item.prompt;
  return 'text' in item ? item.text : `${item.a}\u0000${item.b}`;
}
