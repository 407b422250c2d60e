import { recognise } from '../formats/folder.ts';

/** What is recognised in a drop of these paths. */
export const drop = (...paths: readonly string[]) => read({}, ...paths);

/** The same, where the texts of some files, by path, have been read. */
export function read(texts: Readonly<Record<string, string>>, ...paths: readonly string[]) {
  const all = [...Object.keys(texts), ...paths];
  return recognise(
    all.map((path) => ({ path, size: 100 })),
    { texts: new Map(Object.entries(texts)) },
  );
}

/** Paths of `count` shards in a folder, but for those of the numbers `without`. */
export const shards = (folder: string, count: number, ...without: readonly number[]) =>
  Array.from({ length: count }, (_, i) => i + 1)
    .filter((number) => !without.includes(number))
    .map((number) => `${folder}model-0000${number}-of-0000${count}.safetensors`);
