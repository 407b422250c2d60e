import type { Expected, Opening, Trusted } from '../chat/trusted.ts';
import { usualSplit } from '../evaluate/tasks/task.ts';
import {
  type ChatType,
  chatFolder,
  chatOf,
  isBusy,
  type Side,
  type SideState,
  type Subject,
  sides,
} from '../stores/chat.ts';
import type { Failure } from '../stores/models.ts';
import { failureOf, type Session } from '../stores/session.ts';
import { stopAnswers } from './chat.ts';
import { filesIn } from './files-in.ts';
import { listKept, measureFree } from './kept.ts';
import { holdOn } from './merge.ts';

/** What loads a model; tests act it. */
export type Opener = (
  gguf: Blob,
  how: Pick<Opening, 'title' | 'signal' | 'expected' | 'mayUseGpu'>,
) => Promise<Trusted>;

/** llama.cpp itself, fetched when it is first wanted. */
const openReal: Opener = async (gguf, how) => {
  const [{ openTrusted }, { startRuntime }] = await Promise.all([
    import('../chat/trusted.ts'),
    import('../chat/runtime.ts'),
  ]);
  return openTrusted(gguf, {
    ...how,
    start: startRuntime,
    browser: globalThis as Opening['browser'],
  });
};

/** Bytes of a GGUF beyond which our own forward pass, which holds every weight as f32, is not asked. */
const mostChecked = 2 ** 28;

/** What our own forward pass says of models that it knows. */
function expectedOf(session: Session, { from, isFar }: Subject, signal: AbortSignal): Expected {
  const { engine } = session;
  return async (context, text) => {
    if (isFar || text === '') return null;
    const common = { id: 'chat', title: 'Check', skill: 'own', split: usualSplit } as const;
    const task = { ...common, kind: 'text', items: [{ context, text }] } as const;
    const how = { task, part: 'all', most: 1, what: 'loss', fetches: false } as const;
    // What it cannot run is no reason against llama.cpp.
    const found = await asOpen(session, from, (model) =>
      engine.score({ kind: 'model', model }, how, { signal }),
    ).catch(() => null);
    signal.throwIfAborted();
    if (!found || 'toFetch' in found) return null;
    const [{ tokens, loss }] = found.items;
    return tokens === 1 && loss !== null ? -loss : null;
  };
}

/** Does something with the id of an open model; a merge that lies finished is opened for as long as that takes. */
async function asOpen<T>(
  { engine }: Session,
  from: Subject['from'],
  work: (model: string) => Promise<T>,
): Promise<T> {
  if (from.kind === 'open') return work(from.model);
  const { name, place } = from;
  const files =
    place.kind === 'opfs' ? await engine.files(place.folder) : await filesIn(place.handle);
  const handles = files.map(
    ({ path, file }) => ({ kind: 'file', path: path.replace(`${name}/`, ''), file }) as const,
  );
  const id = `chat:${crypto.randomUUID()}`;
  try {
    await engine.open(id, name, handles);
    return await work(id);
  } finally {
    await engine.close(id);
  }
}

const nothingKnown: Expected = async () => null;

const starting = new WeakMap<Session, Partial<Record<Side, AbortController>>>();

/** Takes another model, or none, for one side; what was said before is of another and is cleared. */
export async function chooseSubject(
  session: Session,
  side: Side,
  subject: Subject | null,
  isChosen = true,
): Promise<void> {
  await unload(session, side);
  const chat = chatOf(session).getState();
  chat.clear();
  const blank = { outlook: null, keptBytes: null, share: 0, failure: null, folder: '', isChosen };
  if (!subject) {
    chat.change(side, { ...blank, subject: null, phase: 'empty' });
    return;
  }
  chat.change(side, { ...blank, subject, phase: 'looking' });
  await look(session, side, subject);
}

/** Another type of the weights, for both. */
export async function chooseType(session: Session, type: ChatType): Promise<void> {
  const chat = chatOf(session);
  chat.getState().set({ type });
  await Promise.all(
    sides.map((side) => {
      const { subject, isChosen } = chat.getState()[side];
      return chooseSubject(session, side, subject, isChosen);
    }),
  );
}

async function look(session: Session, side: Side, subject: Subject): Promise<void> {
  const { engine } = session;
  const chat = chatOf(session);
  const isStill = () => chat.getState()[side].subject === subject;
  try {
    const folder = await chatFolder(subject, chat.getState().type);
    const keptBytes = await keptBytesOf(session, folder);
    const outlook = await engine.ggufOutlook(subject.from);
    if (!isStill()) return;
    if (outlook.isEncoder) chat.getState().change(side, { phase: 'failed', failure: notForChat });
    else chat.getState().change(side, { folder, keptBytes, outlook, phase: 'known' });
  } catch (error) {
    if (isStill()) chat.getState().change(side, { phase: 'failed', failure: failureOf(error) });
  }
}

