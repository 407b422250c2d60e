/** Hands a file to the browser's downloads. A disk-backed File is streamed, not read into memory. */
export function saveFile(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has opened the file by then; revoking at once cancels the download in some.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
