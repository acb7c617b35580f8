import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { useFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { resendKind } from '../queries';

/** Sends again what failed for a reason of the moment, each message once. */
export function ResendKind({ id, kind, paused }: { id: string; kind: string; paused: boolean }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  if (!can('campaigns.launch')) return null;
  if (paused) {
    return (
      <Text size="sm" mt={4} c="dimmed">
        <Trans>Resume the campaign to send these again.</Trans>
      </Text>
    );
  }
  const ask = async () => {
    setBusy(true);
    try {
      const { resendable } = await resendKind(id, kind, true);
      if (resendable === 0) return done(t`All of these were sent again already.`);
      const number = format.number(resendable);
      confirm({
        title: t`Send these again?`,
        act: t`Send ${number} again`,
        children: (
          <Trans>
            {number} messages go out anew, each once, to people who have not opted out since. They count as
            messages of their own: the numbers of the campaign stay as they are. If the reason still stands,
            they will fail again.
          </Trans>
        ),
        run: async () => {
          const { resent, left_out: left } = await resendKind(id, kind, false);
          done(
            <>
              <Plural
                value={resent}
                one="One message is on its way again."
                other={`${format.number(resent)} messages are on their way again.`}
              />{' '}
              {left > 0 && (
                <Plural
                  value={left}
                  one="One was left out."
                  other={`${format.number(left)} were left out.`}
                />
              )}
            </>,
          );
        },
      });
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      mt={6}
      size="xs"
      variant="default"
      loading={busy}
      leftSection={<IconRefresh size={14} aria-hidden />}
      onClick={() => void ask()}
    >
      <Trans>Send these again</Trans>
    </Button>
  );
}
