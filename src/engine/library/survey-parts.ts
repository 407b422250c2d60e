/** What a page shows of a survey: rows that are seen, and a grid of a fixed size. */

import { slotsOf } from '../../lora/pair/slots.ts';
import { effectiveRank, rankForEnergy, type Spectrum } from '../../lora/spectrum.ts';
import { placeOf } from '../../plan/groups.ts';
import type {
  CosineGrid,
  PairRow,
  SpectrumFacts,
  SpectrumRow,
  SurveyPart,
  SurveyRows,
} from '../protocol.ts';
import { cosineOf, innerOf, type Surveyed, type SurveyedModule } from './surveyor.ts';

/** Points of a small picture of a spectrum. */
const POINTS = 32;
const MOST_ROWS = 64;
const MOST_COLUMNS = 16;

export function partOf(
  surveyed: Surveyed,
  part: SurveyPart,
): SurveyRows<SpectrumRow> | SurveyRows<PairRow> | CosineGrid | null {
  const placed = (id: string) => surveyed.survey.adapters.findIndex(({ model }) => model === id);
  if (part.kind === 'spectra') {
    const at = placed(part.model);
    const own = surveyed.modules.filter(({ changes }) => changes[at]);
    return at < 0 ? null : windowOf(own, part, (module) => spectrumRow(module, at));
  }
  const [i, j] = part.models.map(placed);
  if (i < 0 || j < 0) return null;
  const both = surveyed.modules.filter(({ changes }) => changes[i] && changes[j]);
  if (part.kind === 'pair') return windowOf(both, part, (module) => pairRow(module, i, j));
  return gridOf(both, i, j);
}

function windowOf<Row>(
  modules: readonly SurveyedModule[],
  { from, to }: { readonly from: number; readonly to: number },
  rowOf: (module: SurveyedModule) => Row,
): SurveyRows<Row> {
  return { from, count: modules.length, rows: modules.slice(from, to).map(rowOf) };
}

function spectrumRow({ module, changes }: SurveyedModule, at: number): SpectrumRow {
  const { type, rank, spectrum, why } = changes[at]!;
  const { name: tensor, rows, columns } = module;
  const found = spectrum && factsOf(spectrum);
  return { tensor, rows, columns, type, rank, found, why };
}

function factsOf(spectrum: Spectrum): SpectrumFacts {
  const last = spectrum.length - 1;
  const count = Math.min(POINTS, spectrum.length);
  const points = Array.from({ length: count }, (_, k) =>
    count === spectrum.length ? k : Math.round((k / (count - 1)) * last),
  );
  const isZero = !(spectrum[0] > 0);
  return {
    values: points.map((k) => spectrum[k]),
    effectiveRank: effectiveRank(spectrum),
    rank99: isZero ? 0 : rankForEnergy(spectrum, 0.99),
    norm: Math.sqrt(spectrum.reduce((sum, value) => sum + value * value, 0)),
  };
}

function pairRow(module: SurveyedModule, i: number, j: number): PairRow {
  const [own, other] = [innerOf(module, i, i), innerOf(module, j, j)];
  return {
    tensor: module.module.name,
    cosine: cosineOf(innerOf(module, i, j), own, other),
    norms: [Math.sqrt(own), Math.sqrt(other)],
  };
}

/** Depth down, kinds of modules across. A cell of several modules is the cosine of all of them together. */
function gridOf(modules: readonly SurveyedModule[], i: number, j: number): CosineGrid {
  const kinds = mostOf(modules.map(({ module }) => kindOf(module.name)));
  const layers = [...new Set(modules.map(({ module }) => depthOf(module.name)))].toSorted(byDepth);
  const perRow = Math.ceil(layers.length / MOST_ROWS);
  const groups = Array.from({ length: Math.ceil(layers.length / Math.max(1, perRow)) }, (_, k) =>
    layers.slice(k * perRow, (k + 1) * perRow),
  );
  const sums = groups.map(() => kinds.map(() => ({ product: 0, own: 0, other: 0 })));
  for (const module of modules) {
    const { name } = module.module;
    const row = Math.floor(layers.indexOf(depthOf(name)) / perRow);
    const column = kinds.indexOf(kindOf(name));
    const cell = sums[row][column < 0 ? kinds.length - 1 : column];
    cell.product += innerOf(module, i, j);
    cell.own += innerOf(module, i, i);
    cell.other += innerOf(module, j, j);
  }
  return {
    rows: groups.map((own) => (own.length > 1 ? `${own[0]} – ${own.at(-1)}` : own[0])),
    columns: kinds,
    cells: sums.map((row) => row.map(({ product, own, other }) => cosineOf(product, own, other))),
  };
}

/** In the order in which they come; beyond what a grid holds, the rarest are one. */
function mostOf(kinds: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (counts.size <= MOST_COLUMNS) return [...counts.keys()];
  const common = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_COLUMNS - 1);
  const kept = new Set(common.map(([kind]) => kind));
  return [...[...counts.keys()].filter((kind) => kept.has(kind)), OTHER];
}

const OTHER = 'other';

/** The last two words of a module's name: "self_attn.q_proj", "attn1.to_out"; with underscores what is behind numbers. */
function kindOf(tensor: string): string {
  const module = tensor.replace(/\.(?:weight|bias)$/, '');
  if (!module.includes('.')) return module.replace(/_\d+$/, '').split(/_\d+_/).at(-1)!;
  const words = module.split(/[./]/).filter((word) => !CONTAINER.test(word));
  return words.slice(-2).join('.') || module;
}

/** Parts of a name that tell where, not what. */
const CONTAINER = /^\d+$|blocks?$|^(?:diffusion_model|model|unet|transformer)$/;

/** "12", or the block of an image model; "other" outside of both. */
function depthOf(tensor: string): string {
  const [slot] = slotsOf(tensor);
  if (slot !== undefined) return slot;
  const { layer } = placeOf(tensor);
  return layer === null ? OTHER : String(layer);
}

/** Numbers by size, blocks in the order of the data's way: in, middle, out. */
function byDepth(one: string, other: string): number {
  const [a, b] = [one, other].map(rankOfDepth);
  return a - b || one.localeCompare(other, 'en', { numeric: true });
}

function rankOfDepth(depth: string): number {
  if (depth === OTHER) return 9;
  const order = ['BASE', 'CLIP', 'T5', 'IN', 'D', 'S', 'MID', 'OUT'];
  return order.indexOf(depth.replace(/\d+$/, ''));
}
