import { Trans } from '@lingui/react/macro';
import { Anchor, Button, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconBan, IconClockOff, IconLock, IconPhoneOff, IconTemplate } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ComponentType, ReactNode } from 'react';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import type { Uploaded } from '~/ui/files';
import { Phone } from '~/ui/format';
import { Composer } from './Composer';
import type { useDraft } from './drafts';
import { OtherDraft } from './OtherDraft';
import type { Conversation, useSender } from './queries';
import { mostUsed } from './recent';
import classes from './Thread.module.css';
import { type Template, useSendable } from './templates';
import { useMoment } from './times';
import { windowState } from './window';

interface Props {
  conversation: Conversation;
  now: number;
  sender: ReturnType<typeof useSender>;
  draft: ReturnType<typeof useDraft>;
  onSend: (text: string) => void;
  onSendFile: (file: Uploaded, caption: string) => void;
  onTemplate: (template?: Template) => void;
}

/** The composer, or what stands in its place and why. */
export function Foot(props: Props) {
  const said = useSaid();
  const { conversation: c, now, sender, draft, onSend, onSendFile, onTemplate } = props;
  const can = useCan();
  if (!can('inbox.reply')) {
    return (
      <Instead icon={IconLock} title={<Trans>You can read conversations and not answer them.</Trans>}>
        <Trans>Ask an owner or admin for the role of an agent.</Trans>
      </Instead>
    );
  }
  if (c.opted_out) {
    return (
      <Instead icon={IconBan} title={<Trans>This person opted out.</Trans>}>
        <Trans>
          An opt-out always wins: nothing is sent to them. They can write START, or opt in again elsewhere.
        </Trans>{' '}
        {c.profile_id && can('consent.write') && (
          <Anchor component={Link} to={`/profiles/${c.profile_id}`} size="sm">
            <Trans>Record a new consent</Trans>
          </Anchor>
        )}
      </Instead>
    );
  }
  if (sender.number?.archived) {
    return (
      <Instead
        icon={IconPhoneOff}
        title={
          <Trans>
            The number <Phone number={c.number} /> is out of use.
          </Trans>
        }
      >
        <Trans>
          They last wrote to this number, and answers leave from it. Nothing can be sent from it any more.
        </Trans>
      </Instead>
    );
  }
  if (windowState(c.window_closes_at, now) === 'closed') {
    return (
      <Closed conversation={c} accountId={sender.account?.id} draft={draft.draft} onTemplate={onTemplate} />
    );
  }
  return (
    <>
      <OtherDraft draft={draft} />
      <Composer
        conversation={c}
        now={now}
        sender={sender}
        held={sender.account?.state === 'held' ? said(sender.account.held_reason ?? '') : undefined}
        draft={draft}
        onSend={onSend}
        onSendFile={onSendFile}
        onTemplate={() => onTemplate()}
      />
    </>
  );
}

function Closed(props: {
  conversation: Conversation;
  accountId: string | undefined;
  draft: string;
  onTemplate: (template?: Template) => void;
}) {
  const { conversation: c, accountId, draft, onTemplate } = props;
  const moment = useMoment();
  const { data = [] } = useSendable(accountId);
  return (
    <Instead
      icon={IconClockOff}
      title={<Trans>The 24-hour window closed at {moment(c.window_closes_at)}.</Trans>}
      actions={
        <>
          <Button size="xs" leftSection={<IconTemplate size={14} aria-hidden />} onClick={() => onTemplate()}>
            <Trans>Choose template</Trans>
          </Button>
          {mostUsed(data).map((template) => (
            <Button key={template.id} size="xs" variant="default" onClick={() => onTemplate(template)}>
              <bdi>{template.name}</bdi>
            </Button>
          ))}
        </>
      }
    >
      <Trans>Only an approved template can restart the chat.</Trans>
      {draft !== '' && (
        <>
          {' '}
          <Trans>What you wrote stays as a draft.</Trans>
        </>
      )}
    </Instead>
  );
}

function Instead(props: {
  icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  title: ReactNode;
  children: ReactNode;
  actions?: ReactNode;
}) {
  const { icon: Icon, title, children, actions } = props;
  return (
    <section className={classes.foot} data-instead>
      <Group wrap="nowrap" align="flex-start" gap="sm" py={4}>
        <ThemeIcon variant="light" color="gray" size="lg" aria-hidden>
          <Icon size={18} aria-hidden />
        </ThemeIcon>
        <Stack gap={6}>
          <div>
            <Text size="sm" fw={600}>
              {title}
            </Text>
            <Text size="sm" c="dimmed" component="div">
              {children}
            </Text>
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Stack>
      </Group>
    </section>
  );
}
