import { Trans, useLingui } from '@lingui/react/macro';
import {
  ActionIcon,
  Autocomplete,
  Button,
  Fieldset,
  Group,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { BUILT_IN, useAttributeNames, useAttributeValues, useIsDate } from '~/ui/people';
import {
  COMPARISONS,
  type Comparison,
  compareBy,
  isDate,
  useComparisons,
  useDateComparisons,
  valueKind,
  valuesOfCondition,
  withValues,
} from '../audience';
import type { Condition } from '../queries';
import classes from './Conditions.module.css';

interface Props {
  all: Condition[];
  onChange: (all: Condition[]) => void;
  errorAt: (pointer: string) => string | undefined;
  /** Where they stand in the campaign. */
  pointer: string;
  legend: string;
  /** There may be none of them. */
  optional?: boolean;
}

/** Conditions that must all hold. */
export function Conditions({ all, onChange, errorAt, pointer, legend, optional }: Props) {
  const replace = (at: number, condition: Condition | undefined) =>
    onChange(all.flatMap((old, i) => (i === at ? (condition ?? []) : old)));
  return (
    <Fieldset legend={legend} classNames={{ root: classes.box, legend: classes.legend }}>
      <Stack gap="sm">
        {all.map((condition, i) => (
          <One
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own, and do not move
            key={i}
            n={i + 1}
            condition={condition}
            onChange={(next) => replace(i, next)}
            onRemove={all.length > 1 || optional ? () => replace(i, undefined) : undefined}
            errors={{
              attribute: errorAt(`${pointer}/${i}/attribute`),
              value: errorAt(`${pointer}/${i}/value`),
            }}
          />
        ))}
        <Button
          variant="light"
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...all, { attribute: '', is: 'equal' }])}
        >
          <Trans>Add a condition</Trans>
        </Button>
        <Text size="xs" c="dimmed">
          <Trans>
            Capital and small letters are the same in values; numbers are compared as numbers, and dates as
            dates. The name of an attribute is taken as it is written.
          </Trans>
        </Text>
      </Stack>
    </Fieldset>
  );
}

interface OneProps {
  n: number;
  condition: Condition;
  onChange: (condition: Condition) => void;
  onRemove: (() => void) | undefined;
  errors: { attribute: string | undefined; value: string | undefined };
}

function One({ n, condition, onChange, onRemove, errors }: OneProps) {
  const { t } = useLingui();
  const names = useAttributeNames();
  const known = useAttributeValues(condition.attribute);
  const plain = useComparisons();
  const ofDates = useDateComparisons();
  const hasDates = useIsDate(condition.attribute);
  const kind = valueKind(condition.is);
  const values = valuesOfCondition(condition);
  const [first] = values;
  // What was written before the attribute had dates is still shown as it is.
  const dates = hasDates && (first === undefined || first === '' || isDate(first));
  const comparisons = hasDates ? ofDates : plain;
  const day = dates && ['equal', 'not_equal', 'above', 'below'].includes(condition.is);
  // A field that nobody filled yet is no mistake.
  const empty = condition.attribute === '' && values.length === 0;
  return (
    <Group role="group" aria-label={t`Condition ${n}`} className={classes.one} gap="xs" align="flex-start">
      <Autocomplete
        className={classes.field}
        aria-label={t`Attribute`}
        placeholder={t`Attribute`}
        data={[...new Set([...BUILT_IN, ...names])]}
        value={condition.attribute}
        onChange={(attribute) => onChange({ ...condition, attribute })}
        error={empty ? undefined : errors.attribute}
        dir="auto"
      />
      <Select
        className={classes.field}
        aria-label={t`Comparison`}
        data={COMPARISONS.map((is) => ({ value: is, label: comparisons[is] }))}
        value={condition.is}
        onChange={(is) => is && onChange(compareBy(condition, is as Comparison))}
        allowDeselect={false}
      />
      {kind === 'list' ? (
        <TagsInput
          className={classes.field}
          aria-label={t`Values`}
          placeholder={values.length === 0 ? t`Type one, then Enter` : undefined}
          data={known}
          value={values}
          onChange={(next) => onChange(withValues(condition, next))}
          acceptValueOnBlur
          splitChars={[',', ';']}
          error={empty ? undefined : errors.value}
          dir="auto"
        />
      ) : kind === 'none' ? (
        <div className={classes.field} />
      ) : day ? (
        <TextInput
          type="date"
          className={classes.field}
          aria-label={t`Value`}
          value={first ?? ''}
          onChange={(e) => onChange(withValues(condition, [e.currentTarget.value]))}
          error={empty ? undefined : errors.value}
        />
      ) : (
        <Autocomplete
          className={classes.field}
          aria-label={t`Value`}
          placeholder={kind === 'number' ? t`A number` : t`Value`}
          inputMode={kind === 'number' ? 'decimal' : undefined}
          data={kind === 'number' ? known.filter((value) => Number.isFinite(Number(value))) : known}
          value={values[0] ?? ''}
          onChange={(value) => onChange(withValues(condition, [value]))}
          error={empty ? undefined : errors.value}
          dir="auto"
        />
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        disabled={!onRemove}
        aria-label={t`Remove condition ${n}`}
        onClick={onRemove}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
