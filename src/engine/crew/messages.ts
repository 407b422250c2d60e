/** What travels between the engine and its kernel workers. */
import type { Variant } from '../../compute/cpu/programs.ts';
import type { Local } from '../../io/source.ts';
import type { Job, MeasuredSpectrum } from '../../plan/types.ts';
import type { WireError } from '../protocol.ts';
import type { Craft, Tally } from '../tensor/job.ts';
import type { Piece } from '../tensor/make.ts';
import type { Stretch } from '../tensor/stretch.ts';
import type { ModelMeasure } from '../tensor/whole-model.ts';

/** A weight file, and how a worker comes by its bytes: null when it has to ask the engine. */
export type CrewFile = {
  readonly model: string;
  readonly file: number;
  readonly name: string;
  readonly size: number;
  readonly local: Local | null;
};

export type CrewTask =
  | { readonly kind: 'stretch'; readonly craft: Craft; readonly stretch: Stretch }
  | { readonly kind: 'measure'; readonly measure: ModelMeasure }
  | { readonly kind: 'spectrum'; readonly craft: Craft; readonly job: Job };

export type CrewResult =
  | {
      readonly kind: 'stretch';
      readonly tallies: readonly Tally[];
      readonly bytesRead: number;
    }
  | { readonly kind: 'measure'; readonly magnitude: number }
  | { readonly kind: 'spectrum'; readonly spectrum: MeasuredSpectrum };

export type ToKernel =
  /** From here on: these files, and so many bytes of memory. */
  | { readonly kind: 'begin'; readonly files: readonly CrewFile[]; readonly share: number }
  /** The run is over: lets go of its files. */
  | { readonly kind: 'end' }
  | { readonly kind: 'do'; readonly task: number; readonly what: CrewTask }
  /** The piece that came last was written: the next may come. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'read'; readonly ask: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'unread'; readonly ask: number; readonly error: WireError }
  | { readonly kind: 'program'; readonly key: string; readonly module: WebAssembly.Module }
  | { readonly kind: 'no-program'; readonly key: string; readonly error: WireError };

export type FromKernel =
  | { readonly kind: 'ended' }
  | { readonly kind: 'piece'; readonly task: number; readonly piece: Piece }
  /** Bytes of a measure that were seen. */
  | { readonly kind: 'seen'; readonly task: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly task: number; readonly result: CrewResult }
  | { readonly kind: 'failed'; readonly task: number; readonly error: WireError }
  | {
      readonly kind: 'read';
      readonly ask: number;
      readonly model: string;
      readonly file: number;
      readonly begin: number;
      readonly end: number;
    }
  | { readonly kind: 'program'; readonly key: string; readonly variant: Variant };
