/**
 * Does one piece of work at a time. Of what is wanted while it is busy only the last is done; what came before
 * it is passed over. `work` must not reject.
 */
export function lastWins<Q>(work: (question: Q) => Promise<void>): (question: Q) => void {
  const waiting: Q[] = [];
  let busy = false;
  return async (question) => {
    waiting.splice(0, waiting.length, question);
    if (busy) return;
    busy = true;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await work(next);
    busy = false;
  };
}
