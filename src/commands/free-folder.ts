/**
 * An empty folder in `parent` of this name or, where a file or an earlier merge has it, of the next free
 * one: name-2, name-3. Two models in one folder would be loaded as neither.
 */
export async function freeFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    try {
      const folder = await parent.getDirectoryHandle(candidate, { create: true });
      if ((await folder.keys().next()).done) return folder;
    } catch (error) {
      const isFile = error instanceof DOMException && error.name === 'TypeMismatchError';
      if (!isFile) throw error;
    }
  }
}
