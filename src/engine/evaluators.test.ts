import { expect, test } from 'vitest';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { type ExactTask, usualSplit } from '../evaluate/tasks/task.ts';
import { Connection, crashError, type EnginePort } from './connection.ts';
import { Evaluators } from './evaluators.ts';
import type { Request, ScoreOrder, Subject } from './protocol.ts';

const task = (id: string): ExactTask => ({
  ...{ id, title: id, kind: 'exact', skill: 'own', split: usualSplit, match: 'exact', stops: [] },
  items: [{ prompt: 'a', answer: 'b' }],
});
const how = (id: string): ScoreOrder => ({
  ...{ task: task(id), part: 'all', most: null, what: 'loss', fetches: false, backend: 'cpu' },
});
const model = (id: string): Subject => ({ kind: 'model', model: id });

/** Engines that answer when they are told to, with what they were asked. */
function engines() {
  const asked: { engine: number; what: string; answer(): void; crash(): void }[] = [];
  const cancelled: number[] = [];
  const ended: number[] = [];
  let count = 0;
  const connect = () => {
    const engine = count++;
    const listeners = new Map<string, (event: Event) => void>();
    const port: EnginePort = {
      postMessage(request: Request) {
        if (request.kind === 'cancel') cancelled.push(engine);
        if (request.kind !== 'score') return;
        const { id, subject } = request;
        const what = `${subject.kind === 'model' ? subject.model : ''} ${request.how.task.id}`;
        const value = { task: what } as TaskScore;
        const data = { kind: 'done', id, value };
        asked.push({
          ...{ engine, what },
          answer: () => listeners.get('message')?.(new MessageEvent('message', { data })),
          crash: () => listeners.get('error')?.(new Event('error')),
        });
      },
      addEventListener: (type: string, listener: never) => void listeners.set(type, listener),
      terminate: () => void ended.push(engine),
    };
    return new Connection(() => port);
  };
  const evaluators = new Evaluators(connect, async () => {});
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const names = () => asked.map(({ engine, what }) => `${engine}: ${what}`);
  return { evaluators, asked, cancelled, ended, settle, names };
}

test('each engine goes on with its model, takes the next that nobody has, and helps in the end', async () => {
  const { evaluators, asked, settle, names } = engines();
  const calls = ['A', 'B', 'C'].flatMap((id) =>
    ['x', 'y'].map((of) => evaluators.score(model(id), how(of), 2)),
  );
  await settle();
  expect(names()).toEqual(['0: A x', '1: B x']);
  for (const at of [1, 0, 2, 3, 5, 4]) {
    await settle();
    asked[at].answer();
  }
  expect(names().slice(2)).toEqual(['1: B y', '0: A y', '1: C x', '0: C y']);
  const found = await Promise.all(calls);
  expect(found.map((score) => ('task' in score ? score.task : ''))).toEqual([
    ...['A x', 'A y', 'B x', 'B y', 'C x', 'C y'],
  ]);
});

test('a crash is an error of its call only, and a cancelled call that waits is never asked', async () => {
  const { evaluators, asked, cancelled, settle, names } = engines();
  const over = new AbortController();
  const crashed = evaluators.score(model('A'), how('x'), 2);
  const other = evaluators.score(model('B'), how('x'), 2);
  const waiting = evaluators.score(model('C'), how('x'), 2, { signal: over.signal });
  await settle();
  over.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  asked[0].crash();
  await expect(crashed).rejects.toMatchObject({ tag: 'engine-crashed' });
  asked[1].answer();
  expect(await other).toMatchObject({ task: 'B x' });
  expect([names(), cancelled]).toEqual([['0: A x', '1: B x'], []]);
});

test('cancelling reaches every engine', async () => {
  const { evaluators, cancelled, settle } = engines();
  const over = new AbortController();
  const all = ['A', 'B', 'C'].map((id) =>
    evaluators.score(model(id), how('x'), 3, { signal: over.signal }),
  );
  await settle();
  over.abort();
  const ends = await Promise.allSettled(all);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(cancelled).toEqual([0, 1, 2]);
});

test('a model that leaves room for one ends the other engines once they are idle', async () => {
  const { evaluators, asked, ended, settle, names } = engines();
  const small = ['A', 'B'].map((id) => evaluators.score(model(id), how('x'), 2));
  await settle();
  const large = evaluators.score(model('L'), how('x'), 1);
  await settle();
  asked[0].answer();
  await settle();
  expect([names().length, ended]).toEqual([2, []]);
  asked[1].answer();
  await Promise.all(small);
  await settle();
  expect([names().at(-1), ended]).toEqual(['0: L x', [1]]);
  evaluators.end(crashError('it was stopped'));
  await expect(large).rejects.toMatchObject({ tag: 'engine-crashed' });
  expect(ended).toEqual([1, 0]);
});

test('beside a model that leaves room for one nothing else runs, whatever waits', async () => {
  const { evaluators, asked, settle, names } = engines();
  const large = evaluators.score(model('L'), how('x'), 1);
  const again = evaluators.score(model('L'), how('y'), 1);
  const small = evaluators.score(model('S'), how('x'), 2);
  await settle();
  expect(names()).toEqual(['0: L x']);
  asked[0].answer();
  await large;
  await settle();
  expect(names()).toEqual(['0: L x', '0: L y']);
  asked[1].answer();
  await again;
  await settle();
  asked[2].answer();
  expect(await small).toMatchObject({ task: 'S x' });
});

test('an engine does not take up a large model again while others work', async () => {
  const { evaluators, asked, settle, names } = engines();
  const first = evaluators.score(model('L'), how('x'), 1);
  await settle();
  asked[0].answer();
  await first;
  const calls = [
    evaluators.score(model('A'), how('x'), 2),
    evaluators.score(model('L'), how('y'), 1),
    evaluators.score(model('B'), how('x'), 2),
  ];
  await settle();
  expect(names()).toEqual(['0: L x', '0: A x']);
  asked[1].answer();
  await settle();
  expect(names().at(-1)).toBe('0: L y');
  asked[2].answer();
  await settle();
  asked[3].answer();
  await Promise.all(calls);
  expect(names().at(-1)).toBe('0: B x');
});
