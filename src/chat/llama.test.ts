import { expect, test } from 'vitest';
import { bestProcessor } from './abilities.ts';
import { openLlama, type Start } from './llama.ts';
import type { Logger, Runtime } from './runtime.ts';
import { type Opening, openTrusted, probe } from './trusted.ts';

type Acted = {
  readonly template?: string | null;
  readonly words?: readonly string[];
  /** What comes before them, apart. */
  readonly thoughts?: readonly string[];
  readonly reason?: 'stop' | 'length';
  readonly fails?: string;
  /** The likeliest token and the logarithm of its probability, by processor. */
  readonly first?: Readonly<Record<'gpu' | 'cpu', readonly [string, number]>>;
  /** Whether the GPU takes the layers that it is given. */
  readonly takes?: boolean;
  /** Whether a begin token stands before every text. */
  readonly begins?: boolean;
  /** What comes of a text that is forced: ids and logarithms of probabilities. */
  readonly forced?: readonly (readonly [id: number, logprob: number])[];
};

/** Acts the package, and notes what it is asked. */
function acted({
  template = null,
  words = [],
  thoughts = [],
  reason = 'stop',
  fails,
  first,
  takes = true,
  begins = true,
  forced,
}: Acted) {
  const calls: unknown[] = [];
  const start: Start = (logger: Logger) => {
    let on: 'gpu' | 'cpu' = 'cpu';
    const runtime = {
      async loadModel(_blobs: unknown, params: { readonly n_gpu_layers: number }) {
        on = params.n_gpu_layers > 0 && takes ? 'gpu' : 'cpu';
        calls.push(`load ${params.n_gpu_layers}`);
        if (fails) {
          logger.error(fails);
          throw new Error('load failed');
        }
        logger.debug(`load_tensors: offloaded ${on === 'gpu' ? 5 : 0}/5 layers to GPU`);
      },
      getChatTemplate: () => template,
      getNumThreads: () => 0,
      mustAddBosToken: () => begins,
      async createChatCompletion(options: {
        readonly messages: unknown;
        readonly onData: (chunk: unknown) => void;
      }) {
        calls.push(options.messages);
        const deltas = [
          ...thoughts.map((reasoning_content) => ({ reasoning_content })),
          ...words.map((content) => ({ content })),
        ];
        for (const delta of deltas) options.onData({ choices: [{ delta, finish_reason: null }] });
        options.onData({ choices: [{ delta: {}, finish_reason: reason }] });
      },
      async createCompletion(options: {
        readonly prompt: string;
        readonly stream?: boolean;
        readonly grammar?: string;
        readonly abortSignal?: AbortSignal;
        readonly onData: (chunk: unknown) => void;
      }) {
        const { prompt, stream } = options;
        calls.push(prompt);
        if (forced) {
          calls.push(options.grammar);
          const content = forced.map(([id, logprob]) => ({ id, logprob }));
          return { usage: { prompt_tokens: 1 }, choices: [{ logprobs: { content } }] };
        }
        if (!stream) {
          const [token, logprob] = first![on];
          return { choices: [{ logprobs: { content: [{ token, logprob }] } }] };
        }
        for (const text of words) {
          if (options.abortSignal?.aborted) throw new DOMException('aborted', 'AbortError');
          options.onData({ choices: [{ text, finish_reason: null }] });
        }
        options.onData({ choices: [{ text: '', finish_reason: reason }] });
        return null;
      },
      async exit() {
        calls.push(`exit ${on}`);
      },
    };
    return runtime as unknown as Runtime;
  };
  return { start, calls };
}

const file = new Blob(['GGUF']);
const { signal } = new AbortController();
const wish = { seed: 7, temperature: 0.5, maxTokens: 9, signal };

