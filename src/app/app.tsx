import { useEffect, useLayoutEffect } from 'react';
import { commands } from '../commands/all.ts';
import { session, useView } from '../stores/use-session.ts';
import { CentreView } from '../ui/inspect/centre-view.tsx';
import { ErrorBoundary } from '../ui/kit/error-boundary.tsx';
import { RecipeRail } from '../ui/models/recipe-rail.tsx';
import { Settings } from '../ui/recipe/settings.tsx';
import { RunBar } from '../ui/run/run-bar.tsx';
import { Dialogs } from './dialogs.tsx';
import { DropTarget } from './drop-target.tsx';
import { Header } from './header.tsx';
import { Leftovers } from './leftovers.tsx';
import { Notices } from './notices.tsx';
import { PaneTabs } from './pane-tabs.tsx';
import { Region } from './region.tsx';
import { listen } from './shortcuts.ts';
import './tokens.css';
import './base.css';
import './layout.css';

export function App() {
  const theme = useView((state) => state.theme);
  const pane = useView((state) => state.pane);
  const singleKeys = useView((state) => state.singleKeys);
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => listen(window, commands, session, singleKeys), [singleKeys]);
  return (
    <ErrorBoundary part="The page">
      <DropTarget>
        <div className="page" data-pane={pane}>
          <a className="skip" href="#view">
            Skip to the view
          </a>
          <Header />
          <Leftovers />
          <PaneTabs />
          <Region number={1} name="Recipe" as="recipe">
            <RecipeRail />
          </Region>
          <Region number={2} name="View" as="view">
            <CentreView />
          </Region>
          <Region number={3} name="Method" as="settings">
            <Settings />
          </Region>
          <RunBar />
        </div>
        <Notices />
        <Dialogs />
      </DropTarget>
    </ErrorBoundary>
  );
}
