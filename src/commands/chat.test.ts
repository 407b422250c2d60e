import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Turn } from '../chat/llama.ts';
import type { Trusted } from '../chat/trusted.ts';
import type { RunResult } from '../engine/protocol.ts';
import { chatOf, type Side, type Subject, subjectsOf } from '../stores/chat.ts';
import type { Engine } from '../stores/engine.ts';
import { openModel } from '../stores/session.ts';
import { fakeWeights } from '../testing/fake-engine.ts';
import { ggufOutlook } from '../testing/gguf-outlook.ts';
import { fakeSession } from '../testing/session.ts';
import { ask, askAgain, measure, stopAnswers } from './chat.ts';
import { chooseSubject, chooseType, type Opener, removeGguf, startChat } from './chat-models.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
});
afterEach(() => vi.unstubAllGlobals());

/** Private storage as GGUFs come and go; `written` lists each that was written. */
function storage(over: Partial<Engine> = {}) {
  const kept = new Map<string, number>();
  const written: string[] = [];
  const session = fakeSession(
    {},
    {
      ggufOutlook: async () => ggufOutlook,
      async gguf(_from, type, place, _budget, { onMeasured } = {}) {
        onMeasured?.(1, 2);
        const folder = place.kind === 'opfs' ? place.folder : '';
        const bytes = type === 'F16' ? 20 : 10;
        kept.set(folder, bytes);
        written.push(folder);
        return { name: 'm.gguf', bytes, sha256: '', remarks: [], seconds: 1 };
      },
      finished: async () =>
        [...kept].map(([folder, bytes]) => {
          return { folder, bytes, finished: '', verified: true, only: 'm.gguf' };
        }),
      files: async (folder) => [{ path: 'm.gguf', file: new File([folder], 'm.gguf') }],
      async removeFinished(folder) {
        kept.delete(folder);
      },
      ...over,
    },
  );
  return { session, written };
}

/** Models that answer with their title and how many turns they heard; `heard` keeps the turns, `disposed` who was ended. */
function acted() {
  const heard: (readonly Turn[])[] = [];
  const disposed: string[] = [];
  const open: Opener = async (_gguf, { title }): Promise<Trusted> => ({
    llama: {
      with: { processor: 'cpu', threads: 1, template: 'used' },
      async answer(turns, { signal, onText }) {
        heard.push(turns);
        onText?.({ text: title, thought: '' });
        if (turns.at(-1)?.content === 'wait') {
          await new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason)),
          );
        }
        return {
          text: `${title} ${turns.length}`,
          thought: '',
          tokens: 2,
          tokensPerSecond: 5,
          isCut: false,
        };
      },
      perplexity: async ({ ids }) => ({ value: ids.length, tokens: ids.length, isCut: false }),
      firstToken: async () => ({ text: '', logProbability: 0 }),
      async dispose() {
        disposed.push(title);
      },
    },
    processor: { kind: 'cpu', adapter: null, why: null },
    check: null,
  });
  return { open, heard, disposed };
}

const subject = (name: string): Subject => ({
  ...{ key: name, title: name, kind: 'other', isFar: false },
  from: { kind: 'open', model: name, name },
});

async function started(over: Partial<Engine> = {}) {
  const { session, written } = storage(over);
  const models = acted();
  await chooseSubject(session, 'left', subject('a'));
  await chooseSubject(session, 'right', subject('b'));
  await startChat(session, models.open);
  const state = () => chatOf(session).getState();
  const replies = () =>
    state().exchanges.map(({ replies: each }) => [each.left?.text, each.right?.text]);
  return { session, written, state, replies, ...models };
}

test('both models are written and loaded, and answer each prompt with what they were told before', async () => {
  const { session, written, state, replies, heard } = await started();
  expect(written.map((folder) => folder.replace(/\w{8}$/, ''))).toEqual([
    'a-F16-chat-',
    'b-F16-chat-',
  ]);
  expect(state().left).toMatchObject({ phase: 'ready', keptBytes: 20 });
  await ask(session, 'one');
  await ask(session, 'two');
  expect(replies()).toEqual([
    ['a 1', 'b 1'],
    ['a 3', 'b 3'],
  ]);
  expect(heard.at(-1)).toEqual([
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'b 1' },
    { role: 'user', content: 'two' },
  ]);
});

test('a system prompt comes before all that was said, and a prompt that is asked again is answered in its place', async () => {
  const { session, state, replies, heard } = await started();
  await ask(session, 'one');
  state().set({ system: 'Be brief.' });
  await askAgain(session);
  expect(heard.at(-1)).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'one' },
  ]);
  expect(state().exchanges.map(({ prompt }) => prompt)).toEqual(['one']);
  expect(replies()).toEqual([['a 2', 'b 2']]);
});

test('a GGUF that is there is not written again, one of another type is', async () => {
  const { session, written, state, open, disposed } = await started();
  await chooseSubject(session, 'left', subject('c'));
  await chooseSubject(session, 'left', subject('a'));
  expect(disposed).toEqual(['a']);
  expect(state().left).toMatchObject({ phase: 'known', keptBytes: 20 });
  await startChat(session, open);
  expect(written).toHaveLength(2);
  await chooseType(session, 'Q8_0');
  expect(state().left).toMatchObject({ phase: 'known', keptBytes: null });
  await startChat(session, open);
  expect(written.slice(2).every((folder) => folder.includes('Q8_0'))).toBe(true);
  expect(written).toHaveLength(4);
});

test('one model on both sides is written once', async () => {
  const { session, written } = storage();
  for (const side of ['left', 'right'] as Side[]) await chooseSubject(session, side, subject('a'));
  await startChat(session, acted().open);
  expect(written).toHaveLength(1);
  expect(chatOf(session).getState().right.phase).toBe('ready');
});

