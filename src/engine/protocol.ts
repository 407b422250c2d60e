import type { LeftOut } from '../formats/beside.ts';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { Wait } from '../hub/connection.ts';
import type { HubFile } from '../hub/place.ts';
import type { Publication, Published, PublishProgress } from '../hub/publication.ts';
import type { StoredFile } from '../io/paths.ts';
import type { FinishedMerge, UnfinishedMerge } from '../io/stored-merges.ts';
import type { Excerpt } from '../methods/excerpt.ts';
import type { Prospect } from '../plan/outlook.ts';
import type { PlanInput } from '../plan/plan.ts';
import type { TableRows, TableWindow } from '../plan/table.ts';
import type { MatchRow, Ranks } from '../plan/types.ts';
import type { Changes } from '../views/changes.ts';
import type { Close, Patch } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { Survival } from '../views/survival.ts';

/**
 * A file to open: native (dropped or picked), a URL of known size (the demo family), on the Hub, or in
 * private storage.
 */
export type Handle =
  | { readonly kind: 'file'; readonly path: string; readonly file: File }
  | { readonly kind: 'url'; readonly path: string; readonly url: string; readonly size: number }
  | ({ readonly kind: 'hub' } & HubFile)
  /** A file in private storage. */
  | {
      readonly kind: 'stored';
      readonly path: string;
      readonly handle: FileSystemFileHandle;
      readonly size: number;
    };

/** Which Hub the engine reads from, and as whom. Lives in memory only. */
export type HubAccess = {
  /** Absolute, without a slash at its end. */
  readonly hubUrl: string;
  readonly token: string | null;
  /** Bytes of the Hub's files kept in private storage from one run to the next; 0 keeps none. */
  readonly cacheBytes: number;
};

/** Where a run writes to. Handles of the File System Access API travel by structured clone. */
export type Destination =
  | { readonly kind: 'directory'; readonly handle: FileSystemDirectoryHandle }
  | { readonly kind: 'opfs'; readonly folder: string };

/** What is to be planned; the models are those that the engine has open. */
export type PlanOrder = Omit<PlanInput, 'models'>;

export type BackendChoice = 'auto' | 'webgpu' | 'cpu';

export type DeviceReport = {
  /** The backend that a run would use now. */
  readonly kind: 'webgpu' | 'cpu';
  readonly label: string;
  /** One sentence: why this one. */
  readonly reason: string;
  readonly webgpu: 'hardware' | 'software' | 'none';
  readonly adapter: string | null;
  readonly limits: {
    readonly maxBufferSize: number;
    readonly maxStorageBufferBindingSize: number;
  } | null;
  readonly workers: number;
};

/** What to push where; the engine finds the files itself. */
export type PublishOrder = Omit<Publication, 'files'> & {
  /** SHA-256 by name, as the verification of the run found them. */
  readonly sums: Readonly<Record<string, string>>;
};

export type RunOptions = {
  readonly backend: BackendChoice;
  /** Bytes. */
  readonly memoryBudget: number;
};

/** What one tensor went through. */
export type TensorReport = {
  readonly tensor: string;
  readonly backend: 'cpu' | 'webgpu' | 'copy';
  readonly changed: boolean | null;
  readonly saturated: number;
  readonly nonFinite: number;
  /** "GPU lost, done again on the CPU", "non-finite input, done on the CPU", a method's remark. */
  readonly notes: readonly string[];
};

/** Whether a tensor has something to say. */
export function hasRemark({ notes, saturated, nonFinite }: TensorReport): boolean {
  return notes.length > 0 || saturated > 0 || nonFinite > 0;
}

/** What rounding to the output's dtype left of a change, by elements that were looked at. */
export type Survived = {
  /** Of the elements that the merge changes: the share that is stored as another value than the base's. */
  readonly elements: number;
  /** ⟨stored − base, Δ⟩ / ‖Δ‖², Δ being the change before it was rounded. */
  readonly change: number;
};

/** Elements of the tensors that adapters change, computed once more apart from the merge, and what became of them. */
export type Proof = {
  readonly tensors: number;
  readonly elements: number;
  /** Of the tensors, those that were not looked at: DoRA by columns takes the whole of a large one. */
  readonly left: number;
  /** Elements that differ in the last digit, as they may where a GPU computed them. */
  readonly near: number;
  /** The first that is another than it should be, with what was found and what was expected. */
  readonly difference: string | null;
  /** Null where nothing is changed, or has a base. */
  readonly survival: {
    readonly all: Survived;
    /** What it would be in another dtype of output. */
    readonly others: readonly (Survived & { readonly dtype: 'F16' | 'F32' })[];
    /** By tensor, what is left least first. */
    readonly tensors: readonly (Survived & { readonly tensor: string })[];
  } | null;
};

