import { createStore } from 'zustand/vanilla';
import type { Perplexity } from '../chat/perplexity.ts';
import type { Trusted } from '../chat/trusted.ts';
import type { GgufFrom, GgufOutlook } from '../engine/protocol.ts';
import { type Failure, openModel, openRefs } from './models.ts';
import type { Session } from './session.ts';
import { sha256Of } from './sha256.ts';

export const sides = ['left', 'right'] as const;
export type Side = (typeof sides)[number];

/** Of the types that a GGUF may have, those that run on every processor here. */
export const chatTypes = ['F16', 'Q8_0'] as const;
export type ChatType = (typeof chatTypes)[number];

/** A model that can be talked to. */
export type Subject = {
  /** Equal for what has equal weights. */
  readonly key: string;
  readonly title: string;
  readonly from: GgufFrom;
  readonly kind: 'merge' | 'base' | 'expert' | 'other';
  /** Whether its weights come over the network. */
  readonly isFar: boolean;
};

export type SideState = {
  readonly subject: Subject | null;
  /** Whether a person chose it; else it may give way to a newer merge. */
  readonly isChosen: boolean;
  /** `known`: what its GGUF is or would be is known; nothing is loaded. */
  readonly phase: 'empty' | 'looking' | 'known' | 'writing' | 'loading' | 'ready' | 'failed';
  readonly outlook: GgufOutlook | null;
  /** The folder in private storage that its GGUF has, or is to have. */
  readonly folder: string;
  /** Bytes of the GGUF that lies there; null while there is none. */
  readonly keptBytes: number | null;
  /** 0 to 1: written and read back. */
  readonly share: number;
  readonly trusted: Trusted | null;
  readonly failure: Failure | null;
};

export type Reply = {
  readonly text: string;
  /** What it thought before, where its template tells the two apart. */
  readonly thought: string;
  readonly status: 'waiting' | 'answering' | 'done' | 'stopped' | 'failed';
  readonly tokens: number;
  readonly tokensPerSecond: number | null;
  readonly isCut: boolean;
  readonly failure: Failure | null;
};

export type Exchange = {
  readonly id: number;
  readonly prompt: string;
  readonly replies: Readonly<Partial<Record<Side, Reply>>>;
};

/** How likely each model finds one text. */
export type Measured = {
  readonly isUnderWay: boolean;
  readonly found: Readonly<Partial<Record<Side, Perplexity | Failure>>>;
};

export type ChatState = Readonly<Record<Side, SideState>> & {
  readonly type: ChatType;
  /** What models with a chat template are told before the first prompt; empty for nothing, or what their template says. */
  readonly system: string;
  readonly seed: number;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly exchanges: readonly Exchange[];
  readonly measured: Measured | null;
  change(side: Side, part: Partial<SideState>): void;
  set(
    part: Partial<Pick<ChatState, 'type' | 'system' | 'seed' | 'temperature' | 'maxTokens'>>,
  ): void;
  /** Adds a prompt that these sides are to answer, and returns its id. */
  begin(prompt: string, asked: readonly Side[]): number;
  reply(id: number, side: Side, part: Partial<Reply>): void;
  /** Takes the last prompt and its answers away, and returns the prompt; null where there is none. */
  takeBack(): string | null;
  clear(): void;
  measure(measured: Measured | null): void;
};

export const emptySide: SideState = {
  subject: null,
  isChosen: false,
  phase: 'empty',
  outlook: null,
  folder: '',
  keptBytes: null,
  share: 0,
  trusted: null,
  failure: null,
};

const waiting: Reply = {
  ...{
    text: '',
    thought: '',
    status: 'waiting',
    tokens: 0,
    tokensPerSecond: null,
    isCut: false,
    failure: null,
  },
};

