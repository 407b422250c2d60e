import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Library } from '../engine/library/library.ts';
import { bundled, bundledTask } from '../evaluate/tasks/bundled.ts';
import type { Model } from '../formats/model.ts';
import { demoSources } from './demo-files.ts';

const demo = 'public/demo';

/** Members of the demo family as an engine has them open, by their ids. */
export async function demoLibrary(members: readonly string[]) {
  const library = new Library();
  const models: Record<string, Model> = {};
  for (const member of members) {
    models[member] = await library.open(member, member, demoSources(member));
  }
  return { library, models };
}

/** A task that comes with the family. */
export function demoTask(id: string) {
  const found = bundled.find((each) => each.id === id)!;
  return bundledTask(found, readFileSync(join(demo, found.path), 'utf8'));
}
