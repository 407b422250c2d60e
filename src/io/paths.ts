/** A file somewhere below a folder: its path from there, with forward slashes. */
export type StoredFile = { readonly path: string; readonly file: File };

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder that a path below `top` ends in; with `create`, folders that are missing are made. */
export async function folderOf(
  top: FileSystemDirectoryHandle,
  path: string,
  options: { readonly create?: boolean } = {},
): Promise<FileSystemDirectoryHandle> {
  let folder = top;
  for (const part of path.split('/').slice(0, -1)) {
    folder = await folder.getDirectoryHandle(part, options);
  }
  return folder;
}

/** The file at a path below `top`; with `create` it and the folders above it are made. */
export async function fileAt(
  top: FileSystemDirectoryHandle,
  path: string,
  options: { readonly create?: boolean } = {},
): Promise<FileSystemFileHandle> {
  return (await folderOf(top, path, options)).getFileHandle(baseName(path), options);
}

/** Every file below a folder, in order of path. */
export async function filesBelow(folder: FileSystemDirectoryHandle): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  const walk = async (place: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    for await (const handle of place.values()) {
      const path = prefix + handle.name;
      if (handle.kind === 'directory') await walk(handle, `${path}/`);
      else files.push({ path, file: await handle.getFile() });
    }
  };
  await walk(folder, '');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Removes a file, and the folders of its path that are empty without it. */
export async function removeBelow(top: FileSystemDirectoryHandle, path: string): Promise<void> {
  const parts = path.split('/');
  for (let depth = parts.length; depth > 0; depth--) {
    const part = parts.slice(0, depth).join('/');
    const folder = await folderOf(top, part);
    await folder.removeEntry(baseName(part)); // a folder that is not empty stays: this rejects
  }
}
