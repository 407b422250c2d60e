/** What a page shows of a survey: rows that are seen, and a grid of a fixed size. */

import { effectiveRank, rankForEnergy, type Spectrum } from '../../lora/spectrum.ts';
import { gridOf } from '../../views/grid.ts';
import type {
  CosineGrid,
  PairRow,
  SpectrumFacts,
  SpectrumRow,
  SurveyPart,
  SurveyRows,
} from '../../views/survey.ts';
import { cosineOf, innerOf, type Surveyed, type SurveyedModule } from './surveyor.ts';

/** Points of a small picture of a spectrum. */
const POINTS = 32;

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
  return cosineGrid(both, i, j);
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

/** Depth down, roles across. A cell of several modules is the cosine of all of them together. */
function cosineGrid(modules: readonly SurveyedModule[], i: number, j: number): CosineGrid {
  const { rows, columns, places } = gridOf(modules.map(({ module }) => module.name));
  const sums = rows.map(() => columns.map(() => ({ product: 0, own: 0, other: 0 })));
  for (const [k, module] of modules.entries()) {
    const cell = sums[places[k].row][places[k].column];
    cell.product += innerOf(module, i, j);
    cell.own += innerOf(module, i, i);
    cell.other += innerOf(module, j, j);
  }
  return {
    ...{ rows, columns },
    cells: sums.map((row) => row.map(({ product, own, other }) => cosineOf(product, own, other))),
  };
}
