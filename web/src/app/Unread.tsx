import { useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import classes from './Shell.module.css';

/** How many conversations have something new, beside the word "Inbox". */
export function Unread({ count }: { count: string }) {
  const { t } = useLingui();
  if (count === '') return null;
  return (
    <>
      <span className={classes.count} aria-hidden>
        {count}
      </span>
      <VisuallyHidden>{t`${count} unread`}</VisuallyHidden>
    </>
  );
}
