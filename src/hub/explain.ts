import { repoOfUrl } from './address.ts';
import { HubError, type HubTag } from './errors.ts';
import { secondsToWait } from './rate-limit.ts';

/** What is looked at of a reply. */
export type Reply = Pick<Response, 'status' | 'headers' | 'url' | 'json'>;

type Words = { readonly found: string; readonly advice: string; readonly link?: string };

/** What of the asking matters for the meaning of the reply. */
export type Asked = {
  readonly hubUrl: string;
  readonly hasToken: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/**
 * Says what a failing reply of the Hub means: by its `X-Error-Code`, then by its status. The same status
 * stands for several things; the order follows `hf_raise_for_status` of huggingface_hub.
 */
export async function explain(response: Reply, asked: Asked): Promise<HubError> {
  const { status, headers, url } = response;
  const code = headers.get('x-error-code') ?? undefined;
  const message = headers.get('x-error-message') ?? (await errorText(response));
  const said = message.replace(/[.\s]+$/, ''); // a sentence goes on after it
  const repo = repoOfUrl(url, asked.hubUrl);
  const tag = tagOf(status, code, said, repo !== null);
  const { found, advice, link } = words(tag, said || `HTTP status ${status}`, repo, asked);
  const retryAfter = tag === 'rate-limited' ? secondsToWait(headers, asked.now) : null;
  return new HubError(tag, {
    file: repo ?? new URL(url || asked.hubUrl).host,
    found,
    advice,
    status,
    ...(link === undefined ? {} : { link }),
    ...(code === undefined ? {} : { code }),
    ...(retryAfter === null ? {} : { retryAfter }),
  });
}

const byCode: Readonly<Record<string, HubTag>> = {
  GatedRepo: 'gated',
  RepoNotFound: 'private-or-missing',
  RevisionNotFound: 'no-revision',
  EntryNotFound: 'no-file',
};

function tagOf(status: number, code: string | undefined, said: string, aboutRepo: boolean): HubTag {
  if (code !== undefined && byCode[code]) return byCode[code];
  if (status === 401) {
    const isOfToken = /invalid (credentials|username|user access token)|token.*expired/i.test(said);
    return aboutRepo && !isOfToken ? 'private-or-missing' : 'bad-token';
  }
  if (status === 404) return 'private-or-missing';
  if (status === 403) return 'forbidden';
  if (status === 409) return 'exists';
  if (status === 412) return 'changed';
  return status === 429 ? 'rate-limited' : 'server';
}

function words(tag: HubTag, said: string, repo: string | null, asked: Asked): Words {
  const page = `${asked.hubUrl}/${repo ?? ''}`;
  const ownPage = repo?.startsWith('datasets/') ? 'the page of the data set' : 'the model page';
  const tokens = `${asked.hubUrl}/settings/tokens`;
  const signIn = asked.hasToken ? '' : 'Sign in, then ';
  switch (tag) {
    case 'gated':
      return {
        found: 'its owner gives access on request',
        advice: `${signIn ? `${signIn}open` : 'Open'} ${ownPage}, accept its terms, and try again.`,
        link: page,
      };
    case 'private-or-missing':
      return asked.hasToken
        ? {
            found: 'there is no such repo, or it is private and this account cannot see it',
            advice: 'Check the name, and that your token may read private repos.',
            link: tokens,
          }
        : {
            found: 'there is no such repo, or it is private',
            advice: 'Check the name; if it is private, sign in.',
            link: page,
          };
    case 'bad-token':
      return {
        found: 'the token is not valid, or not any more',
        advice: 'Sign out, and paste a new one from your token settings.',
        link: tokens,
      };
    case 'forbidden':
      return {
        found: said,
        advice: 'The token lacks this right: make one that has it in your token settings.',
        link: tokens,
      };
    case 'no-revision':
      return {
        found: 'no such branch, tag or commit',
        advice: 'Leave the revision away to take the newest.',
        link: `${page}/tree/main`,
      };
    case 'no-file':
      return {
        found: 'no such file in this revision',
        advice: 'Look at the files of the repo and choose one.',
        link: `${page}/tree/main`,
      };
    case 'exists':
      return {
        found: 'a repo of this name exists already',
        advice: 'Choose another name, or push to the one that exists.',
        link: page,
      };
    case 'changed':
      return { found: said, advice: 'Someone else changed the repo: look at it, then try again.' };
    case 'rate-limited':
      return {
        found: 'too many requests in the last five minutes',
        advice: asked.hasToken
          ? 'Wait, then try again.'
          : 'Wait, or sign in: accounts may ask more.',
      };
    default:
      return { found: said, advice: 'The Hub has a problem of its own: try again later.' };
  }
}

/** The Hub answers `{error}` or `{message}`; a proxy before it answers anything. */
async function errorText(response: Reply): Promise<string> {
  try {
    const { error, message } = (await response.json()) as { error?: unknown; message?: unknown };
    const text = [error, message].find((each) => typeof each === 'string');
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}
