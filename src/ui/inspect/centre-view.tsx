import { lazy, Suspense } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { findingsOf } from '../../stores/planning.ts';
import { session, usePlanned, useRun, useView } from '../../stores/use-session.ts';
import type { Tab as TabName } from '../../stores/view.ts';
import { ErrorBoundary } from '../kit/error-boundary.tsx';
import { ChecksView } from './checks-view.tsx';
import { MethodView } from './method-view.tsx';
import { PlanView } from './plan-view.tsx';
import './inspect.css';

const TensorsView = lazy(() => import('./tensors-view.tsx'));
const ResultView = lazy(() => import('../run/result-view.tsx'));

/** The tabs in the middle of the page. */
export function CentreView() {
  const tab = useView((state) => state.tab);
  return (
    <Tabs
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
      <ErrorBoundary key={tab} part="This view">
        <Suspense fallback={<p className="loading">One moment…</p>}>
          <TabPanel id="method" className="tab-panel">
            <MethodView />
          </TabPanel>
          <TabPanel id="checks" className="tab-panel">
            <ChecksView />
          </TabPanel>
          <TabPanel id="plan" className="tab-panel">
            <PlanView />
          </TabPanel>
          <TabPanel id="tensors" className="tab-panel is-table">
            <TensorsView />
          </TabPanel>
          <TabPanel id="result" className="tab-panel">
            <ResultView />
          </TabPanel>
        </Suspense>
      </ErrorBoundary>
    </Tabs>
  );
}

function ChecksBadge() {
  const findings = findingsOf(usePlanned());
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const count = errors || warnings;
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
  if (phase !== 'done' && phase !== 'failed') return null;
  return (
    <span className={`badge ${phase === 'done' ? 'is-good' : 'is-error'}`}>
      {phase === 'done' ? '✓' : '!'}
      <span className="visually-hidden">{phase === 'done' ? ' done' : ' failed'}</span>
    </span>
  );
}