export function createChatStore() {
  let last = 0;
  return createStore<ChatState>()((set, get) => ({
    left: emptySide,
    right: emptySide,
    type: 'F16',
    system: '',
    seed: 1,
    temperature: 0,
    maxTokens: 256,
    exchanges: [],
    measured: null,
    change: (side, part) => set((state) => ({ [side]: { ...state[side], ...part } })),
    set: (part) => set(part),
    begin(prompt, asked) {
      last += 1;
      const replies = Object.fromEntries(asked.map((side) => [side, waiting]));
      const exchange = { id: last, prompt, replies };
      set(({ exchanges }) => ({ exchanges: [...exchanges, exchange] }));
      return last;
    },
    reply: (id, side, part) =>
      set(({ exchanges }) => ({
        exchanges: exchanges.map((each) => {
          const now = each.replies[side];
          if (each.id !== id || !now) return each;
          return { ...each, replies: { ...each.replies, [side]: { ...now, ...part } } };
        }),
      })),
    takeBack() {
      const { exchanges } = get();
      set({ exchanges: exchanges.slice(0, -1) });
      return exchanges.at(-1)?.prompt ?? null;
    },
    clear: () => set({ exchanges: [], measured: null }),
    measure: (measured) => set({ measured }),
  }));
}

export type ChatStore = ReturnType<typeof createChatStore>;

const stores = new WeakMap<Session, ChatStore>();

/** The chat of a page, made when it is first asked for: what few people use is no part of every page. */
export function chatOf(session: Session): ChatStore {
  const known = stores.get(session);
  if (known) return known;
  const made = createChatStore();
  stores.set(session, made);
  return made;
}

/** The merge that was just written into a picked folder, finished merges in private storage, the last first, then the experts, the base and other open models. Adapters are no models. */
export function subjectsOf({ run, models, recipe }: Session): readonly Subject[] {
  const { kept } = run.getState();
  const { slots } = models.getState();
  const { base, experts } = recipe.getState().recipe;
  const merges: Subject[] = kept
    .filter(({ only }) => only === null)
    .toSorted((a, b) => (a.finished < b.finished ? 1 : -1))
    .map(({ folder, finished, bytes }): Subject => {
      const place = { kind: 'opfs', folder } as const;
      const from = { kind: 'written', place, name: folder } as const;
      const key = JSON.stringify(['merge', folder, finished, bytes]);
      return { key, title: folder, from, kind: 'merge', isFar: false };
    });
  const { saved, result, name } = run.getState();
  if (saved?.kind === 'directory' && result) {
    const from = { kind: 'written', place: saved, name } as const;
    const key = JSON.stringify(['merge', name, result.verify.files]);
    merges.unshift({ key, title: name, from, kind: 'merge', isFar: false });
  }
  const open = openRefs(slots)
    .filter(({ id }) => openModel(slots, id)?.adapter === null)
    .map((ref): Subject => {
      const { id, name, origin, bytes, fingerprint, hub } = ref;
      const isExpert = experts.some(({ model }) => model.id === id);
      return {
        key: JSON.stringify([origin, id, bytes, fingerprint, hub]),
        title: name,
        from: { kind: 'open', model: id, name },
        kind: id === base?.id ? 'base' : isExpert ? 'expert' : 'other',
        isFar: origin === 'hub',
      };
    });
  const order = ['expert', 'base', 'other'];
  return [...merges, ...open.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))];
}

/** What a page proposes: the newest merge beside its first parent, or without one an expert beside the base. */
export function proposed(subjects: readonly Subject[]): Readonly<Record<Side, Subject | null>> {
  const merge = subjects.find(({ kind }) => kind === 'merge');
  const [first = null, ...others] = subjects.filter(({ kind }) => kind !== 'merge');
  if (merge) return { left: merge, right: first };
  return { left: first, right: others.find(({ kind }) => kind === 'base') ?? others[0] ?? null };
}

/** Where the GGUF of a model lies once it is written, so that the next visit finds it. */
export async function chatFolder({ key, title }: Subject, type: ChatType): Promise<string> {
  const name = title.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
  return `${name}-${type}-chat-${(await sha256Of(key)).slice(0, 8)}`;
}

export const isBusy = ({ phase }: Pick<SideState, 'phase'>): boolean =>
  phase === 'writing' || phase === 'loading';

/** Whether a model is at work on a prompt or on a text that is measured: one thing at a time. */
export const isAnswering = ({
  exchanges,
  measured,
}: Pick<ChatState, 'exchanges' | 'measured'>): boolean =>
  Boolean(measured?.isUnderWay) ||
  exchanges.some(({ replies }) =>
    Object.values(replies).some(({ status }) => status === 'waiting' || status === 'answering'),
  );
