import type { Command } from './command.ts';
import { filesIn } from './files-in.ts';
import { openFiles } from './open-files.ts';
import { chooseFiles, unlessClosed } from './pick-files.ts';
import type { Drop } from './read-drop.ts';

export const pickFolder: Command = {
  id: 'open-folder',
  label: 'Open a model folder…',
  shortcut: 'Mod+Shift+O',
  enabled: () => true,
  run: async (session) => {
    const drop = await chooseFolder();
    if (drop) await openFiles(session, drop.offered, drop.folders);
  },
};

/** The directory picker where there is one, a file input for folders elsewhere. Null when it was closed. */
async function chooseFolder(): Promise<Drop | null> {
  if (!('showDirectoryPicker' in window)) {
    const files = await chooseFiles({ folder: true, multiple: true });
    if (files === null) return null;
    const offered = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    return { offered, folders: offered.length === 0 ? ['The folder'] : [] };
  }
  const folder = await unlessClosed(window.showDirectoryPicker({ id: 'amalgam-models' }));
  return folder && { offered: await filesIn(folder), folders: [folder.name] };
}
