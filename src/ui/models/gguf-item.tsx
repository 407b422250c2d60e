import { FileOutput } from 'lucide-react';
import { openGguf } from '../../commands/gguf.ts';
import type { ModelRef } from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import type { Item } from '../kit/menu.tsx';

/** The entry by which one open model becomes a GGUF. */
export function ggufItem({ id, name }: ModelRef, isOpen: boolean): Item {
  return {
    id: 'gguf',
    label: 'Export as GGUF…',
    note: 'This model by itself, for llama.cpp.',
    icon: <FileOutput aria-hidden />,
    disabled: !isOpen,
    run: () => void openGguf(session, { kind: 'open', model: id, name }),
  };
}
