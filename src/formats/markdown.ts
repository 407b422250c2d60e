/** Names come from folders and links: no line breaks, and nothing that Markdown or HTML reads. */
export const inline = (text: string) =>
  text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#&]/g, (character) => `\\${character}`);
