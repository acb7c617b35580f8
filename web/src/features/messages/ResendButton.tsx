import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { confirm } from '~/ui/confirm';
import { done } from '~/ui/toast';
import { failureOf, MAY_HELP } from './failures';
import { type Told, useResend } from './queries';

/** Sends a failed or unknown message again, saying what that may mean for the person. */
export function ResendButton({ message, onSent }: { message: Told; onSent: (id: string) => void }) {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const resend = useResend();
  const open = message.state === 'failed' || message.state === 'unknown';
  // Nothing is left to send of somebody who was erased.
  if (!open || message.content === null || message.resent_as || !can('messages.send')) return null;
  const double = message.state === 'unknown';
  const kind = failureOf(message.failure)?.kind ?? '';
  const ask = () =>
    confirm({
      title: t`Send this message again?`,
      act: double ? t`Send again, it may arrive twice` : t`Send again`,
      danger: double,
      children: double ? (
        <Trans>
          Nobody knows whether this message arrived. If it did, the person gets it a second time. A delivery
          report may still settle it: waiting is the safe choice.
        </Trans>
      ) : MAY_HELP[kind] === false ? (
        <Trans>
          A new message with the same text goes to the same number. As long as the reason of the failure
          stands, it will most likely fail again.
        </Trans>
      ) : (
        <Trans>
          A new message with the same text goes to the same number. This one stays in the books as failed.
        </Trans>
      ),
      run: async () => {
        const sent = await resend.mutateAsync({ id: message.id, double });
        done(sent.waits ? said(sent.waits) : t`It is on its way again.`);
        onSent(sent.message_id);
      },
    });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconRefresh size={14} aria-hidden />}
      onClick={ask}
      style={{ alignSelf: 'flex-start' }}
    >
      <Trans>Send again</Trans>
    </Button>
  );
}
