import { Suspense } from 'react';
import { useView } from '../stores/use-session.ts';
import { later } from '../ui/kit/later.ts';

const ShortcutsDialog = later(() => import('./shortcuts-dialog.tsx'));
const SuggestDialog = later(() => import('../ui/recipe/suggest-dialog.tsx'));
const ShareDialog = later(() => import('../ui/recipe/share-dialog.tsx'));
const PeftCallDialog = later(() => import('../ui/recipe/peft-call-dialog.tsx'));
const MergekitDialog = later(() => import('../ui/recipe/mergekit-dialog.tsx'));
const HubDialog = later(() => import('../ui/hub/hub-dialog.tsx'));
const GgufDialog = later(() => import('../ui/run/gguf-dialog.tsx'));
const PublishDialog = later(() => import('../ui/hub/publish-dialog.tsx'));
const DatasetDialog = later(() => import('../ui/evaluate/dataset-dialog.tsx'));
const ColumnsDialog = later(() => import('../ui/evaluate/columns-dialog.tsx'));

/** Dialogs are fetched after the page. */
export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  return (
    <Suspense>
      {dialog === 'shortcuts' && <ShortcutsDialog />}
      {dialog === 'suggest' && <SuggestDialog />}
      {dialog === 'share' && <ShareDialog />}
      {dialog === 'peft-call' && <PeftCallDialog />}
      {dialog === 'mergekit' && <MergekitDialog />}
      {dialog === 'hub' && <HubDialog />}
      {dialog === 'publish' && <PublishDialog />}
      {dialog === 'gguf' && <GgufDialog />}
      {dialog === 'dataset' && <DatasetDialog />}
      {dialog === 'task-columns' && <ColumnsDialog />}
    </Suspense>
  );
}
