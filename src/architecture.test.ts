import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What each folder of src may import, besides itself. ARCHITECTURE.md prints the same table. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  numerics: [],
  io: [],
  hub: ['io'],
  formats: ['numerics'],
  lora: ['numerics', 'formats'],
  methods: ['numerics'],
  recipe: ['methods', 'formats'],
  plan: ['recipe', 'methods', 'formats', 'lora', 'numerics'],
  views: ['plan'],
  wgsl: [],
  digest: ['wgsl'],
  compute: ['numerics', 'methods', 'wgsl'],
  evaluate: ['recipe', 'compute', 'formats', 'numerics', 'wgsl'],
  chat: [],
  engine: [
    'evaluate',
    'plan',
    'views',
    'compute',
    'digest',
    'formats',
    'lora',
    'hub',
    'io',
    'numerics',
    'methods',
  ],
  stores: [
    'chat',
    'recipe',
    'evaluate',
    'plan',
    'views',
    'methods',
    'formats',
    'hub',
    'engine/client',
    'engine/protocol',
  ],
  commands: [
    'stores',
    'chat',
    'recipe',
    'evaluate',
    'plan',
    'methods',
    'hub',
    'engine/client',
    'engine/protocol',
  ],
  // Of formats, hub and the protocol only types, and words for people.
  ui: [
    'chat',
    'commands',
    'stores',
    'recipe',
    'evaluate',
    'plan',
    'views',
    'methods',
    'formats',
    'hub',
    'engine/protocol',
  ],
  app: ['ui', 'commands', 'stores'],
};

const sources = import.meta.glob<string>(['./**/*.{ts,tsx}', '!./**/*.test.*', '!./testing/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Every import of a source file: where from, where to (both as paths inside src), types only or not. */
function importsOf(path: string, text: string) {
  const from = path.replace('./', '');
  const statements = text.matchAll(
    /(?:^|\n)(?:import|export)\s+(type\s)?[^;'"]*?from\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)|new URL\(\s*'(\.[^']+)'/g,
  );
  return [...statements].map((match) => {
    const to = new URL(match[2] ?? match[3] ?? match[4], `file:///${from}`).pathname.slice(1);
    return { from, to, typeOnly: Boolean(match[1]) };
  });
}

const imports = Object.entries(sources).flatMap(([path, text]) => importsOf(path, text));

test('every folder imports only what the table allows', () => {
  const breaches = imports.filter(({ from, to, typeOnly }) => {
    const room = from.split('/')[0];
    const target = to.split('/')[0];
    if (!from.includes('/') || room === target || to === 'package.json') return false;
    if (room === 'ui' && ['chat', 'formats', 'hub', 'engine'].includes(target) && !typeOnly) {
      return to !== 'formats/model.ts';
    }
    const allowed = mayImport[room] ?? [];
    return !allowed.some((row) => to === row || to.startsWith(`${row}/`) || to === `${row}.ts`);
  });
  expect(breaches.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('method folders do not import each other', () => {
  const folder = (path: string) => /^methods\/([^/]+)\/.+/.exec(path)?.[1];
  const breaches = imports.filter(
    ({ from, to }) => folder(from) && folder(to) && folder(from) !== folder(to),
  );
  expect(breaches).toEqual([]);
});

test('no import goes round in a circle, types included', () => {
  const graph = new Map<string, string[]>();
  for (const { from, to } of imports) graph.set(from, [...(graph.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('the test finds imports at all', () => {
  expect(imports.length).toBeGreaterThan(50);
});

test('every dependency is pinned to an exact version', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const versions = Object.entries({ ...dependencies, ...devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
});

test('every runtime dependency is explained in the README', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const readme = readFileSync('README.md', 'utf8');
  expect(Object.keys(dependencies).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
