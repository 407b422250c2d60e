/** The picture of a tensor on a canvas. */
import type { Pooling } from '../../stores/view.ts';
import { type Bands, bandsOf, cancelled } from '../../views/bands.ts';
import type { Close, Patch } from '../../views/close.ts';
import type { Sight } from '../../views/sight.ts';
import { pullsOf } from './pulls.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** The colours of the page's theme. */
export type Palette = { readonly calm: Colour; readonly conflict: Colour; readonly ground: string };

/** A picture of the tensor or of a part of it, a pixel a tile. */
export type Layer = Sight & { readonly image: HTMLCanvasElement };

export function paletteOf(element: HTMLElement): Palette {
  const rgb = (name: string) => colourOf(element, name).slice(0, 3) as unknown as Colour;
  const ground = rgb('--surface');
  return { calm: rgb('--calm'), conflict: rgb('--conflict'), ground: `rgb(${ground.join(' ')})` };
}

/** Red, green, blue of a colour of the theme, as the page shows it now. */
export function colourOf(element: HTMLElement, name: string): readonly number[] {
  // A property of its own is kept as it is written, light-dark() and all; a colour is worked out.
  element.style.color = `var(${name})`;
  const one = layer(1, 1);
  const context = one.getContext('2d')!;
  context.fillStyle = getComputedStyle(element).color;
  element.style.color = '';
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}

/** All of a tensor, by its tiles. */
export function tileLayer({ tiling, tiles }: Close, pooling: Pooling, palette: Palette): Layer {
  const { down, across, height, width } = tiling;
  const share = (i: number) => {
    const mean = cancelled(tiles, i);
    return mean !== null && pooling === 'most' ? tiles.most[i] : mean;
  };
  const image = imageOf(down, across, share, palette);
  // The last tiles may be smaller; in the picture they are as large as all others.
  return { row: 0, column: 0, rows: down * height, columns: across * width, image };
}

/** Some elements one by one. */
export function elementLayer(patch: Patch, palette: Palette): Layer {
  const { row, column, down, across } = patch;
  const image = imageOf(down, across, (i) => pullsOf(patch, i).cancels, palette);
  return { row, column, rows: down, columns: across, image };
}

function imageOf(
  down: number,
  across: number,
  shareOf: (i: number) => number | null,
  { calm, conflict }: Palette,
): HTMLCanvasElement {
  const canvas = layer(across, down);
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(across, down);
  for (let i = 0; i < across * down; i++) {
    const share = shareOf(i);
    // What nobody changes lets the ground show.
    if (share === null) continue;
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = calm[channel] + (conflict[channel] - calm[channel]) * share;
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** What is in sight, over all of a canvas; later layers cover earlier ones. */
export function paintSight(
  canvas: HTMLCanvasElement,
  sight: Sight,
  layers: readonly Layer[],
  { ground }: Palette,
): void {
  const { width, height } = canvas;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  for (const { row, column, rows, columns, image } of layers) {
    const x = ((column - sight.column) / sight.columns) * width;
    const y = ((row - sight.row) / sight.rows) * height;
    const [across, down] = [(columns / sight.columns) * width, (rows / sight.rows) * height];
    context.clearRect(x, y, across, down);
    context.fillRect(x, y, across, down);
    context.drawImage(image, x, y, across, down);
  }
}

/** A bar for each band in sight, as long as its share of `top`: down the side of the picture, or along its foot. */
export function paintStrip(
  canvas: HTMLCanvasElement,
  bands: Bands,
  along: 'rows' | 'columns',
  { from, length, each, top }: { from: number; length: number; each: number; top: number },
  { conflict, calm }: Palette,
): void {
  const { width, height } = canvas;
  const [extent, depth] = along === 'rows' ? [height, width] : [width, height];
  const context = canvas.getContext('2d')!;
  context.fillStyle = `rgb(${calm.join(' ')})`;
  context.fillRect(0, 0, width, height);
  context.fillStyle = `rgb(${conflict.join(' ')})`;
  for (let band = Math.floor(from / each); band * each < from + length; band++) {
    const share = cancelled(bands, band) ?? 0;
    const at = ((band * each - from) / length) * extent;
    const thick = (each / length) * extent;
    const long = (share / top) * depth;
    if (along === 'rows') context.fillRect(0, at, long, thick);
    else context.fillRect(at, 0, thick, long);
  }
}

/** What the longest bar of a strip stands for: the next tenth above the most that cancels in any of them. */
export function stripTop({ tiling, tiles }: Close): number {
  const most = (['rows', 'columns'] as const).map((along) => {
    const bands = bandsOf(tiling, tiles, along);
    return bands.mass.reduce((top, _, i) => Math.max(top, cancelled(bands, i) ?? 0), 0);
  });
  return Math.min(1, Math.max(0.1, Math.ceil(10 * Math.max(...most)) / 10));
}

function layer(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
