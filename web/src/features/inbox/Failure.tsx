import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Text } from '@mantine/core';
import { useCan } from '~/api/session';
import { type Failure as Cause, failureOf, MAY_HELP } from '~/features/messages/failures';
import { useResend } from '~/features/messages/queries';
import { useSaid } from '~/i18n/said';
import { confirm } from '~/ui/confirm';
import { done } from '~/ui/toast';
import { fromMessage } from '~/wa/message';
import { useWaits } from './outbox';
import classes from './Thread.module.css';
import type { Message } from './thread';

interface Props {
  message: Message;
  onTemplate: (() => void) | undefined;
  onWriteAgain: (text: string) => void;
}

/** In the bubble: what happened, why, and what one can do. */
export function Failure({ message, onTemplate, onWriteAgain }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const resend = useResend();
  const waits = useWaits(message.id);
  const said = useSaid();
  const { state } = message;
  const cause = failureOf(message.failure);
  const words = fromMessage(message.content).body;
  const free = (message.content as { type?: string } | null)?.type === 'text';

  const again = async () => {
    await resend.mutateAsync({ id: message.id, double: state === 'unknown' });
    done(t`It was sent again as a new message.`);
  };
  const askAgain = () =>
    confirm({
      title: state === 'unknown' ? t`Send it again although it may have arrived?` : t`Send it again?`,
      act: t`Send again`,
      children:
        state === 'unknown'
          ? t`The person may then get it twice. A report may still come and tell.`
          : t`It is sent as a new message; this one stays as it is.`,
      run: again,
    });

  if (state === 'queued' || state === 'sending') {
    const why = cause?.help ?? (waits && said(waits));
    if (!why) return null;
    return (
      <div className={classes.failure} data-tone="wait">
        {t`Waiting: ${why}`}
        {cause && <TheirWords cause={cause} />}
      </div>
    );
  }
  if (state === 'unknown') {
    return (
      <div className={classes.failure} data-tone="wait">
        <Trans>
          Unknown: the provider never answered. We do not send it again, to avoid a double. It settles when a
          report comes.
        </Trans>
        {can('messages.send') && (
          <Group mt={6}>
            <Button size="compact-xs" variant="default" onClick={askAgain}>
              <Trans>Send again anyway</Trans>
            </Button>
          </Group>
        )}
      </div>
    );
  }
  if (state !== 'failed' && state !== 'skipped' && state !== 'cancelled') return null;
  const closed = cause?.kind === 'window_closed';
  return (
    <div className={classes.failure}>
      {(closed || !cause?.tells) && (
        <Text size="sm" fw={600}>
          {closed ? (
            <Trans>Not sent: the window had closed.</Trans>
          ) : message.accepted_at ? (
            <Trans>Not delivered</Trans>
          ) : (
            <Trans>Not sent</Trans>
          )}
        </Text>
      )}
      {cause && !closed && (
        <>
          {cause.help}
          <TheirWords cause={cause} />
        </>
      )}
      <Group gap="xs" mt={6}>
        {closed && onTemplate && (
          <Button size="compact-xs" onClick={onTemplate}>
            <Trans>Send as template</Trans>
          </Button>
        )}
        {cause && state === 'failed' && MAY_HELP[cause.kind] && can('messages.send') && (
          <Button size="compact-xs" onClick={askAgain}>
            <Trans>Send again</Trans>
          </Button>
        )}
        {free && can('inbox.reply') && (
          <Button size="compact-xs" variant="default" onClick={() => onWriteAgain(words)}>
            <Trans>Copy to the draft</Trans>
          </Button>
        )}
      </Group>
    </div>
  );
}

/** The provider's own words, for whoever looks further. */
function TheirWords({ cause }: { cause: Cause }) {
  if (!cause.detail) return null;
  return (
    <Text size="xs" c="dimmed" lineClamp={2} dir="auto" title={cause.detail}>
      {cause.code ? `${cause.detail} (${cause.code})` : cause.detail}
    </Text>
  );
}
