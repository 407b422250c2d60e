/** "Suggest a method": a few questions, a ranked answer with reason and source. It promises nothing. */
import type { Preset } from './presets.ts';

export type Answers = {
  readonly models: 'one' | 'two' | 'more';
  readonly base: 'known' | 'unknown';
  readonly goal: 'one task' | 'several skills' | 'blend' | 'forget';
  readonly changes: 'small' | 'large' | 'unknown';
};

export type Question<K extends keyof Answers = keyof Answers> = {
  readonly key: K;
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: Answers[K]; readonly label: string }[];
};

type Questions = { readonly [K in keyof Answers]: Omit<Question<K>, 'key'> };

const texts: Questions = {
  goal: {
    label: 'What do you want?',
    help: 'The goal decides more than the method does.',
    options: [
      { value: 'several skills', label: 'One model with several skills' },
      { value: 'one task', label: 'A steadier model for one task' },
      { value: 'blend', label: 'Something between two models' },
      { value: 'forget', label: 'A model that has lost a skill' },
    ],
  },
  models: {
    label: 'How many fine-tuned models?',
    help: 'Without counting the base.',
    options: [
      { value: 'one', label: 'One' },
      { value: 'two', label: 'Two' },
      { value: 'more', label: 'Three or more' },
    ],
  },
  base: {
    label: 'Do you have the base they were all trained from?',
    help: 'The exact same one: another version of it gives nonsense.',
    options: [
      { value: 'known', label: 'Yes' },
      { value: 'unknown', label: 'No, or not sure' },
    ],
  },
  changes: {
    label: 'How were they trained?',
    help: 'Short fine-tuning changes weights little, further pre-training changes them much.',
    options: [
      { value: 'small', label: 'Short fine-tuning (below 0.005 a weight)' },
      { value: 'large', label: 'Long or further pre-training' },
      { value: 'unknown', label: 'I do not know' },
    ],
  },
};

/** In the order they are asked. */
export const questions: readonly Question[] = (
  Object.keys(texts) as readonly (keyof Answers)[]
).map((key) => ({ key, ...texts[key] }) as Question);

export type Suggestion = {
  readonly method: string;
  /** The preset that sets it up, where there is one. */
  readonly preset: Preset['id'] | null;
  readonly reason: string;
  readonly source: { readonly label: string; readonly url: string };
  /** What is in the way, or what to look out for; null when nothing is. */
  readonly caution: string | null;
};

const wild = {
  label: 'A study of merging public models, 2025',
  url: 'https://arxiv.org/abs/2511.21437',
};
const arithmetic = {
  label: 'Task arithmetic, Ilharco et al. 2023',
  url: 'https://arxiv.org/abs/2212.04089',
};
const soups = {
  label: 'Model soups, Wortsman et al. 2022',
  url: 'https://arxiv.org/abs/2203.05482',
};
const ties = {
  label: 'TIES-Merging, Yadav et al. 2023',
  url: 'https://arxiv.org/abs/2306.01708',
};
const dare = { label: 'DARE, Yu et al. 2024', url: 'https://arxiv.org/abs/2311.03099' };
const scale = {
  label: 'What matters for merging at scale, Yadav et al. 2024',
  url: 'https://arxiv.org/abs/2410.03617',
};
const shoemake = {
  label: 'Quaternion curves, Shoemake 1985',
  url: 'https://doi.org/10.1145/325165.325242',
};

/** Methods worth trying, best first. Never empty; nothing that needs a base when there is none. */
export function suggest(answers: Answers): readonly Suggestion[] {
  const { goal } = answers;
  switch (goal) {
    case 'forget':
      return forgetting(answers);
    case 'blend':
      return blending(answers);
    case 'one task': {
      const withBase = answers.base === 'known' ? [adding(answers)] : [];
      return answers.models === 'one'
        ? [...withBase, average(answers)]
        : [average(answers), ...withBase];
    }
    case 'several skills':
      return combining(answers);
    default:
      return goal satisfies never;
  }
}

function forgetting({ base }: Answers): readonly Suggestion[] {
  return [
    {
      method: 'task_arithmetic',
      preset: 'forget',
      reason: 'A negative weight takes away what the model has learnt on top of the base.',
      source: arithmetic,
      caution:
        base === 'known'
          ? 'Other skills can suffer too: try small weights.'
          : 'It cannot be done without the base.',
    },
  ];
}

function blending(answers: Answers): readonly Suggestion[] {
  const slerp: Suggestion = {
    method: 'slerp',
    preset: null,
    reason: 'One slider from the first model to the second.',
    source: shoemake,
    caution: 'Between fine-tunes of one base it is nearly a straight average.',
  };
  const average_ = average(answers);
  return answers.models === 'two' ? [slerp, average_] : [average_];
}

function combining(answers: Answers): readonly Suggestion[] {
  if (answers.base === 'unknown') return [average(answers)];
  const others: Suggestion[] = [
    {
      method: 'ties',
      preset: null,
      reason: 'Settles disagreements between models instead of letting them cancel.',
      source: ties,
      caution: 'On large public language models no reliable gain over plain addition was found.',
    },
  ];
  if (answers.changes === 'small') {
    others.push({
      method: 'dare_linear',
      preset: null,
      reason: 'Small changes are redundant: most can be dropped, and then they collide less.',
      source: dare,
      caution: null,
    });
  }
  return answers.models === 'one' ? [adding(answers)] : [adding(answers), ...others];
}

function adding({ changes, models }: Answers): Suggestion {
  return {
    method: 'task_arithmetic',
    preset: 'combine',
    reason: 'Plain addition of what was learnt; the one method that reliably helped in practice.',
    source: wild,
    caution:
      changes === 'large' && models !== 'one'
        ? 'Large changes disturb each other: start with a small λ.'
        : null,
  };
}

function average({ goal, base, models }: Answers): Suggestion {
  const oneTask = goal === 'one task';
  return {
    method: 'linear',
    preset: 'soup',
    reason: oneTask
      ? 'Averages of fine-tunes for one task are often better than each of them.'
      : 'It needs no base, and for large models the method matters little.',
    source: oneTask ? soups : scale,
    caution:
      models === 'one'
        ? 'It needs two models or more.'
        : base === 'unknown'
          ? 'It works only if all models come from one base.'
          : oneTask
            ? null
            : 'What only one model has learnt is diluted.',
  };
}
