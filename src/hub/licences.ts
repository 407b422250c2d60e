/** A parent of a merge, and the licence the Hub names for it. */
export type LicensedModel = { readonly model: string; readonly licence: string | null };

export type LicenceWarning = {
  /** 'forbids': a parent does not let a merge be shared. 'conflict': no licence suits all parents. */
  readonly severity: 'forbids' | 'conflict' | 'note';
  readonly text: string;
  /** Where it is written. */
  readonly source: string;
};

export type LicenceAdvice = {
  /** The Hub's id; null when none can be suggested. */
  readonly licence: string | null;
  readonly warnings: readonly LicenceWarning[];
};

/**
 * What a licence asks of a model made from one under it. 'free': a notice. 'non-commercial': any licence that
 * says so too. 'same': the same licence again. 'no-derivatives': none may be shared.
 */
type Demand = 'free' | 'non-commercial' | 'same' | 'no-derivatives';

type Row = {
  readonly pattern: RegExp;
  readonly demand: Demand;
  readonly source: string;
  /** What else it asks for. */
  readonly note?: string;
};

const cc = 'https://creativecommons.org/licenses/';
const choose = 'https://choosealicense.com/licenses/';
const rail = 'https://www.licenses.ai/ai-licenses';

/** By the ids of https://huggingface.co/docs/hub/repositories-licenses. This is advice, not law. */
const table: readonly Row[] = [
  { pattern: /^apache-2\.0$/, demand: 'free', source: `${choose}apache-2.0/` },
  { pattern: /^mit$/, demand: 'free', source: `${choose}mit/` },
  { pattern: /^(bsd.*|isc|unlicense|wtfpl|zlib|ms-pl)$/, demand: 'free', source: choose },
  { pattern: /^(cc0-1\.0|pddl)$/, demand: 'free', source: `${cc}` },
  { pattern: /^cc-by-\d\.\d$/, demand: 'free', source: `${cc}by/4.0/` },
  { pattern: /^cc-by-sa-/, demand: 'same', source: `${cc}by-sa/4.0/` },
  { pattern: /^cc-by-nc-sa-/, demand: 'same', source: `${cc}by-nc-sa/4.0/` },
  { pattern: /^cc-by-nc-\d/, demand: 'non-commercial', source: `${cc}by-nc/4.0/` },
  { pattern: /^cc-by-(nc-)?nd-/, demand: 'no-derivatives', source: `${cc}by-nc-nd/4.0/` },
  { pattern: /^(a|l)?gpl/, demand: 'same', source: `${choose}gpl-3.0/` },
  {
    pattern: /^llama2$/,
    demand: 'same',
    source: 'https://ai.meta.com/llama/license/ (1.b)',
    note: 'pass on a copy of the agreement and its notice',
  },
  {
    pattern: /^llama3$/,
    demand: 'same',
    source: 'https://www.llama.com/llama3/license/ (1.b)',
    note: 'show "Built with Meta Llama 3", and let the name of the model begin with "Llama 3"',
  },
  {
    pattern: /^llama(3\.|4)/,
    demand: 'same',
    source: 'https://www.llama.com/llama3_1/license/ (1.b)',
    note: 'show "Built with Llama", and let the name of the model begin with "Llama"',
  },
  {
    pattern: /^gemma$/,
    demand: 'same',
    source: 'https://ai.google.dev/gemma/terms (3.1)',
    note: 'pass on the use restrictions, and say that the files were changed',
  },
  {
    pattern: /openrail|-rail-/,
    demand: 'same',
    source: rail,
    note: 'pass on the use restrictions',
  },
];

/** The licence to suggest for a model made from these, and what stands against it. */
export function adviseLicence(parents: readonly LicensedModel[]): LicenceAdvice {
  const known = parents.map((parent) => ({ ...parent, row: rowOf(parent.licence) }));
  const warnings: LicenceWarning[] = known.flatMap(({ model, licence, row }) =>
    warningOf(model, licence, row),
  );
  const withDemand = (demand: Demand) => known.filter(({ row }) => row?.demand === demand);
  const bound = [...new Set(withDemand('same').map(({ licence }) => licence!))];
  const closed = withDemand('non-commercial');
  const clash = [
    ...bound,
    ...(bound.some((licence) => !licence.includes('-nc-')) ? closed.map((p) => p.licence!) : []),
  ];
  if (new Set(clash).size > 1) {
    warnings.push({
      severity: 'conflict',
      text: `No licence meets ${listed(clash)} at once: ask the owners before you share this merge.`,
      source: known.find(({ licence }) => licence === bound[0])!.row!.source,
    });
  }
  const isOpen = warnings.every(({ severity }) => severity === 'note');
  return {
    licence: isOpen && parents.length > 0 ? strictest(bound, closed, known) : null,
    warnings,
  };
}

function strictest(
  bound: readonly string[],
  closed: readonly LicensedModel[],
  all: readonly LicensedModel[],
): string | null {
  if (bound.length > 0) return bound[0];
  if (closed.length > 0) return closed[0].licence;
  // Those that ask for more than a copyright line first.
  const names = all.map(({ licence }) => licence!);
  return (
    names.find((name) => name.startsWith('cc-by')) ??
    names.find((n) => n === 'apache-2.0') ??
    names[0]
  );
}

function warningOf(
  model: string,
  licence: string | null,
  row: Row | undefined,
): readonly LicenceWarning[] {
  const hub = 'https://huggingface.co/docs/hub/repositories-licenses';
  if (licence === null || licence === 'unknown') {
    const text = `${model} names no licence: nothing says that a merge of it may be shared. Ask its owner.`;
    return [{ severity: 'forbids', text, source: hub }];
  }
  if (!row) {
    const text = `${model} has terms of its own (${licence}): read them on its page before you share this merge.`;
    return [{ severity: 'conflict', text, source: `https://huggingface.co/${model}` }];
  }
  if (row.demand === 'no-derivatives') {
    const text = `${model} (${licence}) does not allow changed versions to be shared: keep this merge to yourself.`;
    return [{ severity: 'forbids', text, source: row.source }];
  }
  if (row.demand === 'non-commercial') {
    const text = `${model} (${licence}) may not be used commercially, nor may a merge of it.`;
    return [{ severity: 'note', text, source: row.source }];
  }
  if (!row.note) return [];
  return [
    {
      severity: 'note',
      text: `${model} (${licence}) asks you to ${row.note}.`,
      source: row.source,
    },
  ];
}

function rowOf(licence: string | null): Row | undefined {
  return table.find(({ pattern }) => licence !== null && pattern.test(licence));
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(' and ');
}
