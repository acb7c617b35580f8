import { Trans, useLingui } from '@lingui/react/macro';
import { Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconChevronRight, IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { useSteps } from './checklist';
import classes from './Home.module.css';

/** The way to a first campaign that is read; it goes when all is done. */
export function Checklist({ items }: { items: Schemas['Step'][] }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const steps = useSteps();
  const known = items.filter(({ key }) => steps[key]);
  const finished = known.filter(({ done }) => done).length;
  if (finished === known.length) return null;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="checklist">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="checklist">
          <Trans>To your first campaign</Trans>
        </Title>
        <Text size="sm" c="dimmed">
          <Trans>
            {format.number(finished)} of {format.number(known.length)} done
          </Trans>
        </Text>
      </Group>
      <Progress
        value={(100 * finished) / known.length}
        size="sm"
        mb="xs"
        aria-label={t`Steps that are done`}
      />
      <Stack gap={0}>
        {known.map(({ key, done }) => {
          const step = steps[key];
          if (!step) return null;
          const inside = (
            <>
              {done ? (
                <IconCircleCheck size={22} aria-label={t`Done:`} color="var(--mantine-color-brand-7)" />
              ) : (
                <IconCircle size={22} aria-hidden color="var(--mantine-color-dimmed)" />
              )}
              <div className={classes.words}>
                <Text size="sm" fw={done ? 400 : 600}>
                  {step.title}
                </Text>
                {!done && (
                  <Text size="xs" c="dimmed">
                    {step.about}
                  </Text>
                )}
              </div>
            </>
          );
          return done || !can(step.needs) ? (
            <div key={key} className={classes.step} data-done={done || undefined}>
              {inside}
            </div>
          ) : (
            <Link key={key} to={step.to} className={classes.step}>
              {inside}
              <IconChevronRight size={18} aria-hidden className={classes.go} />
            </Link>
          );
        })}
      </Stack>
    </Paper>
  );
}
