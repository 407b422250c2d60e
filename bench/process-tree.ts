/**
 * Memory and processor time of the browser that uses a profile: itself and all processes below it, read
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

export class ProcessTree {
  readonly #profile: string;
  #members: readonly number[] = [];
  #looks = 0;

  constructor(profile: string) {
    this.#profile = profile;
  }

  /** MiB held now. */
  memory(): number {
    if (this.#looks++ % searchEvery === 0) this.#members = membersOf(this.#profile);
    const kibibytes = (pid: number) => /^RssAnon:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0;
    return this.#members.reduce((sum, pid) => sum + Number(kibibytes(pid)), 0) / 1024;
  }

  /** Seconds that all processes living now have computed. */
  processorSeconds(): number {
    this.#members = membersOf(this.#profile);
    const ticks = (pid: number) => {
      // The name before them is in brackets and may hold spaces; times are fields 14 and 15.
      const fields = read(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    };
    return this.#members.reduce((sum, pid) => sum + ticks(pid), 0) / ticksPerSecond;
  }

  /** Watches until stopped; the answer is the peak above what is held now, and the processor time. */
  watch(): { stop(): { readonly added: number; readonly processor: number } } {
    this.#looks = 0;
    const before = this.memory();
    const computed = this.processorSeconds();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, this.memory());
    }, pace);
    return {
      stop: () => {
        clearInterval(timer);
        peak = Math.max(peak, this.memory());
        return { added: peak - before, processor: this.processorSeconds() - computed };
      },
    };
  }
}

/** The first process with this profile on its command line, and all its descendants. */
function membersOf(profile: string): readonly number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const root = pids.find((pid) => read(pid, 'cmdline').includes(profile));
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
