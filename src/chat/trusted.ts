import {
  type Browser,
  bestProcessor,
  hasMemory64,
  type Processor,
  tooOld,
  whichBrowsers,
} from './abilities.ts';
import { type FirstToken, type Llama, openLlama, type Start } from './llama.ts';
import { LlamaError } from './llama-error.ts';

/** What another computation says of a token after a prompt; null where it cannot tell. */
export type Expected = (prompt: string, token: string) => Promise<number | null>;

/** A model that may be trusted as far as was looked. */
export type Trusted = {
  readonly llama: Llama;
  readonly processor: Processor;
  /** What was compared before it was trusted, and how that came out; null where there was nothing to compare with. */
  readonly check: Check | null;
};

export type Check = {
  readonly against: 'the CPU' | 'our own forward pass';
  /** Nats between the two logarithms of probability. */
  readonly difference: number;
  readonly isGood: boolean;
};

/** Letters and digits that every vocabulary has. */
export const probe = 'rev: abc 123';

/** Nats within which two computations of one token agree: rounding to 16 or 8 bits stays well below, a broken driver does not. */
const tolerance = 0.25;

export type Opening = {
  readonly title: string;
  readonly signal: AbortSignal;
  readonly start: Start;
  readonly browser: Browser;
  readonly expected: Expected;
  /** False where a person chose the CPU. */
  readonly mayUseGpu: boolean;
};

/**
 * Loads a model on the best processor that can be trusted: drivers have been known to give nonsense, so a GPU whose first
 * token differs from our own forward pass, or where that does not know the model from llama.cpp's CPU, is not used.
 *
 * @throws LlamaError; AbortError
 */
export async function openTrusted(gguf: Blob, opening: Opening): Promise<Trusted> {
  const { title, signal, start, browser, expected, mayUseGpu } = opening;
  if (!hasMemory64(browser)) throw new LlamaError(tooOld, whichBrowsers);
  const open = (on: 'gpu' | 'cpu') => openLlama(gguf, title, on, start, signal);
  const best = await bestProcessor(browser, mayUseGpu);
  if (best.kind === 'cpu') return checked(await open('cpu'), best, expected);
  const onGpu = await open('gpu').catch((error: unknown) => {
    signal.throwIfAborted();
    return error instanceof LlamaError ? null : Promise.reject(error);
  });
  if (onGpu?.with.processor === 'gpu') {
    const first = await onGpu.firstToken(probe).catch(() => null);
    const told = first && (await expected(probe, first.text));
    if (first && told !== null && told !== undefined) {
      const check = compared('our own forward pass', first.logProbability, told);
      if (check.isGood) return { llama: onGpu, processor: best, check };
      await onGpu.dispose();
      return checked(await open('cpu'), distrusted(best), expected);
    }
    const onCpu = await open('cpu');
    const reference = await onCpu.firstToken(probe);
    const check = first && comparedTokens(first, reference);
    if (check?.isGood) {
      await onCpu.dispose();
      return { llama: onGpu, processor: best, check };
    }
    await onGpu.dispose();
    return { llama: onCpu, processor: distrusted(best), check: null };
  }
  await onGpu?.dispose();
  const why = 'llama.cpp could not use the GPU';
  return checked(await open('cpu'), { ...best, kind: 'cpu', why }, expected);
}

async function checked(llama: Llama, processor: Processor, expected: Expected): Promise<Trusted> {
  // A token that is only a part of a character cannot be told by the package.
  const first = await llama.firstToken(probe).catch(() => null);
  const told = first && (await expected(probe, first.text));
  const check =
    first === null || told === null
      ? null
      : compared('our own forward pass', first.logProbability, told);
  return { llama, processor, check };
}

function distrusted(best: Processor): Processor {
  const why =
    'the GPU gave another answer to a fixed prompt than it should: its driver is not to be trusted';
  return { ...best, kind: 'cpu', why };
}

function compared(against: Check['against'], one: number, other: number): Check {
  const difference = Math.abs(one - other);
  return { against, difference, isGood: difference <= tolerance };
}

/** The likeliest token must be the same, unless it is so little likely that another may be as likely. */
function comparedTokens(one: FirstToken, other: FirstToken): Check {
  const check = compared('the CPU', one.logProbability, other.logProbability);
  const isSame = one.text === other.text || one.logProbability < Math.log(0.55);
  return { ...check, isGood: check.isGood && isSame };
}
