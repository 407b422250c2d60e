/** Pictures as files: drawn afresh with a title and a key, in the colours that the page has now. */
import { colourOf } from '../paint.ts';

/** Draws in CSS colours of the theme: `ink('--conflict')`. */
export type Sheet = {
  readonly context: CanvasRenderingContext2D;
  readonly canvas: HTMLCanvasElement;
  ink(name: string, share?: number): string;
};

const margin = 24;
const title = 20;
const note = 13;
const lineHeight = 1.5;

type SheetParts = {
  readonly title: string;
  readonly notes: readonly string[];
  readonly width: number;
  readonly height: number;
  /** Draws the body, from (0, 0) to (width, height). */
  readonly draw: (sheet: Sheet) => void;
};

/** @param from an element whose colours the sheet has */
export function sheetOf(
  from: HTMLElement,
  { title: name, notes, width, height, draw }: SheetParts,
) {
  const canvas = document.createElement('canvas');
  const top = margin + title * lineHeight;
  const lines = notes.length * note * lineHeight;
  canvas.width = Math.ceil(Math.max(560, width) + 2 * margin);
  canvas.height = Math.ceil(top + height + 12 + lines + margin);
  const context = canvas.getContext('2d')!;
  const known = new Map<string, readonly number[]>();
  const tone = (name: string) => {
    const found = known.get(name) ?? colourOf(from, name);
    known.set(name, found);
    return found;
  };
  const ink = (name: string, share = 1) => {
    const calm = tone('--calm');
    const mixed = tone(name).map((value, i) => Math.round(calm[i] + (value - calm[i]) * share));
    return `rgb(${mixed.slice(0, 3).join(' ')})`;
  };
  context.fillStyle = ink('--surface');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = ink('--ink');
  context.font = `600 ${title}px sans-serif`;
  context.fillText(name, margin, margin + title * 0.8, canvas.width - 2 * margin);
  context.save();
  context.translate(margin, top);
  draw({ context, canvas, ink });
  context.restore();
  context.fillStyle = ink('--ink-soft');
  context.font = `${note}px sans-serif`;
  for (const [i, line] of notes.entries()) {
    const y = top + height + 12 + (i + 0.8) * note * lineHeight;
    context.fillText(line, margin, y, canvas.width - 2 * margin);
  }
  return canvas;
}

/** A name for a file: what paths and shells would stumble over is replaced. */
export function fileName(...parts: readonly string[]): string {
  return parts
    .join('-')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .slice(0, 180);
}
