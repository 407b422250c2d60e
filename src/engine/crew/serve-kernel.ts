import { cpuBackend } from '../../compute/cpu/backend.ts';
import type { Programs, Variant } from '../../compute/cpu/programs.ts';
import { blobSource } from '../../io/blob.ts';
import { letGo } from '../../io/let-go.ts';
import type { Source } from '../../io/source.ts';
import { type OpenSource, openStored } from '../../io/stored.ts';
import { ladder } from '../devices/ladder.ts';
import { countReads } from '../library/count-reads.ts';
import { weightsKey } from '../library/sources.ts';
import { measure } from '../tensor/job.ts';
import { makeStretch, type Piece } from '../tensor/make.ts';
import { readTogether } from '../tensor/read-together.ts';
import { measureModel } from '../tensor/whole-model.ts';
import { fromWire, toWire } from '../wire.ts';
import type { CrewFile, CrewResult, CrewTask, FromKernel, ToKernel } from './messages.ts';

type Post = (message: FromKernel, transfer?: Transferable[]) => void;
type Waiting<T> = { resolve(value: T): void; reject(error: unknown): void };

/**
 * The kernel worker's side: reads what a task names, computes it with the compiled shaders in a memory of
 * its own, and hands pieces of output on. Of two tasks one computes while the other reads. It is never
 * cancelled: whoever wants it to stop ends the worker.
 */
export function serveKernel(post: Post): (message: ToKernel) => void {
  const never = new AbortController().signal;
  const reads = new Map<number, Waiting<Uint8Array<ArrayBuffer>>>();
  const programs = new Map<string, Waiting<WebAssembly.Module>>();
  /** Resolves when the last piece that was handed on is written; one more may be made meanwhile. */
  let written: Promise<void> = Promise.resolve();
  let tellWritten = () => {};
  const backend = cpuBackend(askedPrograms());
  const steps = ladder(backend, { renew: async () => null, cpu: () => backend });
  let asks = 0;
  let share = 0;
  let opened: Promise<ReadonlyMap<string, Source>> = Promise.resolve(new Map());
  let turn: Promise<unknown> = Promise.resolve();

  function askedPrograms(): Programs {
    const known = new Map<string, Promise<WebAssembly.Module>>();
    return {
      get(variant: Variant) {
        const key = JSON.stringify(variant);
        let module = known.get(key);
        if (!module) {
          module = new Promise((resolve, reject) => programs.set(key, { resolve, reject }));
          known.set(key, module);
          post({ kind: 'program', key, variant });
        }
        return module;
      },
    };
  }

  async function open(
    files: readonly CrewFile[],
    before: typeof opened,
  ): Promise<ReadonlyMap<string, Source>> {
    for (const source of (await before).values()) (source as Partial<OpenSource>).close?.();
    const sources = await Promise.all(
      files.map(async (file) => [weightsKey(file.model, file.file), await sourceOf(file)] as const),
    );
    return new Map(sources);
  }

  async function sourceOf({ model, file, name, size, local }: CrewFile): Promise<Source> {
    if (local?.kind === 'blob') return blobSource(name, local.blob);
    if (local?.kind === 'stored') return openStored(name, local.handle);
    return {
      name,
      size,
      async read(begin, end, _signal, into) {
        const bytes = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
          const ask = ++asks;
          reads.set(ask, { resolve, reject });
          post({ kind: 'read', ask, model, file, begin, end });
        });
        if (!into) return bytes;
        into.set(bytes);
        letGo(bytes);
        return into;
      },
    };
  }

  async function perform(task: number, what: CrewTask): Promise<CrewResult> {
    const files = await opened;
    const counted = countReads({
      weights: (model, file) => files.get(weightsKey(model, file))!,
      companion: () => {
        throw new Error('Kernel workers read weights only');
      },
    });
    const budget = share;
    const reader = { sources: counted.sources, budget };
    if (what.kind === 'measure') {
      const told = (bytes: number) => post({ kind: 'seen', task, bytes });
      const magnitude = await exclusive(() =>
        measureModel(what.measure, reader, steps, told, never),
      );
      return { kind: 'measure', magnitude };
    }
    if (what.kind === 'spectrum') {
      const shop = { craft: what.craft, reader, ladder: steps, signal: never };
      return { kind: 'spectrum', spectrum: await exclusive(() => measure(what.job, shop)) };
    }
    const { craft, stretch } = what;
    const handOn = async (piece: Piece) => {
      await written;
      written = new Promise((resolve) => {
        tellWritten = resolve;
      });
      post({ kind: 'piece', task, piece }, [piece.bytes.buffer]);
    };
    const together = await readTogether(stretch.jobs, reader, never);
    const tallies = await exclusive(() =>
      makeStretch(stretch, { craft, reader: together, ladder: steps, signal: never }, handOn),
    );
    return { kind: 'stretch', tallies, bytesRead: counted.bytes() };
  }

  /** One at a time: the share of a worker holds what one computes, and what the other has read. */
  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work);
    turn = next.catch(() => {});
    return next;
  }

  return (message) => {
    switch (message.kind) {
      case 'begin':
        share = message.share;
        opened = open(message.files, opened);
        opened.catch(() => {}); // each task hears of it
        return;
      case 'end':
        opened = open([], opened);
        void opened.catch(() => {}).then(() => post({ kind: 'ended' }));
        return;
      case 'do': {
        const { task, what } = message;
        perform(task, what).then(
          (result) => post({ kind: 'done', task, result }),
          (error: unknown) => post({ kind: 'failed', task, error: toWire(error) }),
        );
        return;
      }
      case 'taken':
        tellWritten();
        return;
      case 'read':
        reads.get(message.ask)?.resolve(message.bytes);
        reads.delete(message.ask);
        return;
      case 'unread':
        reads.get(message.ask)?.reject(fromWire(message.error));
        reads.delete(message.ask);
        return;
      case 'program':
        programs.get(message.key)?.resolve(message.module);
        programs.delete(message.key);
        return;
      case 'no-program':
        programs.get(message.key)?.reject(fromWire(message.error));
        programs.delete(message.key);
        return;
      default:
        message satisfies never;
    }
  };
}
