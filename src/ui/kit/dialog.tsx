import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from './button.tsx';
import './dialog.css';

type DialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  readonly size?: 'small' | 'wide' | 'large';
  readonly children: ReactNode;
};

export function Dialog({ title, onClose, size = 'small', children }: DialogProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="dialog-veil"
    >
      <Modal className={`dialog ${size}`}>
        <AriaDialog className="dialog-body">
          <header className="dialog-head">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            <IconButton label="Close" onPress={onClose}>
              <X aria-hidden />
            </IconButton>
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