const notForChat: Failure = {
  tag: 'encoder',
  message: 'This is an encoder: it compares texts and writes none.',
  advice:
    'Score it by pairs of texts, under Scores; exported as GGUF, it makes embeddings in llama.cpp.',
};

async function keptBytesOf({ engine }: Session, folder: string): Promise<number | null> {
  const kept = await engine.finished();
  return kept.find((each) => each.folder === folder)?.bytes ?? null;
}

/** Writes what is not written yet, and loads every side that has a model; one after the other. */
export async function startChat(session: Session, open: Opener = openReal): Promise<void> {
  for (const side of sides) {
    if (['known', 'failed'].includes(chatOf(session).getState()[side].phase)) {
      await start(session, side, open);
    }
  }
}

async function start(session: Session, side: Side, open: Opener): Promise<void> {
  const chat = chatOf(session);
  const { subject, phase } = chat.getState()[side];
  if (!subject) return;
  if (phase === 'failed') {
    chat.getState().change(side, { phase: 'looking', failure: null });
    await look(session, side, subject);
    if (chat.getState()[side].phase !== 'known') return;
  }
  const stop = new AbortController();
  const { signal } = stop;
  starting.set(session, { ...starting.get(session), [side]: stop });
  const tell = (part: Partial<SideState>) => {
    if (!signal.aborted) chat.getState().change(side, part);
  };
  try {
    const { folder } = chat.getState()[side];
    // The other side, or another tab, may have written it meanwhile.
    const keptBytes = await keptBytesOf(session, folder);
    if (keptBytes === null) await write(session, side, subject, signal, tell);
    else tell({ keptBytes });
    signal.throwIfAborted();
    tell({ phase: 'loading' });
    const [stored] = await session.engine.files(folder);
    if (!stored) throw new Error(`${folder} is no longer in private storage.`);
    const mayUseGpu = session.device.getState().choice !== 'cpu';
    const isSmall = stored.file.size <= mostChecked;
    const expected = isSmall ? expectedOf(session, subject, signal) : nothingKnown;
    const how = { title: subject.title, signal, expected, mayUseGpu };
    const trusted = await open(stored.file, how);
    if (signal.aborted) await trusted.llama.dispose();
    tell({ phase: 'ready', trusted });
  } catch (error) {
    tell({ phase: 'failed', failure: failureOf(error) });
  }
}

async function write(
  session: Session,
  side: Side,
  { from }: Subject,
  signal: AbortSignal,
  tell: (part: Partial<SideState>) => void,
): Promise<void> {
  const { engine, device } = session;
  const { folder } = chatOf(session).getState()[side];
  const { type } = chatOf(session).getState();
  const place = { kind: 'opfs', folder } as const;
  tell({ phase: 'writing', share: 0 });
  void navigator.storage?.persist?.().catch(() => false);
  const release = await holdOn();
  try {
    const { bytes } = await engine.gguf(from, type, place, device.getState().memoryBudget, {
      signal,
      onMeasured: (done, total) => tell({ share: done / total }),
    });
    tell({ keptBytes: bytes });
  } catch (error) {
    await engine.discard(place).catch(() => {});
    throw error;
  } finally {
    release();
    void listKept(session);
    void measureFree(session);
  }
}

/** Ends what is being written or loaded, or gives the memory of a loaded model back; its GGUF stays. */
export async function unload(session: Session, side: Side): Promise<void> {
  const chat = chatOf(session);
  const { trusted, phase } = chat.getState()[side];
  starting.get(session)?.[side]?.abort();
  stopAnswers(session);
  const isOpen = phase === 'ready' || isBusy({ phase });
  chat.getState().change(side, { trusted: null, ...(isOpen && { phase: 'known' }) });
  await trusted?.llama.dispose();
}

/** Removes a GGUF from private storage. */
export async function removeGguf(session: Session, side: Side): Promise<void> {
  const { folder } = chatOf(session).getState()[side];
  await unload(session, side);
  try {
    await session.engine.removeFinished(folder);
  } catch (error) {
    session.view.getState().tell(`${folder} could not be removed: ${failureOf(error).message}`);
  }
  chatOf(session)
    .getState()
    .change(side, { keptBytes: await keptBytesOf(session, folder) });
  await Promise.all([listKept(session), measureFree(session)]);
}
