import { FileOutput } from 'lucide-react';
import { openGguf } from '../../commands/gguf.ts';
import type { GgufFrom } from '../../engine/protocol.ts';
import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';

type GgufButtonProps = { readonly from: GgufFrom; readonly look?: 'quiet' | 'plain' };

export function GgufButton({ from, look = 'plain' }: GgufButtonProps) {
  return (
    <Button look={look} onPress={() => void openGguf(session, from)}>
      <FileOutput aria-hidden /> Export as GGUF…
    </Button>
  );
}
