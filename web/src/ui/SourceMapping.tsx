import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Autocomplete, Group, Input, Select, TextInput, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Schemas } from '~/api/client';
import { BUILT_IN, useAttributeNames } from './people';
import classes from './SourceMapping.module.css';

export type Source = Schemas['Source'];

interface Props {
  /** What is filled, such as `{{1}}`. */
  label: ReactNode;
  /** The same in words, for screen readers, such as "{{1}} in the body". */
  name: string;
  value: Source | null | undefined;
  onChange: (source: Source | undefined) => void;
  description?: ReactNode;
  error?: ReactNode;
  /** An example of a fixed value. */
  example?: string;
  /** May be left out. */
  optional?: boolean;
  disabled?: boolean;
}

/** Where the value of a placeholder comes from: the profile, with a default, or the same text for everybody. */
export function SourceMapping(props: Props) {
  const { label, name, value, onChange, description, error, example, optional, disabled } = props;
  const { t } = useLingui();
  const attributes = useAttributeNames();
  const from = value?.from ?? 'text';
  const choose = (next: string | null) => {
    if (next === from) return;
    // What was the fallback is likely to be wanted as the text, and the other way round.
    if (next === 'attribute') onChange({ from: 'attribute', name: '', default: textOf(value) || null });
    else onChange({ from: 'text', text: textOf(value) });
  };
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      error={error}
      className={classes.source}
    >
      <Group gap={6} align="flex-start" mt={2} className={classes.fields}>
        <Select
          aria-label={t`${name}: where the value comes from`}
          className={classes.from}
          data={[
            { value: 'attribute', label: t`From the profile` },
            { value: 'text', label: t`Same for all` },
          ]}
          value={from}
          onChange={choose}
          allowDeselect={false}
          disabled={disabled}
          comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        />
        {value?.from === 'attribute' ? (
          <>
            <Autocomplete
              aria-label={t`${name}: attribute of the profile`}
              className={classes.value}
              placeholder={t`Attribute, such as name`}
              data={[
                { group: t`Every profile has`, items: [...BUILT_IN] },
                { group: t`Attributes`, items: attributes },
              ]}
              value={value.name}
              onChange={(text) => onChange({ ...value, name: text })}
              disabled={disabled}
              error={Boolean(error) && !value.name.trim()}
              dir="auto"
            />
            <TextInput
              aria-label={t`${name}: default for people without it`}
              className={classes.value}
              placeholder={t`Default for people without it`}
              value={value.default ?? ''}
              onChange={(e) => onChange({ ...value, default: e.currentTarget.value })}
              disabled={disabled}
              error={Boolean(error) && !value.default?.trim()}
              dir="auto"
            />
          </>
        ) : (
          <TextInput
            aria-label={t`${name}: text`}
            className={classes.value}
            placeholder={example}
            value={value?.text ?? ''}
            onChange={(e) => onChange({ from: 'text', text: e.currentTarget.value })}
            disabled={disabled}
            error={Boolean(error) && !value?.text.trim()}
            dir="auto"
          />
        )}
        {optional && value && !disabled && (
          <Tooltip label={t`Leave it out`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t`${name}: leave it out`}
              onClick={() => onChange(undefined)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    </Input.Wrapper>
  );
}

function textOf(source: Source | null | undefined): string {
  if (!source) return '';
  return source.from === 'text' ? source.text : (source.default ?? '');
}
