import { lazy, Suspense } from 'react';
import { useView } from '../stores/use-session.ts';

const ShortcutsDialog = lazy(() => import('./shortcuts-dialog.tsx'));
const SuggestDialog = lazy(() => import('../ui/recipe/suggest-dialog.tsx'));
const ShareDialog = lazy(() => import('../ui/recipe/share-dialog.tsx'));
const HubDialog = lazy(() => import('../ui/hub/hub-dialog.tsx'));
const PublishDialog = lazy(() => import('../ui/hub/publish-dialog.tsx'));

/** Dialogs are fetched when first opened. */
export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  return (
    <Suspense>
      {dialog === 'shortcuts' && <ShortcutsDialog />}
      {dialog === 'suggest' && <SuggestDialog />}
      {dialog === 'share' && <ShareDialog />}
      {dialog === 'hub' && <HubDialog />}
      {dialog === 'publish' && <PublishDialog />}
    </Suspense>
  );
}
