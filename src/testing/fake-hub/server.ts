import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, defaultTokens, owner, type Token } from './access.ts';
import { accountRoutes } from './accounts.ts';
import { commitRoutes } from './commit.ts';
import { preflight } from './cors.ts';
import { datasetRoutes } from './datasets.ts';
import { deliver } from './deliver.ts';
import {
  type Ask,
  json,
  type OriginName,
  Refusal,
  type Reply,
  type Route,
  refuse,
} from './exchange.ts';
import { Faults } from './faults.ts';
import { lfsRoutes } from './lfs.ts';
import { type LoggedRequest, RequestLog } from './log.ts';
import { modelRoutes } from './models.ts';
import {
  addCommit,
  asMap,
  commitAt,
  type Files,
  keyOf,
  type Repo,
  type StoredRepo,
  storeRepo,
} from './repo.ts';
import { repoRoutes } from './repos.ts';
import { resolveRoutes } from './resolve.ts';
import { emptyState, type HubState, type Limits } from './state.ts';
import { treeRoutes } from './tree.ts';
import { xetRoutes } from './xet.ts';

export type FakeHubOptions = {
  readonly repos: readonly Repo[];
  /** Of the Hub; storage and the Xet store get the next two. Free ones unless given. */
  readonly port?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly tokens?: Readonly<Record<string, Token>>;
  /** Who consents on the sign-in page. */
  readonly signedIn?: Account;
  readonly limits?: Partial<Limits>;
};

/** A Hub of one process: it speaks the documented protocol and forgets everything when closed. */
export type FakeHub = {
  /** Origin of the Hub, without a slash at its end. */
  readonly url: string;
  /** Origin of the storage it redirects to. */
  readonly cdnUrl: string;
  /** Origin of the Xet store. */
  readonly casUrl: string;
  /** Every request so far, preflights too. */
  readonly requests: readonly LoggedRequest[];
  forgetRequests(): void;
  readonly faults: Pick<Faults, 'add' | 'clear' | 'left'>;
  /** By `owner/name`, datasets by `datasets/owner/name`; as uploads leave them. */
  readonly repos: ReadonlyMap<string, StoredRepo>;
  /** The bytes of a file at a revision, or null. */
  read(repo: string, path: string, revision?: string): Uint8Array | null;
  /** Someone else's commit: `files` come on top of what is there. Its id. */
  push(repo: string, files: Files): string;
  close(): Promise<void>;
};

const defaultLimits: Limits = { treePage: 1000, addressSeconds: 3600, partBytes: 8 * 2 ** 20 };

/** Listens on 127.0.0.1, on three ports. Rejects when one of them is taken. */
export async function startFakeHub(options: FakeHubOptions): Promise<FakeHub> {
  const { port = 0, now = Date.now, tokens = defaultTokens, signedIn = owner } = options;
  const state = emptyState(now, { ...defaultLimits, ...options.limits }, signedIn, tokens);
  for (const repo of options.repos) {
    state.repos.set(keyOf(repo.type ?? 'model', repo.id), storeRepo(repo, now()));
  }
  const [faults, log] = [new Faults(), new RequestLog()];
  const routes = routesOf(state);
  const servers: Server[] = [];
  for (const [index, origin] of (['hub', 'cdn', 'cas'] as const).entries()) {
    const server = createServer(async (request, response) => {
      const ask = asAsk(request, origin, state.addresses[origin]);
      const entry = log.begin(ask);
      const answer = () => faults.disturb(ask, (each) => dispatch(routes, each));
      const reply = ask.method === 'OPTIONS' ? preflight(ask) : await answer();
      const id = { 'x-request-id': `fake-${log.entries.length}` };
      await deliver(
        response,
        { ...reply, headers: { ...id, ...reply.headers } },
        entry,
        ask.method === 'HEAD',
      );
      request.resume(); // a body nobody read
    });
    servers.push(server);
    state.addresses[origin] = await listen(server, port === 0 ? 0 : port + index);
  }
  return {
    url: state.addresses.hub,
    cdnUrl: state.addresses.cdn,
    casUrl: state.addresses.cas,
    requests: log.entries,
    forgetRequests: () => log.clear(),
    faults,
    repos: state.repos,
    read(repo, path, revision = 'main') {
      const stored = state.repos.get(repo);
      const content = stored && commitAt(stored, revision)?.files.get(path);
      return content ? content.read(0, content.size) : null;
    },
    push(repo, files) {
      const stored = state.repos.get(repo)!;
      const all = new Map([...commitAt(stored, 'main')!.files, ...asMap(files)]);
      const date = new Date(now()).toISOString();
      return addCommit(stored, 'main', { title: 'Push', date, files: all }).oid;
    },
    async close() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function routesOf(state: HubState): readonly Route[] {
  return [
    ...accountRoutes(state),
    ...datasetRoutes(state),
    ...modelRoutes(state),
    ...treeRoutes(state),
    ...xetRoutes(state),
    ...repoRoutes(state),
    ...lfsRoutes(state),
    ...commitRoutes(state),
    ...resolveRoutes(state),
  ];
}

/** HEAD is answered as GET, without the body (RFC 9110, 9.3.2). */
async function dispatch(routes: readonly Route[], ask: Ask): Promise<Reply> {
  const method = ask.method === 'HEAD' ? 'GET' : ask.method;
  try {
    for (const route of routes) {
      if (route.origin !== ask.origin || route.method !== method) continue;
      const match = route.path.exec(ask.url.pathname);
      if (match) return await route.handle(ask, decoded(match.groups ?? {}));
    }
    throw refuse(404, `Nothing is served at ${method} ${ask.url.pathname}`);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    return json({ error: error instanceof Error ? error.stack : String(error) }, {}, 500);
  }
}

function decoded(groups: Readonly<Record<string, string | undefined>>) {
  const present = Object.entries(groups).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, decodeURIComponent(value)] as const],
  );
  return Object.fromEntries(present);
}

function asAsk(request: IncomingMessage, origin: OriginName, address: string): Ask {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    origin,
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', address),
    headers: Object.fromEntries(headers),
    async body() {
      const pieces: Uint8Array[] = [];
      for await (const piece of request) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
