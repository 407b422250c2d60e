/**
 * Our page beside mergekit, on the same files on the same machine, one after the other: time, memory, and
 * whether the numbers agree. Optional: it needs Python with requirements.txt of this folder.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Row, Surroundings, Table } from '../part.ts';
import { rounded } from '../part.ts';
import { ProcessTree } from '../process-tree.ts';
import { mergeOnWorkbench } from '../workbench.ts';
import { type Duel, duels, mergekitRecipe, participants } from './recipes.ts';

const cache = resolve('node_modules/.cache/against');
const python = process.env['AGAINST_PYTHON'] ?? join(cache, 'venv/bin/python');
const scripts = resolve('bench/against');
const density = '0.2';

const run = (...words: readonly string[]) => promisify(execFile)(python, words);

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const title = 'Against mergekit: three fine-tunes of a Llama of 110 million bf16 parameters';
  const mergekit = join(dirname(python), 'mergekit-yaml');
  if (!existsSync(mergekit)) {
    const remark = `Left out: there is no mergekit at ${mergekit}; bench/README.md says how to get it.`;
    return [{ title, rows: [], remarks: [remark] }];
  }
  const root = join(cache, 'models');
  mkdirSync(root, { recursive: true });
  await run(join(scripts, 'make_models.py'), root);
  const models = ['llama-base', 'llama-1', 'llama-2', 'llama-3'].map((name) => join(root, name));
  // Reads its modules from the disk once, so that no merge pays for that; then what it pays always.
  timed(() => execFileSync(mergekit, ['--help']));
  const starting = timed(() => execFileSync(mergekit, ['--help']));

  const speed: Row[] = [];
  const agreement: Row[] = [];
  const only = surroundings.flags.get('method');
  for (const duel of duels.filter(({ method }) => only === undefined || method === only)) {
    const ours = join(cache, `ours-${duel.method}.safetensors`);
    const page = await onPage(surroundings, duel, models, ours);
    const theirs = await byMergekit(mergekit, duel, models);
    speed.push(speedRow(duel, page, theirs, starting));
    agreement.push(await compare(duel, models, ours, join(theirs.folder, 'model.safetensors')));
  }
  const remarks = [
    `mergekit takes ${rounded(starting)} s of its time to start; the page is open when Merge is pressed.`,
    ...slowerThan(speed),
  ];
  return [
    { title, rows: speed, remarks },
    { title: 'Whether the numbers agree, in mergekit’s dialect', rows: agreement },
  ];
}

type Taken = { readonly seconds: number; readonly memory: number; readonly total: number };

async function onPage(
  surroundings: Surroundings,
  duel: Duel,
  models: readonly string[],
  saveTo: string,
): Promise<Taken> {
  const { result, memoryAdded, memoryPeak } = await mergeOnWorkbench(surroundings, {
    models: participants(duel, models),
    method: duel.method,
    dialect: 'mergekit',
    values: duel.values,
    withoutBase: duel.base !== 'used',
    saveTo,
  });
  return { seconds: result.seconds, memory: memoryAdded, total: memoryPeak };
}

async function byMergekit(
  mergekit: string,
  duel: Duel,
  models: readonly string[],
): Promise<Taken & { readonly folder: string; readonly resident: number }> {
  const recipe = join(cache, `${duel.method}.yaml`);
  const folder = join(cache, `theirs-${duel.method}`);
  writeFileSync(recipe, mergekitRecipe(duel, models));
  const watch = new ProcessTree(folder).watch();
  const began = performance.now();
  const words = [recipe, folder, '--no-copy-tokenizer', '--random-seed', '1', '--quiet'];
  await promisify(execFile)(mergekit, words);
  const seconds = (performance.now() - began) / 1000;
  const { added, resident } = watch.stop();
  return { seconds, memory: added, total: added, resident, folder };
}

function speedRow(
  { method }: Duel,
  page: Taken,
  mergekit: Taken & { readonly resident: number },
  starting: number,
): Row {
  return {
    method,
    'page s': rounded(page.seconds),
    'mergekit s': rounded(mergekit.seconds),
    'mergekit ÷ page': rounded(mergekit.seconds / page.seconds),
    'without its start': rounded((mergekit.seconds - starting) / page.seconds),
    'page added MiB': Math.round(page.memory),
    'whole browser MiB': Math.round(page.total),
    'mergekit MiB': Math.round(mergekit.memory),
    'with file pages MiB': Math.round(mergekit.resident),
  };
}

/** Said in words, so that nobody has to look for it. */
function slowerThan(rows: readonly Row[]): readonly string[] {
  const slower = rows.filter((row) => Number(row['without its start']) < 1);
  return slower.length === 0
    ? ['The page is nowhere slower.']
    : [
        `The page is slower, its start left out, in: ${slower.map(({ method }) => method).join(', ')}.`,
      ];
}

async function compare(
  duel: Duel,
  models: readonly string[],
  ours: string,
  theirs: string,
): Promise<Row> {
  const parents =
    duel.method === 'ties' ? models.map((model) => join(model, 'model.safetensors')) : [];
  const trim = parents.length > 0 ? [density, ...parents] : [];
  const { stdout } = await run(join(scripts, 'compare.py'), ours, theirs, ...trim);
  const found = JSON.parse(stdout);
  return {
    method: duel.method,
    elements: found.elements,
    differing: found.differing,
    'by more than an ulp': found.beyondOne,
    'largest, ulp': found.largest,
    'differing among equals at a cut': parents.length > 0 ? found.undecided : null,
    remark: duel.random ? 'the two draw different masks' : '',
  };
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}
