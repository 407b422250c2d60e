import type { Finding } from '../plan/types.ts';

export type Topic = {
  readonly title: string;
  readonly state: Finding['severity'] | 'fine' | 'unknown';
  readonly count: number;
};

const topics: readonly { readonly title: string; readonly codes: RegExp }[] = [
  { title: 'Models', codes: /^(model|no-(base|experts)|base|arity|same-model|unknown-method)/ },
  {
    title: 'Tensor names',
    codes: /^(no-common|missing|extra|nothing|name|rename|cannot-divide|little)/,
  },
  { title: 'Shapes', codes: /^(shape|too-large|kept)/ },
  {
    title: 'Precision',
    codes: /^(dtype|mixed|precision|may-|not-computed|quantis|read-as-values)/,
  },
  { title: 'Vocabulary and head', codes: /^(vocabulary|tied|task-head)/ },
  { title: 'Config', codes: /^(config|no-config)/ },
  { title: 'Tokenizer', codes: /^(token|chat-template)/ },
  { title: 'Other files and room', codes: /^(donor|index|file|left-out|code|room)/ },
  { title: 'Adapters', codes: /^(adapter|profile|not-in-adapter|beyond-adapter)/ },
  { title: 'Parameters and rules', codes: /./ },
];

/** Everything that was looked at, with the worst finding of each topic; a finding counts once. */
export function checklistOf(findings: readonly Finding[]): readonly Topic[] {
  const stopped = findings.some(
    ({ severity, code }) => severity === 'error' && topics[0].codes.test(code),
  );
  let rest = findings;
  return topics.map(({ title, codes }, position) => {
    const own = rest.filter(({ code }) => codes.test(code));
    rest = rest.filter(({ code }) => !codes.test(code));
    const worst = (['error', 'warning', 'note'] as const).find((severity) =>
      own.some((finding) => finding.severity === severity),
    );
    // Without the models there are no headers to compare.
    const state = worst ?? (stopped && position > 0 ? 'unknown' : 'fine');
    return { title, state, count: own.length };
  });
}
