import { elsewhere, refusal } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import type { Architecture } from './architecture.ts';
import { bert } from './bert.ts';
import { gemma3 } from './gemma3.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { qwen2, qwen3 } from './qwen.ts';

const architectures: readonly Architecture[] = [llama, qwen2, qwen3, gpt2, gemma3, bert];

/** The architecture that config.json names. Throws FormatError with what it names, and which can be written. */
export function architectureOf({ fields }: Settings): Architecture {
  const named = Array.isArray(fields['architectures']) ? fields['architectures'] : [];
  const found = architectures.find(({ classes }) => named.some((name) => classes.includes(name)));
  if (found) return found;
  const known = architectures.flatMap(({ classes }) => classes);
  throw refusal({
    file: 'config.json',
    found:
      named.length === 0
        ? 'no "architectures"'
        : `the architecture ${named.map((name) => String(name)).join(', ')}`,
    expected: `one of ${known.join(', ')}`,
    advice: elsewhere,
  });
}
