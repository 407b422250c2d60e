import { createCRC32 } from 'hash-wasm';
import { blobSource } from './blob.ts';
import type { StoredFile } from './paths.ts';
import { centralDirectory, localHeader, type ZipEntry } from './zip-format.ts';

/** Bytes read at a time. */
const STEP = 8 * 2 ** 20;

/**
 * A folder as one archive for a download, larger than 4 GiB if need be. Nothing is compressed: weights do
 * not shrink. The files are read once, for their checksums, and not copied: the archive consists of them
 * as they lie on disk and of what stands between them, so it takes neither memory nor disk.
 *
 * @throws ReadError when a file is gone
 */
export async function zipOf(folder: string, files: readonly StoredFile[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const entries: (ZipEntry & { readonly at: number })[] = [];
  let at = 0;
  const add = (part: BlobPart, size: number) => {
    parts.push(part);
    at += size;
  };
  for (const { path, file } of files) {
    const entry = {
      path: `${folder}/${path}`,
      size: file.size,
      crc32: await crc32Of(path, file),
      modified: file.lastModified,
    };
    entries.push({ ...entry, at });
    const header = localHeader(entry);
    add(header, header.length);
    add(file, file.size);
  }
  parts.push(centralDirectory(entries, at));
  return new Blob(parts, { type: 'application/zip' });
}

async function crc32Of(path: string, file: File): Promise<number> {
  const hasher = await createCRC32();
  const source = blobSource(path, file);
  for (let at = 0; at < file.size; at += STEP) {
    hasher.update(await source.read(at, Math.min(file.size, at + STEP)));
  }
  return Number.parseInt(hasher.digest('hex'), 16);
}
