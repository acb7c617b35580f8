import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Group, Loader, Select, Switch } from '@mantine/core';
import { DELIMITERS, ENCODINGS } from './encodings';
import type { Settings } from './mapping';
import type { Preview } from './queries';

export type How = Pick<Settings, 'encoding' | 'delimiter' | 'header'>;

interface Props {
  shown: Preview;
  settings: Settings;
  /** Looks at the file anew. */
  read: (how: How) => void;
  busy: boolean;
}

/** How the bytes of the file become rows: guessed, and changed here while the first rows show what it makes of them. */
export function Reading({ shown, settings, read, busy }: Props) {
  const { t } = useLingui();
  const { encoding, delimiter, header } = settings;
  const how = { encoding, delimiter, header };
  const names: Record<string, string> = {
    ',': t`Comma`,
    ';': t`Semicolon`,
    '\t': t`Tab`,
    '|': t`Vertical bar`,
  };
  const offered = [...new Set([...ENCODINGS, shown.encoding])];
  const between = [...new Set<string>([...DELIMITERS, shown.delimiter])];
  return (
    <>
      <Group align="flex-end" gap="md">
        <Select
          label={t`Encoding of the file`}
          w={{ base: '100%', xs: 220 }}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t`No such encoding`}
          data={offered}
          value={shown.encoding}
          onChange={(value) => value && read({ ...how, encoding: value })}
          disabled={busy}
        />
        <Select
          label={t`Between the fields`}
          w={{ base: '100%', xs: 180 }}
          allowDeselect={false}
          data={between.map((value) => ({ value, label: names[value] ?? value }))}
          value={shown.delimiter}
          onChange={(value) => value && read({ ...how, delimiter: value })}
          disabled={busy}
        />
        <Switch
          label={t`The first row names the columns`}
          checked={header}
          onChange={(e) => read({ ...how, header: e.currentTarget.checked })}
          disabled={busy}
          mb={8}
        />
        {busy && <Loader size="sm" mb={8} role="img" aria-label={t`Looking at the file`} />}
      </Group>
      {shown.misread && (
        <Alert color="yellow" variant="light" role="status">
          <Trans>
            Some of the file is no text in this encoding, and those rows are left out. Choose the encoding in
            which the first rows look right.
          </Trans>
        </Alert>
      )}
    </>
  );
}
