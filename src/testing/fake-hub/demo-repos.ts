import { readdirSync, readFileSync } from 'node:fs';
import { computedModel } from './computed-model.ts';
import { asText, type Content } from './content.ts';
import { leaderboard } from './leaderboard.ts';
import type { Repo } from './repo.ts';
import { wordTasks } from './word-tasks.ts';

export type DemoOptions = {
  /** Where `family.json` and the folders of the models are. */
  readonly folder?: string;
  /** Bytes of each of the two computed models; none without. */
  readonly computedBytes?: number;
};

type Member = {
  readonly id: string;
  readonly role: 'base' | 'expert' | 'adapter';
  readonly title: string;
  readonly path: string;
  readonly summary: string;
};

const base = 'amalgam/tiny-skills-base';

/**
 * The demo family as repos of a Hub, and one repo for each thing that can be met there: sharded (the base), in Xet
 * storage (sort), served by the Hub itself (add), gated, private, pickles only, several safetensors files,
 * models too large to keep, a dataset of benchmark scores and one of tasks.
 */
export function demoRepos({
  folder = 'public/demo',
  computedBytes,
}: DemoOptions = {}): readonly Repo[] {
  const { members } = JSON.parse(readFileSync(`${folder}/family.json`, 'utf8')) as {
    readonly members: readonly Member[];
  };
  const files = new Map(members.map(({ id, path }) => [id, readFolder(`${folder}/${path}`)]));
  const family = members.map((member, index) => memberRepo(member, files.get(member.id)!, index));
  const special = specialRepos(files.get('reverse')!, files.get('sort')!);
  const models = family.filter((_, index) => members[index].role !== 'adapter');
  const board = leaderboard(models.map(({ id }) => id));
  const computed = computedBytes ? computedRepos(computedBytes) : [];
  return [...family, ...special, board, wordTasks(), ...computed];
}

const storages = { reverse: 'lfs', sort: 'xet', add: 'plain' } as const;

function memberRepo(
  { id, role, title, summary }: Member,
  files: Repo['files'],
  index: number,
): Repo {
  const isAdapter = role === 'adapter';
  const storage = storages[id as keyof typeof storages] ?? 'lfs';
  const card = {
    licence: 'mit',
    tags: ['amalgam', 'character-level'],
    ...(role === 'base' ? {} : { parent: base }),
  };
  const named = isAdapter ? { ...files, 'adapter_config.json': pointedAt(files, base) } : files;
  return {
    id: `amalgam/tiny-skills-${id}`,
    files: { ...named, 'README.md': readme(title, summary, card) },
    storage,
    pipeline_tag: 'text-generation',
    likes: 90 - 10 * index,
    downloads: 9000 - 1000 * index,
    createdAt: '2026-03-01T10:00:00.000Z',
    lastModified: `2026-0${4 + (index % 6)}-12T08:30:00.000Z`,
  };
}

function specialRepos(reverse: Repo['files'], sort: Repo['files']): readonly Repo[] {
  const weights = 'model.safetensors';
  const { [weights]: _, ...rest } = reverse;
  const card = { licence: 'mit', parent: base };
  const text = (title: string, licence = 'mit') =>
    readme(title, 'Made for tests.', { ...card, licence });
  const common = { pipeline_tag: 'text-generation', lastModified: '2026-02-03T04:05:06.000Z' };
  return [
    {
      ...common,
      id: 'amalgam/tiny-skills-gated',
      gated: 'manual',
      likes: 12,
      downloads: 340,
      files: { ...reverse, 'README.md': text('Gated') },
    },
    {
      ...common,
      id: 'amalgam/tiny-skills-private',
      private: true,
      files: { ...sort, 'README.md': text('Private') },
    },
    {
      ...common,
      id: 'community/tiny-skills-pickle',
      likes: 3,
      downloads: 55,
      files: {
        ...rest,
        'pytorch_model.bin': Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]),
        'README.md': text('Pickle only'),
      },
    },
    {
      ...common,
      id: 'community/tiny-skills-variants',
      likes: 8,
      downloads: 210,
      files: {
        ...rest,
        'reverse.safetensors': reverse[weights],
        'sort.safetensors': sort[weights],
        'README.md': text('Two in one repo', 'cc-by-nc-4.0'),
      },
    },
  ];
}

/** A base and a fine-tune of it that differ everywhere. */
function computedRepos(bytes: number): readonly Repo[] {
  const config = { architectures: ['LlamaForCausalLM'], model_type: 'llama', hidden_size: 1024 };
  return [1, 2].map((seed) => ({
    id: seed === 1 ? 'amalgam/computed-base' : 'amalgam/computed-expert',
    pipeline_tag: 'text-generation',
    files: {
      'config.json': asText(JSON.stringify(config)),
      'model.safetensors': computedModel(bytes, seed),
      'README.md': readme('Computed', 'Weights that are computed when they are read.', {
        licence: 'apache-2.0',
        ...(seed === 1 ? {} : { parent: 'amalgam/computed-base' }),
      }),
    },
  }));
}

function readme(
  title: string,
  summary: string,
  card: { readonly licence: string; readonly parent?: string; readonly tags?: readonly string[] },
): Content {
  const { licence, parent, tags = [] } = card;
  const lines = [
    '---',
    `license: ${licence}`,
    ...(parent ? [`base_model: ${parent}`] : []),
    ...(tags.length > 0 ? ['tags:', ...tags.map((tag) => `- ${tag}`)] : []),
    '---',
    '',
    `# ${title}`,
    '',
    summary,
    '',
  ];
  return asText(lines.join('\n'));
}

/** The adapter's own config names its base by a path beside it; on the Hub it is a repo. */
function pointedAt(files: Repo['files'], baseId: string): Content {
  const text = new TextDecoder().decode(files['adapter_config.json'] as Uint8Array);
  const config = { ...JSON.parse(text), base_model_name_or_path: baseId };
  return asText(`${JSON.stringify(config, null, 2)}\n`);
}

function readFolder(path: string): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(
    readdirSync(path).map((name) => [name, new Uint8Array(readFileSync(`${path}/${name}`))]),
  );
}
