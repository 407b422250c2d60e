/**
 * Running models on one core: products by the compiled shader and by a plain loop in turns, the demo family's prompts, and
 * a decoder of SmolLM2-135M's shape. Processor time of this process, so that what else the machine does matters little;
 * the time of the clock beside it where a person waits.
 */
import { cpuBackend } from '../src/compute/cpu/backend.ts';
import { candidate } from '../src/engine/evaluate/candidate.ts';
import { openRunner } from '../src/engine/evaluate/open-runner.ts';
import { architectureOf } from '../src/evaluate/forward/architecture.ts';
import { continuations } from '../src/evaluate/forward/continuation.ts';
import { CpuProcessor } from '../src/evaluate/forward/cpu.ts';
import { Decoder } from '../src/evaluate/forward/decoder.ts';
import { likelihoods } from '../src/evaluate/forward/likelihood.ts';
import { packed, put, type Weights } from '../src/evaluate/forward/loading.ts';
import { matmulOf, PLAIN, productBy } from '../src/evaluate/forward/product.ts';
import { score } from '../src/evaluate/tasks/score.ts';
import { demoLibrary, demoTask } from '../src/testing/demo-library.ts';
import { demoAccuracy, demoPrompts, demoRunner } from '../src/testing/demo-runner.ts';
import { planWith, recipeOf } from '../src/testing/planning.ts';
import { randomNumbers } from '../src/testing/samples.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';

const { signal } = new AbortController();

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const repeats = numberFlag(surroundings, 'repeats', 3);
  const tables: Table[] = [
    { title: 'Products, GFLOP/s of processor time', rows: await products(repeats) },
    { title: 'The demo family, seconds', rows: await demo(repeats) },
    { title: 'A candidate of the demo’s recipe, milliseconds', rows: await candidates(repeats) },
    { title: 'Prompts of 500 answered, as many as Python found', rows: await scores() },
  ];
  if (!surroundings.flags.has('small')) {
    const rows = await large();
    tables.push({ title: 'A decoder of SmolLM2-135M’s shape, random weights', rows });
  }
  return tables;
}

type Taken = { readonly processor: number; readonly clock: number };

/** Seconds that `work` takes. */
async function timed(work: () => unknown): Promise<Taken> {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { processor: (user + system) / 1e6, clock: (performance.now() - begin) / 1000 };
}

function least(taken: readonly Taken[]): Taken {
  return taken.reduce((best, one) => (one.processor < best.processor ? one : best));
}

async function products(repeats: number): Promise<Row[]> {
  const sizes = [
    { rows: 1, depth: 576, columns: 1536 },
    { rows: 16, depth: 576, columns: 1536 },
    { rows: 512, depth: 128, columns: 256 },
    { rows: 512, depth: 576, columns: 1536 },
    { rows: 512, depth: 1536, columns: 576 },
  ];
  const made: Row[] = [];
  for (const { rows, depth, columns } of sizes) {
    const random = randomNumbers(1);
    const left = Float32Array.from({ length: rows * depth }, random);
    const right = Float32Array.from({ length: columns * depth }, random);
    const out = new Float32Array(rows * columns);
    const shader = await shaderProduct(left, right, { rows, depth, columns });
    const times = Math.max(1, Math.round(2e8 / (rows * depth * columns)));
    const taken = { shader: [] as Taken[], plain: [] as Taken[] };
    for (let repeat = -1; repeat < repeats; repeat++) {
      const fast = await timed(() => {
        for (let i = 0; i < 4 * times; i++) shader();
      });
      const slow = await timed(() => {
        for (let i = 0; i < times; i++) plainProduct(left, right, out, { rows, depth, columns });
      });
      if (repeat < 0) continue;
      taken.shader.push({ ...fast, processor: fast.processor / 4 });
      taken.plain.push(slow);
    }
    const speed = (list: readonly Taken[]) =>
      rounded((2 * times * rows * depth * columns) / least(list).processor / 1e9);
    const shaders = speed(taken.shader);
    const plain = speed(taken.plain);
    const ratio = rounded(shaders / plain);
    made.push({ rows, terms: depth, columns, shader: shaders, 'plain loop': plain, ratio });
  }
  return made;
}

type Sizes = { readonly rows: number; readonly depth: number; readonly columns: number };

