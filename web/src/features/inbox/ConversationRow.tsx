import { Plural, Trans } from '@lingui/react/macro';
import { Avatar, Badge, VisuallyHidden } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo, type Ref } from 'react';
import { Phone, Time } from '~/ui/format';
import { plain } from '~/wa/parse';
import classes from './Inbox.module.css';
import type { Conversation } from './queries';
import type { InboxSearch } from './routes';
import { initial, useSnippet } from './snippet';
import { WindowChip } from './WindowChip';

interface Props {
  conversation: Conversation;
  now: number;
  current: boolean;
  search: InboxSearch;
  innerRef?: Ref<HTMLAnchorElement>;
}

/** A conversation in the list. */
export const ConversationRow = memo(function ConversationRow({
  conversation: c,
  now,
  current,
  search,
  innerRef,
}: Props) {
  const snippet = useSnippet();
  return (
    <Link
      ref={innerRef}
      to="/inbox/$id"
      params={{ id: c.id }}
      search={search}
      preload={false}
      className={classes.row}
      aria-current={current ? 'true' : undefined}
      data-unread={c.unread > 0 || undefined}
      data-conversation={c.id}
    >
      <Avatar size={38} radius="xl" aria-hidden>
        {c.name ? initial(c.name) : undefined}
      </Avatar>
      <div style={{ minWidth: 0 }}>
        <div className={classes.line}>
          <span className={classes.name} dir="auto">
            {c.name ?? <Phone number={c.phone} />}
          </span>
          <span className={classes.time}>
            <Time at={c.last_message_at} />
          </span>
        </div>
        {c.name && (
          <div className={classes.number}>
            <Phone number={c.phone} />
          </div>
        )}
        <div className={classes.line}>
          <span className={classes.snippet} dir="auto">
            {c.draft ? (
              <Trans>
                <span className={classes.draft}>Draft:</span> <bdi>{plain(c.draft)}</bdi>
              </Trans>
            ) : (
              snippet(plain(c.last_text))
            )}
          </span>
          {c.unread > 0 && (
            <Badge size="sm" circle={c.unread < 10} variant="filled">
              {c.unread > 99 ? '99+' : c.unread}
              <VisuallyHidden>
                {' '}
                <Plural value={c.unread} one="new message" other="new messages" />
              </VisuallyHidden>
            </Badge>
          )}
          {c.opted_out ? (
            <Badge
              size="sm"
              variant="outline"
              color="gray"
              tt="none"
              fw={500}
              leftSection={<IconBan size={11} aria-hidden />}
              styles={{
                root: { borderColor: 'var(--mantine-color-default-border)', flexShrink: 0 },
                label: { color: 'var(--mantine-color-text)' },
              }}
            >
              <Trans>Opted out</Trans>
            </Badge>
          ) : (
            <WindowChip closesAt={c.window_closes_at} now={now} />
          )}
        </div>
      </div>
    </Link>
  );
});
