import { readdirSync, readFileSync } from 'node:fs';
import { memorySource } from './memory-source.ts';

/** The files of a model of the bundled demo, by name. */
export function demoFiles(model: string): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const folder = `public/demo/${model}`;
  const names = readdirSync(folder);
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]));
}

export function demoSources(model: string) {
  return [...demoFiles(model)].map(([name, bytes]) => memorySource(name, bytes));
}
