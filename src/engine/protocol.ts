import type { TaskScore } from '../evaluate/tasks/score.ts';
import type { Part, Task } from '../evaluate/tasks/task.ts';
import type { LeftOut } from '../formats/beside.ts';
import type { GgufType } from '../formats/gguf/types.ts';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { HubFile } from '../hub/place.ts';
import type { Publication, Published, PublishProgress } from '../hub/publication.ts';
import type { StoredFile } from '../io/paths.ts';
import type { FinishedMerge, UnfinishedMerge } from '../io/stored-merges.ts';
import type { Excerpt, Spot } from '../methods/excerpt.ts';
import type { Prospect } from '../plan/outlook.ts';
import type { PlanInput } from '../plan/plan.ts';
import type { TableRows, TableWindow } from '../plan/table.ts';
import type { MatchRow } from '../plan/types.ts';
import type { Changes } from '../views/changes.ts';
import type { Close, Patch, Square, ToFetch } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { Difference } from '../views/difference.ts';
import type { EnergyCurve } from '../views/energy.ts';
import type { Outcome } from '../views/outcome.ts';
import type {
  CosineGrid,
  PairRow,
  SpectrumRow,
  Survey,
  SurveyPart,
  SurveyRows,
} from '../views/survey.ts';
import type { Survival } from '../views/survival.ts';
import type { MosaicRow, Progress, RunResult } from './report.ts';

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

/** What is to be written as a GGUF: an open model, or a finished merge where it lies. */
export type GgufFrom =
  | { readonly kind: 'open'; readonly model: string; readonly name: string }
  | { readonly kind: 'written'; readonly place: Destination; readonly name: string };

/** What a GGUF of a model would be. */
export type GgufOutlook = {
  /** As llama.cpp calls it. */
  readonly architecture: string;
  /** Whether it makes vectors of texts and no texts. */
  readonly isEncoder: boolean;
  readonly tensors: number;
  /** Bytes and name of the file, by type. */
  readonly sizes: readonly {
    readonly type: GgufType;
    readonly bytes: number;
    readonly name: string;
  }[];
  /** Tensors of which a file of Q8_0 has F16, because their rows are no whole blocks. */
  readonly keptInF16: number;
  readonly remarks: readonly string[];
};

/** A text in a model's tokens, special ones neither added nor read. */
export type TextTokens = {
  readonly ids: readonly number[];
  /** The text of the first of them. */
  readonly first: string;
};

/** A GGUF that was written and read back. */
export type GgufResult = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly remarks: readonly string[];
  readonly seconds: number;
};

export type { GgufType };

/** What is scored: a model as it is, or what a recipe would make. */
export type Subject =
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'recipe'; readonly order: PlanOrder };

export type ScoreOrder = {
  readonly task: Task;
  readonly part: Part;
  /** At most so many items; null for all of the part. */
  readonly most: number | null;
  /** The loss alone takes one pass over the right answers. */
  readonly what: 'score and loss' | 'loss';
  /** Whether weights may come over the network; else the answer is how many bytes would. */
  readonly fetches: boolean;
  /** What the model is run on; the CPU when left out. */
  readonly backend?: BackendChoice;
};

export type RunOptions = {
  readonly backend: BackendChoice;
  /** Bytes. */
  readonly memoryBudget: number;
  /** Markdown for the model card, such as scores. */
  readonly sections?: readonly string[];
  /** Accounts of the merge beside it, such as scores, at the top of the output's folder. */
  readonly accounts?: readonly { readonly name: string; readonly text: string }[];
};

export type {
  MosaicCell,
  MosaicCounts,
  MosaicRow,
  Progress,
  Proof,
  RunResult,
  Survived,
  TensorReport,
  VerifyReport,
} from './report.ts';
export { hasRemark } from './report.ts';

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
      /** Whether a part of the sample is enough, while something is dragged. */
      readonly isCoarse: boolean;
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
  /** Two open models beside each other, and one tensor of theirs; `fetches` as above. */
  | {
      readonly kind: 'difference';
      readonly id: number;
      readonly models: readonly [string, string];
      readonly tensor: string | null;
      readonly fetches: boolean;
    }
  /** What its merge makes of its models in a few numbers, from the same samples. */
  | { readonly kind: 'outcome'; readonly id: number; readonly order: PlanOrder }
  /** A row of its most contested elements, or around one of them. */
  | {
      readonly kind: 'excerpt';
      readonly id: number;
      readonly order: PlanOrder;
      readonly at: Spot | null;
      readonly fetches: boolean;
    }
  /** Runs a model in memory and scores it. */
  | {
      readonly kind: 'score';
      readonly id: number;
      readonly subject: Subject;
      readonly how: ScoreOrder;
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
  /** What a GGUF of a model would be; fails with what stands in its way. */
  | { readonly kind: 'gguf-outlook'; readonly id: number; readonly from: GgufFrom }
  | {
      readonly kind: 'tokens';
      readonly id: number;
      readonly from: GgufFrom;
      readonly text: string;
    }
  | {
      readonly kind: 'gguf';
      readonly id: number;
      readonly from: GgufFrom;
      readonly type: GgufType;
      readonly destination: Destination;
      /** Bytes that may be held. */
      readonly budget: number;
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
  | Difference
  | Outcome
  | TaskScore
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
  | GgufOutlook
  | TextTokens
  | GgufResult
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
  /**
   * Modules of a plan, or of a survey, whose singular values were found, of how many; tensors that a look has seen;
   * bytes of a GGUF that are written and read back.
   */
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
  'difference',
  'outcome',
  'excerpt',
  'score',
  'device',
  'access',
  'cache',
  'run',
  'gguf-outlook',
  'tokens',
  'gguf',
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
