import { cancel } from './cancel.ts';
import type { Command } from './command.ts';
import { copyLink } from './copy-link.ts';
import { exportRecipe } from './export-recipe.ts';
import { browseHub } from './hub/browse.ts';
import { importRecipe } from './import-recipe.ts';
import { merge } from './merge.ts';
import { mergekitRecipe } from './mergekit-recipe.ts';
import { peftCall } from './peft-call.ts';
import { pickFiles } from './pick-files.ts';
import { pickFolder } from './pick-folder.ts';
import { redo } from './redo.ts';
import { reopenModels } from './reopen-models.ts';
import { restartDemo, restartDemoAdapters } from './restart-demo.ts';
import { share } from './share.ts';
import { showChecks } from './show-checks.ts';
import { showConflicts } from './show-conflicts.ts';
import { showMethod } from './show-method.ts';
import { showPlan } from './show-plan.ts';
import { showResult } from './show-result.ts';
import { showShortcuts } from './show-shortcuts.ts';
import { showTensors } from './show-tensors.ts';
import { suggest } from './suggest.ts';
import { switchTheme } from './switch-theme.ts';
import { undo } from './undo.ts';

/** Every command, in the order the help dialog lists them. */
export const commands: readonly Command[] = [
  merge,
  cancel,
  pickFiles,
  pickFolder,
  reopenModels,
  browseHub,
  restartDemo,
  restartDemoAdapters,
  undo,
  redo,
  showMethod,
  showConflicts,
  showChecks,
  showPlan,
  showTensors,
  showResult,
  suggest,
  share,
  copyLink,
  exportRecipe,
  importRecipe,
  peftCall,
  mergekitRecipe,
  switchTheme,
  showShortcuts,
];
