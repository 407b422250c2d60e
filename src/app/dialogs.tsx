import { lazy, Suspense } from 'react';
import { useView } from '../stores/use-session.ts';

const ShortcutsDialog = lazy(() => import('./shortcuts-dialog.tsx'));
const SuggestDialog = lazy(() => import('../ui/recipe/suggest-dialog.tsx'));
const ShareDialog = lazy(() => import('../ui/recipe/share-dialog.tsx'));

/** Dialogs are fetched when first opened. */
export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  return (
    <Suspense>
      {dialog === 'shortcuts' && <ShortcutsDialog />}
      {dialog === 'suggest' && <SuggestDialog />}
      {dialog === 'share' && <ShareDialog />}
    </Suspense>
  );
}
