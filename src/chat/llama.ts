import { contextTokens, LlamaError } from './llama-error.ts';
import { type Perplexity, perplexity, type TextTokens } from './perplexity.ts';
import type { Logger, ResultTimings, Runtime } from './runtime.ts';

/** What a model runs with, for people who want to know why it is fast or slow. */
export type RunsWith = {
  /** What llama.cpp says that it did, whatever was asked for. */
  readonly processor: 'gpu' | 'cpu';
  /** Threads of the CPU. */
  readonly threads: number;
  /**
   * How turns of a conversation are written: by the chat template in the GGUF. Without one, or with one that llama.cpp
   * cannot use, a prompt is continued as it stands.
   */
  readonly template: 'used' | 'none' | 'unusable';
};

/** A system prompt comes first, or not at all. */
export type Turn = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

export type Wish = {
  /** The same seed gives the same answer, on the same processor. */
  readonly seed: number;
  /** 0 for the likeliest token each time. */
  readonly temperature: number;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  /** Hears all of the answer so far. */
  readonly onText?: (so: Pick<Answer, 'text' | 'thought'>) => void;
};

export type Answer = {
  readonly text: string;
  /** What a model that thinks before it answers wrote first, where its template tells the two apart. */
  readonly thought: string;
  readonly tokens: number;
  /** Of the answer, without the reading of the prompt; null for less than two tokens. */
  readonly tokensPerSecond: number | null;
  /** Whether it was cut at `maxTokens`, or where the context ended. */
  readonly isCut: boolean;
};

/** The likeliest next token, and the natural logarithm of its probability among all tokens. */
export type FirstToken = { readonly text: string; readonly logProbability: number };

export type Llama = {
  readonly with: RunsWith;
  /** Answers the last turn of a conversation; without a template continues its text as it stands. */
  answer(turns: readonly Turn[], wish: Wish): Promise<Answer>;
  firstToken(prompt: string): Promise<FirstToken>;
  /** How likely the model finds a text, whose tokens are given. Throws LlamaError; aborted, AbortError. */
  perplexity(text: TextTokens, signal: AbortSignal): Promise<Perplexity>;
  /** Ends it and gives its memory back; an answer under way fails. */
  dispose(): Promise<void>;
};

export type Start = (logger: Logger) => Runtime;

/**
 * Loads a GGUF, whose bytes are read from where they lie. Throws LlamaError; aborted, AbortError.
 *
 * @param title what its errors call the model
 */
export async function openLlama(
  gguf: Blob,
  title: string,
  processor: 'gpu' | 'cpu',
  start: Start,
  signal: AbortSignal,
): Promise<Llama> {
  const said: string[] = [];
  const load = async (more: Parameters<Runtime['loadModel']>[1] = {}) => {
    const runtime = start(hearing(said));
    const end = () => void runtime.exit();
    signal.addEventListener('abort', end, { once: true });
    try {
      await runtime.loadModel([gguf], {
        n_ctx: contextTokens,
        n_parallel: 1,
        n_gpu_layers: processor === 'gpu' ? 99_999 : 0,
        ...more,
      });
      signal.throwIfAborted();
      return runtime;
    } catch (error) {
      await runtime.exit();
      signal.throwIfAborted();
      throw notLoaded(title, gguf.size, said, error);
    } finally {
      signal.removeEventListener('abort', end);
    }
  };
  let runtime = await load();
  // After a template that it cannot use it goes on half begun; with one of its own, which is not used either, it begins whole.
  const isUnusable = said.some((line) => line.includes('chat template parsing error'));
  if (isUnusable) {
    await runtime.exit();
    runtime = await load({ chat_template: 'chatml' });
  }
  const runsWith: RunsWith = {
    processor: said.some((line) => /offloaded [1-9]\d*\/\d+ layers to GPU/.test(line))
      ? 'gpu'
      : 'cpu',
    threads: Math.max(1, runtime.getNumThreads()),
    template: isUnusable ? 'unusable' : runtime.getChatTemplate() ? 'used' : 'none',
  };
  return {
    with: runsWith,
    answer: (turns, wish) => answer(runtime, runsWith.template === 'used', turns, wish),
    firstToken: (prompt) => firstToken(runtime, prompt),
    perplexity: (text, stop) => perplexity(runtime, text, stop),
    dispose: () => runtime.exit(),
  };
}

