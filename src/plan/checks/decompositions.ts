import { decompositionsOf } from '../decompositions.ts';
import { note, warning } from '../finding.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

/** Seconds beyond which a person should think twice. */
const LONG = 15 * 60;

/** What singular values cost, before it runs. */
export function checkDecompositions(
  { method }: Participants,
  jobs: readonly UnplacedJob[],
): readonly Finding[] {
  const found = decompositionsOf({ method: method.id, jobs });
  if (found.length === 0) return [];
  const seconds = found.reduce((sum, each) => sum + each.seconds, 0);
  const largest = found.reduce((a, b) => (b.seconds > a.seconds ? b : a));
  const sides = largest.shape.map((side) => side.toLocaleString('en-US')).join(' × ');
  const matrices =
    found.length === 1 ? 'One matrix is' : `${found.length.toLocaleString('en-US')} matrices are`;
  const one =
    found.length === 1 ? '' : `, ${largest.tensor} (${sides}) alone ${span(largest.seconds)}`;
  const message = `${matrices} taken apart into singular vectors: about ${span(seconds)} of one processor core${one}. All cores share the work, a graphics processor does not.`;
  const advice =
    'Keep tensors out of the merge that need not be merged, as embeddings, or choose a method of sums.';
  return [(seconds > LONG ? warning : note)('decompositions', message, advice)];
}

/** "less than a second", "40 s", "12 min", "3 h". */
function span(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
