/**
 * Memory and processor time of a program, itself and all processes below it, read
 * from /proc, so on Linux only. Memory is RssAnon, what the processes hold for themselves; pages of files
 * that the system keeps in memory, private storage among them, are not counted.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two looks at the memory. */
const pace = 100;
/** Looks between two searches for new processes; a search reads all of /proc. */
const searchEvery = 10;
/** Clock ticks a second in /proc/…/stat; Linux shows 100 on every machine. */
const ticksPerSecond = 100;

/** MiB. `resident` also has pages of files, and counts twice what processes share. */
type Memory = { readonly own: number; readonly resident: number };

export type Watch = {
  /** Peaks, own memory and resident, and what of its own the tree gained since the start. */
  stop(): { readonly added: number; readonly peak: number } & Pick<Memory, 'resident'> & {
      readonly processor: number;
    };
};

export class ProcessTree {
  /** Text on the command line of the first process. */
  readonly #mark: string;
  #members: readonly number[] = [];
  #looks = 0;

  constructor(mark: string) {
    this.#mark = mark;
  }

  #memory(): Memory {
    if (this.#looks++ % searchEvery === 0) this.#members = membersOf(this.#mark);
    const statuses = this.#members.map((pid) => read(pid, 'status'));
    const sum = (field: RegExp) =>
      statuses.reduce((total, text) => total + Number(field.exec(text)?.[1] ?? 0), 0) / 1024;
    return { own: sum(/^RssAnon:\s+(\d+)/m), resident: sum(/^VmRSS:\s+(\d+)/m) };
  }

  /** Seconds that all processes living now have computed. */
  #processorSeconds(): number {
    this.#members = membersOf(this.#mark);
    const ticks = (pid: number) => {
      // The name before them is in brackets and may hold spaces; times are fields 14 and 15.
      const fields = read(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    };
    return this.#members.reduce((sum, pid) => sum + ticks(pid), 0) / ticksPerSecond;
  }

  watch(): Watch {
    const computed = this.#processorSeconds();
    const before = this.#memory();
    let { own: peak, resident } = before;
    const look = () => {
      const now = this.#memory();
      peak = Math.max(peak, now.own);
      resident = Math.max(resident, now.resident);
    };
    const timer = setInterval(look, pace);
    return {
      stop: () => {
        clearInterval(timer);
        look();
        const processor = this.#processorSeconds() - computed;
        return { added: peak - before.own, peak, resident, processor };
      },
    };
  }
}

/** The first process with this mark on its command line, and all its descendants. */
function membersOf(mark: string): readonly number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const root = pids.find((pid) => read(pid, 'cmdline').includes(mark));
  const members = new Set(root === undefined ? [] : [root]);
  // Children come after their parents almost always; a second turn finds the others.
  for (const pid of [...pids, ...pids]) {
    if (members.has(Number(/^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1]))) members.add(pid);
  }
  return [...members];
}

/** Empty when the process ended meanwhile. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
