/**
 * Merges from private storage to private storage, verification included, beside a plain copy of the same
 * bytes in the same page and storage.
 */
import type { Watched } from './browser.ts';
import { withFamily } from './family-page.ts';
import type { Family, Merged } from './page/page.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';
import { parametersOf, tiles } from './synthetic.ts';

type Task = {
  readonly label: string;
  readonly method: string;
  readonly dtype: 'BF16' | 'I16';
  readonly family: Pick<Family, 'experts' | 'hasBase'>;
  /** Models whose weights the merge reads. */
  readonly reads: number;
};

const tasks: readonly Task[] = [
  {
    label: 'TIES of three and a base',
    method: 'ties',
    dtype: 'BF16',
    family: { experts: 3, hasBase: true },
    reads: 4,
  },
  {
    label: 'linear of three',
    method: 'linear',
    dtype: 'BF16',
    family: { experts: 3, hasBase: false },
    reads: 3,
  },
  {
    label: 'all tensors copied',
    method: 'linear',
    dtype: 'I16',
    family: { experts: 2, hasBase: false },
    reads: 1,
  },
];

const sizes = [
  { millions: 34, tensors: 8 },
  { millions: 302, tensors: 72 },
];
const copies = 3;

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const backends = surroundings.flags.has('webgpu')
    ? (['cpu', 'webgpu'] as const)
    : ['cpu' as const];
  const most = numberFlag(surroundings, 'most', Number.POSITIVE_INFINITY);
  const wanted = sizes.filter(({ millions }) => millions <= most);
  const rows: Row[] = [];
  for (const task of tasks) {
    for (const backend of backends) {
      for (const { tensors } of wanted)
        rows.push(await measureTask(surroundings, task, backend, tensors));
    }
  }
  return [
    {
      title: 'End to end: private storage to private storage, verified, beside a plain copy',
      rows,
      remarks: ['Best of several copies before and after the merges; the merge of the least time.'],
    },
  ];
}

async function measureTask(
  surroundings: Surroundings,
  task: Task,
  backend: 'cpu' | 'webgpu',
  tensors: number,
): Promise<Row> {
  const shape = tiles(tensors, task.dtype);
  const family: Family = { ...task.family, shape, stored: 'whole' };
  const args = backend === 'webgpu' ? ['--enable-unsafe-webgpu'] : [];
  const repeats = numberFlag(surroundings, 'repeats', 2);
  const patience = 60 * numberFlag(surroundings, 'minutes', 5);
  return withFamily(
    surroundings,
    family,
    async (page) => {
      const copied: number[] = [];
      const readBack: number[] = [];
      const merges: Watched<Merged>[] = [];
      const copyAll = async () => {
        for (let i = 0; i < copies; i++) {
          copied.push(await page.copy(task.reads, false));
          readBack.push(await page.copy(task.reads, true));
        }
      };
      await copyAll();
      for (let i = 0; i < repeats; i++) {
        const order = { method: task.method, backend, memoryBudget: 2 ** 30, patience };
        merges.push(await page.merge(order));
      }
      await copyAll();
      const { label } = task;
      const parameters = parametersOf(shape);
      const copy = { plain: Math.min(...copied), readBack: Math.min(...readBack) };
      return rowOf({ label, backend, parameters }, merges, copy);
    },
    args,
  );
}

type Named = { readonly label: string; readonly backend: string; readonly parameters: number };

function rowOf(
  { label, backend, parameters }: Named,
  merges: readonly Watched<Merged>[],
  copy: { readonly plain: number; readonly readBack: number },
): Row {
  const [best] = merges.toSorted((a, b) => a.result.seconds - b.result.seconds);
  const { seconds, bytesRead, bytesWritten, done } = best.result;
  const peak = (of: (merge: Watched<Merged>) => number) => Math.max(...merges.map(of));
  return {
    merge: label,
    backend,
    'M parameters': Math.round(parameters / 1e6),
    'merge s': done === 1 ? rounded(seconds) : `given up at ${Math.round(100 * done)} %`,
    'copy s': rounded(copy.plain),
    'merge ÷ copy': rounded(seconds / copy.plain),
    'copy, read back s': rounded(copy.readBack),
    'merge ÷ copy, read back': rounded(seconds / copy.readBack),
    'M parameters/s': rounded(parameters / 1e6 / seconds),
    'MB read/s': rounded(bytesRead / 1e6 / seconds),
    'MB written/s': rounded(bytesWritten / 1e6 / seconds),
    'processor s': rounded(best.processorSeconds),
    'memory added MiB': Math.round(peak((merge) => merge.memoryAdded)),
    'main thread: longest ms': Math.round(peak((merge) => merge.longestTask)),
    'busy s': rounded(best.mainThreadSeconds),
  };
}
