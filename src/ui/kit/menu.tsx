import type { ReactNode } from 'react';
import {
  Menu as AriaMenu,
  Header,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import './menu.css';

export type Item = {
  readonly id: string;
  readonly label: string;
  readonly note?: string | undefined;
  readonly icon?: ReactNode;
  readonly run: () => void;
  readonly disabled?: boolean;
};
export type Section = { readonly title: string; readonly items: readonly Item[] };

type MenuProps = {
  /** Accessible name of the list. */
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly sections: readonly Section[];
};

export function Menu({ label, trigger, sections }: MenuProps) {
  const items = sections.flatMap((section) => section.items);
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="menu-popover" offset={6}>
        <AriaMenu
          aria-label={label}
          className="menu"
          disabledKeys={items.filter((item) => item.disabled).map((item) => item.id)}
          onAction={(id) => items.find((item) => item.id === id)?.run()}
        >
          {sections.map((section) => (
            <MenuSection key={section.title} className="menu-section">
              <Header className="menu-title">{section.title}</Header>
              {section.items.map((item) => (
                <MenuItem key={item.id} id={item.id} textValue={item.label} className="menu-item">
                  {item.icon}
                  <span>
                    <span className="menu-label">{item.label}</span>
                    {item.note && <span className="menu-note">{item.note}</span>}
                  </span>
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
