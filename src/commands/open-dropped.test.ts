import { expect, test } from 'vitest';
import { tasksAmong } from './open-dropped.ts';

const tasks = (paths: readonly string[], isEvaluating = false) =>
  tasksAmong(
    paths.map((path) => ({ path, file: new File([], path) })),
    isEvaluating,
  ).map(({ path }) => path);

test('files of rows are tasks wherever they are dropped, also beside weights', () => {
  const dropped = ['a.csv', 'b.jsonl', 'c.parquet', 'model.safetensors', 'config.json'];
  expect(tasks(dropped)).toEqual(['a.csv', 'b.jsonl', 'c.parquet']);
});

test('a folder is a model with all that is in it, or a folder of tasks', () => {
  const dropped = [
    'm/model.safetensors',
    'm/eval.csv',
    'd/test.csv',
    'd/x/b.parquet',
    'd/README.md',
  ];
  expect(tasks(dropped, true)).toEqual(['d/test.csv', 'd/x/b.parquet']);
});

test('JSON and texts are tasks only where tasks are looked at, and no recipe or part of a model', () => {
  expect(tasks(['a.json', 'b.txt'])).toEqual([]);
  expect(tasks(['a.json', 'b.txt'], true)).toEqual(['a.json', 'b.txt']);
  expect(tasks(['amalgam-recipe.json'], true)).toEqual([]);
  expect(tasks(['config.json', 'notes.txt'], true)).toEqual([]);
});
