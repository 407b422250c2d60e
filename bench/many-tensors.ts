/**
 * 20,000 tiny tensors: what a tensor costs besides its elements. Once through the engine as the page
 * calls it, and once as a person does it: files dropped on the workbench, Merge, until the result is shown.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import type { Watched } from './browser.ts';
import { withFamily } from './family-page.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';
import { layoutOf, type Shape, TILE, weightsOf } from './synthetic.ts';
import { mergeOnWorkbench } from './workbench.ts';

const methods = ['ties', 'linear'];

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const shape: Shape = { kind: 'tiny', tensors: numberFlag(surroundings, 'tensors', 20_000) };
  const rows: Row[] = [];
  for (const method of methods) {
    rows.push(await throughEngine(surroundings, shape, method));
    rows.push(await onWorkbench(surroundings, shape, method));
  }
  return [{ title: 'Many tensors, of 8 to 2,048 elements each: three experts and a base', rows }];
}

type Named = { readonly way: string; readonly method: string; readonly tensors: number };

function rowOf(named: Named, seconds: number, watched: Watched<unknown>): Row {
  return {
    ...named,
    seconds: rounded(seconds),
    'tensors/s': Math.round(named.tensors / seconds),
    'memory added MiB': Math.round(watched.memoryAdded),
    'main thread: longest ms': Math.round(watched.longestTask),
    'busy s': rounded(watched.mainThreadSeconds),
  };
}

async function throughEngine(
  surroundings: Surroundings,
  shape: Shape,
  method: string,
): Promise<Row> {
  const named = { way: 'engine, from order to answer', method, tensors: shape.tensors };
  const family = { shape, experts: 3, hasBase: true, stored: 'whole' } as const;
  const order = { method, backend: 'cpu', memoryBudget: 2 ** 30, patience: 600 } as const;
  return withFamily(surroundings, family, async (page) => {
    const merged = await page.merge(order);
    expect(merged.result.done).toBe(1);
    return rowOf(named, merged.result.seconds, merged);
  });
}

async function onWorkbench(surroundings: Surroundings, shape: Shape, method: string): Promise<Row> {
  const named = { way: 'page, from Merge to the result', method, tensors: shape.tensors };
  const folder = mkdtempSync(join(tmpdir(), 'amalgam-tiny-'));
  try {
    const models = ['tiny-base', 'tiny-1', 'tiny-2', 'tiny-3'].map((name, model) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'model.safetensors'), fileOf(shape, model));
      return join(folder, name);
    });
    const merged = await mergeOnWorkbench(surroundings, { models, method });
    return rowOf(named, merged.result.seconds, merged);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fileOf(shape: Shape, model: number): Uint8Array {
  const { header, byteLength } = layoutOf(shape);
  const tile = weightsOf(model, TILE, 'BF16');
  const bytes = new Uint8Array(byteLength);
  bytes.set(header);
  for (let at = header.length; at < byteLength; at += tile.length) {
    bytes.set(tile.subarray(0, byteLength - at), at);
  }
  return bytes;
}
