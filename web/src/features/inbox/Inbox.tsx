import { useLingui } from '@lingui/react/macro';
import { Outlet, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ConversationList } from './ConversationList';
import classes from './Inbox.module.css';
import { useUnread } from './queries';

/** List and conversation side by side, or one at a time on phones. */
export function Inbox() {
  const { t } = useLingui();
  const { id } = useParams({ strict: false });
  const { data: unread = 0 } = useUnread();
  useEffect(() => {
    const count = unread > 99 ? '99+' : unread;
    document.title = unread > 0 ? t`(${count}) Inbox · Harkara` : t`Inbox · Harkara`;
  }, [unread, t]);
  return (
    <div className={classes.inbox} data-open={id !== undefined || undefined}>
      <div className={classes.list}>
        <ConversationList current={id} />
      </div>
      <div className={classes.pane}>
        <Outlet />
      </div>
    </div>
  );
}
