import type { Close } from '../../views/close.ts';

/** Tiles show the share of their mass that cancels, or that of their worst element: a mean hides rare fights. */
export type Pooling = 'mean' | 'most';

/** One pixel a tile. The colours are those of the page's theme. */
export function paint(canvas: HTMLCanvasElement, { tiling, tiles }: Close, pooling: Pooling): void {
  const { down, across } = tiling;
  canvas.width = across;
  canvas.height = down;
  const context = canvas.getContext('2d');
  if (!context) return;
  const [calm, conflict] = ['--calm', '--conflict'].map((name) => colourOf(canvas, name, context));
  const image = context.createImageData(across, down);
  for (let i = 0; i < across * down; i++) {
    const mass = tiles.mass[i];
    const share = pooling === 'most' ? tiles.most[i] : mass > 0 ? tiles.opposed[i] / mass : 0;
    for (let channel = 0; channel < 3; channel++) {
      const value = calm[channel] + (conflict[channel] - calm[channel]) * share;
      image.data[4 * i + channel] = value;
    }
    // What nobody changes lets the ground show.
    image.data[4 * i + 3] = mass > 0 ? 255 : 0;
  }
  context.putImageData(image, 0, 0);
}

/** Red, green, blue of a colour of the theme, as the page shows it now. */
function colourOf(canvas: HTMLCanvasElement, name: string, context: CanvasRenderingContext2D) {
  // A property of its own is kept as it is written, light-dark() and all; a colour is worked out.
  canvas.style.color = `var(${name})`;
  context.fillStyle = getComputedStyle(canvas).color;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}