test('a model with a template hears the whole conversation, one without continues the last prompt', async () => {
  const turns = [
    { role: 'user', content: 'one' },
    { role: 'assistant', content: '1' },
    { role: 'user', content: 'two' },
  ] as const;
  for (const [template, heard] of [
    ['{{ messages }}', turns],
    [null, 'two'],
  ] as const) {
    const { start, calls } = acted({ template, words: ['a', 'b'], reason: 'length' });
    const llama = await openLlama(file, 'm', 'cpu', start, signal);
    expect(llama.with).toEqual({
      ...{ processor: 'cpu', threads: 1, template: template === null ? 'none' : 'used' },
    });
    const texts: string[] = [];
    const answer = await llama.answer(turns, { ...wish, onText: ({ text }) => texts.push(text) });
    expect(answer).toMatchObject({ text: 'ab', tokens: 2, isCut: true });
    expect(texts).toEqual(['a', 'ab']);
    expect(calls.at(-1)).toEqual(heard);
  }
});

test('what a model thinks before it answers is kept apart, and counted', async () => {
  const { start } = acted({ template: '{{ messages }}', thoughts: ['h', 'm'], words: ['a'] });
  const llama = await openLlama(file, 'm', 'cpu', start, signal);
  const heard: unknown[] = [];
  const turns = [{ role: 'user', content: 'x' }] as const;
  const answer = await llama.answer(turns, { ...wish, onText: (so) => heard.push(so) });
  expect(answer).toMatchObject({ thought: 'hm', text: 'a', tokens: 3 });
  expect(heard.at(1)).toEqual({ thought: 'hm', text: '' });
});

test('a first token that is half a character is no reason not to load', async () => {
  const { start } = acted({});
  const { check } = await openTrusted(file, {
    ...opening,
    start,
    browser: browser({ features: [] }),
  });
  expect(check).toBeNull();
});

test('an answer ends when it is stopped', async () => {
  const stop = new AbortController();
  const { start } = acted({ words: ['a', 'b', 'c'] });
  const llama = await openLlama(file, 'm', 'cpu', start, signal);
  const texts: string[] = [];
  const answering = llama.answer([{ role: 'user', content: 'x' }], {
    ...wish,
    signal: stop.signal,
    onText({ text }) {
      texts.push(text);
      stop.abort();
    },
  });
  await expect(answering).rejects.toMatchObject({ name: 'AbortError' });
  expect(texts).toEqual(['a']);
});

test('a model that does not fit into memory is told in words, and its worker ends', async () => {
  const { start, calls } = acted({ fails: 'ggml: failed to allocate buffer of size 3000' });
  await expect(openLlama(file, 'big', 'cpu', start, signal)).rejects.toMatchObject({
    message: expect.stringMatching(/^big does not fit into memory: its file has 1 MiB/),
    context: { advice: expect.stringContaining('Q8_0') },
  });
  expect(calls.at(-1)).toBe('exit cpu');
});

test('what else llama.cpp says of a file that it cannot load is passed on', async () => {
  const { start } = acted({ fails: 'error loading model: unknown pre-tokenizer' });
  await expect(openLlama(file, 'm', 'cpu', start, signal)).rejects.toThrow(
    'llama.cpp could not load m: error loading model: unknown pre-tokenizer',
  );
});

type Gpu = { readonly features?: readonly string[]; readonly description?: string };

function browser({ features = ['shader-f16'], description = 'Real GPU' }: Gpu = {}) {
  const info = { description, vendor: '', architecture: '', isFallbackAdapter: false };
  const adapter = { info, features: new Set(features) };
  return {
    WebAssembly: { Suspending: class {}, Memory: class {} },
    navigator: { gpu: { requestAdapter: async () => adapter } },
  } as unknown as Opening['browser'];
}

const opening = { title: 'm', signal, expected: async () => null, mayUseGpu: true };

test('a GPU whose first token is that of the CPU is used', async () => {
  const { start, calls } = acted({ first: { gpu: ['x', -0.2], cpu: ['x', -0.21] } });
  const { processor, check, llama } = await openTrusted(file, {
    ...{ ...opening, start, browser: browser() },
  });
  expect(processor).toMatchObject({ kind: 'gpu', adapter: 'Real GPU', why: null });
  expect(check).toMatchObject({ against: 'the CPU', isGood: true });
  expect(llama.with.processor).toBe('gpu');
  expect(calls).toEqual(['load 99999', probe, 'load 0', probe, 'exit cpu']);
});

