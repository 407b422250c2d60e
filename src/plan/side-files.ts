import type { Companion } from '../formats/model.ts';
import { isFloatDtype } from '../numerics/dtype.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Participants } from './participants.ts';
import type { SideFile } from './types.ts';

/** What transformers needs beside the weights, and the licence that goes with them. */
const COPIED = [
  /^generation_config\.json$/,
  /^tokenizer/,
  /^(?:vocab|merges|added_tokens|special_tokens_map|chat_template)\b/,
  /^(?:spiece|sentencepiece.*)\.model$/,
  /\.tiktoken$/,
  /^(?:preprocessor|processor|video_preprocessor)_config\.json$/,
  /^(?:LICEN[CS]E|NOTICE|USE_POLICY)\b/i,
  /\.py$/,
];

/** Copies of the reference's small files, in its order; config.json comes from `configFile`. */
export function copiedFiles({ reference }: Participants): readonly SideFile[] {
  return reference.companions
    .filter(({ name }) => COPIED.some((pattern) => pattern.test(name)))
    .map(({ name }) => ({ name, copy: { model: reference.id, companion: name } }));
}

/** The dtype that most bytes of float tensors have: what transformers calls the model's dtype. */
export function mainDtype(jobs: readonly UnplacedJob[]): string | null {
  const bytes = new Map<string, number>();
  for (const { dtype, byteLength } of jobs) {
    if (isFloatDtype(dtype)) bytes.set(dtype, (bytes.get(dtype) ?? 0) + byteLength);
  }
  const [most] = [...bytes].toSorted((a, b) => b[1] - a[1]);
  return most?.[0] ?? null;
}

export function companionOf(model: { readonly companions: readonly Companion[] }, name: string) {
  return model.companions.find((companion) => companion.name === name) ?? null;
}
