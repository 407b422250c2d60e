import { describe, expect, test } from 'vitest';
import { explain } from './explain.ts';

const hubUrl = 'https://hub.test';
const file = `${hubUrl}/org/model/resolve/main/a.bin`;

function reply(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  url = file,
  body: unknown = {},
): Response {
  const response = new Response(JSON.stringify(body), { status, headers });
  Object.defineProperty(response, 'url', { value: url });
  return response;
}

const asked = { hubUrl, hasToken: false, now: 0 };
const code = (name: string) => ({ 'x-error-code': name });
const invalid = { error: 'Invalid credentials in Authorization header' };

describe('what a failing reply means', () => {
  test.each<[tag: string, link: string | undefined, response: Response]>([
    ['gated', `${hubUrl}/org/model`, reply(401, code('GatedRepo'))],
    ['gated', `${hubUrl}/org/model`, reply(403, code('GatedRepo'))],
    ['private-or-missing', `${hubUrl}/org/model`, reply(401, code('RepoNotFound'))],
    ['private-or-missing', `${hubUrl}/org/model`, reply(404, code('RepoNotFound'))],
    ['private-or-missing', `${hubUrl}/org/model`, reply(401)],
    ['bad-token', `${hubUrl}/settings/tokens`, reply(401, {}, file, invalid)],
    ['bad-token', `${hubUrl}/settings/tokens`, reply(401, {}, `${hubUrl}/api/whoami-v2`)],
    ['forbidden', `${hubUrl}/settings/tokens`, reply(403)],
    ['no-revision', `${hubUrl}/org/model/tree/main`, reply(404, code('RevisionNotFound'))],
    ['no-file', `${hubUrl}/org/model/tree/main`, reply(404, code('EntryNotFound'))],
    ['exists', `${hubUrl}/`, reply(409, {}, `${hubUrl}/api/repos/create`)],
    ['rate-limited', undefined, reply(429, { 'retry-after': '9' })],
    ['server', undefined, reply(500)],
  ])('%s, with the link %s: %#', async (tag, link, response) => {
    const error = await explain(response, asked);
    expect(error.tag).toBe(tag);
    expect(error.context.link).toBe(link);
  });

  test('the four ways to have no access have four messages', async () => {
    const messages = await Promise.all(
      [
        explain(reply(401, code('GatedRepo')), asked),
        explain(reply(401, code('RepoNotFound')), asked),
        explain(reply(404, code('RepoNotFound')), { ...asked, hasToken: true }),
        explain(reply(401, {}, file, invalid), { ...asked, hasToken: true }),
      ].map(async (error) => (await error).message),
    );
    expect(new Set(messages).size).toBe(4);
    expect(messages[0]).toBe(
      'org/model: its owner gives access on request. Sign in, then open the model page, accept its terms, and try again.',
    );
  });

  test('it keeps status, code and when to come back', async () => {
    const { context } = await explain(reply(429, { ratelimit: '"pages";r=0;t=12' }), asked);
    expect(context).toMatchObject({ status: 429, retryAfter: 12, file: 'org/model' });
    const gated = await explain(reply(403, code('GatedRepo')), { ...asked, hasToken: true });
    expect(gated.context).toMatchObject({ status: 403, code: 'GatedRepo' });
  });
});

test('what the Hub says ends in one full stop', async () => {
  const headers = { 'x-error-message': 'You lack the right to write..' };
  const reply = { status: 403, url: 'https://hub.test/api/x', headers: new Headers(headers) };
  const asked = { hubUrl: 'https://hub.test', hasToken: true, now: 0 };
  const { message } = await explain({ ...reply, json: async () => ({}) }, asked);
  expect(message).toContain('You lack the right to write. The token lacks this right');
});
