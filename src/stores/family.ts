import * as v from 'valibot';
import type { Handle } from '../engine/protocol.ts';

const score = v.record(v.string(), v.number());

/** `demo/family.json`: the bundled models, what each can do, and what merges of them scored. */
const familySchema = v.object({
  title: v.string(),
  summary: v.optional(v.string(), ''),
  license: v.optional(v.string()),
  members: v.array(
    v.object({
      id: v.string(),
      role: v.picklist(['base', 'expert', 'adapter']),
      title: v.string(),
      skill: v.nullish(v.string()),
      path: v.string(),
      files: v.array(v.object({ name: v.string(), size: v.number() })),
      summary: v.optional(v.string(), ''),
      parameters: v.optional(v.number()),
    }),
  ),
  skills: v.array(
    v.object({
      id: v.string(),
      title: v.string(),
      example: v.optional(v.object({ prompt: v.string(), answer: v.string() })),
    }),
  ),
  accuracy: v.optional(v.record(v.string(), score), {}),
  merges: v.optional(
    v.array(
      v.object({
        method: v.string(),
        experts: v.array(v.string()),
        weights: v.array(v.number()),
        density: v.optional(v.number()),
        lambda: v.optional(v.number()),
        accuracy: score,
      }),
    ),
    [],
  ),
});

export type Family = v.InferOutput<typeof familySchema>;
export type Member = Family['members'][number];

export function parseFamily(json: unknown): Family {
  return v.parse(familySchema, json);
}

export const demoId = (member: string): string => `demo-${member}`;

/** The files of a member as ranges over HTTP. `root` is the URL of `demo/`, with a slash. */
export function handlesOf(member: Member, root: string): readonly Handle[] {
  return member.files.map((file) => ({
    kind: 'url',
    path: file.name,
    url: new URL(`${member.path}/${file.name}`, root).href,
    size: file.size,
  }));
}

export function memberBytes(member: Member): number {
  return member.files
    .filter((file) => file.name.endsWith('.safetensors'))
    .reduce((sum, file) => sum + file.size, 0);
}

export type MeasuredMerge = Family['merges'][number];

/** The merge of all experts by this method whose worst skill is best; null when none was measured. */
export function bestMerge({ merges }: Family, method: string): MeasuredMerge | null {
  const worst = ({ accuracy }: MeasuredMerge) => Math.min(...Object.values(accuracy));
  const most = Math.max(...merges.map(({ experts }) => experts.length));
  const [best] = merges
    .filter((merge) => merge.method === method && merge.experts.length === most)
    .toSorted((a, b) => worst(b) - worst(a));
  return best ?? null;
}
