import type { ModelFacts } from '../formats/model-facts.ts';
import type { Handle, Subject } from './protocol.ts';

/** What the machine has, as the browser tells it. */
export type Machine = {
  readonly cores: number;
  /** Bytes; browsers tell no more than 8 GiB. */
  readonly memory: number;
};

/** Engines beyond which the messages of each cost the page too much. */
const mostEngines = 8;
/** Bytes that an engine takes beside the model that it runs: other models it keeps ready, and a merge under way. */
const beside = 2 ** 29;

/** Half of the memory is for engines: each has a model as f32, and the file it was merged to. */
export function enginesFor(elements: number, { cores, memory }: Machine): number {
  const fitting = Math.floor(memory / 2 / (8 * elements + beside));
  return Math.max(1, Math.min(cores, mostEngines, fitting));
}

export function thisMachine(): Machine {
  const { hardwareConcurrency = 1, deviceMemory = 4 } = (globalThis.navigator ?? {}) as Partial<
    Navigator & { readonly deviceMemory: number }
  >;
  return { cores: hardwareConcurrency, memory: deviceMemory * 2 ** 30 };
}

type Known = {
  readonly elements: number;
  /** Whether its weights are still to come over the network. */
  isFar: boolean;
};

/** How many engines may run a model at once, by what is open. */
export class SideBySide {
  readonly #machine: Machine;
  readonly #models = new Map<string, Known>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  opened(id: string, { elements }: ModelFacts, handles: readonly Handle[]): void {
    this.#models.set(id, { elements, isFar: handles.some(({ kind }) => kind === 'hub') });
  }

  closed(id: string): void {
    this.#models.delete(id);
  }

  /** One where weights are to be fetched, so that none is fetched twice. */
  mostFor(subject: Subject): number {
    const used = this.#used(subject);
    if (used.some(({ isFar }) => isFar)) return 1;
    return enginesFor(Math.max(0, ...used.map(({ elements }) => elements)), this.#machine);
  }

  /** It was run: its weights are here. */
  ran(subject: Subject): void {
    for (const model of this.#used(subject)) model.isFar = false;
  }

  #used(subject: Subject): readonly Known[] {
    return idsOf(subject).flatMap((id) => this.#models.get(id) ?? []);
  }
}

function idsOf(subject: Subject): readonly string[] {
  if (subject.kind === 'model') return [subject.model];
  const { base, experts } = subject.order.recipe;
  return [...(base ? [base.id] : []), ...experts.map(({ model }) => model.id)];
}
