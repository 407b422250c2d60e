/** Each level as a picture in a file. */

import type { Pooling } from '../../../stores/view.ts';
import { bandsOf } from '../../../views/bands.ts';
import type { Close, Patch } from '../../../views/close.ts';
import type { ConflictMap } from '../../../views/conflict-map.ts';
import { isWhole, type Sight, wholeSight } from '../../../views/sight.ts';
import { signed } from '../../kit/format.ts';
import { type Metric, percent, worded } from '../metrics.ts';
import { scaleOf } from '../model-grid.tsx';
import { elementLayer, paintSight, paintStrip, paletteOf, stripTop, tileLayer } from '../paint.ts';
import { pullsOf } from '../pulls.ts';
import { wedgeColumns } from '../wedges.ts';
import { sheetOf } from './sheet.ts';

/** Layers × roles, with a bar for each row and each column. */
export function modelSheet(from: HTMLElement, map: ConflictMap, metric: Metric) {
  const { rows, columns, cells, byRow, byColumn, models } = map;
  const top = scaleOf(map, metric);
  const chance = metric.chance(models.length);
  const [tall, wide, left, above, bar] = [
    Math.max(8, Math.min(24, 1400 / rows.length)),
    46,
    90,
    110,
    60,
  ];
  const share = (value: number | null) =>
    value === null || top === 0 ? 0 : Math.min(1, value / top);
  return sheetOf(from, {
    title: `${metric.label} by layer and role`,
    notes: [
      `From ${worded(metric, 0)} to ${worded(metric, top)}${chance === null ? '' : `; chance ${percent(chance)}`}. Grey: fewer than two models change it.`,
      `Models: ${models.join(', ')}`,
    ],
    width: left + columns.length * wide + bar + 10,
    height: above + rows.length * tall,
    draw({ context, ink }) {
      context.font = '12px sans-serif';
      for (const [c, role] of columns.entries()) {
        const x = left + c * wide;
        context.save();
        context.fillStyle = ink('--ink-soft');
        context.translate(x + wide / 2 + 4, above - 40);
        context.rotate(-Math.PI / 2);
        context.fillText(role.split('.').at(-1) ?? role, 0, 0, above - 46);
        context.restore();
        const long = 30 * share(metric.of(byColumn[c]));
        context.fillStyle = ink('--conflict');
        context.fillRect(x + 2, above - 4 - long, wide - 4, long);
      }
      for (const [r, row] of rows.entries()) {
        const y = above + r * tall;
        context.fillStyle = ink('--ink-soft');
        if (tall >= 12 || r % 2 === 0) context.fillText(row, 0, y + tall / 2 + 4, left - 10);
        context.fillStyle = ink('--conflict');
        const at = left + columns.length * wide + 8;
        context.fillRect(at, y + tall / 4, bar * share(metric.of(byRow[r])), tall / 2);
      }
      for (const { row, column, state, stats } of cells) {
        const isMeasured = state === 'measured';
        context.fillStyle = isMeasured ? ink('--conflict', share(metric.of(stats))) : ink('--line');
        const [x, y] = [left + column * wide, above + row * tall];
        context.fillRect(x + 1, y + 1, wide - 2, tall - 2);
      }
    },
  });
}

/** What is in sight of a tensor, with its strips. */
export function tensorSheet(
  from: HTMLElement,
  close: Close,
  pooling: Pooling,
  near: Sight | null,
  detail: Patch | null,
) {
  const { tiling, tiles, tensor, stats, models } = close;
  const sight = near ?? wholeSight(tiling);
  const [breadth, depth, gap] = [768, 72, 4];
  const tall = Math.round(breadth * Math.max(1 / 8, Math.min(1.2, tiling.down / tiling.across)));
  const top = stripTop(close);
  const part = isWhole(sight, tiling)
    ? `All ${tiling.rows} rows and ${tiling.columns} columns`
    : `Rows ${Math.floor(sight.row)}–${Math.ceil(sight.row + sight.rows) - 1}, columns ${Math.floor(sight.column)}–${Math.ceil(sight.column + sight.columns) - 1} of ${tiling.rows} × ${tiling.columns}`;
  return sheetOf(from, {
    title: tensor,
    notes: [
      `${part}; ${pooling === 'mean' || detail ? 'share of the mass that cancels' : 'worst element of each tile'}, tiles of ${detail ? '1 × 1' : `${tiling.height} × ${tiling.width}`}, from 0 % to 100 %.`,
      `Strips: what cancels along rows and columns, up to ${percent(top)}. All of it: ${percent(stats.cancellation)}, of shared elements ${percent(stats.conflictRate)} in conflict.`,
      `Models: ${models.join(', ')}`,
    ],
    width: breadth + gap + depth,
    height: tall + gap + depth,
    draw({ context }) {
      const made = (width: number, height: number) =>
        Object.assign(document.createElement('canvas'), { width, height });
      const palette = paletteOf(from);
      const layers = [
        tileLayer(close, pooling, palette),
        ...(detail ? [elementLayer(detail, palette)] : []),
      ];
      const picture = made(breadth, tall);
      paintSight(picture, sight, layers, palette);
      context.drawImage(picture, 0, 0);
      const side = made(depth, tall);
      const down = { from: sight.row, length: sight.rows, each: tiling.height, top };
      paintStrip(side, bandsOf(tiling, tiles, 'rows'), 'rows', down, palette);
      context.drawImage(side, breadth + gap, 0);
      const foot = made(breadth, depth);
      const across = { from: sight.column, length: sight.columns, each: tiling.width, top };
      paintStrip(foot, bandsOf(tiling, tiles, 'columns'), 'columns', across, palette);
      context.drawImage(foot, 0, tall + gap);
    },
  });
}