test('an encoder is refused before anything is written of it', async () => {
  const { session, written } = storage({
    ggufOutlook: async () => ({ ...ggufOutlook, architecture: 'bert', isEncoder: true }),
  });
  await chooseSubject(session, 'left', subject('a'));
  await startChat(session, acted().open);
  const { phase, failure } = chatOf(session).getState().left;
  expect(phase).toBe('failed');
  expect(failure?.message).toContain('an encoder: it compares texts and writes none');
  expect(written).toEqual([]);
});

test('a stop keeps what was said so far', async () => {
  const { session, state } = await started();
  const asking = ask(session, 'wait');
  await expect.poll(() => state().exchanges[0].replies.left?.status).toBe('answering');
  stopAnswers(session);
  await asking;
  expect(state().exchanges[0].replies.left).toMatchObject({ text: 'a', status: 'stopped' });
});

test('a text is measured by each model in tokens of its own, and one that has none does not hide the other', async () => {
  const { session, state } = await started({
    tokens: async ({ name }, text) => {
      if (name === 'b') throw new Error('no tokenizer');
      return { ids: [...text].map((_, at) => at), first: text[0] };
    },
  });
  const measuring = measure(session, 'abc');
  await ask(session, 'not now');
  await measuring;
  expect(state().exchanges).toEqual([]);
  expect(state().measured).toMatchObject({
    isUnderWay: false,
    found: { left: { value: 3, tokens: 3 }, right: { message: 'no tokenizer' } },
  });
});

test('a model that takes the place of another while a text is measured does not get its number', async () => {
  let tokenise = () => {};
  const { session, state } = await started({
    tokens: async ({ name }) => {
      if (name === 'b') await new Promise<void>((resolve) => (tokenise = resolve));
      return { ids: [1, 2], first: 'a' };
    },
  });
  const measuring = measure(session, 'abc');
  await expect.poll(() => state().measured?.found.left).toMatchObject({ value: 2 });
  await chooseSubject(session, 'left', subject('c'));
  tokenise();
  await measuring;
  expect(state().measured).toBeNull();
});

test('our own forward pass is asked for one token, of a merge that lies finished while it is opened for that', async () => {
  const asked: unknown[] = [];
  const { session } = storage({
    async open(id, name, handles) {
      asked.push(['open', id.replace(/:.*/, ''), name, handles.map(({ path }) => path)]);
      return {} as never;
    },
    async close() {
      asked.push('close');
    },
    async score(subject, { task }) {
      asked.push(subject.kind === 'model' && subject.model.replace(/:.*/, ''), task.items);
      const items = [{ item: 0, score: null, loss: 0.5, tokens: 1, said: null }];
      return { task: 'chat', kind: 'text', part: 'all', items, mean: null, loss: 0.5 };
    },
  });
  const place = { kind: 'opfs', folder: 'm' } as const;
  await chooseSubject(session, 'left', subject('a'));
  await chooseSubject(session, 'right', {
    ...subject('merge'),
    from: { kind: 'written', place, name: 'merge' },
  });
  const told: unknown[] = [];
  const { open } = acted();
  await startChat(session, async (gguf, how) => {
    told.push(await how.expected('rev: ', 'x'));
    return open(gguf, how);
  });
  const items = [{ context: 'rev: ', text: 'x' }];
  expect(told).toEqual([-0.5, -0.5]);
  expect(asked).toEqual([
    'a',
    items,
    ['open', 'chat', 'merge', ['m.gguf']],
    'chat',
    items,
    'close',
  ]);
});

test('a removed GGUF gives its memory back, and is told as not written', async () => {
  const { session, state, disposed } = await started();
  await removeGguf(session, 'right');
  expect(disposed).toEqual(['b']);
  expect(state().right).toMatchObject({ phase: 'known', keptBytes: null, trusted: null });
  expect(state().left.phase).toBe('ready');
});

test('a model that no GGUF can hold is refused with advice, and the other still answers', async () => {
  const refused = Object.assign(new Error('found Unigram'), {
    ...{ tag: 'not-for-gguf', context: { advice: 'Save as safetensors.' } },
  });
  const { session, state, replies } = await started({
    ggufOutlook: async ({ name }) => (name === 'a' ? Promise.reject(refused) : ggufOutlook),
  });
  expect(state().left).toMatchObject({
    phase: 'failed',
    failure: { message: 'found Unigram', advice: 'Save as safetensors.' },
  });
  await ask(session, 'one');
  expect(replies()).toEqual([[undefined, 'b 1']]);
});

test('what there is to talk to: a merge in a picked folder, finished ones, then open models, and no files of GGUF', async () => {
  const { session } = storage();
  const ref = { id: 'm', name: 'Mine', origin: 'local', bytes: 228 } as const;
  await openModel(session, ref, fakeWeights);
  const merge = { bytes: 1, verified: true };
  session.run.getState().setKept([
    { ...merge, folder: 'old', finished: '2026-01-01', only: null },
    { ...merge, folder: 'new', finished: '2026-02-01', only: null },
    { ...merge, folder: 'x-F16-gguf', finished: '2026-03-01', only: 'x.gguf' },
  ]);
  const handle = { kind: 'directory', name: 'mine' } as FileSystemDirectoryHandle;
  const saved = { kind: 'directory', name: 'mine', handle } as const;
  session.run.getState().start('picked', saved, session.recipe.getState().recipe);
  expect(subjectsOf(session)).toHaveLength(3);
  session.run.getState().finish({ verify: { files: [] } } as unknown as RunResult);
  expect(subjectsOf(session).map(({ title, kind }) => [title, kind])).toEqual([
    ['picked', 'merge'],
    ['new', 'merge'],
    ['old', 'merge'],
    ['Mine', 'other'],
  ]);
});
