import { CircleCheck, CircleDashed, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { Finding } from '../../plan/types.ts';
import { checklistOf, type Topic } from '../../stores/checklist.ts';

const icons = {
  error: CircleX,
  warning: TriangleAlert,
  note: Info,
  fine: CircleCheck,
  unknown: CircleDashed,
} as const;

/** What was looked at, one line a topic. */
export function Checklist({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className="checklist" aria-label="What was checked">
      {checklistOf(findings).map((topic) => {
        const Icon = icons[topic.state];
        return (
          <li key={topic.title} className={`topic is-${topic.state}`}>
            <Icon aria-hidden />
            <span>{topic.title}</span>
            <span className="topic-state">{wordsOf(topic)}</span>
          </li>
        );
      })}
    </ul>
  );
}

function wordsOf({ state, count }: Topic): string {
  if (state === 'fine') return 'fine';
  if (state === 'unknown') return 'not yet';
  return count === 1 ? `1 ${state}` : `${count}, worst: ${state}`;
}
