/** Sentences about modules, one for many: how many there are, and one of them. */
export class Tally {
  readonly #modules = new Map<string, string[]>();

  /** `sentence` without a full stop. */
  add(sentence: string, module: string): void {
    const known = this.#modules.get(sentence);
    if (known) known.push(module);
    else this.#modules.set(sentence, [module]);
  }

  sentences(): readonly string[] {
    return [...this.#modules].map(([sentence, modules]) => {
      const which = modules.length === 1 ? modules[0] : `${modules.length} such as ${modules[0]}`;
      return `${sentence} (${which}).`;
    });
  }
}
