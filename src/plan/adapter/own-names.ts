/**
 * What PEFT calls the modules of the base. Files of weights may lack what the library puts in front of a body that
 * has a head: GPT-2 on the Hub has `h.0.attn.c_attn`, and PEFT `transformer.h.0.attn.c_attn`.
 */
import { ownerOf } from '../../lora/pair/modules.ts';
import type { Participants } from '../participants.ts';
import { ownNameOf } from './modules.ts';

/** A base's name of a module → PEFT's. As the adapters among the inputs have it; else as transformers does. */
export type OwnNames = (module: string) => string;

export function ownNamesIn(who: Participants): OwnNames {
  if (who.recipe.base === null) return (module) => module;
  const fronts = learnt(who) ?? ofLibrary(who);
  const longestFirst = [...fronts].sort(([one], [other]) => other.length - one.length);
  return (module) => {
    const front = longestFirst.find(([base]) => module.startsWith(base));
    return front ? front[1] + module.slice(front[0].length) : module;
  };
}

/** What stands in front in the base, and in PEFT; none where they are the same. */
type Fronts = ReadonlyMap<string, string>;

/** Null where no adapter of PEFT meets the base. */
function learnt({ experts }: Participants): Fronts | null {
  const fronts = new Map<string, string>();
  let isTold = false;
  for (const { model, adapted } of experts) {
    if (model.adapter?.dialect !== 'PEFT') continue;
    for (const pair of adapted?.pairing.pairs ?? []) {
      const own = ownNameOf(pair);
      const module = ownerOf(pair.tensor)?.module;
      if (own === null || module === undefined) continue;
      isTold = true;
      const [base, peft] = withoutSameEnd(module, own);
      if (base !== peft && !fronts.has(base)) fronts.set(base, peft);
    }
  }
  return isTold ? fronts : null;
}

/** "model." and "" of "model.a.b" and "a.b". */
function withoutSameEnd(one: string, other: string): readonly [string, string] {
  const [a, b] = [one.split('.'), other.split('.')];
  while (a.length > 0 && b.length > 0 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
  }
  return [a.map((part) => `${part}.`).join(''), b.map((part) => `${part}.`).join('')];
}

/** Bodies that were saved alone, under a config that says they have a head. */
function ofLibrary({ reference: { config, tensors } }: Participants): Fronts {
  const classes = config?.['architectures'];
  const [name] = Array.isArray(classes) ? classes : [];
  const hasHead = typeof name === 'string' && /(?:LMHeadModel|For[A-Z]\w+)$/.test(name);
  const isBare = ![...tensors.keys()].some((each) => each.startsWith('transformer.'));
  const isKnown = ['gpt2', 'bloom'].includes(config?.['model_type'] as string);
  return new Map(hasHead && isBare && isKnown ? [['', 'transformer.']] : []);
}
