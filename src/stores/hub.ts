import { createStore } from 'zustand/vanilla';
import type { Account } from '../hub/account.ts';
import type { HubModel } from '../hub/model.ts';
import type { Published, PublishProgress } from '../hub/publication.ts';
import type { HubRepo } from '../hub/repo.ts';
import type { Scores } from '../hub/scores.ts';
import type { Sorted } from './dropped.ts';
import type { Failure } from './models.ts';

/** What is looked for. */
export type HubQuery = {
  readonly text: string;
  readonly kind: 'any' | 'full' | 'adapter';
  /** Only models made from this one, `owner/name`. */
  readonly madeFrom: string | null;
};

/** A repo that was clicked, and what is known of it. */
export type Looked = {
  readonly repo: string;
  /** As it was asked for; null for the newest. */
  readonly revision: string | null;
} & (
  | { readonly kind: 'opening' }
  | {
      readonly kind: 'open';
      /** The file or folder that the address named. */
      readonly path: string | null;
      readonly info: HubRepo;
      readonly offered: Sorted;
      /** Undefined while they are looked up, null when there are none. */
      readonly scores?: Scores | null;
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

export type Publishing =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      readonly phase: Extract<PublishProgress, { kind: 'phase' }>['phase'];
      /** Share that is done, 0 to 1, by file. */
      readonly parts: Readonly<Record<string, number>>;
      /** It was asked to stop, and tidies up on the Hub. */
      readonly cancelling: boolean;
    }
  | { readonly kind: 'done'; readonly published: Published }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What is kept in local storage: never a token. */
export type HubSettings = {
  readonly recent: readonly string[];
  readonly starred: readonly string[];
  /** Bytes of downloaded files kept for the next merge; 0 keeps none. */
  readonly cacheBytes: number;
};

export type HubState = HubSettings & {
  readonly hubUrl: string;
  /** Of the OAuth app this page is deployed as; null: tokens are pasted. */
  readonly clientId: string | null;
  readonly token: string | null;
  readonly account: Account | null;
  readonly signIn: 'idle' | 'checking' | Failure;
  readonly query: HubQuery;
  readonly search: 'idle' | 'loading' | 'loading more' | 'done' | Failure;
  readonly models: readonly HubModel[];
  /** Where the next page begins. */
  readonly next: string | null;
  readonly looked: Looked | null;
  /** What the Hub told of repos that were looked at or opened, by `owner/name`. */
  readonly facts: Readonly<Record<string, HubModel>>;
  /** Bytes of the Hub's files in private storage; null while unknown. */
  readonly cached: number | null;
  readonly publishing: Publishing;
};

export const defaultHub: HubSettings = { recent: [], starred: [], cacheBytes: 8 * 2 ** 30 };

const mostRecent = 12;

export function createHubStore(initial: Partial<HubSettings> = {}) {
  return createStore<HubState & HubActions>()((set) => ({
    ...defaultHub,
    ...initial,
    hubUrl: 'https://huggingface.co',
    clientId: null,
    token: null,
    account: null,
    signIn: 'idle',
    query: { text: '', kind: 'any', madeFrom: null },
    search: 'idle',
    models: [],
    next: null,
    looked: null,
    facts: {},
    cached: null,
    publishing: { kind: 'idle' },
    remember: (repo) =>
      set(({ recent }) => ({
        recent: [repo, ...recent.filter((other) => other !== repo)].slice(0, mostRecent),
      })),
    star: (repo) =>
      set(({ starred }) => ({
        starred: starred.includes(repo)
          ? starred.filter((other) => other !== repo)
          : [repo, ...starred],
      })),
    learn: (model) => set(({ facts }) => ({ facts: { ...facts, [model.id]: model } })),
    signOut: () => set({ token: null, account: null, signIn: 'idle' }),
  }));
}

type HubActions = {
  /** Puts a repo at the head of the recent ones. */
  remember(repo: string): void;
  /** Stars a repo, or takes the star away. */
  star(repo: string): void;
  learn(model: HubModel): void;
  signOut(): void;
};

export type HubStore = ReturnType<typeof createHubStore>;
