import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Anchor,
  Button,
  Code,
  Divider,
  Drawer,
  Group,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { Phone, useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { RawText } from '~/ui/RawText';
import { Said } from '~/ui/Said';
import { StatusPill } from '~/ui/StatusPill';
import { ticksOf } from '~/wa/content';
import { fromMessage, fromPerson } from '~/wa/message';
import { WaBubble } from '~/wa/WaBubble';
import { failureOf, useFailureTitles } from './failures';
import { MessageTimeline } from './MessageTimeline';
import { type Told, useCallbacksOf, useMessage } from './queries';
import { ResendButton } from './ResendButton';
import { useMessageStates } from './states';

interface Props {
  /** The message (`msg_...`); nothing is shown without one. */
  id: string | undefined;
  onClose: () => void;
}

/** Everything about one message: what it says, what happened, what to do. */
export function MessageDrawer({ id, onClose }: Props) {
  const { t } = useLingui();
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      title={t`Message`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {id !== undefined && <Shown key={id} first={id} />}
    </Drawer>
  );
}

function Shown({ first }: { first: string }) {
  const { t } = useLingui();
  // What was sent in place of a message is looked at in the same drawer.
  const [path, setPath] = useState([first]);
  const id = path.at(-1) ?? first;
  const { data, error, refetch } = useMessage(id);
  return (
    <Stack>
      {path.length > 1 && (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => setPath(path.slice(0, -1))}
        >
          <Trans>Back to the first message</Trans>
        </Button>
      )}
      {error && !data ? (
        <ProblemAlert problem={error} retry={() => void refetch()} />
      ) : data ? (
        <Whole message={data} open={(next) => setPath([...path, next])} />
      ) : (
        <Stack role="status" aria-label={t`Loading`}>
          <Skeleton height={60} />
          <Skeleton height={160} />
          <Skeleton height={120} />
        </Stack>
      )}
    </Stack>
  );
}

function Whole({ message, open }: { message: Told; open: (id: string) => void }) {
  const { t } = useLingui();
  const can = useCan();
  const { pathname } = useLocation();
  const states = useMessageStates();
  const state = states[message.state];
  const chat = message.conversation_id && `/inbox/${message.conversation_id}`;
  return (
    <>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text fw={600}>
            {message.profile_id ? (
              <Anchor component={Link} to={`/profiles/${message.profile_id}`} inherit>
                <Phone number={message.phone} />
              </Anchor>
            ) : (
              <Phone number={message.phone} />
            )}
          </Text>
          <Text size="xs" c="dimmed">
            {message.state === 'received' ? (
              <Trans>
                to <Phone number={message.number} />
              </Trans>
            ) : (
              <Trans>
                from <Phone number={message.number} />
              </Trans>
            )}
            {message.wa_id && (
              <>
                {' · '}
                <Trans>
                  WhatsApp calls the person <Phone number={message.wa_id} />
                </Trans>
              </>
            )}
          </Text>
          <Group gap="sm">
            {message.campaign_id && (
              <Anchor component={Link} to={`/campaigns/${message.campaign_id}`} size="xs">
                <Trans>Open the campaign</Trans>
              </Anchor>
            )}
            {chat && can('inbox.read') && pathname !== chat && (
              <Anchor component={Link} to={chat} size="xs">
                <Trans>Open the chat</Trans>
              </Anchor>
            )}
          </Group>
        </div>
        {state && <StatusPill tone={state.tone}>{state.label}</StatusPill>}
      </Group>
      <Now message={message} open={open} />
      <ResendButton message={message} onSent={open} />
      {message.content === null ? (
        <Text size="sm" c="dimmed">
          <Trans>What it said is gone: the person was erased.</Trans>
        </Text>
      ) : (
        <WaBubble
          content={
            message.state === 'received' && can('inbox.read')
              ? fromPerson(message.content, message.id)
              : fromMessage(message.content)
          }
          direction={message.state === 'received' ? 'in' : 'out'}
          ticks={ticksOf(message.state)}
          label={t`What it says`}
        />
      )}
      <section>
        <Title order={2} size="h6" mb="xs">
          <Trans>What happened</Trans>
        </Title>
        <MessageTimeline moments={message.timeline} />
      </section>
      <CallbacksOf id={message.id} />
      {message.request && (
        <RawText label={t`Request as it was made, secrets hidden`} text={message.request} />
      )}
      <Divider />
      <Stack gap={2}>
        <Text size="xs" c="dimmed">
          <Trans>
            Our id <Code>{message.id}</Code>
          </Trans>
        </Text>
        {message.external_id && (
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <Trans>
              Id at the provider <Code>{message.external_id}</Code>
            </Trans>
          </Text>
        )}
      </Stack>
    </>
  );
}

/** What the provider told of it, as it came. */
function CallbacksOf({ id }: { id: string }) {
  const format = useFormat();
  const { data } = useCallbacksOf(id);
  if (!data || data.data.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h6" mb="xs">
        <Trans>Callbacks that told of it</Trans>
      </Title>
      <Stack gap={4} align="flex-start">
        {data.data.map((callback) => (
          <Anchor key={callback.id} component={Link} to={`/developers/callbacks/${callback.id}`} size="sm">
            <time dateTime={new Date(callback.at).toISOString()}>{format.exact(callback.at)}</time>
          </Anchor>
        ))}
        <Anchor
          size="sm"
          renderRoot={(props) => <Link {...props} to="/developers/callbacks" search={{ about: id }} />}
        >
          <Trans>Find them in the log</Trans>
        </Anchor>
      </Stack>
    </section>
  );
}

const ON_ITS_WAY = ['sending', 'sent', 'delivered', 'read', 'received'];

/** What its state means and what to do; short where there is nothing to do. */
function Now({ message, open }: { message: Told; open: (id: string) => void }) {
  const { t } = useLingui();
  const states = useMessageStates();
  const titles = useFailureTitles();
  const state = states[message.state];
  const failure = failureOf(message.failure);
  if (!failure && !message.resent_as && ON_ITS_WAY.includes(message.state)) {
    return <Text size="sm">{state?.about}</Text>;
  }
  const failed = message.state === 'failed';
  return (
    <Alert
      variant="light"
      color={failed ? 'red' : failure || message.state === 'unknown' ? 'yellow' : 'gray'}
      icon={failure ? <IconAlertTriangle size={18} aria-hidden /> : <IconInfoCircle size={18} aria-hidden />}
      title={failure ? (titles[failure.kind] ?? state?.label) : state?.about}
    >
      {message.resent_as ? (
        <Anchor component="button" type="button" size="sm" onClick={() => open(message.resent_as ?? '')}>
          <Trans>It was sent again. Show the new message.</Trans>
        </Anchor>
      ) : (
        <Text size="sm" dir="auto">
          <Said text={message.next} />
        </Text>
      )}
      {failure?.detail && (
        <Text size="xs" mt={6} dir="auto" c="dimmed">
          {t`The provider says: ${failure.detail}`} {failure.code && <Code>{failure.code}</Code>}
        </Text>
      )}
    </Alert>
  );
}
