/** Joins the modules under `shaders/` into one WGSL text, at run time: no build plugin, same in tests. */

const texts = import.meta.glob<string>('/shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Every module by its path under `shaders/`, without the extension: 'map', 'lib/dtype'. */
export const modules: ReadonlyMap<string, string> = new Map(
  Object.entries(texts).map(([path, text]) => [path.slice('/shaders/'.length, -5), text]),
);

export type Linked = {
  readonly code: string;
  /** Where line n (from 0) of `code` was written: file and line (from 1). */
  readonly origins: readonly { readonly file: string; readonly line: number }[];
};

/**
 * The text of `shader` with each `#import name` replaced by that module, once each. `#import formula`
 * takes the module named by `formula`. Throws on unknown names and on modules that import each other.
 */
export function link(shader: string, formula?: string, from = modules): Linked {
  const lines: string[] = [];
  const origins: { file: string; line: number }[] = [];
  const done = new Set<string>();
  const include = (name: string, chain: readonly string[]): void => {
    if (chain.includes(name)) throw new Error(`Shader cycle: ${[...chain, name].join(' → ')}`);
    if (done.has(name)) return;
    const text = from.get(name);
    if (text === undefined) {
      throw new Error(`No shader module "${name}", imported by ${chain.at(-1) ?? 'the program'}`);
    }
    for (const [index, line] of text.split('\n').entries()) {
      const imported = /^#import\s+(\S+)\s*$/.exec(line)?.[1];
      if (imported)
        include(imported === 'formula' ? (formula ?? imported) : imported, [...chain, name]);
      else {
        lines.push(line);
        origins.push({ file: `shaders/${name}.wgsl`, line: index + 1 });
      }
    }
    done.add(name);
  };
  include(shader, []);
  return { code: lines.join('\n'), origins };
}

/** A compiler's message with the file and line it is about. */
export function explain(linked: Linked, message: GPUCompilationMessage): string {
  const origin = linked.origins[message.lineNum - 1];
  const place = origin ? `${origin.file}:${origin.line}:${message.linePos}` : 'shader';
  return `${place}: ${message.type}: ${message.message}`;
}

/** The module that holds a method's formula. */
export function formulaModule(methodId: string): string {
  return `methods/${methodId.replaceAll('_', '-')}`;
}
