import type { Turn } from '../chat/llama.ts';
import {
  chatOf,
  type Exchange,
  isAnswering,
  type Measured,
  type Side,
  sides,
} from '../stores/chat.ts';
import { failureOf, type Session } from '../stores/session.ts';

const answering = new WeakMap<Session, AbortController>();

/** Sends a prompt to every model that is ready. Resolves when all have answered. */
export async function ask(session: Session, prompt: string): Promise<void> {
  const chat = chatOf(session);
  const asked = sides.filter((side) => chat.getState()[side].phase === 'ready');
  if (asked.length === 0 || prompt.trim() === '' || isAnswering(chat.getState())) return;
  const stop = new AbortController();
  answering.set(session, stop);
  const before = chat.getState().exchanges;
  const id = chat.getState().begin(prompt, asked);
  await Promise.all(
    asked.map(async (side) => {
      const tell = chat.getState().reply;
      const { system, seed, temperature, maxTokens } = chat.getState();
      const { llama } = chat.getState()[side].trusted!;
      try {
        const answer = await llama.answer(
          [
            ...(system.trim() === '' ? [] : [{ role: 'system', content: system } as const]),
            ...turnsOf(before, side),
            { role: 'user', content: prompt },
          ],
          {
            ...{ seed, temperature, maxTokens, signal: stop.signal },
            onText: (so) => tell(id, side, { ...so, status: 'answering' }),
          },
        );
        tell(id, side, { ...answer, status: 'done' });
      } catch (error) {
        if (stop.signal.aborted) tell(id, side, { status: 'stopped' });
        else tell(id, side, { status: 'failed', failure: failureOf(error) });
      }
    }),
  );
}

/** Sends the last prompt once more, with the numbers as they are now, in place of what was answered. */
export async function askAgain(session: Session): Promise<void> {
  const chat = chatOf(session);
  const { exchanges, takeBack } = chat.getState();
  const isReady = sides.some((side) => chat.getState()[side].phase === 'ready');
  if (exchanges.length === 0 || !isReady || isAnswering(chat.getState())) return;
  await ask(session, takeBack()!);
}

/** How likely every model that is ready finds a text. One model after the other; stopped with `stopAnswers`. */
export async function measure(session: Session, text: string): Promise<void> {
  const chat = chatOf(session);
  if (isAnswering(chat.getState())) return;
  const stop = new AbortController();
  answering.set(session, stop);
  let found: Measured['found'] = {};
  chat.getState().measure({ isUnderWay: true, found });
  // Nothing once it was cleared: another model may stand there by now.
  const tell = (isUnderWay: boolean) => {
    const isStill = answering.get(session) === stop && chat.getState().measured !== null;
    if (isStill) chat.getState().measure({ isUnderWay, found });
  };
  for (const side of sides) {
    const { trusted, subject } = chat.getState()[side];
    if (!trusted || !subject || stop.signal.aborted) continue;
    try {
      const tokens = await session.engine.tokens(subject.from, text);
      const value = await trusted.llama.perplexity(tokens, stop.signal);
      found = { ...found, [side]: value };
    } catch (error) {
      if (!stop.signal.aborted) found = { ...found, [side]: failureOf(error) };
    }
    tell(true);
  }
  tell(false);
}

/** What one model was asked and answered to its end. */
function turnsOf(exchanges: readonly Exchange[], side: Side): readonly Turn[] {
  return exchanges.flatMap(({ prompt, replies }): readonly Turn[] => {
    const reply = replies[side];
    if (!reply || reply.status === 'failed' || reply.text === '') return [];
    return [
      { role: 'user', content: prompt },
      { role: 'assistant', content: reply.text },
    ];
  });
}

export function stopAnswers(session: Session): void {
  answering.get(session)?.abort();
}
