import { Suspense, useEffect, useRef, useState } from 'react';
import { openDemoTasks } from '../../commands/demo-tasks.ts';
import { recallScores } from '../../stores/kept-scores.ts';
import { session, useDevice, useModels } from '../../stores/use-session.ts';
import { later } from '../kit/later.ts';
import { Segmented } from '../kit/segmented.tsx';
import { useKeptFocus } from '../kit/use-kept-focus.ts';
import { MethodsView } from './methods-view.tsx';
import { ScoresView } from './scores-view.tsx';
import { SearchView } from './search-view.tsx';
import { SweepView } from './sweep-view.tsx';
import '../changes/changes.css';
import './evaluate.css';

const ChatView = later(() => import('../chat/chat-view.tsx'));

const parts = [
  { value: 'scores', label: 'Scores' },
  { value: 'sweep', label: 'Sweep' },
  { value: 'methods', label: 'Methods' },
  { value: 'search', label: 'Search' },
  { value: 'chat', label: 'Chat' },
] as const;
type Part = (typeof parts)[number]['value'];

/** Is the merge any good? It and its parents are run in the page, and their answers counted. */
export default function EvaluateView() {
  const [part, setPart] = useState<Part>('scores');
  const view = useRef<HTMLDivElement>(null);
  /** Scores are of one kind of processor: with another, views begin with what is known of that. */
  const backend = useDevice(({ report }) => report?.kind);
  useKeptFocus(view);
  const demo = useModels((state) => state.demo);
  useEffect(() => {
    if (demo.kind === 'ready') void openDemoTasks(session);
  }, [demo]);
  useEffect(() => void recallScores(session), []);
  return (
    <div ref={view} className="evaluate">
      <div className="conflicts-title">
        <h3 className="view-title">Evaluate</h3>
        <Segmented label="Evaluate by" options={parts} value={part} onChange={setPart} />
      </div>
      {part === 'scores' && <ScoresView key={backend} />}
      {part === 'sweep' && <SweepView key={backend} />}
      {part === 'methods' && <MethodsView key={backend} />}
      {part === 'search' && <SearchView key={backend} />}
      <Suspense fallback={<p className="loading">One moment…</p>}>
        {part === 'chat' && <ChatView />}
      </Suspense>
    </div>
  );
}
