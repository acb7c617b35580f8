import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import classes from './ChangedMeanwhile.module.css';
import { useFormat } from './format';

/** A part of a thing that two people have changed, in words. */
export interface Apart {
  key: string;
  title: string;
  mine: string;
  theirs: string;
  /** Who changed it; told where keeping the own ones does not keep all of them. */
  by?: 'me' | 'them' | 'both';
}

interface Props {
  /** Who changed it, when that is known. */
  by: string | undefined;
  at: number;
  rows: readonly Apart[];
  /** What becomes of the others' changes. */
  keeping: string;
  busy?: boolean;
  onKeep: () => void;
  onTake: () => void;
}

/** That somebody else changed what is being written here: both values of each part, and the way to decide. */
export function ChangedMeanwhile({ by, at, rows, keeping, busy = false, onKeep, onTake }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const who = { me: t`only you changed it`, them: t`only they changed it`, both: t`both changed it` };
  return (
    <Alert
      variant="light"
      color="yellow"
      role="alert"
      icon={<IconArrowsDiff aria-hidden />}
      title={by ? t`${by} changed this meanwhile` : t`Somebody else changed this meanwhile`}
    >
      <Text size="sm">
        <Trans>
          That was at {format.exact(at)}. What you wrote here is not lost, and not saved yet: say what holds.
        </Trans>
      </Text>
      <dl className={classes.parts}>
        {rows.map((row) => (
          <div key={row.key}>
            <dt>
              {row.title}
              {row.by && (
                <Text span size="xs" fw={400}>
                  {' '}
                  ({who[row.by]})
                </Text>
              )}
            </dt>
            <dd className={classes.pair}>
              <Words label={t`Yours`} text={row.mine} />
              <Words label={t`Theirs`} text={row.theirs} />
            </dd>
          </div>
        ))}
      </dl>
      <Text size="sm">{keeping}</Text>
      <Group mt="sm" gap="sm">
        <Button size="xs" onClick={onKeep} loading={busy}>
          <Trans>Keep mine</Trans>
        </Button>
        <Button size="xs" variant="default" onClick={onTake} disabled={busy}>
          <Trans>Take theirs</Trans>
        </Button>
      </Group>
    </Alert>
  );
}

function Words({ label, text }: { label: string; text: string }) {
  const { t } = useLingui();
  return (
    <p className={classes.words}>
      <span className={classes.label}>{label}</span>
      {text === '' ? <i>{t`Nothing`}</i> : <span dir="auto">{text}</span>}
    </p>
  );
}
