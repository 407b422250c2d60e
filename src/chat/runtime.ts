import { type RawCompletionChunk, Wllama, type WllamaConfig } from '@wllama/wllama';
import wasm from '@wllama/wllama/esm/wasm/wllama.wasm?url';

/** What is asked of the package. */
export type Runtime = Pick<
  Wllama,
  | 'loadModel'
  | 'createCompletion'
  | 'createChatCompletion'
  | 'getChatTemplate'
  | 'getNumThreads'
  | 'mustAddBosToken'
  | 'exit'
>;

/** What an answer took, by its own clock. */
export type ResultTimings = NonNullable<RawCompletionChunk['timings']>;

export type Logger = NonNullable<WllamaConfig['logger']>;

export function startRuntime(logger: Logger): Runtime {
  const runtime = new Wllama({ default: new URL(wasm, document.baseURI).href }, { logger });
  // Its fallback for older browsers would be fetched from a public CDN.
  runtime.setCompat(null);
  return runtime;
}
