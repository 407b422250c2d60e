import { failureOf, type Session } from '../stores/session.ts';
import { saveFile } from './save-file.ts';

/** A finished merge as one zip in the browser's downloads. */
export async function downloadZip(session: Session, folder: string): Promise<void> {
  await trying(session, async () => saveFile(`${folder}.zip`, await session.engine.zip(folder)));
}

/** One file of a finished merge, by its path in the folder. */
export async function downloadFile(session: Session, folder: string, name: string): Promise<void> {
  await trying(session, async () => {
    const files = await session.engine.files(folder);
    const found = files.find(({ path }) => path === name);
    if (!found) throw new Error(`${name} is no longer in private storage.`);
    saveFile(name.split('/').at(-1)!, found.file);
  });
}

async function trying({ view }: Session, save: () => Promise<void>): Promise<void> {
  try {
    await save();
  } catch (error) {
    view.getState().tell(`The download failed: ${failureOf(error).message}`);
  }
}