async function shaderProduct(left: Float32Array, right: Float32Array, sizes: Sizes) {
  const { rows, depth, columns } = sizes;
  const processor = new CpuProcessor();
  const matmul = await matmulOf(processor, PLAIN, false);
  const from = put(processor, left);
  const panels = packed(processor, [right], depth);
  const result = processor.take(rows * columns);
  return () => productBy(processor, rows, matmul, [depth, columns], from, panels, result, null);
}

/** As a person would write it, four sums at a time. */
function plainProduct(x: Float32Array, w: Float32Array, y: Float32Array, sizes: Sizes): void {
  const { rows, depth, columns } = sizes;
  for (let column = 0; column < columns; column++) {
    const from = column * depth;
    for (let row = 0; row < rows; row++) {
      const at = row * depth;
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let k = 0; k < depth; k += 4) {
        a += x[at + k] * w[from + k];
        b += x[at + k + 1] * w[from + k + 1];
        c += x[at + k + 2] * w[from + k + 2];
        d += x[at + k + 3] * w[from + k + 3];
      }
      y[row * columns + column] = a + b + c + d;
    }
  }
}

async function demo(repeats: number): Promise<Row[]> {
  let runner = await demoRunner('reverse');
  const load = await timed(async () => {
    runner = await demoRunner('reverse');
  });
  const rows: Row[] = [row('loading a member, its shaders compiled before', load)];
  const skills = ['reverse', 'sort', 'add'].map(demoPrompts);
  const greedy = async () => {
    const taken: Taken[] = [];
    for (const prompts of skills) {
      const asked = prompts.map(({ prompt }) => prompt);
      taken.push(await timed(() => runner.continue(asked, { maxTokens: 12, signal })));
    }
    return taken.reduce((sum, one) => ({
      processor: sum.processor + one.processor,
      clock: sum.clock + one.clock,
    }));
  };
  const loss = (count: number) => {
    const texts = skills.flatMap((prompts) =>
      prompts
        .slice(0, count / 3)
        .map(({ prompt, answer }) => ({ context: prompt, text: answer, ends: true })),
    );
    return timed(() => runner.logProbabilities(texts, { signal }));
  };
  await greedy();
  const times: Taken[][] = [[], [], []];
  for (let repeat = 0; repeat < repeats; repeat++) {
    times[0].push(await greedy());
    times[1].push(await loss(96));
    times[2].push(await loss(1500));
  }
  rows.push(row('3 × 500 prompts answered', least(times[0])));
  rows.push(row('loss of 96 prompts', least(times[1])));
  rows.push(row('loss of 1,500 prompts', least(times[2])));
  return rows;
}

/** What one candidate of a search costs, step by step: four tasks, 25 items each, the loss alone. */
async function candidates(repeats: number): Promise<Row[]> {
  const { library, models } = await demoLibrary(['base', 'reverse', 'sort', 'add']);
  const tasks = ['reverse', 'sort', 'add', 'rotate'].map(demoTask);
  const backend = () => cpuBackend();
  const fallback = { renew: async () => null, cpu: backend };
  const making = { backend: backend(), fallback, budget: 2 ** 28, release() {} };
  const processor = new CpuProcessor();
  const steps = ['planned', 'merged', 'loaded', 'asked'] as const;
  const least = new Map<string, Taken>();
  const took = async <T>(step: (typeof steps)[number], work: () => T): Promise<Awaited<T>> => {
    let made: Awaited<T> | null = null;
    const taken = await timed(async () => {
      made = await work();
    });
    const before = least.get(step);
    if (!before || taken.processor < before.processor) least.set(step, taken);
    return made as Awaited<T>;
  };
  for (let repeat = 0; repeat < 10 * repeats; repeat++) {
    const { base, reverse, sort, add } = models;
    const recipe = recipeOf(base, [reverse, sort, add], { values: { lambda: repeat / 100 } });
    const planned = await took('planned', () => planWith(recipe, Object.values(models)));
    if (!('plan' in planned)) throw new Error('The demo’s recipe cannot be merged');
    const opened = await took('merged', () =>
      candidate(planned.plan, { ...making, sources: library, signal }),
    );
    const runner = await took('loaded', () => openRunner(opened, processor, signal));
    await took('asked', async () => {
      for (const task of tasks) {
        await score(task, runner, 'search', { signal, what: 'loss', most: 25 });
      }
    });
    processor.dispose();
  }
  return steps.map((step) => {
    const { processor: busy, clock } = least.get(step)!;
    return { step, processor: rounded(1000 * busy), clock: rounded(1000 * clock) };
  });
}

