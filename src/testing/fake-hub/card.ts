/**
 * The metadata block of a model card (https://huggingface.co/docs/hub/model-cards#model-card-metadata): texts
 * and lists of texts, which is as much YAML as the cards of this project use.
 */
export function parseCard(readme: string): Readonly<Record<string, unknown>> {
  const block = /^---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1] ?? '';
  const card: Record<string, string | string[]> = {};
  let key = '';
  for (const line of block.split(/\r?\n/)) {
    const item = /^\s*- (.*)$/.exec(line);
    const field = /^([\w-]+):\s*(.*)$/.exec(line);
    if (item) card[key] = [...(card[key] ?? []), bare(item[1])];
    if (field) {
      key = field[1];
      if (field[2] !== '') card[key] = inline(field[2]);
    }
  }
  return card;
}

function inline(value: string): string | string[] {
  const list = /^\[(.*)\]$/.exec(value)?.[1];
  return list === undefined ? bare(value) : list.split(',').map((each) => bare(each.trim()));
}

function bare(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2');
}
