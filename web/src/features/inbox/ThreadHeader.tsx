import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Avatar, Button, Skeleton, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconUser } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useCan } from '~/api/session';
import { Phone } from '~/ui/format';
import type { Conversation } from './queries';
import { initial } from './snippet';
import classes from './Thread.module.css';
import { WindowClock } from './WindowChip';

interface Props {
  conversation: Conversation | undefined;
  name: string | undefined;
  now: number;
}

/** Who it is, and how long one may answer. */
export function ThreadHeader({ conversation: c, name, now }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const search = useSearch({ from: '/shell/inbox' });
  const narrow = useMediaQuery('(max-width: 48em)');
  const heading = useRef<HTMLHeadingElement>(null);
  const there = c !== undefined;
  useEffect(() => {
    if (there) heading.current?.focus({ preventScroll: true });
  }, [there]);
  return (
    <header className={classes.head}>
      <ActionIcon
        renderRoot={(props) => <Link to="/inbox" search={search} {...props} />}
        hiddenFrom="sm"
        variant="subtle"
        color="gray"
        size={44}
        aria-label={t`Back to the list`}
      >
        <IconArrowLeft size={20} aria-hidden />
      </ActionIcon>
      <Avatar size={38} radius="xl" aria-hidden>
        {name ? initial(name) : undefined}
      </Avatar>
      <div className={classes.who}>
        {c ? (
          <>
            <Title
              order={narrow ? 1 : 2}
              size="h5"
              ref={heading}
              tabIndex={-1}
              style={{ outline: 'none', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
              dir="auto"
            >
              {name ?? <Phone number={c.phone} />}
            </Title>
            <Text size="xs" c="dimmed" component="div" style={{ display: 'flex', gap: 10, flexWrap: 'wrap' }}>
              {name && <Phone number={c.phone} />}
              <WindowClock closesAt={c.window_closes_at} now={now} />
            </Text>
          </>
        ) : (
          <Skeleton height={16} width={160} />
        )}
      </div>
      {c?.profile_id && can('profiles.read') && (
        <Button
          component={Link}
          to={`/profiles/${c.profile_id}`}
          variant="default"
          size="xs"
          leftSection={<IconUser size={14} aria-hidden />}
        >
          <Trans>Profile</Trans>
        </Button>
      )}
    </header>
  );
}
