/** What models are asked, and how answers are scored. Plain data. */
import type { Naming, TaskKind } from './naming.ts';

export type { TaskKind };

/** How an answer is compared: to the character; without white space at its ends; and without regard to case either. */
export const matches = ['exact', 'trimmed', 'ignore case'] as const;
export type Match = (typeof matches)[number];

/** What of a choice's logarithm of probability counts: all of it, or its mean over tokens or characters. */
export const lengthRules = ['sum', 'per token', 'per character'] as const;
export type LengthRule = (typeof lengthRules)[number];

export type ExactItem = { readonly prompt: string; readonly answer: string };
export type ChoiceItem = {
  readonly prompt: string;
  /** Two or more. */
  readonly choices: readonly string[];
  /** Index of the right one. */
  readonly answer: number;
};
/** `text` is scored, `context` is what stands before it. */
export type TextItem = { readonly context: string; readonly text: string };
/** How alike two texts are, by people: on any scale, more is more alike. */
export type PairItem = { readonly a: string; readonly b: string; readonly score: number };

type Common = {
  readonly id: string;
  readonly title: string;
  /** Whether an expert was made for it (held-in), or none was (held-out); of a person's own nobody knows. */
  readonly skill: 'held-in' | 'held-out' | 'own';
  readonly split: Split;
  /** Absent where it is none of a person's own files: the demo's tasks, a text that was pasted. */
  readonly source?: TaskSource | undefined;
};

/** A file that rows came from. */
export type TaskOrigin =
  | { readonly kind: 'file'; readonly name: string }
  /** A file of a data set on the Hub, `owner/name`, at one commit. */
  | {
      readonly kind: 'hub';
      readonly repo: string;
      readonly commit: string;
      readonly path: string;
    };

/** Where the items come from and how they were made of it: what is needed to show it, and to read it again. */
export type TaskSource = {
  readonly from: TaskOrigin;
  readonly naming: Naming;
  /** The first rows of the file, and how many it has. */
  readonly rows: { readonly taken: number; readonly of: number };
};

/** The model continues the prompt greedily; right when what it writes is the answer. */
export type ExactTask = Common & {
  readonly kind: 'exact';
  readonly items: readonly ExactItem[];
  readonly match: Match;
  /** What ends an answer besides the model's end token. Where there is none, the end token belongs to the answer. */
  readonly stops: readonly string[];
};

/** Right when the right choice is likelier after the prompt than every other; the first among equals is chosen. */
export type ChoiceTask = Common & {
  readonly kind: 'choice';
  readonly items: readonly ChoiceItem[];
  readonly length: LengthRule;
};

/** Scored by perplexity: e to the mean loss of a token. */
export type TextTask = Common & { readonly kind: 'text'; readonly items: readonly TextItem[] };

/** Scored by Spearman's rank correlation of the cosines of embeddings with the given scores. */
export type PairTask = Common & { readonly kind: 'pairs'; readonly items: readonly PairItem[] };

export type Task = ExactTask | ChoiceTask | TextTask | PairTask;

/** Which items a search may look at (`search`), and which only judge what it found (`held-out`). */
export type Part = 'search' | 'held-out' | 'all';

export type Split = {
  readonly seed: number;
  /** Of the items, how many go to the search: 0 to 1. */
  readonly share: number;
};

/** The same for everybody, so that two people who score the same file look at the same items. */
export const usualSplit: Split = { seed: 12, share: 0.5 };

/** For people. */
export const scoreNames: Readonly<Record<TaskKind, string>> = {
  exact: 'exact match',
  choice: 'right choices',
  text: 'perplexity',
  pairs: 'Spearman correlation',
};

/** Whether its score is a share of right answers. */
export const isShare = (kind: TaskKind): boolean => kind === 'exact' || kind === 'choice';

/** Perplexity is better the lower it is. */
export const isHigherBetter = (kind: TaskKind): boolean => kind !== 'text';
