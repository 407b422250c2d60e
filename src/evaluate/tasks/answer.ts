/** What a model says to the items of a task, by kind. */
import { type Able, type Running, type Scored, UnableError } from '../runner.ts';
import type { ChoiceTask, ExactTask, LengthRule, Match, TextTask } from './task.ts';

export type Scoring = Running & {
  /** The loss alone takes one pass over the right answers; a search needs no more. */
  readonly what: 'score and loss' | 'loss';
  /** At most so many items of the part, always the same ones. */
  readonly most?: number | undefined;
};

export type Answered = {
  /** 1 or 0 where an answer is right or wrong; the perplexity of a text; the cosine of a pair. Null when only the loss was asked. */
  readonly score: number | null;
  /** Of what is right, in nats, summed over `tokens`. Null for pairs. */
  readonly loss: number | null;
  readonly tokens: number;
  /** What the model wrote, or chose. */
  readonly said: string | null;
};

/** With the end token in the loss where nothing else ends an answer, as `ExactTask.stops` says. */
export async function answerExactly(
  task: ExactTask,
  items: ExactTask['items'],
  model: Able,
  options: Scoring,
): Promise<readonly Answered[]> {
  const ends = task.stops.length === 0;
  const texts = items.map(({ prompt, answer }) => ({ context: prompt, text: answer, ends }));
  const both = options.what === 'score and loss';
  const losses = await lossesOf(texts, model, both ? halfOf(options, 0) : options);
  if (!both) return losses.map((each) => ({ ...each, score: null, said: null }));
  if (!model.continue) throw new UnableError(model, 'answers');
  const prompts = items.map(({ prompt }) => prompt);
  const said = await model.continue(prompts, {
    ...halfOf(options, items.length / 2),
    maxTokens: mostTokens(task),
    stops: task.stops,
  });
  return items.map(({ answer }, at) => {
    const right = same(said[at], answer, task.match);
    return { ...losses[at], score: Number(right), said: said[at] };
  });
}

/**
 * No token is shorter than a byte, so the longest answer fits, and one token more tells that a model did not end there; where
 * white space around it does not count, some more.
 */
function mostTokens({ items, match }: ExactTask): number {
  const encoder = new TextEncoder();
  const longest = items.reduce(
    (most, { answer }) => Math.max(most, encoder.encode(answer).length),
    0,
  );
  return longest + (match === 'exact' ? 1 : 8);
}

function same(said: string, answer: string, match: Match): boolean {
  if (match === 'exact') return said === answer;
  const [a, b] = [said.trim(), answer.trim()];
  return match === 'trimmed' ? a === b : a.toLowerCase() === b.toLowerCase();
}

export async function answerChoices(
  task: ChoiceTask,
  items: ChoiceTask['items'],
  model: Able,
  options: Scoring,
): Promise<readonly Answered[]> {
  const both = options.what === 'score and loss';
  const asked = items.map(({ choices, answer }) => (both ? choices : [choices[answer]]));
  const texts = items.flatMap(({ prompt }, at) =>
    asked[at].map((text) => ({ context: prompt, text, ends: false })),
  );
  const perItem = texts.length / items.length;
  const losses = await lossesOf(texts, model, {
    signal: options.signal,
    onProgress: (done) => options.onProgress?.(done / perItem),
  });
  let begin = 0;
  return items.map(({ choices, answer }, item) => {
    const own = losses.slice(begin, begin + asked[item].length);
    begin += own.length;
    if (!both) return { ...own[0], score: null, said: null };
    // What has no tokens of its own has not been asked.
    const chosen = leastOf(
      own.map((loss, k) =>
        loss.tokens === 0 ? Number.NaN : loss.loss / measure(task.length, loss, choices[k]),
      ),
    );
    return { ...own[answer], score: Number(chosen === answer), said: choices[chosen] ?? null };
  });
}

/** What a loss is divided by. Characters are counted as a person does it. */
function measure(rule: LengthRule, { tokens }: { readonly tokens: number }, text: string): number {
  if (rule === 'sum') return 1;
  return Math.max(1, rule === 'per token' ? tokens : [...text].length);
}

/** The first of the smallest; NaN is never it, and -1 where there is nothing else. */
function leastOf(values: readonly number[]): number {
  return values.reduce((least, value, at) => {
    if (Number.isNaN(value)) return least;
    return least < 0 || value < values[least] ? at : least;
  }, -1);
}

export async function answerTexts(
  items: TextTask['items'],
  model: Able,
  options: Scoring,
): Promise<readonly Answered[]> {
  const texts = items.map((item) => ({ ...item, ends: false }));
  const losses = await lossesOf(texts, model, options);
  return losses.map(({ loss, tokens }) => {
    const perplexity = tokens === 0 ? null : Math.exp(loss / tokens);
    return { loss, tokens, score: options.what === 'loss' ? null : perplexity, said: null };
  });
}

async function lossesOf(texts: readonly Scored[], model: Able, options: Running) {
  if (!model.logProbabilities) throw new UnableError(model, 'answers');
  const all = await model.logProbabilities(texts, options);
  return all.map((of) => ({
    loss: -of.reduce((sum, each) => sum + each, 0),
    tokens: of.length,
  }));
}

/** Of two passes over the same items each counts half. */
function halfOf({ signal, onProgress }: Running, before: number): Running {
  return { signal, onProgress: (done) => onProgress?.(before + done / 2) };
}
