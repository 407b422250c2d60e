/** Tensors that a model keeps wider than its rest: written so by default, narrowed only when chosen. */
import { readingRounds } from '../../methods/precision.ts';
import { bytesPerElement, type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import { count, list, note, warning } from '../finding.ts';
import type { Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { dtypeOf, keptWide, widerThan } from '../width.ts';

export function checkWidth(who: Participants, { matches }: Matching): readonly Finding[] {
  const { recipe, reference } = who;
  const { inputDtype } = recipe;
  const wide = matches.flatMap((match) => {
    const to = dtypeOf(who, match);
    const byModels = isFloatDtype(to) ? keptWide(who, match) : [];
    if (!isFloatDtype(to) || byModels.length === 0) return [];
    const read = match.kept ? [] : byModels.filter((one) => readingRounds(one.dtype, inputDtype));
    const roundsInputs = read.length > 0;
    const [lost] = roundsInputs ? read : widerThan(to, byModels);
    const isWidened = isNarrower(match.entry.dtype as FloatDtype, to);
    return [{ name: match.entry.name, to, lost, roundsInputs, by: isWidened && byModels[0] }];
  });
  const lost = wide.filter((one) => one.lost !== undefined);
  const widened = recipe.output.dtype === 'base' ? wide.filter(({ by }) => by) : [];
  const findings: Finding[] = [];
  if (lost.length > 0) {
    const [{ to, lost: first, roundsInputs }] = lost;
    const names = lost.map(({ name }) => name);
    const fix = roundsInputs
      ? ({ kind: 'set-input-dtype', label: 'Read all as stored', value: 'stored' } as const)
      : ({
          kind: 'set-output-dtype',
          label: 'Write each as the base has it',
          value: 'base',
        } as const);
    findings.push(
      warning(
        'precision-lost',
        `${first.model.name} keeps ${count(names.length, 'tensor')} in ${first.dtype} beside ${first.main} (${list(names)}), as is done for norms and routers on purpose; the ${roundsInputs ? `${inputDtype} chosen for inputs` : `chosen ${to}`} rounds them.`,
        `${fix.label}, or keep your choice.`,
        { tensors: names, fixes: [fix] },
      ),
    );
  }
  if (widened.length > 0) {
    const [{ to, by }] = widened;
    const names = widened.map(({ name }) => name);
    const [owner, main] = by ? [by.model.name, by.main] : [];
    findings.push(
      note(
        'precision-kept',
        `Written as ${to}, as ${owner} keeps them beside ${main}: ${count(names.length, 'tensor')} (${list(names)}); ${reference.name} has them narrower.`,
        'Nothing to do; choose an output precision to have all tensors alike.',
        { tensors: names },
      ),
    );
  }
  return findings;
}

const isNarrower = (a: FloatDtype, b: FloatDtype) => bytesPerElement(a) < bytesPerElement(b);
