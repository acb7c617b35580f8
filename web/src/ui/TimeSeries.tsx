import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, ScrollArea, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type PointerEvent, useState } from 'react';
import { dateFormat, useFormat } from './format';
import { DAY, roundTimes, roundUp } from './scale';
import classes from './TimeSeries.module.css';

export interface Line {
  key: string;
  label: string;
  /** A CSS colour. */
  color: string;
  /** Tells lines apart without colours: lengths of line and gap. */
  dash?: string;
}

export type Point<K extends string> = { at: number } & Record<K, number>;

interface Props<K extends string> {
  /** Names the chart. */
  label: string;
  lines: readonly (Line & { key: K })[];
  /** In order of time, evenly apart; at least two. */
  points: readonly Point<K>[];
}

/** How numbers grew. A moment is chosen with the pointer or the slider, and its numbers stand in the legend. */
export function TimeSeries<K extends string>({ label, lines, points }: Props<K>) {
  const { t, i18n } = useLingui();
  const format = useFormat();
  const [table, { toggle }] = useDisclosure();
  const [chosen, setChosen] = useState<number>();
  const last = points.length - 1;
  const index = Math.min(chosen ?? last, last);
  const from = points[0]?.at ?? 0;
  const to = points[last]?.at ?? 0;
  const point = points[index];
  if (!point || to <= from) return null;

  const top = roundUp(Math.max(...points.flatMap((p) => lines.map((line) => p[line.key]))));
  const times = roundTimes(from, to, 6);
  const left = (at: number) => (100 * (at - from)) / (to - from);
  const up = (n: number) => 100 - (100 * n) / top;
  const written = (at: number, seconds: boolean) =>
    dateFormat(i18n.locale, {
      hour: '2-digit',
      minute: '2-digit',
      second: seconds ? '2-digit' : undefined,
    }).format(at);
  const tick = (at: number) =>
    times.apart >= DAY || (to - from > DAY && new Date(at).getHours() === 0)
      ? dateFormat(i18n.locale, { day: 'numeric', month: 'short' }).format(at)
      : written(at, times.apart < 60_000);
  const moment = (at: number) => (to - from > DAY ? format.full(at) : written(at, to - from < 3_600_000));
  const inWords = lines.map((line) => `${line.label} ${format.number(point[line.key])}`).join(', ');

  const choose = ({ currentTarget, clientX }: PointerEvent<HTMLElement>) => {
    const box = currentTarget.getBoundingClientRect();
    const at = from + ((clientX - box.left) / box.width) * (to - from);
    const after = points.findIndex((p) => p.at >= at);
    const before = points[after - 1];
    if (after < 0) setChosen(last);
    else setChosen(before && at - before.at < (points[after]?.at ?? to) - at ? after - 1 : after);
  };

  return (
    <figure className={classes.figure} aria-label={label}>
      {table ? (
        <ScrollArea.Autosize mah={300} viewportProps={{ tabIndex: 0 }}>
          <Table aria-label={label} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>
                  <Trans>Until</Trans>
                </Table.Th>
                {lines.map((line) => (
                  <Table.Th key={line.key} className={classes.number}>
                    {line.label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {points.map((p) => (
                <Table.Tr key={p.at}>
                  <Table.Th scope="row" fw={400}>
                    {moment(p.at)}
                  </Table.Th>
                  {lines.map((line) => (
                    <Table.Td key={line.key} className={classes.number}>
                      {format.number(p[line.key])}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      ) : (
        // Time runs from left to right in every language of charts.
        <div dir="ltr" className={classes.chart}>
          <div
            className={classes.plot}
            onPointerMove={choose}
            onPointerDown={choose}
            onPointerLeave={() => setChosen(undefined)}
            aria-hidden
          >
            {[0, 0.5, 1].map((share) => (
              <div key={share} className={classes.level} style={{ top: `${100 - 100 * share}%` }}>
                <Text component="span" size="xs" c="dimmed" className={classes.levelText}>
                  {format.number(top * share)}
                </Text>
              </div>
            ))}
            <svg className={classes.lines} viewBox="0 0 100 100" preserveAspectRatio="none">
              <title>{label}</title>
              {lines.map((line) => (
                <polyline
                  key={line.key}
                  points={points.map((p) => `${left(p.at)},${up(p[line.key])}`).join(' ')}
                  style={{ stroke: line.color }}
                  strokeDasharray={line.dash}
                />
              ))}
            </svg>
            {chosen !== undefined && (
              <div className={classes.cursor} style={{ left: `${left(point.at)}%` }}>
                {lines.map((line) => (
                  <span
                    key={line.key}
                    className={classes.dot}
                    style={{ top: `${up(point[line.key])}%`, background: line.color }}
                  />
                ))}
              </div>
            )}
          </div>
          <input
            type="range"
            className={classes.slider}
            min={0}
            max={last}
            value={index}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
            onBlur={() => setChosen(undefined)}
            aria-label={t`Moment of the chart`}
            aria-valuetext={`${moment(point.at)}: ${inWords}`}
          />
          <div className={classes.times} aria-hidden>
            {times.at.map((at) => (
              <Text
                key={at}
                component="span"
                size="xs"
                c="dimmed"
                className={classes.time}
                // Not centred near the ends: there it would stand outside.
                style={{ left: `${left(at)}%`, transform: `translateX(-${left(at)}%)` }}
              >
                {tick(at)}
              </Text>
            ))}
          </div>
        </div>
      )}
      <Group justify="space-between" align="start" gap="xs" wrap="nowrap" mt={6}>
        <Group component="ul" gap="md" className={classes.legend} aria-hidden={!table}>
          <Text component="li" size="xs" c="dimmed">
            {moment(point.at)}
          </Text>
          {lines.map((line) => (
            <Text component="li" size="xs" key={line.key} className={classes.entry}>
              <svg width="22" height="8" aria-hidden="true">
                <line
                  x1="0"
                  y1="4"
                  x2="22"
                  y2="4"
                  style={{ stroke: line.color }}
                  strokeDasharray={line.dash}
                />
              </svg>
              {line.label}
              <b>{format.number(point[line.key])}</b>
            </Text>
          ))}
        </Group>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={toggle}
          aria-pressed={table}
          style={{ flex: 'none' }}
        >
          {table ? <Trans>Show as lines</Trans> : <Trans>Show as table</Trans>}
        </Button>
      </Group>
    </figure>
  );
}
