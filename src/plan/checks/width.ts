/** Tensors that a model keeps wider than its rest: written so by default, narrowed only when chosen. */
import { bytesPerElement, type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import { count, list, note, warning } from '../finding.ts';
import type { Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { dtypeOf, keptWide, widerThan } from '../width.ts';

export function checkWidth(who: Participants, { matches }: Matching): readonly Finding[] {
  const { recipe, reference } = who;
  const wide = matches.flatMap((match) => {
    const to = dtypeOf(who, match);
    if (!isFloatDtype(to)) return [];
    const byModels = keptWide(who, match);
    const [lost] = widerThan(to, byModels);
    const widened = bytesPerElement(to) > bytesPerElement(match.entry.dtype as FloatDtype);
    return [{ name: match.entry.name, to, lost, by: widened ? byModels[0] : undefined }];
  });
  const lost = wide.filter((one) => one.lost !== undefined);
  const widened = recipe.output.dtype === 'base' ? wide.filter(({ by }) => by !== undefined) : [];
  const findings: Finding[] = [];
  if (lost.length > 0) {
    const [{ to, lost: first }] = lost;
    const names = lost.map(({ name }) => name);
    findings.push(
      warning(
        'precision-lost',
        `${first.model.name} keeps ${count(names.length, 'tensor')} in ${first.dtype} beside ${first.main} (${list(names)}), as is done for norms and routers on purpose; the chosen ${to} rounds them.`,
        'Write every tensor as the base has it, or keep your choice.',
        {
          tensors: names,
          fixes: [
            { kind: 'set-output-dtype', label: 'Write each as the base has it', value: 'base' },
          ],
        },
      ),
    );
  }
  if (widened.length > 0) {
    const [{ to, by }] = widened;
    const names = widened.map(({ name }) => name);
    findings.push(
      note(
        'precision-kept',
        `Written as ${to}, as ${by?.model.name} keeps them beside ${by?.main}: ${count(names.length, 'tensor')} (${list(names)}); ${reference.name} has them narrower.`,
        'Nothing to do; choose an output precision to have all tensors alike.',
        { tensors: names },
      ),
    );
  }
  return findings;
}
