/** A place on the Hub as a person names it. */
export type Address = {
  readonly repo: string;
  /** Branch, tag or commit; null for the newest. */
  readonly revision: string | null;
  /** A file or folder in the repo. */
  readonly path: string | null;
};

/** Meant as an address, and none of a model. */
export type Refusal = { readonly refused: string };

export const publicHub = 'https://huggingface.co';

const namePattern = /^[A-Za-z0-9_][\w.-]{0,95}$/;

const otherKinds: ReadonlyMap<string, string> = new Map([
  ['datasets', 'This is a data set: it holds no weights. Paste the address of a model.'],
  ['spaces', 'This is a Space, an app: it holds no weights. Paste the address of a model.'],
  ['buckets', 'This is a bucket, not a model repo. Paste the address of a model.'],
  ['collections', 'This is a collection. Open it on the Hub and paste one of its models.'],
]);

/** First parts of Hub addresses that are no owners. */
const pages = new Set(['api', 'blog', 'docs', 'join', 'login', 'models', 'papers', 'settings']);

/**
 * Reads `owner/name`, `owner/name@revision` and addresses of the Hub's pages and files. Null when the text is
 * no address but something to search for.
 */
export function parseAddress(text: string, hubUrl = publicHub): Address | Refusal | null {
  const trimmed = text.trim();
  const rest = afterHost(trimmed, hubUrl);
  if (rest !== null) return parsePath(rest);
  if (/^https?:\/\//i.test(trimmed)) {
    return { refused: `This is not an address of ${new URL(hubUrl).host}.` };
  }
  const kind = otherKinds.get(trimmed.split('/')[0]);
  if (kind && trimmed.split('/').length === 3) return { refused: kind };
  const [, repo, revision] = /^([^/@\s]+\/[^/@\s]+)(?:@(\S+))?$/.exec(trimmed) ?? [];
  if (repo === undefined || !isRepoName(repo)) return null;
  return { repo, revision: revision ?? null, path: null };
}

export type DatasetAddress = Address & {
  /** Config and split that an address of the Hub's viewer names: `main/test`. */
  readonly part: string | null;
};

/**
 * Reads `owner/name`, `owner/name@revision`, `hf://datasets/…` and addresses of data sets and their files on the Hub. Null when
 * the text is none.
 */
export function parseDatasetAddress(
  text: string,
  hubUrl = publicHub,
): DatasetAddress | Refusal | null {
  const trimmed = text.trim().replace(/^hf:\/\//i, '');
  const rest = afterHost(trimmed, hubUrl);
  if (rest === null && /^https?:\/\//i.test(trimmed)) {
    return { refused: `This is not an address of ${new URL(hubUrl).host}.` };
  }
  if (rest !== null && !rest.startsWith('datasets/')) {
    return { refused: 'This page of the Hub is not a data set.' };
  }
  const [, repo = '', revision = null, path = null] =
    /^([^/@\s]+\/[^/@\s]+)(?:@(refs\/[^/\s]+\/[^/\s]+|[^/\s]+))?(?:\/(.*))?$/.exec(
      (rest ?? trimmed).replace(/^datasets\//, ''),
    ) ?? [];
  if (!isRepoName(repo)) return null;
  const whole = { repo, revision, path: null, part: null };
  if (rest === null) return { ...whole, path: path || null };
  const [view, ...below] = path?.split('/') ?? [];
  if (view === 'viewer') return { ...whole, part: below.slice(0, 2).join('/') || null };
  const address = parsePath(rest.replace(/^datasets\//, ''));
  return 'refused' in address ? address : { ...whole, ...address };
}

/** `ns/name` in the letters the Hub allows. */
export function isRepoName(repo: string): boolean {
  const parts = repo.split('/');
  if (parts.length !== 2 || /--|\.\./.test(repo)) return false;
  return parts.every((part) => namePattern.test(part) && !/[-.]$/.test(part));
}

/** The repo a request went to, by its address, data sets as `datasets/owner/name`; null when it was about none. */
export function repoOfUrl(url: string, hubUrl: string): string | null {
  if (!url.startsWith(`${hubUrl}/`)) return null;
  const parts = new URL(url).pathname
    .slice(new URL(hubUrl).pathname.replace(/\/$/, '').length + 1)
    .replace(/^api\/(?:models\/|(?=datasets\/))/, '')
    .split('/');
  const kind = parts[0] === 'datasets' ? `${parts.shift()}/` : '';
  const [first, second] = parts;
  if (second === undefined || pages.has(first)) return null;
  const repo = `${first}/${second.replace(/\.git$/, '')}`;
  return isRepoName(repo) ? kind + repo : null;
}

/** Where a file of a commit lies; names may hold `#`, `?`, `%` and spaces. */
export function resolveUrl(hubUrl: string, repo: string, revision: string, path: string): string {
  return `${hubUrl}/${repo}/resolve/${encodeURIComponent(revision)}/${encodePath(path)}`;
}

/** Each part encoded, the slashes left. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** What follows the Hub's host, or null when the text does not name it. */
function afterHost(text: string, hubUrl: string): string | null {
  const hosts = [
    hubUrl.replace(/^https?:\/\//, ''),
    'huggingface.co',
    'www.huggingface.co',
    'hf.co',
  ];
  const bare = text.replace(/^https?:\/\//i, '');
  const host = hosts.find((each) => bare.toLowerCase().startsWith(`${each.toLowerCase()}/`));
  return host === undefined ? null : bare.slice(host.length + 1).replace(/[?#].*$/, '');
}

function parsePath(text: string): Address | Refusal {
  const noModel = { refused: 'This page of the Hub is not a model.' };
  let parts: string[];
  try {
    parts = text.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return noModel;
  }
  const kind = otherKinds.get(parts[0]);
  if (kind) return { refused: kind };
  const [owner, name, view, ...rest] = parts;
  const repo = `${owner}/${name}`;
  if (name === undefined || pages.has(owner) || !isRepoName(repo)) return noModel;
  if (!['tree', 'blob', 'resolve', 'raw', 'commit'].includes(view) || rest.length === 0) {
    return { repo, revision: null, path: null };
  }
  // Pull requests and conversions are named refs/pr/1; the Hub's own links leave the slashes as they are.
  const length = rest[0] === 'refs' ? Math.min(3, rest.length) : 1;
  const path = rest.slice(length).join('/');
  return { repo, revision: rest.slice(0, length).join('/'), path: path || null };
}
