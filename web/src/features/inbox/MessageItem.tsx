import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Anchor, Button, Group } from '@mantine/core';
import { IconInfoCircle, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body } from '~/api/client';
import { useCan } from '~/api/session';
import { Time } from '~/ui/format';
import { useWords } from '~/ui/words';
import { ticksOf } from '~/wa/content';
import { fromMessage, fromPerson } from '~/wa/message';
import { plain } from '~/wa/parse';
import { WaBubble } from '~/wa/WaBubble';
import { attachments } from './attachments';
import { Failure } from './Failure';
import { outbox, type Pending } from './outbox';
import classes from './Thread.module.css';
import type { Item, Message } from './thread';
import { useClockTime, useDayWords } from './times';

interface Props {
  item: Item<Pending>;
  /** What the message answers, when it is in the thread. */
  answered: Message | undefined;
  onTemplate: (() => void) | undefined;
  onWriteAgain: (text: string) => void;
  /** Opens everything about a message. */
  onDetails: ((id: string) => void) | undefined;
  onRetry: (pending: Pending) => void;
}

/** A message with what belongs to it, and the dividers above it. */
export function MessageItem({ item, answered, onTemplate, onWriteAgain, onDetails, onRetry }: Props) {
  const day = useDayWords();
  return (
    <>
      {item.day !== undefined && (
        <div className={classes.day}>
          <span>{day(item.day)}</span>
        </div>
      )}
      {item.unseen && (
        <div className={classes.unseen}>
          <Trans>New</Trans>
        </div>
      )}
      {item.message && (
        <Shown
          message={item.message}
          answered={answered}
          onTemplate={onTemplate}
          onWriteAgain={onWriteAgain}
          onDetails={onDetails}
        />
      )}
      {item.pending && (
        <OnItsWay
          pending={item.pending}
          onTemplate={onTemplate}
          onWriteAgain={onWriteAgain}
          onRetry={onRetry}
        />
      )}
    </>
  );
}

function Shown(props: Omit<Props, 'item' | 'onRetry'> & { message: Message }) {
  const { message, answered, onTemplate, onWriteAgain, onDetails } = props;
  const { t } = useLingui();
  const clock = useClockTime();
  const mine = message.direction === 'out';
  return (
    <div className={classes.bubble} data-direction={message.direction} data-message={message.id}>
      {answered && (
        <div className={classes.quoted} dir="auto">
          {plain(fromMessage(answered.content).body) || t`A message without words`}
        </div>
      )}
      {message.campaign_id && <CampaignMark id={message.campaign_id} />}
      <div className={classes.line}>
        {mine && onDetails && (
          <ActionIcon
            className={classes.details}
            variant="subtle"
            color="gray"
            aria-label={t`Details of the message`}
            onClick={() => onDetails(message.id)}
          >
            <IconInfoCircle size={16} aria-hidden />
          </ActionIcon>
        )}
        <WaBubble
          content={mine ? fromMessage(message.content) : fromPerson(message.content, message.id)}
          direction={message.direction === 'out' ? 'out' : 'in'}
          time={<time dateTime={new Date(message.at).toISOString()}>{clock(message.at)}</time>}
          ticks={mine ? ticksOf(message.state) : undefined}
          links
        />
      </div>
      {mine && <Failure message={message} onTemplate={onTemplate} onWriteAgain={onWriteAgain} />}
    </div>
  );
}

function CampaignMark({ id }: { id: string }) {
  const { t } = useLingui();
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['campaign', 'one', id],
    queryFn: () => body(api.GET('/api/v1/campaigns/{id}', { params: { path: { id } } })),
    enabled: can('campaigns.read'),
    staleTime: 300_000,
  });
  return (
    <div className={classes.note} style={{ display: 'flex', gap: 4, alignItems: 'center' }}>
      <IconSpeakerphone size={13} aria-hidden />
      {data ? (
        <Anchor component={Link} to={`/campaigns/${id}`} inherit dir="auto">
          {t`Campaign ${data.name}`}
        </Anchor>
      ) : (
        <Trans>From a campaign</Trans>
      )}
    </div>
  );
}

function OnItsWay(props: Omit<Props, 'item' | 'answered' | 'onDetails'> & { pending: Pending }) {
  const { pending, onTemplate, onWriteAgain, onRetry } = props;
  const { t } = useLingui();
  const words = useWords();
  const { problem, key, text, template } = pending;
  const said = problem === undefined ? undefined : words(problem);
  const code = problem instanceof Object && 'code' in problem ? problem.code : undefined;
  return (
    <div className={classes.bubble} data-direction="out" data-pending>
      <WaBubble
        content={pending.attached ? fromMessage(pending.answer.content) : { body: text, buttons: [] }}
        direction="out"
        time={<Time at={pending.at} />}
        ticks={said ? 'failed' : 'sending'}
      />
      {said && (
        <div className={classes.failure} role="alert">
          <div>
            {code === 'window_closed' ? (
              <Trans>Not sent: the window had closed.</Trans>
            ) : (
              t`Not sent: ${said.detail}`
            )}{' '}
            {code !== 'window_closed' && said.help}
          </div>
          <Group gap="xs" mt={6}>
            {code === 'window_closed' || code === 'opted_out' || code === 'number_retired' ? (
              code === 'window_closed' &&
              onTemplate && (
                <Button size="compact-xs" onClick={onTemplate}>
                  <Trans>Send as template</Trans>
                </Button>
              )
            ) : (
              <Button size="compact-xs" onClick={() => onRetry(pending)}>
                <Trans>Try again</Trans>
              </Button>
            )}
            {template === undefined && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => {
                  outbox.remove(key);
                  if (pending.attached) attachments.putBack(pending.conversation, pending.attached);
                  if (text !== '') onWriteAgain(text);
                }}
              >
                <Trans>Back to the draft</Trans>
              </Button>
            )}
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => outbox.remove(key)}>
              <Trans>Remove</Trans>
            </Button>
          </Group>
        </div>
      )}
    </div>
  );
}
