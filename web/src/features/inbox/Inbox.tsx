import { useLingui } from '@lingui/react/macro';
import { Outlet, useParams } from '@tanstack/react-router';
import { useTitle } from '~/ui/title';
import { ConversationList } from './ConversationList';
import classes from './Inbox.module.css';

/** List and conversation side by side, or one at a time on phones. */
export function Inbox() {
  const { t } = useLingui();
  const { id } = useParams({ strict: false });
  useTitle(t`Inbox`);
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