async function answer(
  runtime: Runtime,
  hasTemplate: boolean,
  turns: readonly Turn[],
  { seed, temperature, maxTokens, signal, onText }: Wish,
): Promise<Answer> {
  signal.throwIfAborted();
  let text = '';
  let thought = '';
  let tokens = 0;
  let began = 0;
  let isCut = false;
  let measured: number | null = null;
  const hear = (
    more: string,
    reason: string | null,
    timings: ResultTimings | undefined,
    moreThought = '',
  ) => {
    if (more !== '' || moreThought !== '') {
      began ||= performance.now();
      tokens += 1;
      text += more;
      thought += moreThought;
      onText?.({ text, thought });
    }
    isCut ||= reason === 'length';
    measured = timings?.predicted_per_second ?? measured;
  };
  const common = { seed, temperature, max_tokens: maxTokens, abortSignal: signal } as const;
  try {
    if (hasTemplate) {
      await runtime.createChatCompletion({
        ...common,
        messages: turns.map((turn) => ({ ...turn })),
        stream: true,
        onData: ({ choices: [choice], timings }) => {
          const { content, reasoning_content: moreThought } = (choice?.delta ?? {}) as Delta;
          hear(content ?? '', choice?.finish_reason ?? null, timings, moreThought ?? '');
        },
      });
    } else {
      await runtime.createCompletion({
        ...common,
        prompt: turns.at(-1)?.content ?? '',
        stream: true,
        onData: ({ choices: [choice], timings }) =>
          hear(choice?.text ?? '', choice?.finish_reason ?? null, timings),
      });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw notAnswered(error);
  }
  const seconds = (performance.now() - began) / 1000;
  const own = tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : null;
  const tokensPerSecond = tokens > 1 ? (measured ?? own) : null;
  return { text, thought, tokens, tokensPerSecond, isCut };
}

/** The package's types leave the second out. */
type Delta = { readonly content?: string | null; readonly reasoning_content?: string | null };

async function firstToken(runtime: Runtime, prompt: string): Promise<FirstToken> {
  const response = await runtime.createCompletion({
    ...{ prompt, max_tokens: 1, temperature: 0, logprobs: 1 },
  });
  // Its types describe the older form; what comes is that of chats.
  const [first] =
    (
      response.choices[0]?.logprobs as unknown as {
        readonly content?: readonly { readonly token: string; readonly logprob: number }[];
      } | null
    )?.content ?? [];
  if (!first) return { text: '', logProbability: 0 };
  return { text: first.token, logProbability: first.logprob };
}

/** Keeps the lines, of which some say what went wrong, and how the model was loaded. */
function hearing(said: string[]): Logger {
  const hear = (...parts: readonly unknown[]) => {
    if (said.length < 2000) said.push(parts.map(String).join(' '));
  };
  return { debug: hear, log: hear, warn: hear, error: hear };
}

function notLoaded(
  title: string,
  bytes: number,
  said: readonly string[],
  cause: unknown,
): LlamaError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const all = [...said, message].join('\n');
  if (/out of memory|failed to allocate|bad_alloc|cannot enlarge memory|OOM/i.test(all)) {
    return new LlamaError(
      `${title} does not fit into memory: its file has ${Math.ceil(bytes / 2 ** 20)} MiB, and as much is taken to run it`,
      'Close other tabs, take Q8_0, or chat with one model at a time.',
      { cause },
    );
  }
  const told = said.findLast((line) => /error|failed/i.test(line)) ?? message;
  return new LlamaError(
    `llama.cpp could not load ${title}: ${told}`,
    'Remove its GGUF and write it again. If that does not help, try the other type.',
    { cause },
  );
}

function notAnswered(cause: unknown): LlamaError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/context/i.test(message)) {
    return new LlamaError(
      `The conversation is longer than the ${contextTokens.toLocaleString('en')} tokens that are kept here`,
      'Clear it, and ask again.',
      { cause },
    );
  }
  return new LlamaError(`The answer broke off: ${message}`, 'Ask again, or start anew.', { cause });
}
