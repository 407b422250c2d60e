/**
 * Block weights of image models (“lbw”): one number for each slot, by which a parameter is multiplied there. How
 * many numbers there are says which slots they are of. Sources: sd-scripts, `networks/svd_merge_lora.py`; the
 * block weights and presets of sd-webui-lora-block-weight and sd-webui-supermerger. Which tensor lies in which
 * slot: `src/lora/pair/slots.ts`.
 */

export type BlockLayout = { readonly slots: readonly string[]; readonly of: string };

const numbered = (name: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, k) => `${name}${String(from + k).padStart(2, '0')}`);
const some = (name: string, ...numbers: readonly number[]) =>
  numbers.flatMap((n) => numbered(name, n, n));

/** The fewest first. BASE is the text encoders; what a layout leaves out keeps its weight. */
export const blockLayouts: readonly BlockLayout[] = [
  {
    of: 'SDXL, where a LoRA is',
    slots: ['BASE', ...some('IN', 4, 5, 7, 8), 'MID', ...numbered('OUT', 0, 5)],
  },
  {
    of: 'SD 1.x and 2.x, where a LoRA is',
    slots: ['BASE', ...some('IN', 1, 2, 4, 5, 7, 8), 'MID', ...numbered('OUT', 3, 11)],
  },
  { of: 'SDXL', slots: ['BASE', ...numbered('IN', 0, 8), 'MID', ...numbered('OUT', 0, 8)] },
  {
    of: 'SD 1.x and 2.x',
    slots: ['BASE', ...numbered('IN', 0, 11), 'MID', ...numbered('OUT', 0, 11)],
  },
  {
    of: 'Flux',
    slots: ['CLIP', 'T5', 'IN', ...numbered('D', 0, 18), ...numbered('S', 0, 37), 'OUT'],
  },
];

const counts = blockLayouts.map(({ slots }) => slots.length);

/** "12, 17, 20, 26 or 61". */
export const blockCounts = `${counts.slice(0, -1).join(', ')} or ${counts.at(-1)}`;

/** The slots that so many numbers are of; null where no layout has so many. */
export function slotsOfCount(count: number): readonly string[] | null {
  return blockLayouts.find(({ slots }) => slots.length === count)?.slots ?? null;
}

/** The smallest of the layouts that have the most of these slots. Null where none has one. */
export function layoutFor(present: readonly string[]): BlockLayout | null {
  const met = ({ slots }: BlockLayout) => slots.filter((slot) => present.includes(slot)).length;
  const most = Math.max(...blockLayouts.map(met));
  return most === 0 ? null : blockLayouts.find((layout) => met(layout) === most)!;
}

type Pick = (slot: string) => boolean;
const between = (name: string, from: number, to: number): Pick => {
  const wanted = numbered(name, from, to);
  return (slot) => wanted.includes(slot);
};
const any = (...picks: readonly Pick[]): Pick => {
  return (slot) => slot === 'BASE' || picks.some((pick) => pick(slot));
};
const [deepIn, deepOut] = [between('IN', 5, 11), between('OUT', 0, 6)];
const middle: Pick = (slot) => slot === 'MID';

/**
 * Where the usual presets are 1; elsewhere they are 0. They are known as lists of 17; slots that such a list
 * lacks go with their neighbours.
 */
const ones: Readonly<Record<string, Pick>> = {
  INS: any(between('IN', 0, 4)),
  IND: any(deepIn),
  INALL: any(between('IN', 0, 11)),
  MIDD: any(deepIn, middle, deepOut),
  OUTD: any(deepOut),
  OUTS: any(between('OUT', 7, 11)),
  OUTALL: any(between('OUT', 0, 11)),
};

/** "NONE", "ALL", … with their numbers for these slots. Flux has no BASE, and only those that are of all slots. */
export function blockPresets(
  slots: readonly string[],
): readonly { readonly name: string; readonly values: readonly number[] }[] {
  const even = (name: string, value: number) => ({ name, values: slots.map(() => value) });
  const parts = slots.includes('BASE') ? Object.entries(ones) : [];
  return [
    even('NONE', 0),
    even('ALL', 1),
    ...parts.map(([name, pick]) => ({ name, values: slots.map((slot) => Number(pick(slot))) })),
    even('ALL0.5', 0.5),
  ];
}

export type PastedBlocks =
  | {
      readonly values: readonly number[];
      /** The weight of the whole adapter, where the text has one: `lora:0.8:IND`. */
      readonly ratio: number | null;
    }
  | { readonly problem: string };

/**
 * Reads `NAME:1,0,…`, a list alone, the name of a preset, or `<lora:name:0.8:IND>` and the like. `slots` are those
 * that a preset's name is to be read for. What is wrong is told with what would be right.
 */
export function readBlocks(text: string, slots: readonly string[]): PastedBlocks {
  const fields = text
    .trim()
    .replace(/^<|>$/g, '')
    .split(':')
    .map((field) => field.trim().replace(/^lbw=/i, ''));
  const last = fields.at(-1)!;
  const before = fields.slice(1, -1).map(number);
  const ratio = before.findLast((value) => value !== null) ?? null;
  const preset = blockPresets(slots).find(({ name }) => name === last.toUpperCase());
  if (preset) return { values: preset.values, ratio };
  const items = last.split(/[\s,;]+/).filter((item) => item !== '');
  if (items.length === 0) return { problem: 'Paste a list of numbers or the name of a preset.' };
  const values = items.map(number);
  const odd = items.find((_, k) => values[k] === null);
  if (odd !== undefined) {
    const known = blockPresets(slots).map(({ name }) => name);
    return {
      problem: `“${odd}” is neither a number nor one of the presets ${known.join(', ')}.`,
    };
  }
  if (slotsOfCount(values.length) === null) {
    const what = `The list has ${values.length} ${values.length === 1 ? 'number' : 'numbers'}`;
    return { problem: `${what}; block weights are ${blockCounts}.` };
  }
  return { values: values as number[], ratio };
}

function number(text: string): number | null {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && Math.abs(value) < 1e6 ? value : null;
}