test.each([
  ['another token', ['y', -0.2]],
  ['another probability', ['x', -3]],
] as const)('a GPU that gives %s is not used, and why is told', async (_, gpu) => {
  const { start, calls } = acted({ first: { gpu, cpu: ['x', -0.21] } });
  const { processor, llama } = await openTrusted(file, { ...opening, start, browser: browser() });
  expect(processor).toMatchObject({ kind: 'cpu', why: expect.stringContaining('driver') });
  expect(llama.with.processor).toBe('cpu');
  expect(calls).toContain('exit gpu');
});

test('our own forward pass judges where it knows the model', async () => {
  const { start, calls } = acted({ first: { gpu: ['x', -3], cpu: ['x', -0.21] } });
  const asked: string[] = [];
  const expected = async (prompt: string, token: string) => {
    asked.push(`${prompt}→${token}`);
    return -0.2;
  };
  const { processor, check } = await openTrusted(file, {
    ...{ ...opening, start, browser: browser(), expected },
  });
  expect(processor.kind).toBe('cpu');
  expect(check).toMatchObject({ against: 'our own forward pass', isGood: true });
  expect(asked).toEqual([`${probe}→x`, `${probe}→x`]);
  expect(calls).toEqual(['load 99999', probe, 'exit gpu', 'load 0', probe]);
});

test('a GPU that llama.cpp quietly left alone is not called one', async () => {
  const { start } = acted({ takes: false, first: { gpu: ['x', 0], cpu: ['x', 0] } });
  const { processor } = await openTrusted(file, { ...opening, start, browser: browser() });
  expect(processor).toMatchObject({ kind: 'cpu', why: 'llama.cpp could not use the GPU' });
});

test('why the GPU is left alone', async () => {
  const why = async (one: Opening['browser'], may = true) => (await bestProcessor(one, may)).why;
  expect(await why(browser())).toBeNull();
  expect(await why(browser(), false)).toMatch(/chosen/);
  expect(await why(browser({ features: [] }))).toMatch(/16-bit floats \(shader-f16\)/);
  expect(await why(browser({ description: 'SwiftShader' }))).toMatch(/emulated/);
  expect(await why({ ...browser(), navigator: {} })).toMatch(/WebGPU/);
  const { navigator, WebAssembly } = browser();
  expect(await why({ navigator, WebAssembly: { Memory: WebAssembly.Memory } })).toMatch(/JSPI/);
});

test('a browser without memory64 is told which have it', async () => {
  const old = browser();
  const Memory = class {
    constructor() {
      throw new TypeError('address');
    }
  };
  const { start, calls } = acted({});
  const tried = openTrusted(file, {
    ...{ ...opening, start, browser: { ...old, WebAssembly: { Memory } } },
  });
  await expect(tried).rejects.toMatchObject({
    message: expect.stringContaining('memory64'),
    context: { advice: expect.stringContaining('Firefox from 134') },
  });
  expect(calls).toEqual([]);
});

test.each([
  [true, '', '<[5]> <[6]> <[7]>', Math.exp(2)],
  [false, 'a', '<[6]> <[7]>', Math.exp(2.5)],
])(
  'a text is forced by its ids, begin token %s, and its perplexity is e to the mean loss',
  async (begins, prompt, grammar, value) => {
    const forced = (
      [
        [5, -1],
        [6, -2],
        [7, -3],
      ] as const
    ).slice(begins ? 0 : 1);
    const { start, calls } = acted({ begins, forced });
    const llama = await openLlama(file, 'm', 'cpu', start, signal);
    const found = await llama.perplexity({ ids: [5, 6, 7], first: 'a' }, signal);
    expect(found.value).toBeCloseTo(value, 12);
    expect(found).toMatchObject({ tokens: forced.length, isCut: false });
    expect(calls.slice(1)).toEqual([prompt, `root ::= ${grammar}`]);
  },
);

test('a text of which other tokens came back has no perplexity', async () => {
  const { start } = acted({
    forced: [
      [5, -1],
      [9, -1],
    ],
  });
  const llama = await openLlama(file, 'm', 'cpu', start, signal);
  await expect(llama.perplexity({ ids: [5, 6], first: 'a' }, signal)).rejects.toThrow(
    'other tokens',
  );
});
