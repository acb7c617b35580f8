import { Trans, useLingui } from '@lingui/react/macro';
import {
  ActionIcon,
  Anchor,
  Button,
  Group,
  Skeleton,
  Table,
  Text,
  Title,
  VisuallyHidden,
} from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { serverNow } from '~/api/clock';
import { regional } from '~/i18n';
import { useFormat, viewerZone } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './MonthView.module.css';
import { dayOf, firstDay, later, type Month, monthOf, showMonth, weeksOf } from './month';
import { type Narrowed, type Row, useCampaigns } from './useCampaigns';

interface Props {
  narrowed: Narrowed;
  month: Month;
  go: (month: Month) => void;
}

/** The campaigns that wait for their time, by day in the viewer's zone. */
export function MonthView({ narrowed, month, go }: Props) {
  const { t, i18n } = useLingui();
  const locale = regional(i18n.locale);
  const format = useFormat();
  const pages = useCampaigns('scheduled', narrowed);
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  if (pages.isPending) return <Skeleton height={400} />;
  if (pages.isError) return <ProblemAlert problem={pages.error} retry={() => void pages.refetch()} />;

  const weeks = weeksOf(month, firstDay(locale));
  const rows = pages.data.pages.flatMap((page) => page.data);
  const ofDay = (day: Date) =>
    rows
      .filter((row): row is Row & { scheduled_at: number } => typeof row.scheduled_at === 'number')
      .filter((row) => dayOf(row.scheduled_at) === dayOf(day))
      .sort((a, b) => a.scheduled_at - b.scheduled_at);
  const name = (options: Intl.DateTimeFormatOptions, day: Date) =>
    new Intl.DateTimeFormat(locale, options).format(day);
  const title = name({ month: 'long', year: 'numeric' }, new Date(month.year, month.month - 1, 1));
  return (
    <>
      <Group mb="sm" gap="xs">
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t`The month before`}
          onClick={() => go(later(month, -1))}
        >
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t`The month after`}
          onClick={() => go(later(month, 1))}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
        <Button variant="default" onClick={() => go(monthOf(serverNow()))}>
          <Trans>This month</Trans>
        </Button>
        <Title order={2} size="h4" aria-live="polite">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {viewerZone()}
        </Text>
      </Group>
      <Table withTableBorder withColumnBorders layout="fixed" aria-label={t`Campaigns of ${title}`}>
        <Table.Thead>
          <Table.Tr>
            {weeks[0]?.map((day) => (
              <Table.Th key={day.getDay()} scope="col">
                {name({ weekday: 'short' }, day)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {weeks.map((week) => (
            <Table.Tr key={week[0]?.getTime()}>
              {week.map((day) => (
                <Table.Td key={day.getTime()} className={classes.day}>
                  <Text
                    size="sm"
                    c={showMonth(monthOf(day.getTime())) === showMonth(month) ? undefined : 'dimmed'}
                    fw={dayOf(day) === dayOf(serverNow()) ? 700 : undefined}
                  >
                    {name({ day: 'numeric' }, day)}
                    {dayOf(day) === dayOf(serverNow()) && (
                      <VisuallyHidden>
                        {' '}
                        <Trans>today</Trans>
                      </VisuallyHidden>
                    )}
                  </Text>
                  {ofDay(day).map((row) => (
                    <Text key={row.id} size="xs" className={classes.campaign}>
                      <Text span inherit c="dimmed">
                        {format.time(row.scheduled_at)}
                      </Text>{' '}
                      <Anchor component={Link} to={`/campaigns/${row.id}`} inherit dir="auto">
                        {row.name}
                      </Anchor>
                    </Text>
                  ))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