export type VerifyReport = {
  readonly ok: boolean;
  /** What makes the result doubtful; none when `ok`. */
  readonly problems: readonly string[];
  /** Worth knowing, and no fault of the merge. */
  readonly remarks: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly tensors: number;
  readonly tensorsChanged: number;
  readonly nan: number;
  readonly infinite: number;
  readonly saturated: number;
  /** Null where no adapter went into a model. */
  readonly proof: Proof | null;
};

export type RunResult = {
  readonly verify: VerifyReport;
  readonly tensors: readonly TensorReport[];
  readonly seconds: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly backend: string;
};

/** `count` tensors of a row of the mosaic, from its `from`-th on, counted from 0. */
export type MosaicCell = {
  /** The first of them. */
  readonly tensor: string;
  readonly from: number;
  readonly count: number;
};

export type MosaicRow = {
  /** "in", "7" or "6–8" for layers, "out". */
  readonly name: string;
  /** Tensors of the row. */
  readonly count: number;
  readonly cells: readonly MosaicCell[];
};

/**
 * How many finished tensors of each cell went which way. Cells are numbered row by row. A tensor is one of
 * changed, unchanged, copied and, where nothing can be compared, written; it may be noted besides: it has
 * something to say.
 */
export type MosaicCounts = Readonly<
  Record<'changed' | 'unchanged' | 'copied' | 'written' | 'noted', Uint32Array>
>;

/** Its size does not depend on the model's. */
export type Progress = {
  readonly phase: 'measuring' | 'merging' | 'verifying';
  readonly tensor: string;
  readonly tensorsDone: number;
  readonly tensorsTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Bytes written per second, over the last few seconds. */
  readonly throughput: number;
  /** Seconds left; null until it can be told. */
  readonly eta: number | null;
  /** Bytes that came over the network since the run began. */
  readonly downloaded: number;
  /** Why nothing comes over the network just now; null when it does, or need not. */
  readonly waiting: Wait | null;
  readonly cells: MosaicCounts;
  /** The cell that `tensor` lies in. */
  readonly cell: number | null;
  /** The latest few tensors with something to say, newest first; all come with the result. */
  readonly remarks: readonly TensorReport[];
};

