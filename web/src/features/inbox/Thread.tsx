import { useLingui } from '@lingui/react/macro';
import { Skeleton, Stack } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useEffectEvent, useState } from 'react';
import { useNow } from '~/api/clock';
import { useCan } from '~/api/session';
import { isShortcut, useShortcutsOn } from '~/app/shortcuts';
import type { Uploaded } from '~/ui/files';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { attachments } from './attachments';
import { useDraft } from './drafts';
import { Foot } from './Foot';
import { MessageLog } from './MessageLog';
import { useOutbox } from './outbox';
import {
  fileAnswer,
  newPending,
  textAnswer,
  useConversation,
  useMarkRead,
  useSend,
  useSender,
  useThread,
} from './queries';
import { used } from './recent';
import { TemplatePicker } from './TemplatePicker';
import { ThreadHeader } from './ThreadHeader';
import type { Template } from './templates';

const MessageDrawer = lazy(() =>
  import('~/features/messages/MessageDrawer').then((m) => ({ default: m.MessageDrawer })),
);

/** One conversation: header, messages, and what can be answered. */
export function Thread({ id }: { id: string }) {
  const { t } = useLingui();
  const can = useCan();
  const { at } = useSearch({ from: '/shell/inbox' });
  const now = useNow();
  const conversation = useConversation(id);
  const thread = useThread(id);
  const sender = useSender(conversation.data?.number_id);
  const pending = useOutbox().filter((one) => one.conversation === id);
  const draft = useDraft(id);
  const send = useSend();
  const [details, setDetails] = useState<string>();
  const [picking, setPicking] = useState<Template | true>();
  const [shortcuts] = useShortcutsOn();
  const c = conversation.data;

  const name = c?.name ?? undefined;

  // How much was new when it was opened; the line stays where it was while one reads.
  const [unreadAtFirst, setUnreadAtFirst] = useState<number>();
  if (c && unreadAtFirst === undefined) setUnreadAtFirst(c.unread);
  const markRead = useMarkRead();
  const looked = useEffectEvent(() => {
    if (c && c.unread > 0 && thread.data && document.visibilityState === 'visible') {
      markRead(id).catch(() => {
        // The next look tells it again.
      });
    }
  });
  const unread = c?.unread;
  const there = thread.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks whenever something new is shown
  useEffect(() => looked(), [unread, there]);
  useEffect(() => {
    const look = () => looked();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);

  const canTemplate = can('inbox.reply') && c !== undefined && !c.opted_out;
  useEffect(() => {
    if (!shortcuts || !canTemplate) return;
    const press = (event: KeyboardEvent) => {
      if (event.key !== 't' || !isShortcut(event)) return;
      event.preventDefault();
      setPicking(true);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [shortcuts, canTemplate]);

  if (conversation.isError && !c) {
    return (
      <Stack p="md">
        <ProblemAlert problem={conversation.error} retry={() => void conversation.refetch()} />
      </Stack>
    );
  }
  const writeAgain = (text: string) => draft.set(draft.draft === '' ? text : `${draft.draft}\n${text}`);
  const sendText = async (text: string) => {
    const { version, done } = draft.send();
    const answer = { ...textAnswer(text), ...(version ? { draft: version } : {}) };
    done(await send(newPending(id, text, answer)));
  };
  const sendFile = async (file: Uploaded, caption: string) => {
    attachments.remove(id);
    // Without a caption, what is written is not sent, and stays.
    const going = caption === '' ? undefined : draft.send();
    const answer = { ...fileAnswer(file, caption), ...(going?.version ? { draft: going.version } : {}) };
    const taken = await send(newPending(id, caption, answer, { attached: file }));
    going?.done(taken);
  };
  const sendTemplate = async (template: Template, words: string, mapping: Template['mapping']) => {
    setPicking(undefined);
    used(template.id);
    await send(newPending(id, words, { template_id: template.id, mapping }, { template: template.name }));
  };
  return (
    <>
      <ThreadHeader conversation={c} name={name} now={now} />
      {thread.isError && !thread.data ? (
        <Stack p="md" flex={1}>
          <ProblemAlert problem={thread.error} retry={() => void thread.refetch()} />
        </Stack>
      ) : !thread.data || unreadAtFirst === undefined ? (
        <Stack p="md" flex={1} justify="flex-end" role="status" aria-label={t`Loading`}>
          <Skeleton height={52} width="45%" radius="md" />
          <Skeleton height={36} width="30%" radius="md" ms="auto" />
          <Skeleton height={52} width="50%" radius="md" />
        </Stack>
      ) : (
        <MessageLog
          thread={thread.data}
          older={thread.older}
          at={at}
          pending={pending}
          unreadAtFirst={unreadAtFirst}
          name={name ?? c?.phone ?? ''}
          onTemplate={canTemplate ? () => setPicking(true) : undefined}
          onWriteAgain={writeAgain}
          onDetails={can('messages.read') ? setDetails : undefined}
          onRetry={(one) => void send(one)}
        />
      )}
      {c && (
        <Foot
          conversation={c}
          now={now}
          sender={sender}
          draft={draft}
          onSend={(text) => void sendText(text)}
          onSendFile={(file, caption) => void sendFile(file, caption)}
          onTemplate={(template) => setPicking(template ?? true)}
        />
      )}
      {details && (
        <Suspense>
          <MessageDrawer id={details} onClose={() => setDetails(undefined)} />
        </Suspense>
      )}
      {picking && c && (
        <TemplatePicker
          conversation={c}
          accountId={sender.account?.id}
          first={picking === true ? undefined : picking}
          onClose={() => setPicking(undefined)}
          onSend={(template, words, mapping) => void sendTemplate(template, words, mapping)}
        />
      )}
    </>
  );
}
