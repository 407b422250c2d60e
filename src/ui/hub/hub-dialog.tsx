import { useEffect } from 'react';
import { measureCache } from '../../commands/hub/cache.ts';
import { search } from '../../commands/hub/search.ts';
import { session, useHub } from '../../stores/use-session.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Account } from './account.tsx';
import { Cache } from './cache.tsx';
import { Finder } from './finder.tsx';
import { RepoView } from './repo-view.tsx';
import './hub.css';

/** Finds models on the Hub and takes them into the recipe. */
export default function HubDialog() {
  const looked = useHub((state) => state.looked);
  useEffect(() => {
    void measureCache(session);
    if (session.hub.getState().search !== 'done') void search(session, {}, 0);
  }, []);
  return (
    <Dialog title="Find on Hugging Face" size="large" onClose={session.view.getState().close}>
      <div className="hub">
        <Account scope="read" />
        <div className="hub-columns">
          <Finder />
          {looked ? (
            <RepoView looked={looked} />
          ) : (
            <div className="hub-repo hub-hint">
              <p>
                Choose a model to see what is in it. Nothing but its description is read until you
                add it, and then only the header: names and shapes, no weights.
              </p>
            </div>
          )}
        </div>
        <Cache />
      </div>
    </Dialog>
  );
}
