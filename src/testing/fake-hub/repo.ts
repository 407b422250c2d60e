import { createHash } from 'node:crypto';
import { asContent, type Content } from './content.ts';

export type Files = Readonly<Record<string, Uint8Array | Content>>;

/** A repo to serve. What is not given is read from the files, as the Hub does. */
export type Repo = {
  /** `owner/name`. */
  readonly id: string;
  readonly type?: 'model' | 'dataset';
  /** By path, of the newest commit. */
  readonly files: Files;
  /** What stood there before, oldest first. */
  readonly earlier?: readonly { readonly title?: string; readonly files: Files }[];
  /** Files of other branches, such as `refs/convert/parquet`. */
  readonly branches?: Readonly<Record<string, Files>>;
  /** Git tags: name to how many commits before the newest. */
  readonly gitTags?: Readonly<Record<string, number>>;
  readonly private?: boolean;
  readonly gated?: 'auto' | 'manual';
  /** Where large files are kept; `plain` serves everything from the Hub itself. `lfs` unless given. */
  readonly storage?: 'plain' | 'lfs' | 'xet';
  readonly likes?: number;
  readonly downloads?: number;
  /** ISO 8601. */
  readonly lastModified?: string;
  readonly createdAt?: string;
  /** Besides those that follow from the files. */
  readonly tags?: readonly string[];
  readonly pipeline_tag?: string;
  readonly library_name?: string;
  readonly cardData?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly safetensors?: {
    readonly parameters: Readonly<Record<string, number>>;
    readonly total: number;
  };
};

export type Commit = {
  /** 40 hexadecimal digits. */
  readonly oid: string;
  readonly title: string;
  readonly date: string;
  readonly files: ReadonlyMap<string, Content>;
};

/** A repo as the server holds it. */
export type StoredRepo = {
  readonly id: string;
  readonly type: 'model' | 'dataset';
  readonly given: Repo;
  private: boolean;
  readonly commits: Map<string, Commit>;
  /** Branches and tags to commits. */
  readonly refs: Map<string, string>;
};

export function storeRepo(repo: Repo, now: number): StoredRepo {
  const { id, type = 'model', earlier = [], branches = {}, gitTags = {} } = repo;
  const commits = new Map<string, Commit>();
  const stored = { id, type, given: repo, commits, private: repo.private ?? false };
  const whole: StoredRepo = { ...stored, refs: new Map() };
  const date = repo.lastModified ?? new Date(now).toISOString();
  const inOrder = [...earlier, { files: repo.files }].map(({ files, ...rest }, index) => {
    const title = 'title' in rest && rest.title ? rest.title : `Commit ${index + 1}`;
    return addCommit(whole, 'main', { title, date, files: asMap(files) });
  });
  for (const [name, files] of Object.entries(branches)) {
    addCommit(whole, name, { title: `Commit to ${name}`, date, files: asMap(files) });
  }
  for (const [tag, back] of Object.entries(gitTags)) {
    whole.refs.set(tag, inOrder[inOrder.length - 1 - back].oid);
  }
  return whole;
}

/** Makes a commit the head of `branch`. Its id follows from what it is and what it follows. */
export function addCommit(
  repo: StoredRepo,
  branch: string,
  { title, date, files }: Omit<Commit, 'oid'>,
): Commit {
  const listing = [...files].map(([path, { size }]) => `${path} ${size}`);
  const identity = [repo.type, repo.id, branch, repo.refs.get(branch), title, date, ...listing];
  const oid = createHash('sha1').update(identity.join('\n')).digest('hex');
  const commit = { oid, title, date, files };
  repo.commits.set(oid, commit);
  repo.refs.set(branch, oid);
  return commit;
}

/** By branch, tag, commit id, or `HEAD`. */
export function commitAt(repo: StoredRepo, revision: string): Commit | null {
  const oid = repo.refs.get(revision === 'HEAD' ? 'main' : revision) ?? revision;
  return repo.commits.get(oid) ?? null;
}

/** Datasets stand under a prefix of their own, as in the addresses of the Hub. */
export function keyOf(type: StoredRepo['type'], id: string): string {
  return type === 'dataset' ? `datasets/${id}` : id;
}

const large = /\.(safetensors|bin|pt|pth|ckpt|parquet|gguf|onnx|msgpack|h5|zip)$/;

/** The Hub's default `.gitattributes` name weights and archives; anything above 10 MB must be apart too. */
export function isLarge(path: string, size: number): boolean {
  return large.test(path) || size > 10e6;
}

/** Where this file's bytes are. */
export function storageOf(repo: StoredRepo, path: string, content: Content): 'git' | 'lfs' | 'xet' {
  const { storage = 'lfs' } = repo.given;
  return storage === 'plain' || !isLarge(path, content.size) ? 'git' : storage;
}

export function asMap(files: Files): ReadonlyMap<string, Content> {
  return new Map(Object.entries(files).map(([path, bytes]) => [path, asContent(bytes)]));
}
