/** The model card beside the weights: README.md, with the YAML the Hub reads in front. */
import { inline } from '../formats/markdown.ts';
import { styleWords } from '../lora/name/naming.ts';
import { arithmeticWords } from '../methods/dialect.ts';
import type { ParamSchema } from '../methods/params.ts';
import { findMethod } from '../methods/registry.ts';
import type { ValuesByKey } from '../recipe/defaults.ts';
import { depthOf } from '../recipe/slices.ts';
import { filterText, rankText } from '../recipe/words.ts';
import { styleFor } from './adapter/style.ts';
import type { Participants } from './participants.ts';

export const cardName = 'README.md';

const recipeHead = '## Recipe';

export type CardFacts = {
  /** SHA-256 of the canonical recipe. */
  readonly recipeHash: string;
  readonly version: string;
  readonly backend: 'cpu' | 'webgpu';
};

/** The text of README.md: what was merged, how, by whose arithmetic, and the recipe itself. */
export function cardText(who: Participants, { recipeHash, version, backend }: CardFacts): string {
  const { recipe, method } = who;
  const papers = method.papers.map(({ label, url }) => `[${label}](${url})`);
  const rules = rulesOf(who);
  const keeps = keepsOf(who);
  const renames = renamesOf(who);
  const slices = slicesOf(who);
  const sections = [
    frontMatter(who),
    `# ${inline(recipe.output.name)}`,
    `Merged with Amalgam ${version} ${backend === 'cpu' ? 'on the CPU' : 'with WebGPU'} by **${method.title}**: ${decapitalised(method.summary)}`,
    adapterWords(who),
    '## Parents',
    parentsTable(who),
    `Check the licences of the parents: the merged ${recipe.output.as} is made from all of them.`,
    '## Method',
    method.explanation,
    bullets(valuesOf(method.params.global, who.global)),
    '## Arithmetic',
    `Dialect: **${recipe.dialect}**.`,
    bullets(arithmeticOf(who)),
    ...(slices.length > 0
      ? ['## Layers', 'The output’s, from the first to the last.', bullets(slices)]
      : []),
    ...(rules.length > 0 ? ['## Rules', 'The first rule that matches wins.', bullets(rules)] : []),
    ...(keeps.length > 0
      ? ['## Kept tensors', 'The first rule that matches wins.', bullets(keeps)]
      : []),
    ...(renames.length > 0
      ? [
          '## Renamed tensors',
          'Met the base’s names; the first rename that matches wins.',
          bullets(renames),
        ]
      : []),
    recipeHead,
    `Opened in Amalgam, this makes the same ${recipe.output.as} again. SHA-256 of its canonical text: \`${recipeHash}\`.`,
    `\`\`\`json\n${JSON.stringify(recipe, null, 2)}\n\`\`\``,
    ...(papers.length > 0 ? ['## Citations', bullets(papers)] : []),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** A card with one section more, before its recipe. The recipe's own text has no line that begins like a heading. */
export function withSection(card: string, section: string): string {
  const at = card.lastIndexOf(`\n${recipeHead}\n`) + 1;
  return `${card.slice(0, at)}${section}\n\n${card.slice(at)}`;
}

/** What there is, where it is no model by itself. */
function adapterWords(who: Participants): string {
  const { recipe, experts } = who;
  if (recipe.output.as !== 'adapter') return '';
  const { rank } = recipe.output;
  const base = experts.map(({ model }) => model.adapter?.base).find((each) => each != null);
  const onto = base
    ? `${inline(base.name)}, which its parents were trained on`
    : recipe.base
      ? inline(recipe.base.hub?.repo ?? recipe.base.name)
      : 'the base of its parents';
  return `This is an adapter in ${styleWords[styleFor(who)]}, of ${rankText(rank)}. It goes onto ${onto}.`;
}

function frontMatter(who: Participants): string {
  const { base, experts, method, recipe } = who;
  const refs = [...(base && recipe.base ? [recipe.base] : []), ...experts.map(({ ref }) => ref)];
  // The Hub takes only its own repos here, and links each to this model.
  const repos = new Set(refs.flatMap(({ hub }) => (hub ? [hub.repo] : [])));
  const names = [...repos].map((repo) => `- ${JSON.stringify(repo)}`); // a JSON string is a YAML string
  const kind = recipe.output.as === 'adapter' ? ['lora'] : [];
  const tags = ['merge', 'amalgam', method.id, ...kind].map((tag) => `- ${tag}`);
  const parents = repos.size > 0 ? ['base_model:', ...names, 'base_model_relation: merge'] : [];
  const library = libraryOf(who);
  const named = library === null ? [] : [`library_name: ${library}`];
  const lines = [...parents, ...named, 'tags:', ...tags];
  return ['---', ...lines, '---'].join('\n');
}

const LIBRARIES = { PEFT: 'peft', diffusers: 'diffusers', kohya: null, ComfyUI: null } as const;

/** What loads the output, by the files it gets; null where none is known to. */
function libraryOf(who: Participants): string | null {
  const { recipe, donors } = who;
  if (recipe.output.as === 'adapter') return LIBRARIES[styleFor(who)];
  const { companions, components } = donors.config;
  const has = (name: string) => companions.some((file) => file.name === name);
  if (has('model_index.json')) return 'diffusers';
  if (has('modules.json')) return 'sentence-transformers';
  const config = components.find(({ name }) => name === '')?.config;
  if (!config) return null;
  return '_class_name' in config ? 'diffusers' : 'transformers';
}

function parentsTable({ base, experts, method, recipe }: Participants): string {
  const schema = method.params.perModel;
  const keys = Object.keys(schema);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const blank = keys.map(() => '');
  return [
    row(['model', 'role', ...keys.map((key) => schema[key].label)]),
    row(['---', '---', ...keys.map(() => '---')]),
    ...(base && recipe.base ? [row([inline(recipe.base.name), 'base', ...blank])] : []),
    ...experts.map(({ ref, values }) =>
      row([inline(ref.name), 'expert', ...keys.map((key) => String(values[key]))]),
    ),
  ].join('\n');
}

function valuesOf(schema: ParamSchema, values: ValuesByKey): readonly string[] {
  return Object.entries(schema)
    .filter(([, param]) => param.visible?.(values) ?? true)
    .map(([key, param]) => `${param.label}: ${values[key]}`);
}

function arithmeticOf({ method, arithmetic, recipe }: Participants): readonly string[] {
  const choices = method.choices.map((key) => {
    const { label, choices: words } = arithmeticWords[key];
    const word = (words as Readonly<Record<string, string>>)[arithmetic[key]];
    const byHand = recipe.arithmetic[key] === undefined ? '' : ' (set by hand)';
    return `${label}: ${word}${byHand}`;
  });
  const whole = recipe.trimScope === 'model' && method.trimsWholeModel;
  return [
    ...choices,
    ...(whole ? ['Trim threshold: one per model over all its tensors'] : []),
    ...(recipe.inputDtype === 'stored' ? [] : [`Inputs: rounded to ${recipe.inputDtype} first`]),
  ];
}

function slicesOf({ recipe }: Participants): readonly string[] {
  const refs = [...(recipe.base ? [recipe.base] : []), ...recipe.experts.map(({ model }) => model)];
  let next = 0;
  return (recipe.slices ?? []).map((slice) => {
    const first = next;
    next += depthOf(slice);
    const range = (from: number, to: number) =>
      to - from === 1 ? `${from}` : `${from} to ${to - 1}`;
    const where = next > first ? range(first, next) : 'none';
    const sources = slice.sources.map(({ model, from, to }) => {
      const name = inline(refs.find(({ id }) => id === model)?.name ?? model);
      if (to <= from) return `no layers of ${name}`;
      return `${to - from === 1 ? 'layer' : 'layers'} ${range(from, to)} of ${name}`;
    });
    const method = slice.method === null ? null : findMethod(slice.method);
    return `${where}: ${sources.join(', ')}${method ? `, by ${method.title}` : ''}`;
  });
}

function renamesOf({ recipe, experts }: Participants): readonly string[] {
  return recipe.renames.flatMap(({ model, from, to }) => {
    const expert = experts.find(({ ref }) => ref.id === model);
    return expert ? [`${inline(from)} → ${inline(to)}, in ${inline(expert.ref.name)}`] : [];
  });
}

function keepsOf({ recipe, reference, experts }: Participants): readonly string[] {
  return recipe.keeps.map(({ filter, from }) => {
    const what = inline(filterText(filter));
    if (from.kind === 'refuse') return `${what}: merged, refused where they do not fit`;
    const expert = experts.find(({ ref }) => from.kind === 'model' && ref.id === from.model);
    return `${what}: kept as in ${inline(expert?.ref.name ?? reference.name)}`;
  });
}

function rulesOf({ recipe, experts }: Participants): readonly string[] {
  return recipe.rules.map((rule) => {
    const value =
      typeof rule.value === 'number'
        ? `= ${rule.value}`
        : rule.filter.kind === 'blocks'
          ? `times ${rule.value.join(', ')}`
          : `from the first layer to the last ${rule.value.join(' → ')}`;
    const expert = experts.find(({ ref }) => ref.id === rule.model);
    const whose = expert ? ` of ${inline(expert.ref.name)}` : '';
    return `${inline(filterText(rule.filter))}: ${rule.parameter}${whose} ${value}`;
  });
}

const bullets = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n');

const decapitalised = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
