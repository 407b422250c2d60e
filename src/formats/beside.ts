/** What of a model's folder goes into the output beside its weights: every small file but these. */
import { formatBytes } from './bytes.ts';
import { kinds, leftByTraining } from './file-kinds.ts';
import { weightsEnding } from './weight-files.ts';

/** A file that is not copied. */
export type LeftOut = {
  /** Its path in the model's folder; a folder, where all in it is left out, ends in a slash. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Half a sentence. */
  readonly reason: string;
  /** Whether the output may lack something without it. */
  readonly matters?: true;
};

/** Above this a file is not small any more. The largest tokenizers are half as large. */
export const largestCompanion = 64 * 2 ** 20;

type Kind = { readonly pattern: RegExp; readonly reason: string };

/** Folders left out as a whole, by any part of a path. */
const folders: readonly Kind[] = [
  { pattern: /^\./, reason: 'hidden' },
  { pattern: /^(?:__pycache__|__MACOSX|node_modules|wandb)$/, reason: 'a cache' },
  { pattern: /^(?:onnx|openvino|coreml|flax|gguf)$/i, reason: 'the model in another format' },
];

/** Files left out, by name. */
const left: readonly Kind[] = [
  { pattern: /^\.|^(?:thumbs\.db|desktop\.ini)$/i, reason: 'hidden' },
  { pattern: /\.(?:pyc|pyo|tmp|lock|part|incomplete|crswap|swp)$|~$/i, reason: 'temporary' },
  { pattern: leftByTraining, reason: 'left behind by a training run' },
  ...kinds,
  { pattern: weightsEnding, reason: 'weights that are not part of the model' },
  {
    pattern: /\.index(?:\.[\w-]+)?\.json$/i,
    reason: 'an index of weight files; the output gets its own where it needs one',
  },
];

/** Files at the top of the folder that the output has itself. */
const written: readonly Kind[] = [
  { pattern: /^README\.md$/i, reason: 'a model card; the output gets its own' },
  {
    pattern: /^amalgam-(?:recipe|scores|verify)\.json$/,
    reason: 'the account of an earlier merge; the output gets its own',
  },
];

/** Why a file beside the weights is not copied, or null when it is. `name` is its path in the folder. */
export function whyLeftOut(name: string, size: number): LeftOut | null {
  const parts = name.split('/');
  for (const [depth, part] of parts.slice(0, -1).entries()) {
    const folder = folders.find(({ pattern }) => pattern.test(part));
    if (!folder) continue;
    return { name: `${parts.slice(0, depth + 1).join('/')}/`, size, reason: folder.reason };
  }
  const last = parts[parts.length - 1];
  const found = (parts.length === 1 ? [...written, ...left] : left).find(({ pattern }) =>
    pattern.test(last),
  );
  if (found) return { name, size, reason: found.reason };
  if (size <= largestCompanion) return null;
  const reason = `${formatBytes(size)}, more than the ${formatBytes(largestCompanion)} up to which files are copied`;
  return { name, size, reason, matters: true };
}

/** One entry for each file or folder, with the bytes of all that is in it. */
export function summed(all: readonly LeftOut[]): readonly LeftOut[] {
  const byName = new Map<string, LeftOut>();
  for (const each of all) {
    const known = byName.get(each.name);
    byName.set(each.name, known ? { ...known, size: known.size + each.size } : each);
  }
  return [...byName.values()];
}

/** Which choice a file beside the weights belongs to. */
export const fileRoles = ['config', 'tokenizer', 'chatTemplate', 'generation'] as const;
export type Role = (typeof fileRoles)[number];

const roles: readonly (readonly [Role, RegExp])[] = [
  ['chatTemplate', /^chat_templates?\.(?:jinja|json)$/],
  ['generation', /^generation_config\.json$/],
  [
    'tokenizer',
    /^tokeniz(?:er|ation)[\w.-]*$|^(?:special_tokens_map|added_tokens|tekken|normalizer)\.json$|^vocab\.\w+$|^merges\.txt$|\.(?:tiktoken|spm|bpe)$|^(?:spiece|spm|sentencepiece[\w.-]*|source|target)\.(?:model|spm)(?:\.v\d+)?$/,
  ],
];

/** Code, papers and all that is neither tokenizer nor template goes with the config. */
export function roleOf(name: string): Role {
  if (/(?:^|\/)additional_chat_templates\//.test(name)) return 'chatTemplate';
  const last = name.slice(name.lastIndexOf('/') + 1);
  return roles.find(([, pattern]) => pattern.test(last))?.[0] ?? 'config';
}
