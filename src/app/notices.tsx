import { X } from 'lucide-react';
import { useEffect } from 'react';
import { undo } from '../commands/undo.ts';
import { session, useView } from '../stores/use-session.ts';
import { Button, IconButton } from '../ui/kit/button.tsx';

/** Long enough to read two sentences and press Undo. Milliseconds. */
const lifetime = 9000;

export function Notices() {
  const notice = useView((state) => state.notice);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => session.view.getState().hush(), lifetime);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div className="notices" role="status">
      {notice && (
        <div key={notice.id} className="notice">
          <span>{notice.text}</span>
          {notice.undo && (
            <Button
              look="quiet"
              onPress={() => {
                void undo.run(session);
                session.view.getState().hush();
              }}
            >
              Undo
            </Button>
          )}
          <IconButton
            className="small"
            label="Dismiss"
            onPress={() => session.view.getState().hush()}
          >
            <X aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}
