import { Paper, Text } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './Home.module.css';

interface Props {
  name: string;
  value: ReactNode;
  /** What the number is made of. */
  detail: ReactNode;
  /** The list behind the number; without, it is only shown. */
  link?: LinkProps | undefined;
}

/** A number of today. The whole tile leads to the list behind it. */
export function Tile({ name, value, detail, link }: Props) {
  const inside = (
    <>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text className={classes.number}>{value}</Text>
      <Text size="xs" c="dimmed">
        {detail}
      </Text>
    </>
  );
  return link ? (
    <Link {...link} className={classes.tile}>
      {inside}
    </Link>
  ) : (
    <Paper withBorder className={classes.tile}>
      {inside}
    </Paper>
  );
}