export type Request =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly modelId: string;
      readonly name: string;
      readonly handles: readonly Handle[];
      /** What else lies in the model's folder. */
      readonly leftOut: readonly LeftOut[];
    }
  | { readonly kind: 'close'; readonly id: number; readonly modelId: string }
  /** What a run of this would do, or what stands in its way. */
  | { readonly kind: 'plan'; readonly id: number; readonly order: PlanOrder }
  /** Some tensors of that plan, as a table shows them. */
  | {
      readonly kind: 'rows';
      readonly id: number;
      readonly order: PlanOrder;
      readonly window: TableWindow;
    }
  /** How an adapter of that plan meets the base, module by module. */
  | {
      readonly kind: 'matches';
      readonly id: number;
      readonly order: PlanOrder;
      readonly model: string;
    }
  /** Spectra and cosines of all adapters of that plan: the whole of it, and then a part of what was found. */
  | { readonly kind: 'survey'; readonly id: number; readonly order: PlanOrder }
  | {
      readonly kind: 'survey-part';
      readonly id: number;
      readonly order: PlanOrder;
      readonly part: SurveyPart;
    }
  /** How much an adapter of each rank would keep of that plan. */
  | {
      readonly kind: 'energy';
      readonly id: number;
      readonly order: PlanOrder;
      /** How modules are merged that are not known by their factors; null leaves them out. */
      readonly options: RunOptions | null;
    }
  /** Where its models pull against each other, over all of it. */
  | {
      readonly kind: 'conflicts';
      readonly id: number;
      readonly order: PlanOrder;
      /** Whether it may come over the network; else the answer is how many bytes would. */
      readonly fetches: boolean;
    }
  /** One of its tensors as tiles. */
  | {
      readonly kind: 'close-up';
      readonly id: number;
      readonly order: PlanOrder;
      readonly fetches: boolean;
      readonly tensor: string;
    }
  /** Some elements of one of its tensors. */
  | {
      readonly kind: 'patch';
      readonly id: number;
      readonly order: PlanOrder;
      readonly tensor: string;
      readonly square: Square;
    }
  /** What its models changed, from what was sampled for `conflicts`: nothing is fetched. */
  | {
      readonly kind: 'changes';
      readonly id: number;
      readonly order: PlanOrder;
      /** Whose magnitudes are told by themselves. */
      readonly tensor: string | null;
    }
  /** How much of those changes its merge would leave, from the same samples. */
  | { readonly kind: 'survival'; readonly id: number; readonly order: PlanOrder }
  /** A row of its most contested elements. */
  | {
      readonly kind: 'excerpt';
      readonly id: number;
      readonly order: PlanOrder;
      readonly fetches: boolean;
    }
  | { readonly kind: 'device'; readonly id: number; readonly choice: BackendChoice }
  /** From here on the engine reads the Hub like this. */
  | { readonly kind: 'access'; readonly id: number; readonly access: HubAccess }
  /** The Hub's files in private storage: how many bytes, or away with them. Answers the bytes left. */
  | { readonly kind: 'cache'; readonly id: number; readonly action: 'size' | 'clear' }
  /** All tensors that a finding of that plan concerns. */
  | {
      readonly kind: 'names';
      readonly id: number;
      readonly order: PlanOrder;
      readonly finding: number;
    }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly order: PlanOrder;
      readonly destination: Destination;
      readonly options: RunOptions;
    }
  /** Pushes a finished run, as it lies in its destination, to the Hub. */
  | {
      readonly kind: 'publish';
      readonly id: number;
      readonly from: Destination;
      readonly publication: PublishOrder;
    }
  /** Answers nothing itself; the target fails with `AbortError`. */
  | { readonly kind: 'cancel'; readonly id: number; readonly target: number }
  /** What interrupted runs left in private storage. */
  | { readonly kind: 'leftovers'; readonly id: number; readonly action: 'list' | 'remove' }
  /** Names of folders in a picked one that hold an unfinished merge. */
  | {
      readonly kind: 'unfinished-in';
      readonly id: number;
      readonly parent: FileSystemDirectoryHandle;
    }
  /** Takes away what a run left that came to no end; a finished merge and a run under way stay. */
  | { readonly kind: 'discard'; readonly id: number; readonly destination: Destination }
  /** Finished merges in private storage: which there are, and one of them to download or remove. */
  | { readonly kind: 'finished'; readonly id: number; readonly action: FinishedAction };

export type FinishedAction =
  | { readonly kind: 'list' }
  /** The name a merge will have there: another when this one is taken. */
  | { readonly kind: 'free-name'; readonly name: string }
  | { readonly kind: 'files'; readonly folder: string }
  | { readonly kind: 'zip'; readonly folder: string }
  | { readonly kind: 'remove'; readonly folder: string };

/** Bytes over the network that a look would take, to be agreed to first. */
export type ToFetch = { readonly toFetch: number };

/** A square of a tensor's matrix, by its first element. */
export type Square = { readonly row: number; readonly column: number; readonly side: number };

/** The share of Σσ², the energy of a merge of adapters, that an adapter keeps; element k − 1 is of rank k. */
export type EnergyCurve = {
  /** Of all modules together. */
  readonly total: readonly number[];
  /** Of the module that loses most. */
  readonly lowest: readonly number[];
  readonly modules: number;
  /** Modules that this speaks of; of the others it is known once they are measured, or merged. */
  readonly known: number;
  /** The recipe's ranks, and what they keep of the modules that are known; null of a recipe for a model. */
  readonly chosen: {
    readonly ranks: Ranks;
    /** The share of all modules together. */
    readonly kept: number;
    /** Of the module that loses most. */
    readonly least: number;
    /** Of the adapter's weights. */
    readonly bytes: number;
  } | null;
};

/** What the factors of all adapters tell of them, before any weight of the merge. */
export type Survey = {
  readonly adapters: readonly SurveyedAdapter[];
  /**
   * The cosine of every two adapters, each taken as one long vector: a module that one of them leaves alone is 0
   * there. Null where one of them is 0 all over.
   */
  readonly cosines: readonly (readonly (number | null)[])[];
  /** How many weights both change. */
  readonly shared: readonly (readonly number[])[];
};

export type SurveyedAdapter = {
  readonly model: string;
  readonly name: string;
  /** Weights that it changes, and those of them whose spectrum is known. */
  readonly weights: number;
  readonly known: number;
  /** ‖ΔW‖_F over all that are known, and the largest singular value among them. */
  readonly norm: number;
  readonly largest: number;
};