/** A square of elements, a field a model in each. */
export function patchSheet(from: HTMLElement, patch: Patch, models: readonly string[]) {
  const { down, across, row, column, tensor, values } = patch;
  const [size, left, above] = [44, 60, 24];
  const columns = wedgeColumns(models.length);
  const lines = Math.ceil(models.length / columns);
  const wants = Array.from({ length: down * across }, (_, i) => pullsOf(patch, i).wants);
  const largest = Math.max(Number.MIN_VALUE, ...wants.flat().map(Math.abs));
  return sheetOf(from, {
    title: tensor,
    notes: [
      `Rows ${row}–${row + down - 1}, columns ${column}–${column + across - 1}. Blue pulls up, orange down; the darkest is ${largest.toPrecision(3)}.`,
      `Fields of each element, by rows of ${columns}: ${models.join(', ')}`,
    ],
    width: left + across * size,
    height: above + down * size,
    draw({ context, ink }) {
      context.font = '11px sans-serif';
      context.fillStyle = ink('--ink-soft');
      for (let c = 0; c < across; c++) context.fillText(`${column + c}`, left + c * size, 14, size);
      for (let r = 0; r < down; r++) context.fillText(`${row + r}`, 0, above + (r + 0.6) * size);
      for (const [i, own] of wants.entries()) {
        const x = left + (i % across) * size;
        const y = above + Math.floor(i / across) * size;
        for (let k = 0; k < values.length; k++) {
          const tone = own[k] < 0 ? '--negative' : '--positive';
          const share = own[k] === 0 ? 0 : 0.15 + 0.85 * Math.sqrt(Math.abs(own[k]) / largest);
          context.fillStyle = ink(tone, share);
          const [wide, tall] = [(size - 4) / columns, (size - 4) / lines];
          context.fillRect(
            x + (k % columns) * wide,
            y + Math.floor(k / columns) * tall,
            wide,
            tall,
          );
        }
      }
    },
  });
}

/** One element: how hard each model pulls, and to which side. */
export function elementSheet(
  from: HTMLElement,
  patch: Patch,
  models: readonly string[],
  element: number,
) {
  const { row, column, across, base, merged, tensor } = patch;
  const { wants, plus, minus } = pullsOf(patch, element);
  const largest = Math.max(Number.MIN_VALUE, ...wants.map(Math.abs));
  const [line, left, reach] = [26, 200, 150];
  return sheetOf(from, {
    title: `${tensor}, row ${row + Math.floor(element / across)}, column ${column + (element % across)}`,
    notes: [
      `Plus pulls with ${plus.toPrecision(3)}, minus with ${minus.toPrecision(3)}.`,
      `Base ${base[element].toPrecision(4)}${merged ? `, result ${merged[element].toPrecision(4)}` : ''}.`,
    ],
    width: left + 2 * reach + 100,
    height: models.length * line,
    draw({ context, ink }) {
      context.font = '13px sans-serif';
      for (const [k, name] of models.entries()) {
        const y = k * line;
        const long = (reach * Math.abs(wants[k])) / largest;
        context.fillStyle = ink('--ink');
        context.fillText(name, 0, y + 17, left - 10);
        context.fillText(wants[k] === 0 ? '0' : signed(wants[k], 5), left + 2 * reach + 10, y + 17);
        context.fillStyle = ink(wants[k] < 0 ? '--negative' : '--positive');
        context.fillRect(left + reach - (wants[k] < 0 ? long : 0), y + 4, long, line - 8);
      }
    },
  });
}
