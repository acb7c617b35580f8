import { Trans, useLingui } from '@lingui/react/macro';
import { Box, Button, Group, Table, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './Funnel.module.css';
import { useFormat } from './format';

export interface Stage {
  key: string;
  label: string;
  /** What is counted, in a sentence. */
  about: string;
  value: number;
  /** Where the people behind the number are listed. */
  to?: string | undefined;
  search?: Record<string, string> | undefined;
  color?: string | undefined;
}

interface Props {
  /** Names the chart. */
  label: string;
  stages: readonly Stage[];
  /** What 100 % is. */
  whole: number;
  /** Says what 100 % is, such as "of the people it went to". */
  of: string;
}

/** How many got how far: a bar each, which leads to its people; the same as a table, and what the steps mean, on request. */
export function Funnel({ label, stages, whole, of }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const [table, { toggle }] = useDisclosure();
  const [explained, { toggle: explain }] = useDisclosure();
  const about = (stage: Stage) => (
    <Text component="span" size="xs" c="dimmed" className={classes.about}>
      {stage.about}
    </Text>
  );
  return (
    <figure className={classes.figure} aria-label={label} data-explained={explained || undefined}>
      {table ? (
        <Table aria-label={label} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <Trans>Step</Trans>
              </Table.Th>
              <Table.Th className={classes.number}>
                <Trans>People</Trans>
              </Table.Th>
              <Table.Th className={classes.number}>
                <Trans>Share</Trans>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {stages.map((stage) => (
              <Table.Tr key={stage.key}>
                <Table.Th scope="row" fw={400}>
                  <To stage={stage}>{stage.label}</To>
                  {explained && about(stage)}
                </Table.Th>
                <Table.Td className={classes.number}>{format.number(stage.value)}</Table.Td>
                <Table.Td className={classes.number}>{format.share(stage.value, whole)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : (
        <ul className={classes.stages}>
          {stages.map((stage) => {
            const share = format.share(stage.value, whole);
            const number = format.number(stage.value);
            return (
              <li key={stage.key}>
                <Tooltip
                  label={stage.about}
                  multiline
                  maw={280}
                  position="top-start"
                  events={{ hover: true, focus: true, touch: false }}
                  disabled={explained}
                >
                  <To stage={stage}>
                    <Box className={classes.stage}>
                      <Text component="span" size="sm" className={classes.label}>
                        {stage.label}
                      </Text>
                      <span
                        className={classes.track}
                        role="img"
                        aria-label={t`${stage.label}: ${number}, ${share}`}
                      >
                        <span
                          className={classes.bar}
                          style={{
                            width: `${whole > 0 ? Math.min(100, (100 * stage.value) / whole) : 0}%`,
                            background: stage.color,
                          }}
                        />
                      </span>
                      <Text component="span" size="sm" fw={600} className={classes.number} aria-hidden>
                        {number}
                      </Text>
                      <Text component="span" size="sm" c="dimmed" className={classes.number} aria-hidden>
                        {share}
                      </Text>
                    </Box>
                  </To>
                </Tooltip>
                {about(stage)}
              </li>
            );
          })}
        </ul>
      )}
      <figcaption className={classes.caption}>
        <Text size="xs" c="dimmed" component="span">
          {of}
        </Text>
        <Group gap={4} justify="flex-end">
          <Button variant="subtle" size="compact-xs" onClick={explain} aria-expanded={explained}>
            <Trans>What the steps mean</Trans>
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={toggle} aria-pressed={table}>
            {table ? <Trans>Show as bars</Trans> : <Trans>Show as table</Trans>}
          </Button>
        </Group>
      </figcaption>
    </figure>
  );
}

/** The tooltip's props come in `others`; its class name must not replace ours. */
function To({ stage, children, ...others }: { stage: Stage; children: ReactNode }) {
  return stage.to ? (
    <Link {...others} to={stage.to} search={stage.search as never} className={classes.link}>
      {children}
    </Link>
  ) : (
    <div {...others} className={classes.still}>
      {children}
    </div>
  );
}
