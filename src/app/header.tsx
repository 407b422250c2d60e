import {
  Compass,
  Download,
  Keyboard,
  Link2,
  Monitor,
  Moon,
  Redo2,
  Sun,
  Undo2,
  Upload,
} from 'lucide-react';
import type { Command } from '../commands/command.ts';
import { exportRecipe } from '../commands/export-recipe.ts';
import { importRecipe } from '../commands/import-recipe.ts';
import { redo } from '../commands/redo.ts';
import { share } from '../commands/share.ts';
import { showShortcuts } from '../commands/show-shortcuts.ts';
import { suggest } from '../commands/suggest.ts';
import { switchTheme } from '../commands/switch-theme.ts';
import { undo } from '../commands/undo.ts';
import { session, useRecipe, useView } from '../stores/use-session.ts';
import { Button, IconButton } from '../ui/kit/button.tsx';
import { PresetsMenu } from '../ui/recipe/presets-menu.tsx';
import { Logo } from './logo.tsx';
import { shown } from './shortcuts.ts';

export function Header() {
  const canUndo = useRecipe((state) => state.history.past.length > 0);
  const canRedo = useRecipe((state) => state.history.future.length > 0);
  return (
    <header className="header">
      <h1 className="brand">
        <Logo /> Amalgam
      </h1>
      <p className="tagline">Merge models here, in your browser</p>
      <span className="header-group">
        <CommandButton command={undo} enabled={canUndo}>
          <Undo2 aria-hidden />
        </CommandButton>
        <CommandButton command={redo} enabled={canRedo}>
          <Redo2 aria-hidden />
        </CommandButton>
      </span>
      <span className="header-group">
        <PresetsMenu />
        <Button look="quiet" className="header-suggest" onPress={() => void suggest.run(session)}>
          <Compass aria-hidden /> <span className="wide-only">Suggest a method</span>
          <span className="narrow-only">Suggest</span>
        </Button>
      </span>
      <span className="header-group last">
        <Button look="quiet" aria-label={share.label} onPress={() => void share.run(session)}>
          <Link2 aria-hidden /> <span className="share-word">Share</span>
        </Button>
        <CommandButton command={exportRecipe}>
          <Download aria-hidden />
        </CommandButton>
        <CommandButton command={importRecipe}>
          <Upload aria-hidden />
        </CommandButton>
        <ThemeButton />
        <CommandButton command={showShortcuts} className="keyboard-only">
          <Keyboard aria-hidden />
        </CommandButton>
      </span>
    </header>
  );
}

type CommandButtonProps = {
  readonly command: Command;
  readonly enabled?: boolean;
  readonly className?: string;
  readonly children: React.ReactNode;
};

function CommandButton({ command, enabled = true, className = '', children }: CommandButtonProps) {
  return (
    <IconButton
      label={command.label}
      hint={command.shortcut ? shown(command.shortcut) : undefined}
      isDisabled={!enabled}
      className={className}
      onPress={() => void command.run(session)}
    >
      {children}
    </IconButton>
  );
}

function ThemeButton() {
  const theme = useView((state) => state.theme);
  const Icon = { system: Monitor, light: Sun, dark: Moon }[theme];
  return (
    <IconButton
      label={`Theme: ${theme}`}
      hint={shown(switchTheme.shortcut!)}
      onPress={() => void switchTheme.run(session)}
    >
      <Icon aria-hidden />
    </IconButton>
  );
}
