import { useLingui } from '@lingui/react/macro';
import { Group, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { serverNow } from '~/api/clock';
import { wallIn, zones } from '~/ui/zone';
import type { PlannedStart } from '../queries';

interface Props {
  value: PlannedStart;
  onChange: (next: PlannedStart) => void;
  wrong: boolean;
}

/** A date and a time on the clocks of a zone. */
export function WallTime({ value, onChange, wrong }: Props) {
  const { t } = useLingui();
  const { zone } = value;
  const all = useMemo(() => zones(zone), [zone]);
  const [day = '', time = ''] = value.local.split('T');
  return (
    <Group align="flex-start" gap="sm">
      <TextInput
        type="date"
        label={t`Date`}
        value={day}
        min={wallIn(serverNow(), zone).slice(0, 10)}
        onChange={(e) => onChange({ ...value, local: `${e.currentTarget.value}T${time}` })}
        error={wrong}
      />
      <TextInput
        type="time"
        label={t`Time`}
        value={time}
        onChange={(e) => onChange({ ...value, local: `${day}T${e.currentTarget.value}` })}
        error={wrong}
      />
      <Select
        label={t`On the clocks of`}
        searchable
        limit={50}
        w={{ base: '100%', xs: 240 }}
        data={all}
        value={zone}
        onChange={(zone) => zone && onChange({ ...value, zone })}
        allowDeselect={false}
        nothingFoundMessage={t`No such zone`}
      />
    </Group>
  );
}
