import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconArrowBackUp, IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { useFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { type Campaign, takeBack, useAct } from '../queries';
import type { Run } from './useRun';

/** Pause, go on, stop. */
export function RunActions({ campaign, run }: { campaign: Campaign; run: Run | undefined }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const act = useAct(campaign.id);
  if (!can('campaigns.launch')) return null;
  const state = run?.progress.state ?? campaign.state;
  const canTakeBack = state === 'scheduled' || (state === 'paused' && !campaign.launched_at);
  const stop = () => {
    const sent = run?.progress.funnel.sent ?? 0;
    const left = Math.max(0, (run?.whole ?? 0) - (run?.done ?? 0));
    confirm({
      title: t`Stop this campaign for good?`,
      act: t`Stop the campaign`,
      danger: true,
      children:
        sent === 0 ? (
          <Trans>Nothing was sent yet, and nothing will be. A stopped campaign cannot go on.</Trans>
        ) : (
          <>
            <Plural
              value={sent}
              one="One message was sent and cannot be called back."
              other={`${format.number(sent)} messages were sent and cannot be called back.`}
            />{' '}
            <Plural
              value={left}
              _0="All others have left already."
              one="One more will not be sent."
              other={`${format.number(left)} more will not be sent.`}
            />{' '}
            <Trans>A stopped campaign cannot go on: pause it if you are not sure.</Trans>
          </>
        ),
      run: async () => {
        await act.mutateAsync('stop');
        done(t`The campaign is stopped.`);
      },
    });
  };
  const busy = act.isPending;
  return (
    <>
      {canTakeBack && (
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={() => takeBack(campaign.id).catch(failed)}
        >
          <Trans>Take it back to a draft</Trans>
        </Button>
      )}
      {(state === 'running' || state === 'scheduled') && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          loading={busy && act.variables === 'pause'}
          onClick={() => act.mutate('pause', { onError: failed })}
        >
          <Trans>Pause</Trans>
        </Button>
      )}
      {state === 'paused' && (
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={busy && act.variables === 'resume'}
          onClick={() => act.mutate('resume', { onError: failed })}
        >
          <Trans>Resume</Trans>
        </Button>
      )}
      {(state === 'running' || state === 'paused' || state === 'scheduled') && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          disabled={busy}
          onClick={stop}
        >
          <Trans>Stop</Trans>
        </Button>
      )}
    </>
  );
}
