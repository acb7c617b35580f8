import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Group, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import classes from './Builder.module.css';
import type { Rule } from './rules';

/** Goes to the field of a problem. */
export function show(pointer: string): void {
  // A problem of a part is shown at the nearest field around it.
  for (let at = pointer; at; at = at.slice(0, at.lastIndexOf('/'))) {
    const place = document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(at)}"]`);
    if (!place) continue;
    place.scrollIntoView({ block: 'center' });
    const field = place.matches('input,textarea')
      ? place
      : place.querySelector<HTMLElement>('input,textarea,button');
    field?.focus({ preventScroll: true });
    return;
  }
}

/** What stands in the way, each with a way to its field. */
export function RuleList({ rules, checking }: { rules: readonly Rule[]; checking: boolean }) {
  const { t } = useLingui();
  const wrong = rules.filter((rule) => !rule.advice).length;
  return (
    <section aria-label={t`Rules`} aria-busy={checking}>
      <Group gap={6} mb={4} wrap="nowrap">
        {wrong === 0 ? (
          <IconCircleCheck size={18} color="var(--mantine-color-anchor)" aria-hidden />
        ) : (
          <IconAlertTriangle size={18} color="var(--mantine-color-dimmed)" aria-hidden />
        )}
        <Text fw={600} size="sm" role="status">
          {wrong === 0 ? (
            <Trans>Nothing stands in the way</Trans>
          ) : (
            <Plural
              value={wrong}
              one="# thing to do before it can be sent"
              other="# things to do before it can be sent"
            />
          )}
        </Text>
      </Group>
      <ul className={classes.rules}>
        {rules.map((rule) => (
          <li key={`${rule.pointer} ${rule.code} ${rule.detail}`}>
            <UnstyledButton className={classes.rule} onClick={() => show(rule.pointer)}>
              {rule.advice ? (
                <IconAlertTriangle size={16} aria-hidden className={classes.advice} />
              ) : (
                <IconCircleX size={16} aria-hidden className={classes.wrong} />
              )}
              <span>
                {rule.advice && (
                  <>
                    <Trans>Advice:</Trans>{' '}
                  </>
                )}
                {rule.detail}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
