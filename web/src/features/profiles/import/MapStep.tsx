import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Autocomplete,
  Button,
  Group,
  Radio,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMemo, useState } from 'react';
import { useLists } from '~/ui/bulk';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Said } from '~/ui/Said';
import { useKnownAttributes } from '../queries';
import { FirstRows, MapTable } from './MapTable';
import { OPT_INS, problemsOf, type Settings } from './mapping';
import type { Preview } from './queries';
import { type How, Reading } from './Reading';
import { regions } from './regions';
import { useMappingProblems, useOptInWords } from './words';

interface Props {
  shown: Preview;
  settings: Settings;
  set: (settings: Settings) => void;
  /** Looks at the file anew, read in another way. */
  read: (how: How) => void;
  reading: boolean;
  problem: unknown;
  back: () => void;
  next: () => void;
}

/** What the columns are, and what consent the file carries. */
export function MapStep({ shown, settings, set, read, reading, problem, back, next }: Props) {
  const { t, i18n } = useLingui();
  const lists = useLists();
  const known = useKnownAttributes();
  const words = useOptInWords();
  const said = useMappingProblems();
  const [tried, setTried] = useState(false);
  const problems = problemsOf(settings);
  const wrong = problems.filter(({ at }) => at === undefined);
  const countries = useMemo(() => regions(i18n.locale), [i18n.locale]);
  const change = (part: Partial<Settings>) => set({ ...settings, ...part });
  return (
    <Stack gap="lg">
      <Reading shown={shown} settings={settings} read={read} busy={reading} />
      {problem !== undefined && <ProblemAlert problem={problem} />}
      {shown.problem && (
        <Alert color="yellow" variant="light">
          <Said text={shown.problem} />
        </Alert>
      )}
      <FirstRows names={shown.columns.map(({ name }) => name)} rows={shown.rows} />
      <MapTable
        columns={settings.columns}
        set={(columns) => change({ columns })}
        problems={problems}
        known={known.data?.data ?? []}
      />
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <Select
          label={t`Country of numbers without +`}
          description={t`Numbers with + and country code are read as they are.`}
          placeholder={t`As the server is set up`}
          searchable
          clearable
          miw={240}
          data={countries}
          value={settings.region || null}
          onChange={(region) => change({ region: region ?? '' })}
          nothingFoundMessage={t`No such country`}
          clearButtonProps={{ 'aria-label': t`As the server is set up` }}
        />
        <Autocomplete
          label={t`Put everybody on a list`}
          description={t`A campaign can be sent to a list. It is made when there is none of this name.`}
          placeholder={t`No list`}
          miw={240}
          data={[...new Set((lists.data?.data ?? []).map(({ name }) => name))]}
          value={settings.list}
          onChange={(list) => change({ list })}
        />
      </Group>
      <Stack gap="xs">
        <Title order={2} size="h5">
          <Trans>Consent</Trans>
        </Title>
        <Text size="sm">
          <Trans>Opt-out is never removed by an import.</Trans>
        </Text>
        <Radio.Group
          aria-label={t`Consent`}
          value={settings.optIn}
          onChange={(value) => change({ optIn: OPT_INS.find((one) => one === value) ?? 'leave' })}
        >
          <Stack gap="sm">
            {OPT_INS.map((one) => (
              <Radio key={one} value={one} label={words[one].label} description={words[one].about} />
            ))}
          </Stack>
        </Radio.Group>
        {settings.optIn !== 'leave' && (
          <TextInput
            label={t`Where the consent comes from`}
            description={t`It stands on each profile as the source, with the day of the import.`}
            placeholder={t`shop form`}
            required={settings.optIn === 'record'}
            maw={420}
            value={settings.source}
            onChange={(e) => change({ source: e.currentTarget.value })}
            error={tried && wrong.some(({ what }) => what === 'no_source') && said.no_source}
          />
        )}
      </Stack>
      {tried && problems.length > 0 && (
        <Alert color="red" variant="light" role="alert" title={t`Not ready yet`}>
          {problems.map(({ what, at }) => {
            const column = at === undefined ? undefined : settings.columns[at]?.column;
            return (
              <Text size="sm" key={`${what}${at}`}>
                {column && <bdi>{column}: </bdi>}
                {said[what]}
              </Text>
            );
          })}
        </Alert>
      )}
      <Group justify="space-between">
        <Button variant="default" onClick={back}>
          <Trans>Another file</Trans>
        </Button>
        <Button
          disabled={reading}
          onClick={() => {
            setTried(true);
            if (problems.length === 0) next();
          }}
        >
          <Trans>Check the file</Trans>
        </Button>
      </Group>
    </Stack>
  );
}
