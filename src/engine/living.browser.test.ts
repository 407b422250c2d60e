import { expect, test } from 'vitest';
import { watched } from './living.ts';

function mortal() {
  const worker = watched(
    new Worker(new URL('../testing/mortal.worker.ts', import.meta.url), { type: 'module' }),
  );
  const heard: unknown[] = [];
  const errors: string[] = [];
  worker.addEventListener('message', ({ data }) => heard.push(data));
  worker.addEventListener('error', ({ message }) => errors.push(message));
  return { worker, heard, errors };
}

test('a worker that ends itself is heard of as if it had crashed', async () => {
  const { worker, heard, errors } = mortal();
  worker.postMessage('hello');
  await expect.poll(() => heard).toEqual(['hello']); // and nothing about the lock
  expect(errors).toEqual([]);
  worker.postMessage('end');
  await expect
    .poll(() => errors, { timeout: 5000 })
    .toEqual(['it ended without a word, as when its memory runs out']);
});

test('a worker that the very first message ends is heard of, too', async () => {
  const { worker, errors } = mortal();
  worker.postMessage('end');
  await expect.poll(() => errors.length, { timeout: 5000 }).toBe(1);
});

test('a worker that lives is not, however long it is silent', async () => {
  const { worker, heard, errors } = mortal();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  worker.postMessage('still here');
  await expect.poll(() => heard).toEqual(['still here']);
  expect(errors).toEqual([]);
  worker.terminate();
});