/** Every member on every skill. Rejects where Python found another number. */
async function scores(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [member, shares] of Object.entries(demoAccuracy)) {
    const runner = await demoRunner(member);
    const found: Record<string, number> = {};
    for (const [skill, share] of Object.entries(shares)) {
      const prompts = demoPrompts(skill);
      const asked = prompts.map(({ prompt }) => prompt);
      const answers = await runner.continue(asked, { maxTokens: 12, signal });
      found[skill] = prompts.filter(({ answer }, at) => answers[at] === answer).length;
      const wanted = Math.round(share * prompts.length);
      if (found[skill] !== wanted) {
        throw new Error(`${member} answers ${found[skill]} of ${skill}; Python found ${wanted}`);
      }
    }
    rows.push({ member, ...found });
  }
  return rows;
}

function row(what: string, { processor, clock }: Taken): Row {
  return { what, 'processor s': rounded(processor), 'clock s': rounded(clock) };
}

/** config.json of SmolLM2-135M, as far as it says sizes. */
const smol = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 576,
  intermediate_size: 1536,
  num_attention_heads: 9,
  num_hidden_layers: 30,
  num_key_value_heads: 3,
  rms_norm_eps: 1e-5,
  rope_theta: 100000,
  tie_word_embeddings: true,
  vocab_size: 49152,
};

async function large(): Promise<Row[]> {
  const architecture = architectureOf(smol);
  const processor = new CpuProcessor();
  let decoder: Decoder | null = null;
  const load = await timed(async () => {
    decoder = await Decoder.load(architecture, randomWeights(), processor);
  });
  const loaded = decoder as unknown as Decoder;
  const random = randomNumbers(7);
  const text = (length: number) => Array.from({ length }, () => Math.floor(random() * 49152));
  const rows: Row[] = [{ ...row('loading', load), 'tokens/s': null }];
  const add = (what: string, taken: Taken, tokens: number) =>
    rows.push({ ...row(what, taken), 'tokens/s': rounded(tokens / taken.processor) });
  const one = [{ ids: text(257), first: 256 }];
  add(
    '256 tokens of one text, the last scored',
    await timed(() => likelihoods(loaded, one, { signal })),
    256,
  );
  const all = [{ ids: text(257), first: 1 }];
  add(
    '256 tokens of one text, all scored',
    await timed(() => likelihoods(loaded, all, { signal })),
    256,
  );
  for (const prompts of [1, 16]) {
    const ids = Array.from({ length: prompts }, () => text(8));
    const ask = (maxTokens: number) =>
      timed(() => continuations(loaded, ids, { maxTokens, ends: [], signal }));
    const short = await ask(1);
    const long = await ask(9);
    const taken = {
      processor: long.processor - short.processor,
      clock: long.clock - short.clock,
    };
    add(`8 tokens more, ${prompts} prompt${prompts > 1 ? 's' : ''}`, taken, 8 * prompts);
  }
  const mebibytes = rounded(processor.bytes / 2 ** 20);
  return rows.map((one) => ({ ...one, 'MiB of memory': mebibytes }));
}

/** Random numbers of the right sizes: quick to make, and none too small or too large. */
function randomWeights(): Weights {
  const { hidden_size: d, intermediate_size: f, num_key_value_heads: k } = smol;
  const shapes: Record<string, readonly number[]> = {
    'model.embed_tokens.weight': [smol.vocab_size, d],
    'q_proj.weight': [d, d],
    'k_proj.weight': [64 * k, d],
    'v_proj.weight': [64 * k, d],
    'o_proj.weight': [d, d],
    'gate_proj.weight': [f, d],
    'up_proj.weight': [f, d],
    'down_proj.weight': [d, f],
  };
  const shape = (name: string) =>
    shapes[name] ?? shapes[name.split('.').slice(-2).join('.')] ?? [d];
  return {
    shape,
    async read(name) {
      const count = shape(name).reduce((product, side) => product * side, 1);
      if (name.includes('norm')) return new Float32Array(count).fill(1);
      const random = randomNumbers(name.length);
      const values = new Float32Array(count);
      for (let i = 0; i < 4096; i++) values[i] = (random() - 0.5) / 8;
      for (let done = 4096; done < count; done *= 2) values.copyWithin(done, 0, done);
      return values;
    },
  };
}
