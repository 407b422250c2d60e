/** Members of the demo family as runners, from the files as they are committed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { weightsOf } from '../engine/evaluate/weights-of.ts';
import { architectureOf } from '../evaluate/forward/architecture.ts';
import { CpuProcessor } from '../evaluate/forward/cpu.ts';
import { Decoder } from '../evaluate/forward/decoder.ts';
import type { Weights } from '../evaluate/forward/loading.ts';
import type { Processor } from '../evaluate/forward/processor.ts';
import { forwardRunner } from '../evaluate/forward/runner.ts';
import { type Tokens, tokensOf } from '../evaluate/forward/tokens.ts';
import type { Runner } from '../evaluate/runner.ts';
import { demoLibrary } from './demo-library.ts';

const demo = 'public/demo';
const json = (path: string) => JSON.parse(readFileSync(join(demo, path), 'utf8'));

export type DemoPrompt = { readonly prompt: string; readonly answer: string };

/** Prompts of a skill: 500, with their answers. */
export function demoPrompts(skill: string): readonly DemoPrompt[] {
  return json(`prompts/${skill}.json`).prompts;
}

/** Shares of prompts that Python found answered, by member and skill. */
export const demoAccuracy: Readonly<Record<string, Readonly<Record<string, number>>>> =
  json('family.json').accuracy;

function demoTokens(): Promise<Tokens> {
  return tokensOf(json('base/tokenizer.json'), json('base/tokenizer_config.json'));
}

export const demoArchitecture = () => architectureOf(json('base/config.json'));

/** Weights of a member; those of an adapter are the base’s with its update. */
export async function demoWeights(member: string): Promise<Weights> {
  return member.endsWith('-lora') ? adapted(member) : stored(member);
}

async function stored(member: string): Promise<Weights> {
  const { library, models } = await demoLibrary([member]);
  const model = models[member];
  // An adapter’s factors stand with its updates.
  const factors = model.adapter?.updates.flatMap(({ inputs }) => inputs) ?? [];
  const tensors = new Map([...model.tensors, ...factors.map((each) => [each.name, each] as const)]);
  const opened = { model: { ...model, tensors }, sources: library };
  return weightsOf(opened, new AbortController().signal);
}

/** Base + scale · B·A, in f32, as PEFT runs it. */
async function adapted(member: string): Promise<Weights> {
  const [base, factors] = [await stored('base'), await stored(member)];
  const { lora_alpha: alpha, r: rank, use_rslora } = json(`${member}/adapter_config.json`);
  const scale = alpha / (use_rslora ? Math.sqrt(rank) : rank);
  return {
    shape: base.shape,
    async read(name) {
      const values = await base.read(name);
      const stem = `base_model.model.${name.replace(/\.weight$/, '')}`;
      if (!factors.shape(`${stem}.lora_A.weight`)) return values;
      const a = await factors.read(`${stem}.lora_A.weight`);
      const b = await factors.read(`${stem}.lora_B.weight`);
      const columns = a.length / rank;
      return values.map((value, i) => {
        const row = Math.floor(i / columns);
        let update = 0;
        for (let k = 0; k < rank; k++) update += b[row * rank + k] * a[k * columns + (i % columns)];
        return value + scale * update;
      });
    },
  };
}

export async function demoRunner(
  member: string,
  processor: Processor = new CpuProcessor(),
): Promise<Runner> {
  const decoder = await Decoder.load(demoArchitecture(), await demoWeights(member), processor);
  return forwardRunner(`demo/${member}`, decoder, await demoTokens());
}