/** Which part of a survey is to be seen; adapters by model id. Rows from `from` up to `to`. */
export type SurveyPart =
  | { readonly kind: 'spectra'; readonly model: string; readonly from: number; readonly to: number }
  | { readonly kind: 'pair'; readonly models: Pair; readonly from: number; readonly to: number }
  | { readonly kind: 'grid'; readonly models: Pair };
type Pair = readonly [string, string];

/** Singular values of one weight's update, its own scale in them. */
export type SpectrumRow = {
  /** The weight, as the base calls it. */
  readonly tensor: string;
  readonly rows: number;
  readonly columns: number;
  readonly type: string;
  /** Of the factors; null where they are not what it is stored as. */
  readonly rank: number | null;
  /** Null where they are not known, and why. */
  readonly found: SpectrumFacts | null;
  readonly why: string | null;
};
export type SpectrumFacts = {
  /** The largest first; of many every so manieth. */
  readonly values: readonly number[];
  readonly effectiveRank: number;
  /** Of the smallest adapter that keeps 99 % of the energy. */
  readonly rank99: number;
  readonly norm: number;
};

/** One weight that both change: the cosine of their updates, null where one of them is 0. */
export type PairRow = {
  readonly tensor: string;
  readonly cosine: number | null;
  readonly norms: readonly [number, number];
};

export type SurveyRows<Row> = {
  readonly from: number;
  /** Of all rows. */
  readonly count: number;
  readonly rows: readonly Row[];
};

/** Cosines of two adapters by depth and kind of module; null where they share nothing. */
export type CosineGrid = {
  /** Layers or blocks; neighbours together where they are many. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly (number | null)[])[];
};

/** What a part of a survey is answered with. */
export type PartOf<P extends SurveyPart> = P['kind'] extends 'spectra'
  ? SurveyRows<SpectrumRow>
  : P['kind'] extends 'pair'
    ? SurveyRows<PairRow>
    : CosineGrid;

export type { FinishedMerge, StoredFile, UnfinishedMerge };

/** What a request is answered with. Files are native and lie on disk: cloning copies no bytes. */
export type Answer =
  | ModelFacts
  | Prospect
  | TableRows
  | EnergyCurve
  | ConflictMap
  | Changes
  | Survival
  | ToFetch
  | Close
  | Patch
  | Excerpt
  | Survey
  | SurveyRows<SpectrumRow>
  | SurveyRows<PairRow>
  | CosineGrid
  | readonly MatchRow[]
  | DeviceReport
  | RunResult
  | readonly string[]
  | readonly FinishedMerge[]
  | readonly UnfinishedMerge[]
  | readonly string[]
  | readonly StoredFile[]
  | Blob
  | string
  | Published
  | number
  | null;

export type WireError = {
  readonly tag: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
};

export type Event =
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly value: Answer;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'publishing'; readonly id: number; readonly progress: PublishProgress }
  /** Modules of a plan, or of a survey, whose singular values were found, of how many. */
  | {
      readonly kind: 'measured';
      readonly id: number;
      readonly done: number;
      readonly total: number;
    }
  /** Once, when a run begins: how its tensors lie in the mosaic. */
  | { readonly kind: 'mosaic'; readonly id: number; readonly rows: readonly MosaicRow[] };

const requestKinds: readonly string[] = [
  'open',
  'close',
  'plan',
  'rows',
  'names',
  'energy',
  'survey',
  'survey-part',
  'matches',
  'conflicts',
  'close-up',
  'patch',
  'changes',
  'survival',
  'excerpt',
  'device',
  'access',
  'cache',
  'run',
  'publish',
  'cancel',
  'leftovers',
  'discard',
  'unfinished-in',
  'finished',
] satisfies Request['kind'][];

const eventKinds: readonly string[] = [
  'done',
  'failed',
  'progress',
  'publishing',
  'measured',
  'mosaic',
] satisfies Event['kind'][];

/** A message of the page; null when it is none of ours (extensions post to workers too). */
export function parseRequest(data: unknown): Request | null {
  return isMessage(data, requestKinds) ? (data as Request) : null;
}

/** A message of the engine; null when it is none of ours. */
export function parseEvent(data: unknown): Event | null {
  return isMessage(data, eventKinds) ? (data as Event) : null;
}

/** Page and engine are built together, so kind and id are all that needs a look. */
function isMessage(data: unknown, kinds: readonly string[]): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const { kind, id } = data as { kind?: unknown; id?: unknown };
  return typeof kind === 'string' && kinds.includes(kind) && Number.isInteger(id);
}
