import { useLingui } from '@lingui/react/macro';
import { Autocomplete, Stack } from '@mantine/core';
import { MediaUpload } from '~/ui/MediaUpload';
import type { Slot } from './slots';

interface Props {
  slots: readonly Slot[];
  values: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  /** What is known of the person, to choose from. */
  known: readonly string[];
  onChange: (path: string, value: string) => void;
}

/** A field for each placeholder of a template. */
export function TemplateValues({ slots, values, errors, known, onChange }: Props) {
  const { t } = useLingui();
  const label = ({ kind, name, card }: Slot): string => {
    const words = {
      body: t`Value of ${`{{${name}}}`}`,
      header: t`Value of ${`{{${name}}}`} in the header`,
      media: t`Public link of the header's file (https://…)`,
      filename: t`File name that is shown`,
      latitude: t`Latitude of the place`,
      longitude: t`Longitude of the place`,
      place: t`Name of the place`,
      address: t`Address of the place`,
      link: t`End of the link of "${name}"`,
      code: t`Code that "${name}" copies`,
      ends: t`When the offer ends, such as 2026-12-24T18:00+05:30`,
    }[kind];
    return card === undefined ? words : t`Card ${card + 1}: ${words}`;
  };
  return (
    <Stack gap="xs">
      {slots.map((slot) => (
        <Stack key={slot.path} gap="xs">
          <Autocomplete
            label={label(slot)}
            required={slot.required}
            value={values[slot.path] ?? ''}
            onChange={(value) => onChange(slot.path, value)}
            data={[...known]}
            error={errors[slot.path]}
            dir="auto"
          />
          {slot.kind === 'media' && (
            <MediaUpload
              kind={slot.name}
              name={t`Upload: ${label(slot)}`}
              quiet={Boolean(slot.card)}
              onUploaded={({ url }) => onChange(slot.path, url)}
            />
          )}
        </Stack>
      ))}
    </Stack>
  );
}
