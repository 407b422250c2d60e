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
  const style = getComputedStyle(canvas);
  const [calm, conflict] = ['--calm', '--conflict'].map((name) => colourOf(style, name, context));
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

/** Red, green, blue of a colour of the theme, whatever it is written as. */
function colourOf(style: CSSStyleDeclaration, name: string, context: CanvasRenderingContext2D) {
  const scheme = style.colorScheme.includes('dark') && !style.colorScheme.includes('light');
  const isDark = scheme || matchMedia('(prefers-color-scheme: dark)').matches;
  const value = style.getPropertyValue(name).trim();
  const parts = /^light-dark\((.+?),(.+)\)$/.exec(value);
  context.fillStyle = (parts ? parts[isDark ? 2 : 1] : value).trim();
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}
