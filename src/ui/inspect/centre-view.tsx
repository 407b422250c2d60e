import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { countOf } from '../../stores/planning.ts';
import { session, useFindings, useRun, useView } from '../../stores/use-session.ts';
import type { Tab as TabName } from '../../stores/view.ts';
import { ErrorBoundary } from '../kit/error-boundary.tsx';
import { later } from '../kit/later.ts';

import { MethodView } from './method-view.tsx';

import './inspect.css';

const ChecksView = later(() => import('./checks-view.tsx'));
const PlanView = later(() => import('./plan-view.tsx'));
const ConflictsView = later(() => import('../conflicts/conflicts-view.tsx'));
const EvaluateView = later(() => import('../evaluate/evaluate-view.tsx'));
const TensorsView = later(() => import('./tensors-view.tsx'));
const ResultView = later(() => import('../run/result-view.tsx'));

/** The tabs in the middle of the page. */
export function CentreView() {
  const tab = useView((state) => state.tab);
  const tabs = useRef<HTMLDivElement>(null);
  const last = useRef(tab);
  // A button that shows another tab goes with its own: the keyboard goes on at the tab it led to.
  useEffect(() => {
    if (last.current === tab) return;
    last.current = tab;
    // The panel that was left goes a little after the tab changed.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      tabs.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [tab]);
  return (
    <Tabs
      ref={tabs}
      className="tabs"
      selectedKey={tab}
      onSelectionChange={(key) => session.view.getState().showTab(key as TabName)}
    >
      <div className="tab-bar">
        <span className="region-number" aria-hidden>
          2
        </span>
        <TabList className="tab-list" aria-label="View">
          <Tab id="method" className="tab">
            Method
          </Tab>
          <Tab id="conflicts" className="tab">
            Conflicts
          </Tab>
          <Tab id="evaluate" className="tab">
            Evaluate
          </Tab>
          <Tab id="checks" className="tab">
            Checks <ChecksBadge />
          </Tab>
          <Tab id="plan" className="tab">
            Plan
          </Tab>
          <Tab id="tensors" className="tab">
            Tensors
          </Tab>
          <Tab id="result" className="tab">
            Result <ResultBadge />
          </Tab>
        </TabList>
      </div>
      <Panel id="method">
        <MethodView />
      </Panel>
      <Panel id="conflicts">
        <ConflictsView />
      </Panel>
      <Panel id="evaluate">
        <EvaluateView />
      </Panel>
      <Panel id="checks">
        <ChecksView />
      </Panel>
      <Panel id="plan">
        <PlanView />
      </Panel>
      <Panel id="tensors" isTable>
        <TensorsView />
      </Panel>
      <Panel id="result">
        <ResultView />
      </Panel>
    </Tabs>
  );
}

type PanelProps = {
  readonly id: TabName;
  readonly isTable?: boolean;
  readonly children: ReactNode;
};

function Panel({ id, isTable = false, children }: PanelProps) {
  return (
    <TabPanel id={id} className={`tab-panel ${isTable ? 'is-table' : ''}`}>
      <ErrorBoundary part="This view">
        <Suspense fallback={<p className="loading">One moment…</p>}>{children}</Suspense>
      </ErrorBoundary>
    </TabPanel>
  );
}

function ChecksBadge() {
  const findings = useFindings();
  const errors = countOf(findings, 'error');
  const count = errors || countOf(findings, 'warning');
  if (count === 0) return null;
  const kind = errors > 0 ? 'error' : 'warning';
  return (
    <span className={`badge is-${kind}`}>
      {count}
      <span className="visually-hidden">
        {' '}
        {kind}
        {count > 1 && 's'}
      </span>
    </span>
  );
}

function ResultBadge() {
  const phase = useRun((state) => state.phase);
  const kept = useRun((state) => state.kept.filter(({ only }) => only === null).length);
  if (phase === 'idle' && kept > 0) {
    return (
      <span className="badge is-good">
        {kept}
        <span className="visually-hidden"> finished {kept === 1 ? 'merge' : 'merges'} kept</span>
      </span>
    );
  }
  if (phase !== 'done' && phase !== 'failed') return null;
  return (
    <span className={`badge ${phase === 'done' ? 'is-good' : 'is-error'}`}>
      {phase === 'done' ? '✓' : '!'}
      <span className="visually-hidden">{phase === 'done' ? ' done' : ' failed'}</span>
    </span>
  );
}
