import type { Offered } from '../stores/dropped.ts';
import type { Command } from './command.ts';
import { filesIn } from './files-in.ts';
import { openFiles } from './open-files.ts';

export const pickFiles: Command = {
  id: 'open-files',
  label: 'Open model files…',
  shortcut: 'Mod+O',
  enabled: () => true,
  run: async (session) => {
    const offered = await chooseModelFiles();
    if (offered.length > 0) await openFiles(session, offered);
  },
};

/** The picker that gives handles where there is one: such files can be opened again after a reload. */
async function chooseModelFiles(): Promise<readonly Offered[]> {
  if (!('showOpenFilePicker' in window)) {
    const files = (await chooseFiles({ multiple: true })) ?? [];
    return files.map((file) => ({ path: file.name, file }));
  }
  const options = { id: 'amalgam-models', multiple: true } as const;
  const handles = (await unlessClosed(window.showOpenFilePicker(options))) ?? [];
  return (await Promise.all(handles.map(filesIn))).flat();
}

/** What a picker gives; null when the user closed it. */
export async function unlessClosed<T>(picking: Promise<T>): Promise<T | null> {
  try {
    return await picking;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

type Options = {
  readonly multiple?: boolean;
  readonly folder?: boolean;
  readonly accept?: string;
};

/** Asks with the browser's own file dialog; null when the user cancels. */
export function chooseFiles(options: Options): Promise<readonly File[] | null> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = options.multiple ?? false;
  input.webkitdirectory = options.folder ?? false;
  input.accept = options.accept ?? '';
  return new Promise((resolve) => {
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
