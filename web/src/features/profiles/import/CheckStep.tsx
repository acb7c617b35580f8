import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { type Correcting, Corrections } from './Corrections';
import { Figure } from './Figure';
import type { Check } from './queries';

interface Props {
  result: Check | undefined;
  /** Where the bad rows are corrected. */
  corrections: Correcting | undefined;
  problem: unknown;
  /** Share of the file that has been sent, while something is sent. */
  sent: number | undefined;
  again: () => void;
  back: () => void;
  next: () => void;
}

/** What the import would do; nothing is written. */
export function CheckStep({ result, corrections, problem, sent, again, back, next }: Props) {
  return (
    <Stack gap="lg">
      {sent !== undefined && <Sending share={sent} />}
      {problem !== undefined && <ProblemAlert problem={problem} retry={again} />}
      {result && <Result result={result} />}
      {result && corrections && result.problems.length > 0 && (
        <Corrections result={result} {...corrections} />
      )}
      <Group justify="space-between">
        <Button variant="default" onClick={back}>
          <Trans>Back</Trans>
        </Button>
        {result && <Go result={result} busy={sent !== undefined} next={next} />}
      </Group>
    </Stack>
  );
}

function Go({ result, busy, next }: { result: Check; busy: boolean; next: () => void }) {
  const format = useFormat();
  const good = result.rows - result.invalid;
  const rows = format.number(good);
  return (
    <Button onClick={next} loading={busy} disabled={good === 0}>
      <Plural value={good} one="Import 1 row" other={`Import ${rows} rows`} />
    </Button>
  );
}

export function Sending({ share }: { share: number }) {
  const { t } = useLingui();
  const format = useFormat();
  const part = format.share(share, 1);
  const all = share >= 1;
  return (
    <div role="status">
      <Text size="sm" mb={4}>
        {all ? (
          <Trans>The file is there. The server works through its last rows.</Trans>
        ) : (
          <Trans>Sending the file: {part}</Trans>
        )}
      </Text>
      <Progress value={share * 100} animated={all} striped={all} aria-label={t`File that was sent`} />
    </div>
  );
}

function Result({ result }: { result: Check }) {
  const { t } = useLingui();
  const format = useFormat();
  const { encoding } = result;
  const kept = format.number(result.opt_outs_kept);
  const silent = format.number(result.no_consent);
  return (
    <>
      <Text size="sm" c="dimmed">
        <Trans>Every row was judged. Nothing has been written yet.</Trans>{' '}
        {encoding !== 'utf-8' && <Trans>The file was read as {encoding}.</Trans>}
      </Text>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="sm">
        <Figure label={t`Rows`} value={result.rows} />
        <Figure label={t`New people`} value={result.new} />
        <Figure label={t`Will change`} value={result.updated} />
        <Figure label={t`Are so already`} value={result.unchanged} />
        <Figure label={t`Twice in the file`} value={result.duplicate_in_file} />
        {result.corrected > 0 && <Figure label={t`Corrected`} value={result.corrected} />}
        <Figure label={t`Cannot be imported`} value={result.invalid} bad />
      </SimpleGrid>
      {result.duplicate_in_file > 0 && (
        <Text size="sm">
          <Trans>Of rows about the same person the last one counts.</Trans>
        </Text>
      )}
      <Alert variant="light" title={t`Consent`}>
        <Text size="sm">
          <Trans>Opt-out is never removed by an import.</Trans>{' '}
          {result.opt_outs_kept > 0 && (
            <Plural
              value={result.opt_outs_kept}
              one="1 row asks for an opt-in of somebody who opted out: the opt-out stays."
              other={`${kept} rows ask for an opt-in of somebody who opted out: the opt-out stays.`}
            />
          )}
        </Text>
        {result.no_consent > 0 && (
          <Text size="sm" mt={4}>
            <Plural
              value={result.no_consent}
              one="1 person would have no consent recorded: campaigns do not reach them. Go back to change that."
              other={`${silent} people would have no consent recorded: campaigns do not reach them. Go back to change that.`}
            />
          </Text>
        )}
      </Alert>
    </>
  );
}
