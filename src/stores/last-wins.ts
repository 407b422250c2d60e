/**
 * Does one piece of work at a time. Of what is wanted while it is busy only the last is done; what came before
 * it is passed over. `work` must not reject.
 *
 * @param patience milliseconds that work has, from its start, once something else is wanted: then it is aborted. Long
 * enough for what is quick to come to its end, so that something is seen while a handle is dragged.
 */
export function lastWins<Q>(
  work: (question: Q, mine: AbortController) => Promise<void>,
  patience = Number.POSITIVE_INFINITY,
): (question: Q) => void {
  const waiting: Q[] = [];
  let busy: { readonly began: number; readonly mine: AbortController } | null = null;
  return async (question) => {
    waiting.splice(0, waiting.length, question);
    if (busy) {
      const { began, mine } = busy;
      const left = began + patience - performance.now();
      if (left < patience) setTimeout(() => mine.abort(), left);
      return;
    }
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      busy = { began: performance.now(), mine: new AbortController() };
      await work(next, busy.mine);
    }
    busy = null;
  };
}
