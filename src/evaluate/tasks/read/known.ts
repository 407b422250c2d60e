/** Public data sets that are known by their columns, and asked as lm-evaluation-harness asks them without examples. */
import type { Naming } from '../naming.ts';
import type { Table } from './problems.ts';

type Known = {
  /** For people. */
  readonly name: string;
  /** All of these are there. */
  readonly has: readonly string[];
  /** What else tells it, where other files have such columns too. */
  readonly when?: (table: Table) => boolean;
  readonly naming: Naming;
};

const questionAnswer = 'Question: {question}\nAnswer: {answer}';

const all: readonly Known[] = [
  {
    name: 'MMLU',
    has: ['question', 'subject', 'choices', 'answer'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'question', answer: 'answer' },
      template: '{question}\n{choices}\nAnswer: {answer}',
      options: ['A', 'B', 'C', 'D'],
    },
  },
  {
    name: 'MMLU-Pro',
    has: ['question', 'options', 'answer', 'answer_index', 'category'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'question', choices: 'options', answer: 'answer_index' },
      template: questionAnswer,
    },
  },
  {
    name: 'OpenBookQA',
    has: ['question_stem', 'choices', 'answerKey'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'question_stem', choices: 'choices', answer: 'answerKey' },
      template: '{question_stem} {answer}',
    },
  },
  {
    name: 'ARC or CommonsenseQA',
    has: ['id', 'question', 'choices', 'answerKey'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'question', choices: 'choices', answer: 'answerKey' },
      template: questionAnswer,
    },
  },
  {
    name: 'HellaSwag',
    has: ['activity_label', 'ctx', 'endings', 'label'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'ctx', choices: 'endings', answer: 'label' },
      template: '{activity_label}: {ctx} {answer}',
    },
  },
  {
    name: 'PIQA',
    has: ['goal', 'sol1', 'sol2', 'label'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'goal', choices: ['sol1', 'sol2'], answer: 'label' },
      template: 'Question: {goal}\nAnswer: {answer}',
    },
  },
  {
    name: 'WinoGrande',
    has: ['sentence', 'option1', 'option2', 'answer'],
    naming: {
      kind: 'choice',
      columns: { prompt: 'sentence', choices: ['option1', 'option2'], answer: 'answer' },
      place: 'blank',
    },
  },
  {
    name: 'BoolQ',
    has: ['question', 'answer', 'passage'],
    when: ({ rows }) => rows.every(({ cells }) => /^(true|false)$/i.test(String(cells['answer']))),
    naming: {
      kind: 'choice',
      columns: { prompt: 'question', answer: 'answer' },
      template: '{passage}\nQuestion: {question}?\nAnswer: {answer}',
      options: ['no', 'yes'],
    },
  },
  {
    name: 'SciQ',
    has: ['question', 'distractor1', 'distractor2', 'distractor3', 'correct_answer', 'support'],
    naming: {
      kind: 'choice',
      columns: {
        prompt: 'question',
        choices: ['distractor1', 'distractor2', 'distractor3', 'correct_answer'],
        answer: 'correct_answer',
      },
      template: '{support}\nQuestion: {question}\nAnswer: {answer}',
    },
  },
  {
    name: 'GSM8K',
    has: ['question', 'answer'],
    when: ({ columns, rows }) =>
      columns.length === 2 &&
      rows.length > 0 &&
      rows.every(({ cells }) => String(cells['answer']).includes('####')),
    naming: {
      kind: 'exact',
      columns: { prompt: 'question', answer: 'answer' },
      template: questionAnswer,
      place: 'after ####',
    },
  },
  {
    name: 'LAMBADA',
    has: ['text'],
    when: ({ file, columns }) =>
      /lambada/i.test(file) && columns.every((name) => ['text', 'domain'].includes(name)),
    naming: { kind: 'exact', columns: { prompt: 'text' }, place: 'last word' },
  },
];

/** What the table is, by its columns; null where it is none of them. */
export function knownTable(table: Table): Pick<Known, 'name' | 'naming'> | null {
  const isThere = ({ has }: Known) => has.every((name) => table.columns.includes(name));
  return all.find((known) => isThere(known) && (known.when?.(table) ?? true)) ?? null;
}
