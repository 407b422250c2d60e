import { describe, expect, test } from 'vitest';
import type { Published } from '../../hub/publication.ts';
import type { Engine } from '../../stores/engine.ts';
import { fakeResult } from '../../testing/fake-engine.ts';
import { headerModel, refTo } from '../../testing/model.ts';
import { recipeOf } from '../../testing/planning.ts';
import { fakeSession } from '../../testing/session.ts';
import { abortPublishing, licenceAdvice, publish } from './publish.ts';

const form = {
  repo: 'ada/merged',
  create: true,
  visibility: 'private',
  license: null,
  title: 'Merge',
} as const;
const published: Published = { commit: 'c', url: 'u', verified: true, problems: [] };
const model = headerModel('base', { 'model.norm.weight': ['F32', [4]] });

function finishedSession(answer: Engine['publish']) {
  const session = fakeSession({}, { publish: answer });
  session.run.getState().start('merged', { kind: 'opfs', folder: 'merged' }, recipeOf(model, []));
  session.run.getState().finish(fakeResult);
  return session;
}

describe('a push that is cancelled', () => {
  /** Ends as it is told once it was aborted. */
  const endsWith =
    (end: () => Promise<Published>): Engine['publish'] =>
    async (_from, _order, listeners) => {
      await new Promise((resolve) => {
        listeners?.signal?.addEventListener('abort', resolve);
      });
      listeners?.onPublish?.({ kind: 'left-behind', url: 'https://hub.test/ada/merged' });
      return end();
    };
  const aborted = async () => Promise.reject(new DOMException('stopped', 'AbortError'));

  test('says so until the end, and tells what was left behind', async () => {
    const session = finishedSession(endsWith(aborted));
    const publishing = publish(session, form);
    expect(session.hub.getState().publishing).toMatchObject({ kind: 'running', cancelling: false });
    abortPublishing(session);
    expect(session.hub.getState().publishing).toMatchObject({ kind: 'running', cancelling: true });
    await publishing;
    expect(session.hub.getState().publishing).toEqual({ kind: 'idle' });
    expect(session.view.getState().notice?.text).toContain('https://hub.test/ada/merged');
  });

  test('too late is published', async () => {
    const session = finishedSession(endsWith(async () => published));
    const publishing = publish(session, form);
    abortPublishing(session);
    await publishing;
    expect(session.hub.getState().publishing).toEqual({ kind: 'done', published });
  });

  test('and failed at that time says why', async () => {
    const lost = async () => Promise.reject(Object.assign(new Error('lost'), { tag: 'blocked' }));
    const session = finishedSession(endsWith(lost));
    const publishing = publish(session, form);
    abortPublishing(session);
    await publishing;
    expect(session.hub.getState().publishing).toMatchObject({
      kind: 'failed',
      failure: { tag: 'blocked' },
    });
  });
});

test('the demo family is MIT, the Hub names the licence of its models, a folder has none', () => {
  const base = { ...refTo(model), name: 'Demo', origin: 'demo' } as const;
  const pin = { repo: 'org/one', commit: 'c', weights: 'model.safetensors' };
  const expert = { ...refTo(model), id: '1', name: 'One', origin: 'hub', hub: pin } as const;
  const local = { ...refTo(model), id: '2', name: 'Two', origin: 'local' } as const;
  const experts = [expert, local].map((each) => ({ model: each, values: {} }));
  const recipe = { ...recipeOf(null, []), base, experts };
  const { warnings } = licenceAdvice(recipe, { 'org/one': { licence: 'gemma' } });
  expect(warnings.map(({ text, severity }) => [severity, text.split(' ')[0]])).toEqual([
    ['note', 'One'],
    ['forbids', 'Two'],
  ]);
});
