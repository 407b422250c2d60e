import type { GgufFrom } from '../engine/protocol.ts';
import { isWriting } from '../stores/gguf.ts';
import { failureOf, type Session } from '../stores/session.ts';
import { listKept, listLeftovers, measureFree } from './kept.ts';
import { type Chosen, chooseDestination, holdOn } from './merge.ts';

let current: AbortController | null = null;

/** Shows what a GGUF of this model would be. One that is being written goes on, and is shown instead. */
export async function openGguf(session: Session, from: GgufFrom): Promise<void> {
  const { engine, gguf, view } = session;
  view.getState().open('gguf');
  if (isWriting(gguf.getState())) return;
  gguf.getState().look(from);
  const isStill = () => gguf.getState().from === from;
  try {
    const outlook = await engine.ggufOutlook(from);
    if (isStill()) gguf.getState().know(outlook);
  } catch (error) {
    if (isStill()) gguf.getState().fail(failureOf(error));
  }
}

/** Writes it to where the browser saves, as a merge is. */
export async function writeGguf(session: Session): Promise<void> {
  const { gguf } = session;
  const { from, type, outlook, phase } = gguf.getState();
  const size = outlook?.sizes.find((each) => each.type === type);
  if (!from || !size || isWriting({ phase })) return;
  const fail = (error: unknown) => gguf.getState().fail(failureOf(error));
  const folder = size.name.replace(/\.gguf$/, '-gguf');
  const chosen = await chooseDestination(session, folder, fail);
  if (chosen) await writeInto(session, from, chosen);
}

async function writeInto(session: Session, from: GgufFrom, chosen: Chosen): Promise<void> {
  const { engine, gguf, view, device } = session;
  const { type } = gguf.getState();
  const stop = new AbortController();
  current = stop;
  gguf.getState().start(chosen.saved);
  const release = await holdOn();
  try {
    const { memoryBudget } = device.getState();
    const result = await engine.gguf(from, type, chosen.destination, memoryBudget, {
      signal: stop.signal,
      onMeasured: (done, total) => gguf.getState().advance(done / total),
    });
    await chosen.end();
    gguf.getState().finish(result);
    if (view.getState().dialog !== 'gguf') view.getState().tell(`${result.name} is written.`);
  } catch (error) {
    await chosen.clean();
    if (stop.signal.aborted) gguf.getState().again();
    else gguf.getState().fail(failureOf(error));
  } finally {
    release();
    current = null;
    void listKept(session);
    void listLeftovers(session);
    void measureFree(session);
  }
}

export function cancelGguf({ gguf }: Session): void {
  gguf.getState().beginCancel();
  current?.abort();
}
