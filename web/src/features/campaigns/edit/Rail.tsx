import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Card, Group, Loader, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { isAskable } from '../audience';
import { EXCLUSIONS, useExclusions } from '../words';
import { PersonPreview } from './PersonPreview';
import classes from './Rail.module.css';
import type { Editing } from './useEditing';
import { useAbout } from './words';

/** Beside every step: who will get it, how it looks for one of them, and how long it takes. */
export function Rail({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  return (
    <aside className={classes.rail} aria-label={t`What will happen`}>
      <Stack>
        <Waterfall editing={editing} />
        <PersonPreview editing={editing} />
      </Stack>
    </aside>
  );
}

/** The same in a line, for windows where the rail stands below. */
export function ReachLine({ editing }: { editing: Editing }) {
  const format = useFormat();
  const { reach, reachable, counting } = editing;
  if (reachable === undefined) return null;
  const people = format.number(reachable);
  return (
    <Text size="sm" className={classes.short} data-counting={counting || undefined}>
      {reach.data?.exact ? (
        <Plural value={reachable} one="1 person will get it" other={`${people} people will get it`} />
      ) : (
        <Trans>About {people} people will get it</Trans>
      )}
    </Text>
  );
}

function Waterfall({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const format = useFormat();
  const words = useExclusions();
  const about = useAbout();
  const { reach, counting, reachable, seconds, finish } = editing;
  const asked = isAskable(editing.draft.input.audience, editing.draft.input.exclude);
  const data = asked ? reach.data : undefined;
  return (
    <Card withBorder component="section" aria-labelledby="reach">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h6" id="reach">
          <Trans>Who will get it</Trans>
        </Title>
        {counting && asked && <Loader size={16} role="img" aria-label={t`Counting`} />}
      </Group>
      {!asked ? (
        <Text size="sm" c="dimmed">
          <Trans>Not known yet: finish the audience first.</Trans>
        </Text>
      ) : reach.isError && !data ? (
        <ProblemAlert problem={reach.error} retry={() => void reach.refetch()} />
      ) : !data ? (
        <Stack gap={6}>
          <Skeleton height={16} />
          <Skeleton height={16} />
          <Skeleton height={24} />
        </Stack>
      ) : (
        <div className={classes.steps} data-counting={counting || undefined}>
          <Line label={t`in the audience`} value={format.number(data.audience)} />
          {EXCLUSIONS.filter((reason) => (data.excluded[reason] ?? 0) > 0).map((reason) => (
            <Line
              key={reason}
              label={words[reason]?.label ?? reason}
              value={`−${format.number(data.excluded[reason] ?? 0)}`}
              help={words[reason]?.help}
            />
          ))}
          <div className={classes.total} role="status">
            <Text span fw={700} size="lg" data-testid="reachable">
              {data.exact ? format.number(data.reachable) : t`about ${format.number(data.reachable)}`}
            </Text>{' '}
            <Text span size="sm">
              <Plural value={data.reachable} one="person will get it" other="people will get it" />
            </Text>
          </div>
          {seconds !== undefined && reachable !== undefined && reachable > 0 && (
            <Text size="sm" c="dimmed" mt={4}>
              {finish ? (
                <Trans>With its hours it is done about {format.full(finish.at)}.</Trans>
              ) : (
                <Trans>It takes {about(seconds)} from the first to the last.</Trans>
              )}
            </Text>
          )}
        </div>
      )}
    </Card>
  );
}

function Line({ label, value, help }: { label: string; value: string; help?: string | undefined }) {
  return (
    <div className={classes.line}>
      <Text span size="sm" fw={500} className={classes.number}>
        <bdi>{value}</bdi>
      </Text>
      <span>
        <Text span size="sm">
          {label}
        </Text>
        {help && (
          <Text size="xs" c="dimmed">
            {help}
          </Text>
        )}
      </span>
    </div>
  );
}
