/** Weights stored as codes: which are read as values, and which cannot be. An average of codes is noise. */
import { type Model, storedOf } from '../../formats/model.ts';
import { count, error, list, note } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

export function checkQuantised(who: Participants): readonly Finding[] {
  const { base, experts } = who;
  const models = new Set([...(base ? [base] : []), ...experts.map(({ model }) => model)]);
  return [...models].flatMap((model) => {
    const refused = unreadable(model);
    return refused.length > 0 ? refused : [...read(who, model), ...leftOver(model)];
  });
}

function unreadable({ id, name, quantised }: Model): readonly Finding[] {
  return quantised.unreadable.map(({ scheme, tensors, why }) =>
    error(
      'quantised',
      `${name} holds ${count(tensors.length, 'tensor')} of ${scheme} (${list(tensors)}) that cannot be read as values. ${tensors[0]}: ${why}.`,
      'Use the original model in 16 or 32 bits, or dequantise it with the tool that quantised it; quantise the merged model afterwards.',
      { place: { model: id, ...(tensors.length === 1 ? { tensor: tensors[0] } : {}) }, tensors },
    ),
  );
}

function read({ recipe }: Participants, { id, name, tensors, quantised }: Model) {
  const wide = recipe.output.dtype === 'F32';
  return quantised.read.map(({ scheme, tensors: names }) => {
    const entries = names.flatMap((each) => tensors.get(each) ?? []);
    const dtypes = new Set(entries.map(({ dtype }) => (wide ? 'F32' : dtype)));
    const companions = entries.flatMap(storedOf).length - entries.length;
    const aside = quantised.leftOut.length > 0 ? `, and ${list(quantised.leftOut)}` : '';
    return note(
      'read-as-values',
      `${name} stores ${count(names.length, 'tensor')} as ${scheme} (${list(names)}): read as their values in ${[...dtypes].join(', ')}. The output holds values and no codes. Left out: ${count(companions, 'tensor')} of scales${aside}.`,
      'Quantise the merged model afterwards, if you wish.',
      { place: { model: id }, tensors: names },
    );
  });
}

/** Some tools leave it behind when they write the weights in full. */
function leftOver({ id, name, quantised: { declared, read } }: Model): readonly Finding[] {
  if (declared === null || read.length > 0) return [];
  return [
    note(
      'quantisation-left-over',
      `config.json of ${name} says that it is quantised (${declared}), but its weights are plain: they are read as they are.`,
      'Nothing to do; the config.json of the output does not say it.',
      { place: { model: id } },
    ),
  ];
}
