import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { zones } from '~/ui/zone';
import classes from './AutoReply.module.css';
import { another, DAYS, type Day, type Days, mayCross, moved, type Span } from './autoReply';
import { useDayName } from './useDayName';

/** Spans of a day at most, as the server has it. */
const MOST = 6;

interface Props {
  zone: string;
  days: Days;
  onChange: (change: { zone?: string; days?: Days }) => void;
  /** What is wrong with a place, such as `zone` or `days.monday.0.from`. */
  errorAt: (place: string) => string | undefined;
  /** The first hours of a day that has none. */
  first?: Span;
}

/** The hours of each day of the week, by the clocks of one zone. */
export function WeekFields({ zone, days, onChange, errorAt, first }: Props) {
  const { t } = useLingui();
  const nameOf = useDayName();
  const all = useMemo(() => zones(zone), [zone]);
  const put = (day: Day, spans: Span[]) => onChange({ days: { ...days, [day]: spans } });
  const wrong = errorAt('days');
  const add = (day: Day) =>
    days[day].length < MOST && (
      <ActionIcon
        variant="subtle"
        aria-label={t`Add hours on ${nameOf(day)}`}
        title={t`Add hours on ${nameOf(day)}`}
        onClick={() => put(day, [...days[day], another(days[day], first)])}
      >
        <IconPlus size={16} aria-hidden />
      </ActionIcon>
    );
  return (
    <Stack gap="sm">
      <Select
        label={t`On the clocks of`}
        searchable
        limit={50}
        maw={320}
        data={all}
        value={zone}
        error={errorAt('zone')}
        onChange={(zone) => zone && onChange({ zone })}
        allowDeselect={false}
        nothingFoundMessage={t`No such zone`}
      />
      {wrong && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {wrong}
        </Text>
      )}
      <div className={classes.days}>
        {DAYS.map((day) => (
          // biome-ignore lint/a11y/useSemanticElements: a legend cannot stand in a column of its own
          <div key={day} role="group" aria-label={nameOf(day)} className={classes.day}>
            <Text size="sm" fw={500} className={classes.name} aria-hidden>
              {nameOf(day)}
            </Text>
            <Stack gap={6} align="flex-start">
              {days[day].map((span, i) => (
                <SpanFields
                  // biome-ignore lint/suspicious/noArrayIndexKey: spans are known by their place
                  key={i}
                  name={nameOf(day)}
                  span={span}
                  errorAt={(field) => errorAt(`days.${day}.${i}.${field}`)}
                  onChange={(next) => put(day, days[day].with(i, next))}
                  onRemove={() => put(day, days[day].toSpliced(i, 1))}
                >
                  {i === days[day].length - 1 && add(day)}
                </SpanFields>
              ))}
              {days[day].length === 0 && (
                <Group gap="xs" mih={36}>
                  <Text size="sm" c="dimmed">
                    <Trans>No hours</Trans>
                  </Text>
                  {add(day)}
                </Group>
              )}
            </Stack>
          </div>
        ))}
      </div>
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() =>
            onChange({
              days: Object.fromEntries(DAYS.map((day) => [day, days.monday])) as Days,
            })
          }
        >
          <Trans>All days as on {nameOf('monday')}</Trans>
        </Button>
      </Group>
    </Stack>
  );
}

interface SpanProps {
  /** The day it begins on. */
  name: string;
  span: Span;
  errorAt: (field: 'from' | 'to') => string | undefined;
  onChange: (span: Span) => void;
  onRemove: () => void;
  /** Stands at the end of its line. */
  children: ReactNode;
}

function SpanFields({ name, span, errorAt, onChange, onRemove, children }: SpanProps) {
  const { t } = useLingui();
  const wrong = errorAt('from') ?? errorAt('to');
  return (
    <div>
      <Group gap={6}>
        <TextInput
          type="time"
          classNames={{ input: classes.time }}
          aria-label={t`${name}, from`}
          value={span.from}
          error={errorAt('from') !== undefined}
          onChange={(e) => onChange(moved(span, { from: e.currentTarget.value }))}
        />
        <Text size="sm" aria-hidden>
          –
        </Text>
        <TextInput
          type="time"
          classNames={{ input: classes.time }}
          aria-label={t`${name}, to`}
          value={span.to}
          error={errorAt('to') !== undefined}
          onChange={(e) => onChange(moved(span, { to: e.currentTarget.value }))}
        />
        {mayCross(span) && (
          <Checkbox
            label={t`on the next day`}
            aria-label={t`${name}: it ends on the next day`}
            checked={span.next_day}
            onChange={(e) => onChange({ ...span, next_day: e.currentTarget.checked })}
          />
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Remove ${name} ${span.from} to ${span.to}`}
          onClick={onRemove}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
        {children}
      </Group>
      {wrong && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert" mt={4}>
          {wrong}
        </Text>
      )}
    </div>
  );
}
