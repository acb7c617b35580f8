import { useLingui } from '@lingui/react/macro';
import { Skeleton, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { serverNow } from '~/api/clock';
import { useCan } from '~/api/session';
import { regional } from '~/i18n';
import { useLive } from '~/live/hooks';
import { viewerZone } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Checklist } from './Checklist';
import { DemoNote } from './DemoNote';
import classes from './Home.module.css';
import { Needs } from './Needs';
import { useHome } from './queries';
import { Running } from './Running';
import { Today } from './Today';

/** `/`: how today goes, what runs, what needs a person. */
export function Home() {
  const { t, i18n } = useLingui();
  const can = useCan();
  const client = useQueryClient();
  const home = useHome();
  // Campaigns refresh the page by its key; these do not.
  useLive(({ topic }) => {
    if (topic !== 'campaign' && topic !== 'callback')
      void client.invalidateQueries({ queryKey: ['campaign', 'home'] }, { cancelRefetch: false });
  });
  // What moves is looked at first.
  const moving = (home.data?.running.length ?? 0) > 0;
  const running = home.data && can('campaigns.read') && <Running campaigns={home.data.running} />;
  const date = new Intl.DateTimeFormat(regional(i18n.locale), { dateStyle: 'full' }).format(serverNow());
  return (
    <>
      <PageHeader title={t`Today`} about={t`${date}, ${viewerZone()}`} />
      <Stack gap="lg">
        <DemoNote />
        {home.isPending ? (
          <Loading />
        ) : home.isError ? (
          <ProblemAlert problem={home.error} retry={() => void home.refetch()} />
        ) : (
          <>
            <Today today={home.data.today} />
            <div className={classes.two}>
              <Stack gap="lg">
                {moving && running}
                <Checklist items={home.data.checklist} />
                {!moving && running}
              </Stack>
              <Needs needs={home.data.needs} />
            </div>
          </>
        )}
      </Stack>
    </>
  );
}

function Loading() {
  const { t } = useLingui();
  return (
    <Stack role="status" aria-label={t`Loading`}>
      <Skeleton height={104} />
      <Skeleton height={240} />
    </Stack>
  );
}
